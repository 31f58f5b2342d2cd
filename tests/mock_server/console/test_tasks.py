"""Six tasks that people have: each in three clicks, or by the keyboard alone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.mock_server.console.conftest import Open
from tests.mock_server.serving import Mock

pytestmark = pytest.mark.needs_browser

PACK = "pack_acme_pager"
ROLE = "role_acme_oncall"
MOST = 3
COUNT = """() => {
  window.clicks = 0;
  document.addEventListener('click', (event) => { if (event.detail) window.clicks += 1; }, true);
}"""


def begin(console: Open, query: str = "") -> Page:
    """The page as it begins, from which clicks are counted."""
    page = console("start", query)
    page.evaluate(COUNT)
    return page


def view(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Views").get_by_role("link", name=name, exact=True).click()


def clicks(page: Page) -> int:
    count: int = page.evaluate("window.clicks")
    return count


def test_a_pack_is_shared(console: Open, mock: Mock) -> None:
    page = begin(console, "?as=acme-owner")
    view(page, "Packs")
    page.get_by_role("button", name="Make community: Pager", exact=True).click()
    expect(page.get_by_role("button", name="Make org: Pager", exact=True)).to_be_visible()
    assert mock.send("GET", f"/v1/packs/{PACK}", "globex-member").status_code == 200
    assert clicks(page) <= MOST


def test_the_reason_of_a_409_is_found(console: Open, mock: Mock) -> None:
    mock.send("DELETE", f"/v1/packs/{PACK}", "acme-owner")
    for _ in range(20):
        mock.send("GET", "/v1/packs", "acme-owner")
    page = begin(console)
    view(page, "Journal")
    refused = page.locator("ol.journal > li").filter(has_text="409")
    expect(refused).to_contain_text("pack_in_use")
    refused.get_by_role("button").first.click()
    expect(refused).to_contain_text("role")
    expect(page.get_by_label("Body of the response", exact=True)).to_contain_text('"code": "pack_in_use"')
    assert clicks(page) <= MOST


@pytest.mark.parametrize(
    ("preset", "fault"),
    [
        ("503 once", {"status": 503, "undeclared": True, "times": 1}),
        ("429 with Retry-After", {"status": 429, "undeclared": True, "times": 1}),
        ("Slow", {"delay_ms": 2000, "jitter_ms": 1000, "times": "always"}),
        ("Drops", {"drop": True, "times": 1}),
        ("Cut in the middle", {"truncate": 20, "times": 1}),
    ],
)
def test_a_fault_is_armed(console: Open, mock: Mock, preset: str, fault: dict[str, Any]) -> None:
    page = begin(console)
    view(page, "Billing, clock, faults")
    faults = page.get_by_role("region", name="Faults")
    faults.get_by_label("Operation").select_option("packs.list")  # a click to open the list, for who uses a mouse
    faults.get_by_role("button", name=preset).click()
    expect(faults.locator(".done")).to_contain_text("packs.list")
    [armed] = mock.control("GET", "/faults").json()["faults"]
    assert {name: armed.get(name) for name in fault} == fault
    assert armed["operation_id"] == "packs.list"
    assert clicks(page) + 1 <= MOST


def test_the_clock_is_moved_to_the_next_step_and_to_one_of_the_timeline(console: Open, mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-07-01T09:00:00Z"})
    for workspace in ("ws_acme_busy", "ws_acme_stopping"):
        params = {"org_id": "org_acme", "workspace_id": workspace}
        mock.control("POST", "/states", json={"action": "teardown", "state": "workspace is", "params": params})
    due = mock.control("GET", "/clock?due=9").json()["due"]
    page = begin(console)
    view(page, "Billing, clock, faults")
    clock = page.get_by_role("region", name="Clock")
    expect(clock.get_by_role("list", name="What is due").get_by_role("listitem")).to_have_count(len(due))
    clock.get_by_role("button", name="To the next step").click()
    expect(clock.locator(".done")).to_contain_text(due[0]["at"])
    clock.get_by_role("button", name=f"Go there: {due[-1]['object']}").click()
    expect(clock.locator(".done")).to_contain_text(due[-1]["at"])
    assert mock.control("GET", "/clock").json()["now"] == due[-1]["at"]
    assert clicks(page) <= MOST


def test_what_two_callers_see_is_compared(console: Open) -> None:
    page = begin(console, "?as=acme-owner")
    view(page, "Packs")
    hidden = page.locator(f"tr[data-pack={PACK}]").get_by_text("not visible")
    expect(page.locator(f"tr[data-pack={PACK}]")).to_be_visible()
    expect(hidden).to_have_count(0)
    page.get_by_label("As", exact=True).select_option("globex-member")  # a click to open the list
    expect(hidden).to_have_count(1)
    assert clicks(page) + 1 <= MOST


def test_a_role_is_edited_by_the_keyboard_alone(console: Open, mock: Mock) -> None:
    page = begin(console)
    page.keyboard.press("Control+k")
    page.get_by_role("dialog", name="Search").get_by_role("combobox").fill(ROLE)
    expect(page.get_by_role("option").filter(has_text=f"roles/{ROLE}")).to_be_visible()
    press_until(
        page, "ArrowDown", "document.querySelector('[role=option][aria-selected=true]')?.textContent ?? ''", ROLE
    )
    page.keyboard.press("Enter")
    form = page.get_by_role("region", name=f"Edit roles/{ROLE}")
    expect(form).to_be_visible()
    press_until(page, "Tab", "document.activeElement.labels?.[0]?.textContent ?? ''", "model")
    page.keyboard.type("claude-small")
    page.keyboard.press("Enter")
    expect(form.locator(".done")).to_contain_text("Saved: model.")
    assert [entry["operation_id"] for entry in mock.entries] == ["world_objects.update"]
    assert mock.send("GET", f"/v1/agent-roles/{ROLE}", "acme-owner").json()["model"] == "claude-small"
    assert clicks(page) == 0


def press_until(page: Page, key: str, script: str, text: str) -> None:
    """Press a key until a script returns a text that has this one at its end."""
    for _ in range(60):
        if page.evaluate(script).endswith(text):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} leads to no {text}")


def test_what_is_wrong_in_an_edit_is_said_at_its_field(console: Open, mock: Mock) -> None:
    page = console("collections", f"?name=roles&search={ROLE}")
    form = page.get_by_role("region", name=f"Edit roles/{ROLE}")
    form.get_by_label("provider_id").focus()
    expect(form.locator("datalist option[value=provider_acme_old]")).to_have_count(1)
    form.get_by_label("provider_id").fill("provider_nowhere")
    expect(form.get_by_role("status").filter(has_text="Changes")).to_have_text("Changes provider_id")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".problem")).to_contain_text("400 validation_error")
    expect(form.locator("small.bad").filter(has_text="There is no provider provider_nowhere.")).to_be_visible()
    expect(form.get_by_label("provider_id")).to_be_focused()
    assert mock.entries == []

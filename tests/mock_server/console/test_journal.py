"""The journal: its rows, its filters, and what can be made of an entry."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.mock_server.console.conftest import Open
from tests.mock_server.serving import Mock

pytestmark = pytest.mark.needs_browser

PACK = "/v1/packs/pack_acme_pager"


def share(mock: Mock, persona: str) -> int:
    return mock.send("PATCH", PACK, persona, json={"visibility": "community"}).status_code


def newest(page: Page) -> Locator:
    return page.locator("ol.journal > li").first


def unfolded(page: Page) -> Locator:
    newest(page).locator("button.entry").click()
    return newest(page)


def copied(page: Page, way: str) -> str:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("group", name="Copy as").get_by_role("button", name=way).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_a_row_says_method_path_status_and_reason_in_this_order(console: Open, mock: Mock) -> None:
    page = console("journal")
    share(mock, "acme-read-only")
    cells = newest(page).locator("button.entry > *")
    expect(cells.nth(0)).to_have_text("PATCH")
    expect(cells.nth(1)).to_have_text(PACK)
    expect(cells.nth(2)).to_have_text("403 permission_denied")
    expect(cells.nth(3)).to_have_text("scope: The operation asks for caps:write.")
    lefts = cells.evaluate_all("cells => cells.slice(0, 3).map((cell) => cell.getBoundingClientRect().left)")
    assert lefts == sorted(lefts)


def test_the_classes_of_statuses_are_chips_with_their_counts(console: Open, mock: Mock) -> None:
    share(mock, "acme-owner")
    share(mock, "acme-read-only")
    page = console("journal")
    chips = page.get_by_role("group", name="Class of the status").get_by_role("button")
    expect(chips).to_have_text(["All 2", "2xx 1", "4xx 1"])
    chips.nth(2).click()
    expect(page.locator("ol.journal > li:visible")).to_have_count(1)
    expect(chips.nth(2)).to_be_focused()
    expect(page.get_by_label("Status or code")).to_have_value("4xx")
    expect(page).to_have_url(f"{mock.origin}/_mock/#/{mock.world}/journal?status=4xx")
    share(mock, "acme-member")
    expect(chips).to_have_text(["All 3", "2xx 1", "4xx 2"])
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.locator("ol.journal > li:visible")).to_have_count(3)


def test_an_entry_shows_its_body_first_and_its_headers_folded(console: Open, mock: Mock) -> None:
    share(mock, "acme-owner")
    entry = unfolded(console("journal"))
    expect(entry.get_by_label("Body of the response", exact=True)).to_be_visible()
    expect(entry.get_by_label("Headers of the response")).to_be_hidden()
    entry.get_by_text("headers").first.click()
    expect(entry.get_by_label("Headers of the response")).to_contain_text("content-type: application/json")
    change = entry.get_by_role("row", name="packs/pack_acme_pager visibility org community")
    expect(change.locator(".before")).to_have_text("org")
    expect(change.locator(".after")).to_have_text("community")


def test_an_answer_is_armed_as_a_fault_for_the_next_request(console: Open, mock: Mock) -> None:
    share(mock, "acme-read-only")
    page = console("journal")
    unfolded(page).get_by_role("button", name="Arm this as a fault").click()
    expect(page.get_by_text("Fault 1 waits for the next packs.update_visibility.")).to_be_visible()
    assert share(mock, "acme-owner") == 403
    assert share(mock, "acme-owner") == 200
    expect(unfolded(page).get_by_role("button", name="Arm this as a fault")).to_have_count(0)


def test_the_test_that_is_copied_expects_what_the_entry_says(console: Open, mock: Mock) -> None:
    share(mock, "acme-read-only")
    page = console("journal")
    unfolded(page)
    assert "-X PATCH" in copied(page, "curl")
    assert copied(page, "fetch").startswith("const answer = await fetch(")
    named: dict[str, Any] = {}
    exec(copied(page, "test"), named)  # noqa: S102 - what a reader of it does
    [test] = [value for name, value in named.items() if name.startswith("test_")]
    test()
    mock.control("POST", "/faults", json={"operation_id": "packs.update_visibility", "status": 404})
    with pytest.raises(AssertionError):
        test()

"""The view of provider states: those that the control API lists, with their parameters, set up and taken back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.mock_server.console.conftest import Open
from tests.mock_server.serving import Mock

pytestmark = pytest.mark.needs_browser


def part(page: Page) -> Locator:
    return page.get_by_role("region", name="Provider states")


def choose(page: Page, state: str, **values: str) -> None:
    part(page).get_by_label("State", exact=True).select_option(state)
    for name, value in values.items():
        field = part(page).get_by_label(name, exact=True)
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def set_up(page: Page, state: str, **values: str) -> None:
    choose(page, state, **values)
    part(page).get_by_role("button", name="Set up").click()


def status(mock: Mock) -> str:
    text: str = mock.send("GET", "/v1/credentials/cred_acme_google", "acme-owner").json()["status"]
    return text


def test_every_state_that_the_control_api_lists_is_offered_with_its_parameters(console: Open, mock: Mock) -> None:
    states = mock.control("GET", "/states").json()["states"]
    page = console("states")
    assert part(page).get_by_label("State", exact=True).locator("option").all_text_contents() == [
        each["state"] for each in states
    ]
    for each in states:
        choose(page, each["state"])
        labels = part(page).locator("form label")
        expect(labels).to_have_text(
            [one["name"] if one["required"] else f"{one['name']}, optional" for one in each["parameters"]]
        )


def test_a_credential_gets_a_status_and_its_own_back(console: Open, mock: Mock) -> None:
    page = console("states")
    assert status(mock) == "needs_reauth"
    set_up(page, "stored credential is", org_id="org_acme", credential_id="cred_acme_google", status="active")
    expect(page.get_by_text(f"Set up in {mock.world}: stored credential is.")).to_be_visible()
    assert status(mock) == "active"
    made = page.get_by_role("region", name="Set up", exact=True)
    expect(made.get_by_role("row").last).to_contain_text("credential_id cred_acme_google")
    made.get_by_role("button", name="Take back: stored credential is, 1").click()
    expect(page.get_by_text("Taken back in")).to_be_visible()
    assert status(mock) == "needs_reauth"
    expect(made).to_contain_text("None yet.")


def test_the_objects_that_are_offered_are_those_of_the_org(console: Open) -> None:
    page = console("states", "?state=stored credential is")
    offered = part(page).get_by_label("credential_id").locator("option")
    part(page).get_by_label("org_id").select_option("org_globex")
    assert all(value.startswith("cred_globex_") for value in offered.evaluate_all("all => all.map((one) => one.value)"))
    part(page).get_by_label("org_id").select_option("org_acme")
    assert offered.count() > 5


def test_what_a_state_answers_is_there_to_copy(console: Open, mock: Mock) -> None:
    page = console("states")
    set_up(page, "invitation is accepted", org_id="org_acme", membership_id="mem_acme_pending")
    made = page.get_by_role("region", name="Set up", exact=True)
    expect(made.get_by_role("button", name="Copy: token")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made.get_by_role("button", name="Copy: token").click()
    expect(made.get_by_role("button", name="Copied")).to_be_visible()
    token = page.evaluate("navigator.clipboard.readText()")
    session = mock.send("GET", "/v1/me/session", headers={"Authorization": f"Bearer {token}"}).json()
    assert session["email"] == "newcomer@acme.example"


def test_values_are_sent_as_what_they_are(console: Open, mock: Mock) -> None:
    page = console("states")
    set_up(
        page,
        "credential exists",
        org_id="org_globex",
        name="made-here",
        provider="google",
        kind="oauth2_authorization_code",
        status="failed",
        **{
            "scopes, optional": "calendar.read mail.read",
            "provider_config, optional": '{"client_id": "it"}',
            "allow_user_override, optional": "true",
        },
    )
    expect(page.get_by_text("Set up in")).to_be_visible()
    [made] = [
        each
        for each in mock.send("GET", "/v1/credentials", "globex-owner").json()["credentials"]
        if each["name"] == "made-here"
    ]
    assert (made["scopes"], made["provider_config"]) == (["calendar.read", "mail.read"], {"client_id": "it"})
    assert (made["allow_user_override"], made["status"]) == (True, "failed")


def test_what_is_missing_is_said_in_words(console: Open) -> None:
    page = console("states")
    set_up(page, "provider exists", org_id="org_acme", kind="openai")
    problem = part(page).locator(".problem")
    expect(problem).to_contain_text("400 validation_error")
    expect(problem).to_contain_text("params")
    expect(page.get_by_role("region", name="Set up", exact=True)).to_contain_text("None yet.")


def test_the_life_cycles_are_those_that_the_control_api_tells(console: Open, mock: Mock) -> None:
    steps = mock.control("GET", "/states").json()["life_cycles"]
    page = console("states")
    rows = page.get_by_role("region", name="Life cycles").locator("tbody tr")
    expect(rows).to_have_count(len(steps))
    for at, step in enumerate(steps):
        expect(rows.nth(at)).to_contain_text(step["to"] or "as it is")
        expect(rows.nth(at)).to_contain_text(f"{step['after_seconds']} s" if step["after_seconds"] else "at once")


def test_time_passes_from_the_page(console: Open, mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-07-01T09:00:00Z"})
    page = console("states")
    set_up(page, "time has passed", seconds="90.5")
    expect(page.get_by_text(f"Set up in {mock.world}: time has passed.")).to_be_visible()
    assert mock.control("GET", "/clock").json()["now"] == "2026-07-01T09:01:30.500000Z"

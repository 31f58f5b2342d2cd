"""The settings of an org: what a persona is shown of each resource, what it is not shown, and why."""

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.mock_server.console.conftest import Open
from tests.mock_server.serving import Mock

pytestmark = pytest.mark.needs_browser

LISTS = {
    "providers": ("/v1/providers", "id", "providers"),
    "agent_roles": ("/v1/agent-roles", "id", "roles"),
    "credentials": ("/v1/credentials", "id", "stored_credentials"),
    "secrets": ("/v1/secrets", "name", "secrets"),
    "workspaces": ("/v1/workspaces", "id", "workspaces"),
    "api_keys": ("/v1/api-keys", "id", "api_keys"),
    "memberships": ("/v1/orgs/org_acme/memberships", "id", "members"),
}


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def names(within: Locator) -> list[str]:
    """What the objects of the tables are called: by their ids, or by their names where they have none."""
    return within.locator("tbody td[data-label=Object]").evaluate_all(
        "cells => cells.map((cell) => (cell.querySelector('code') ?? cell.querySelector('strong')).textContent)"
    )


def refused(console: Open, of: str, persona: str) -> Page:
    """The view of a list that the persona does not get: it is said there as a problem."""
    page = console("settings", f"?of=providers&as={persona}")
    page.evaluate("query => { location.hash = location.hash.replace(/[?].*/, query); }", f"?of={of}&as={persona}")
    expect(part(page, "Shown").locator(".problem")).to_be_visible()
    return page


@pytest.mark.parametrize("persona", ["acme-owner", "acme-member", "acme-auditor"])
@pytest.mark.parametrize("of", LISTS)
def test_what_is_shown_is_what_the_api_lists_and_nothing_is_left_out(
    console: Open, mock: Mock, of: str, persona: str
) -> None:
    path, field, collection = LISTS[of]
    answer = mock.send("GET", path, persona)
    listed = [each[field] for each in next(iter(answer.json().values()))] if answer.is_success else []
    page = console("settings", f"?of={of}&as={persona}") if answer.is_success else refused(console, of, persona)
    assert names(part(page, "Shown")) == listed
    for each in part(page, "Not shown").locator("summary").all():
        each.click()
    held = mock.control("GET", f"/collections?name={collection}").json()["objects"]
    expect(part(page, "Not shown").locator("tbody tr")).to_have_count(len(held) - len(listed))


@pytest.mark.parametrize(
    ("of", "persona", "name", "reason"),
    [
        ("providers", "acme-owner", "former", "archived It is in the list with include_archived=true."),
        ("credentials", "acme-read-only", "google", "It is personal, of usr_acme_member."),
        ("memberships", "acme-auditor", "owner@acme.example", "With members:read:own alone"),
        ("providers", "acme-owner", "provider_globex_main", "of another org Lists hold what is of org_acme"),
    ],
)
def test_what_is_not_shown_has_its_reason(console: Open, of: str, persona: str, name: str, reason: str) -> None:
    page = console("settings", f"?of={of}&as={persona}")
    group = part(page, "Not shown").locator(".view").filter(has_text=reason)
    for each in group.locator("summary").all():
        each.click()
    expect(group.get_by_role("row").filter(has_text=name)).to_have_count(1)


def test_a_scope_that_is_missing_is_said_in_the_words_of_the_api(console: Open) -> None:
    page = refused(console, "secrets", "acme-member")
    expect(part(page, "Shown")).to_contain_text("403 permission_denied The operation asks for secrets:write.")
    expect(part(page, "Not shown")).to_contain_text("403 permission_denied The operation asks for secrets:write.")
    expect(part(page, "Not shown").get_by_role("row").filter(has_text="DB_PASSWORD")).to_have_count(1)


def test_what_is_switched_off_is_said_so(console: Open, mock: Mock) -> None:
    change = {"action": "setup", "state": "auth is disabled", "params": {"org_id": "org_acme"}}
    mock.control("POST", "/states", json=change)
    page = refused(console, "credentials", "acme-owner")
    expect(part(page, "Not shown")).to_contain_text("503 auth_disabled")
    page.get_by_label("As", exact=True).select_option("globex-owner")
    expect(part(page, "Shown").get_by_role("row").filter(has_text="cred_globex_anthropic")).to_have_count(1)


def test_archived_ones_are_asked_for_and_the_address_says_so(console: Open) -> None:
    page = console("settings", "?of=agent_roles&as=acme-owner")
    archived = part(page, "Shown").get_by_role("row").filter(has_text="role_acme_old")
    expect(archived).to_have_count(0)
    page.get_by_label("include_archived").check()
    expect(archived).to_contain_text("archived")
    expect(part(page, "Not shown").get_by_text("archived", exact=True)).to_have_count(0)
    page.reload()
    expect(archived).to_contain_text("archived")
    page.get_by_role("navigation").get_by_role("link", name="Providers").click()
    expect(page.get_by_label("include_archived")).not_to_be_checked()


def test_a_change_from_elsewhere_is_seen_and_what_the_page_asks_is_counted_apart(console: Open, mock: Mock) -> None:
    page = console("settings", "?of=secrets&as=acme-owner")
    assert mock.send("PUT", "/v1/secrets/NEW_ONE", "acme-operator", json={"value": "hidden-text"}).status_code == 200
    expect(part(page, "Shown").get_by_role("row").filter(has_text="NEW_ONE")).to_have_count(1)
    page.get_by_role("row").filter(has_text="NEW_ONE").get_by_text("Show").click()
    assert "hidden-text" not in page.content()
    entries = mock.control("GET", "/journal?with_console=true").json()["entries"]
    assert [(each["operation_id"], each["from_console"]) for each in entries] == [
        ("secrets.list", True),
        ("secrets.set", False),
        ("secrets.list", True),
    ]


def test_no_key_and_no_digest_of_one_is_shown(console: Open, mock: Mock) -> None:
    page = console("settings", "?of=api_keys&as=acme-owner")
    for each in page.locator("main summary").all():
        each.click()
    expect(page.get_by_text("api_key_globex_read_only")).to_be_visible()
    shown = page.locator("main").inner_text()
    keys = mock.control("GET", "/collections?name=api_keys").json()["objects"]
    assert len(keys) > 10
    assert [each for each in keys if each["record"]["digest"] in shown] == []
    assert [name for name, token in mock.tokens.items() if token in shown] == []


def test_what_an_object_has_is_there_to_see(console: Open, mock: Mock) -> None:
    page = console("settings", "?of=credentials&as=acme-owner")
    row = part(page, "Shown").get_by_role("row").filter(has_text="cred_acme_google")
    expect(row).to_contain_text("needs_reauth")
    row.get_by_text("Show").click()
    credential = mock.send("GET", "/v1/credentials/cred_acme_google", "acme-owner").json()
    for name, value in credential.items():
        expect(row.locator("dl")).to_contain_text(name)
        if isinstance(value, dict | list):
            expect(row.locator("dl")).to_contain_text(json.dumps(value, separators=(",", ":")))

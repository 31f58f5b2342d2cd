"""The way to the views: two levels, and the addresses of before."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.mock_server.console.conftest import VIEWS, Open, opened
from tests.mock_server.serving import Mock

pytestmark = pytest.mark.needs_browser

FORMER = {
    "start": "start",
    "worlds": "worlds",
    "callers": "callers",
    "state": "packs",
    "simulate": "simulate",
    "levers": "simulate",
    "journal": "journal",
    "coverage": "coverage",
    "contract": "contract",
}


def level(page: Page, name: str) -> list[str]:
    return page.locator(f"#{name} a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")


def test_a_group_leads_to_its_views_and_every_view_is_in_one(console: Open, mock: Mock) -> None:
    page = console("start")
    groups = page.locator("#groups a").all_text_contents()
    assert len(groups) < 7
    found = []
    for group in groups:
        page.get_by_role("navigation").get_by_role("link", name=group, exact=True).click()
        expect(page.locator("#groups [aria-current=true]")).to_have_text(group)
        expect(page.get_by_role("list", name=group)).to_be_visible()
        expect(page.locator("#views [aria-current=page]")).to_have_count(1)
        found += [address.removeprefix(f"#/{mock.world}/").partition("?")[0] for address in level(page, "views")]
    assert {*found} == VIEWS.keys()


def test_the_view_that_is_shown_is_the_one_that_is_marked(console: Open) -> None:
    for view, title in VIEWS.items():
        page = console(view)
        present = page.locator("#views [aria-current=page]")
        expect(present).to_have_text("Providers" if view == "settings" else title)


def test_the_settings_are_the_lists_of_the_contract(console: Open, mock: Mock) -> None:
    page = console("settings")
    titles = page.locator("#views a").all_text_contents()
    assert titles == [
        "Providers",
        "Agent roles",
        "Workspaces",
        "Credentials",
        "Secrets",
        "API keys",
        "Memberships",
    ]
    page.get_by_role("link", name="API keys").click()
    expect(page.get_by_role("heading", level=3, name="API keys")).to_be_visible()
    expect(page).to_have_url(f"{mock.origin}/_mock/#/{mock.world}/settings?of=api_keys")
    page.go_back()
    expect(page.get_by_role("heading", level=3, name="Providers")).to_be_visible()


@pytest.mark.parametrize(("former", "view"), FORMER.items())
def test_an_address_of_before_leads_to_its_view(browser: Browser, mock: Mock, former: str, view: str) -> None:
    with opened(browser) as (page, wrong):
        page.goto(f"{mock.origin}/_mock/#/{mock.world}/{former}?as=acme-member")
        expect(page.get_by_role("heading", level=2, name=VIEWS[view])).to_be_visible()
        assert page.url.startswith(f"{mock.origin}/_mock/#/{mock.world}/{view}?as=acme-member")
        assert wrong == []

"""The way to the views: groups, parts, and the addresses of before."""

import pytest
from playwright.sync_api import Browser, expect

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


def test_every_view_is_one_press_away_in_one_of_few_groups(console: Open, mock: Mock) -> None:
    page = console("start")
    groups = page.get_by_role("navigation", name="Views").locator(".group")
    assert groups.count() < 7
    for group in groups.all():
        expect(group.get_by_role("list")).to_have_accessible_name(group.locator("span").inner_text())
    links = groups.get_by_role("link").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert [link.removeprefix(f"#/{mock.world}/") for link in links] == [*VIEWS]


def test_the_view_that_is_shown_is_the_one_that_is_marked(console: Open) -> None:
    for view, title in VIEWS.items():
        page = console(view)
        present = page.get_by_role("navigation", name="Views").locator("[aria-current=page]")
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

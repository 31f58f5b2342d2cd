"""What stands around every view: the top line, the views at the left, the search over all of it, and the theme."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.mock_server.console.conftest import VIEWS, Open, opened, view_of
from tests.mock_server.console.test_views import AXE, EVERY_TAG, violations
from tests.mock_server.serving import Mock

pytestmark = pytest.mark.needs_browser

PHONE = {"viewport": {"width": 390, "height": 844}}


def style(page: Page, selector: str, name: str) -> str:
    text: str = page.locator(selector).first.evaluate("(each, name) => getComputedStyle(each)[name]", name)
    return text


@pytest.mark.parametrize("keys", ["Control+k", "Meta+k"])
def test_the_search_opens_by_its_keys_and_the_focus_returns(console: Open, keys: str) -> None:
    page = console("worlds")
    page.get_by_label("New world").focus()
    page.keyboard.press(keys)
    search = page.get_by_role("dialog", name="Search")
    expect(search.get_by_role("combobox")).to_be_focused()
    options = search.get_by_role("option")
    expect(options).to_have_text([*VIEWS.values()])
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("New world")).to_be_focused()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("cover", "coverage"),
        ("update_visib", "contract?operation=packs.update_visibility"),
        ("#1 delete", "journal?entry=1"),
        ("pack_globex_ledger", "packs?search=pack_globex_ledger"),
        ("ws_acme_busy", "workspaces?workspace=ws_acme_busy"),
        ("role_acme_spare", "collections?name=roles&search=role_acme_spare"),
        ("hooli-oper", "callers?as=hooli-operator"),
    ],
)
def test_what_is_sought_is_gone_to_by_enter(console: Open, mock: Mock, text: str, address: str) -> None:
    mock.send("DELETE", "/v1/packs/pack_acme_pager", "acme-read-only")
    page = console("worlds")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("dialog", name="Search").get_by_role("combobox").press_sequentially(text)
    page.keyboard.press("Enter")  # before anything is found: it waits for what fits
    expect(page).to_have_url(f"{mock.origin}/_mock/#/{mock.world}/{address}")
    expect(page.get_by_role("heading", level=2, name=VIEWS[address.partition("?")[0]])).to_be_visible()


@pytest.mark.needs_node
def test_axe_finds_nothing_in_the_search_and_in_the_menu_of_a_phone(browser: Browser, mock: Mock) -> None:
    with opened(browser, **PHONE) as (page, _):
        view_of(page, mock.origin, mock.world, "start")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        page.get_by_role("button", name="Menu").click()
        assert violations(page, EVERY_TAG, 15) == []
        page.get_by_role("button", name="Search").click()
        page.get_by_role("dialog", name="Search").get_by_role("combobox").press_sequentially("pack")
        expect(page.get_by_role("group", name="Objects")).to_be_visible()
        assert violations(page, EVERY_TAG, 15) == []


def test_whom_one_is_in_the_top_line_one_is_in_every_view(console: Open) -> None:
    page = console("packs")
    page.get_by_label("As", exact=True).select_option("globex-member")
    expect(page.locator("table.packs caption")).to_contain_text("are seen by globex-member")
    for view, text in (("settings", "Shown to globex-member"), ("callers", "You are globex-member")):
        expect(console(view).get_by_role("heading", name=text, exact=True)).to_be_visible()
        expect(page.get_by_label("As", exact=True)).to_have_value("globex-member")
    page.get_by_label("As", exact=True).select_option("acme-owner")
    expect(page.get_by_role("heading", name="You are acme-owner")).to_be_visible()


def test_the_clock_of_the_world_is_in_the_top_line(console: Open, mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2026-07-01T09:00:00Z"})
    page = console("simulate")
    clock = page.get_by_role("banner").get_by_role("link")
    expect(clock).to_have_text("Jul 1, 09:00:00 · frozen")
    page.get_by_role("button", name="+1 min").click()
    expect(clock).to_have_text("Jul 1, 09:01:00 · frozen")


def test_a_theme_is_chosen_and_remembered(browser: Browser, mock: Mock) -> None:
    with opened(browser, color_scheme="light") as (page, wrong):
        view_of(page, mock.origin, mock.world, "worlds")
        light = style(page, "html", "backgroundColor")
        for name in ("system", "light"):
            page.get_by_role("button", name=f"Theme: {name}").click()
        expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
        dark = style(page, "html", "backgroundColor")
        assert dark != light
        page.reload()
        expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
        assert style(page, "html", "backgroundColor") == dark
        page.get_by_role("button", name="Theme: dark").click()
        expect(page.get_by_role("button", name="Theme: system")).to_be_visible()
        assert style(page, "html", "backgroundColor") == light
        page.emulate_media(color_scheme="dark")
        assert style(page, "html", "backgroundColor") == dark
        assert wrong == []


def test_on_a_phone_the_content_comes_first_and_the_views_unfold(browser: Browser, mock: Mock) -> None:
    with opened(browser, **PHONE) as (page, wrong):
        view_of(page, mock.origin, mock.world, "journal")
        box: Any = page.get_by_role("heading", level=2).bounding_box()
        assert box["y"] < 100
        expect(page.get_by_role("navigation")).to_be_hidden()
        expect(page.get_by_label("World", exact=True)).to_be_hidden()
        expect(page.get_by_label("Status or code")).to_be_hidden()
        page.get_by_text("Filters", exact=True).click()
        expect(page.get_by_label("Status or code")).to_be_visible()
        page.get_by_role("button", name="Menu").click()
        expect(page.get_by_label("World", exact=True)).to_have_value(mock.world)
        page.get_by_role("navigation").get_by_role("link", name="Coverage").click()
        expect(page.get_by_role("heading", level=2, name="Coverage")).to_be_visible()
        expect(page.get_by_role("navigation")).to_be_hidden()
        assert wrong == []


def test_text_rows_and_the_page_have_their_sizes(console: Open, mock: Mock) -> None:
    mock.send("GET", "/v1/packs", "acme-owner")
    page = console("journal")
    page.set_viewport_size({"width": 2400, "height": 900})
    assert style(page, "body", "fontSize") == "14px"
    assert style(page, "button.entry code", "fontSize") == "13px"
    heights = page.locator("nav a, button.entry").evaluate_all("all => all.map((each) => each.offsetHeight)")
    assert {*heights} == {32}
    assert page.locator("main").evaluate("main => main.offsetWidth") < 1400


def token(page: Page, name: str) -> str:
    """Return a colour of tokens.css as the browser computes it."""
    text: str = page.evaluate(
        """name => {
          const probe = document.body.appendChild(document.createElement('i'));
          probe.style.color = `var(${name})`;
          const { color } = getComputedStyle(probe);
          probe.remove();
          return color;
        }""",
        name,
    )
    return text


PRIMARY = """(cards, accent) => cards.map((card) => [...card.querySelectorAll('button')].filter((each) =>
  each.checkVisibility() && each.closest('section, article') === card
  && getComputedStyle(each).backgroundColor === accent).length)"""


def test_a_card_has_one_primary_button_at_most(console: Open) -> None:
    counts = {}
    for view in VIEWS:
        page = console(view)
        cards = page.locator("main :is(section, article)")
        counts[view] = cards.evaluate_all(PRIMARY, token(page, "--accent"))
    assert sum(counts["worlds"]) == 3
    assert {view: most for view, each in counts.items() if (most := max(each, default=0)) > 1} == {}


@pytest.mark.parametrize(
    ("view", "name"), [("worlds", "Delete: default"), ("workspaces", "Stop all: the org"), ("packs", "Delete: Pager")]
)
def test_what_destroys_is_red(console: Open, view: str, name: str) -> None:
    page = console(view)
    button = page.get_by_role("button", name=name, exact=True)
    assert button.evaluate("each => getComputedStyle(each).color") == token(page, "--bad")

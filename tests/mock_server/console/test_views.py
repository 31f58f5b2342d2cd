"""Each view of the console, with data in it: what it shows, for whom, and on what screen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.mock_server.console.conftest import VIEWS, Open, opened, view_of
from tests.mock_server.console.scene import liven, unfold
from tests.mock_server.serving import Mock
from tests.openapi import OPERATIONS, RULES
from tests.repo.sources import ROOT
from tests.waiting import until

pytestmark = pytest.mark.needs_browser

AXE = ROOT / "tools/node_modules/axe-core/axe.min.js"
FIRST_VIEW_BYTES = 150_000
WITH_CONTRACT_BYTES = FIRST_VIEW_BYTES + 6_000 * len(OPERATIONS)


@pytest.fixture
def lively(mock: Mock) -> Mock:
    """A world in which something of every kind has happened."""
    liven(mock)
    return mock


@contextmanager
def seen(browser: Browser, mock: Mock, view: str, **options: Any) -> Iterator[Page]:
    with opened(browser, **{"viewport": {"width": 1280, "height": 900}, **options}) as (page, wrong):
        yield view_of(page, mock.origin, mock.world, view)
        assert [each for each in wrong if not each.startswith("Failed to load resource")] == []


@pytest.mark.parametrize("view", VIEWS)
def test_it_is_there_without_an_error_and_sends_nothing_elsewhere(browser: Browser, lively: Mock, view: str) -> None:
    with opened(browser) as (page, wrong):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        view_of(page, lively.origin, lively.world, view)
        assert wrong == []
        assert {re.match(r"\w+://[^/]+", url)[0] for url in asked} == {lively.origin}  # type: ignore[index]
        assert page.title() == f"{VIEWS[view]} · {lively.world} · Evershell mock"


def test_the_first_view_is_small_and_does_not_wait_for_the_contract(browser: Browser, mock: Mock) -> None:
    """The contract is as large as all of the console, and whoever wants a token needs none of it."""
    with opened(browser) as (page, _):
        sizes: list[int] = []
        held: list[Route] = []
        page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/_mock/contract", hold)
        with page.expect_request("**/_mock/contract"):
            page.goto(f"{mock.origin}/_mock/#/{mock.world}/start")
        expect(page.get_by_label("Token", exact=True)).to_have_value(mock.tokens["acme-owner"])
        expect(page.get_by_role("region", name="Last request")).to_contain_text("There was no request yet.")
        expect(page.get_by_role("region", name="Request", exact=True)).to_contain_text("The contract is loading.")
        assert 20_000 < sum(sizes) < FIRST_VIEW_BYTES
        held.pop().continue_()
        expect(page.get_by_label("fetch", exact=True)).to_contain_text("/packs")
        assert sum(sizes) < WITH_CONTRACT_BYTES


@pytest.mark.needs_node
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(browser: Browser, lively: Mock, view: str) -> None:
    """Dark is the same page in other colours, so that the rules about colours alone are asked again."""
    with seen(browser, lively, view, color_scheme="light", reduced_motion="reduce") as page:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert violations(page, EVERY_TAG, 15) == []
        unfold(page, view)
        assert violations(page, EVERY_TAG, 15) == []
        light = colour(page)
        page.emulate_media(color_scheme="dark")
        assert colour(page) != light
        assert violations(page, OF_COLOURS, 1) == []


EVERY_TAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def colour(page: Page) -> Any:
    return page.evaluate("getComputedStyle(document.body).color")


def violations(page: Page, rules: Any, passed: int) -> list[tuple[str, str, str]]:
    """What these rules of axe find; at least so many pass."""
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    assert len(found["passes"]) >= passed
    return [
        (each["id"], node["target"][0], node["failureSummary"])
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_no_text_is_cut_or_lies_over_another(browser: Browser, lively: Mock, view: str) -> None:
    with seen(browser, lively, view) as page:
        unfold(page, view)
        for width in (1440, 1280, 1024, 768, 400, 320):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("scrollTo(0, 0)")  # what has been scrolled lies below the line at the top
            page.evaluate("() => new Promise(requestAnimationFrame)")  # what follows the width by script has done so
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert (width, page.evaluate(TEXTS)) == (width, [])


# Every piece of text that is shown, as rectangles: none outside of what clips it, none over another.
TEXTS = """() => {
  const pieces = [], wrong = [];
  const scrolls = (style) => /auto|scroll/.test(style.overflowX + style.overflowY);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    const elsewhere = parent.closest('.skip, option, noscript');
    if (!node.data.trim() || elsewhere || !parent.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      let scrolled = false;
      for (let at = parent; at !== document.documentElement; at = at.parentElement) {
        const style = getComputedStyle(at), frame = at.getBoundingClientRect();
        if (scrolls(style) || style.clipPath !== 'none') { scrolled = true; break; } // or for those who hear it
        const clips = style.overflowX !== 'visible' || at.matches('button, .badge, td, section');
        if (clips && (box.left < frame.left - 1 || box.right > frame.right + 1)) {
          wrong.push(`cut: ${node.data.trim().slice(0, 40)} in ${at.tagName}.${at.className}`);
        }
      }
      if (!scrolled) pieces.push({ box, text: node.data.trim().slice(0, 40), node });
    }
  }
  pieces.sort((a, b) => a.box.top - b.box.top);
  pieces.forEach((one, at) => {
    for (const other of pieces.slice(at + 1)) {
      if (other.box.top > one.box.bottom) break;
      if (one.node === other.node) continue;
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (across > 2 && down > 4) wrong.push(`over: ${one.text} / ${other.text}`);
    }
  });
  return wrong.slice(0, 10);
}"""


@pytest.mark.parametrize("view", VIEWS)
def test_all_of_it_is_reached_and_seen_by_the_keyboard(browser: Browser, lively: Mock, view: str) -> None:
    with seen(browser, lively, view) as page:
        reachable = page.evaluate(REACHABLE)
        reached = []
        for _ in range(reachable + 20):
            page.keyboard.press("Tab")
            where, shown = page.evaluate(FOCUSED)
            if reached and where == reached[-1]:  # a date has parts of its own
                continue
            if where in reached or where < 0:
                break
            reached.append(where)
            assert shown, f"no focus to be seen on element {where}"
        assert reached == sorted(reached)
        assert len(reached) == reachable


REACHABLE = """() => {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
  window.reachable = all.filter((each) => each.checkVisibility() && !each.disabled);
  return window.reachable.length;
}"""
FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  return [window.reachable.indexOf(at), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
}"""


def test_focus_stays_where_somebody_works(console: Open, mock: Mock) -> None:
    mock.control("POST", "/snapshots", json={"name": "clean"})
    page = console("worlds")
    for name, said in ((f"Reset: {mock.world}", "is as in the beginning"), ("Restore: clean", "stands as clean says")):
        page.get_by_role("button", name=name).press("Enter")
        expect(page.locator(".done").filter(has_text=said)).to_be_visible()
        expect(page.get_by_role("button", name=name)).to_be_focused()
    page.get_by_role("button", name="Delete: clean").press("Enter")
    page.get_by_role("button", name="Delete it").press("Enter")
    expect(page.get_by_text("None yet.")).to_be_visible()
    # Not wait_for_function: it evaluates text, which the page's policy forbids, where it has to wait.
    expect(page.locator("section[aria-label=Snapshots]:focus, section[aria-label=Snapshots] :focus")).to_have_count(1)
    page = console("simulate")
    trial = page.get_by_label("Billing of Acme")
    trial.focus()
    trial.select_option("trial")
    expect(page.get_by_text("org_acme is trial in")).to_be_visible()
    expect(trial).to_be_focused()


def test_focus_returns_from_a_question_whose_button_was_drawn_anew_meanwhile(console: Open, mock: Mock) -> None:
    mock.control("POST", "/snapshots", json={"name": "clean"})
    page = console("worlds")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/snapshots", hold, times=1)
    with page.expect_request("**/snapshots"):
        page.get_by_role("button", name="Restore: clean").press("Enter")
    page.get_by_role("button", name="Delete: clean").press("Enter")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    page.evaluate("window.drawnBefore = document.querySelector('[aria-label=\"Delete: clean\"]')")
    held[0].continue_()
    expect(page.locator(".done").filter(has_text="stands as clean says")).to_be_visible()
    until(lambda: not page.evaluate("window.drawnBefore.isConnected"), "the button is not drawn anew")
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.get_by_role("button", name="Delete: clean")).to_be_focused()


@pytest.mark.usefixtures("lively")
def test_the_address_leads_there_again(console: Open, browser: Browser) -> None:
    page = console("journal")
    page.get_by_label("Status or code").fill("403")
    expect(page.locator("ol.journal > li:visible")).to_have_count(1)
    with opened(browser) as (other, _):
        other.goto(page.url)
        expect(other.get_by_label("Status or code")).to_have_value("403")
        expect(other.locator("ol.journal > li:visible")).to_have_count(1)


def test_a_thousand_entries_are_shown_and_only_those_in_sight_are_laid_out(console: Open, mock: Mock) -> None:
    with_many = [mock.origin + f"/_worlds/{mock.world}/v1/packs"] * 1000
    page = console("worlds")
    page.evaluate("async urls => { for (const url of urls) await fetch(url); }", with_many)
    console("journal")
    expect(page.get_by_text("1000 requests", exact=True)).to_be_visible()
    laid_out = """() => [...document.querySelectorAll('ol.journal > li > button')]
        .filter((each) => each.checkVisibility({contentVisibilityAuto: true})).length"""
    assert page.locator("ol.journal > li").count() == 1000
    assert 0 < page.evaluate(laid_out) < 200
    mock.send("GET", "/v1/packs", "acme-owner")
    expect(page.locator("ol.journal > li").first).to_contain_text("acme-owner")
    expect(page.locator("ol.journal > li")).to_have_count(1000)


def test_a_burst_is_shown_whole_and_in_its_order(console: Open, mock: Mock) -> None:
    page = console("journal")
    burst = """async url => { await Promise.all(Array.from({length: 300}, () => fetch(url))); }"""
    page.evaluate(burst, f"{mock.origin}/_worlds/{mock.world}/v1/packs")
    expect(page.get_by_text("300 requests", exact=True)).to_be_visible()
    expect(page.locator("ol.journal > li .id")).to_have_text([f"#{number}" for number in range(300, 0, -1)])


def test_the_reader_leads_to_each_operation_with_its_answers_and_the_rules_that_name_it(console: Open) -> None:
    page = console("contract")
    operations = page.get_by_role("navigation", name="Operations")
    expect(operations.get_by_role("link", include_hidden=True)).to_have_count(len(OPERATIONS))
    rules = page.get_by_role("region", name="Rules", exact=True).locator("li p:first-child code")
    for each, operation in list(OPERATIONS.items())[::9]:
        operations.get_by_label("Find an operation").fill(each)
        operations.get_by_role("link").first.click()
        expect(page.get_by_role("region", name=each, exact=True)).to_be_visible()
        named = [name for name, rule in RULES.items() if any(fnmatch(each, it) for it in rule.get("operations", ()))]
        expect(rules, each).to_have_text(named)
        answers = page.get_by_role("region", name="Responses").locator("details.response")
        expect(answers).to_have_count(len(operation.statuses))
    assert page.url.endswith(f"?operation={each}")


def test_an_answer_has_its_schema_and_its_example_side_by_side(console: Open) -> None:
    page = console("contract", "?operation=packs.list")
    answer = page.get_by_role("region", name="Responses").locator("details.response").first
    schema, example = answer.locator(".schema .schema"), answer.locator("pre").first
    expect(schema.get_by_text("visibility", exact=True)).to_be_visible()
    expect(example).to_contain_text('"visibility"')
    left, right = answer.locator(".schema").first.bounding_box(), example.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] <= right["x"]


def test_the_table_of_packs_has_six_columns_in_sight(console: Open) -> None:
    page = console("packs")
    columns = page.locator("table.packs thead th")
    assert columns.count() <= 6
    assert all(column.is_visible() for column in columns.all())
    heights = page.locator("tr[data-pack]").evaluate_all("rows => rows.map((row) => row.offsetHeight)")
    assert max(heights) < 100


@pytest.mark.parametrize("viewer", ["acme-owner", "globex-member", "cyberdyne-read-only"])
def test_a_card_of_a_pack_is_small_and_its_files_have_the_rest(browser: Browser, mock: Mock, viewer: str) -> None:
    look = {"viewport": {"width": 400, "height": 800}}
    with opened(browser, **look) as (page, _):
        view_of(page, mock.origin, mock.world, "packs", f"?as={viewer}")
        rows = page.locator("tr[data-pack]")
        heights = rows.evaluate_all("rows => rows.map((row) => row.offsetHeight)")
        assert len(heights) == 12
        assert max(heights) < 120
        page.get_by_role("button", name="Files: Slack").click()
        facts = page.locator("dl.facts:visible")
        expect(facts).to_contain_text("registry.example.com/team/slack:1.2.0")
        expect(facts).to_contain_text("Used by")

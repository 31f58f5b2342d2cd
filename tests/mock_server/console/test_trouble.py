"""The console where something is not as it was: the mock gone, a world gone, a token asked for."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from mock_server import Settings, create_app
from mock_server.hosting import serve_in_thread
from mock_server.settings import find_own_file
from tests import plain
from tests.mock_server.console.conftest import Open, opened, view_of
from tests.mock_server.server.reload.test_reload import running
from tests.mock_server.serving import Mock, served
from tests.openapi import OPERATIONS
from tests.ports import own_ports

pytestmark = pytest.mark.needs_browser


def test_a_view_asks_for_its_lists_once_the_world_is_followed(browser: Browser, mock: Mock) -> None:
    """Else what comes between a list and the beginning of the stream is never shown."""
    world = f"{mock.origin}/_mock/worlds/{mock.world}"
    asked: list[str] = []
    with opened(browser) as (page, _):

        def hold(route: Route) -> None:
            # By then the page has the view, and what that had asked for would be on its way.
            page.evaluate("import('/_mock/console/views/worlds.js').then(() => fetch('/_mock/health'))")
            asked.append("it is followed")
            mock.control("POST", "/snapshots", json={"name": "meanwhile"})
            route.continue_()

        page.route(f"{world}/journal/stream?*", hold)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{mock.origin}/_mock/#/{mock.world}/worlds")
        expect(page.get_by_role("region", name="Snapshots")).to_contain_text("meanwhile")
    assert [each for each in asked if each in {"it is followed", f"{world}/snapshots"}] == [
        "it is followed",
        f"{world}/snapshots",
    ]


def test_the_mock_stops_and_comes_back(browser: Browser) -> None:
    [port] = own_ports(1)
    with opened(browser) as (page, _):
        with serve_in_thread(create_app(), port=port) as origin:
            view_of(page, origin, "tab-1", "packs")
        expect(page.locator("#status")).to_have_text("No answer")
        expect(page.locator("#notice")).to_contain_text("The mock does not answer.")
        page.get_by_role("button", name="Make community: Pager", exact=True).click()
        expect(page.locator("main .problem")).to_contain_text("The mock does not answer.")
        with serve_in_thread(create_app(), port=port):
            expect(page.locator("#status")).to_have_text("Live")
            expect(page.locator("#notice")).to_be_empty()
            page.get_by_role("button", name="Make community: Pager", exact=True).click()
            expect(page.get_by_text("Pager is community now.").first).to_be_visible()
            page.get_by_role("link", name="Journal").click()
            plain.get(f"{origin}/_worlds/tab-1/v1/packs")
            expect(page.locator("ol.journal > li").first).to_contain_text("401 unauthenticated")


def test_a_contract_that_was_refused_and_one_without_all_functions_are_said(browser: Browser, tmp_path: Path) -> None:
    contract = Path(shutil.copy(find_own_file("openapi.yaml"), tmp_path))
    fly = "{operationId: packs.fly, tags: [packs], summary: Fly, responses: {'204': {description: It flies.}}}"
    with running("--reload", "--contract", str(contract)) as followed, opened(browser) as (page, _):
        view_of(page, followed.origin, "default", "contract")
        followed.change(contract, "\npaths:\n", "\npaths: [\n", outcome="still served")
        expect(page.locator("#status")).to_have_text("Not up to date")
        expect(page.locator("#notice")).to_contain_text("openapi.yaml changed")
        expect(page.locator("#notice")).to_contain_text("is not YAML")
        page.reload()
        expect(page.locator("#status")).to_have_text("Not up to date")
        followed.change(contract, "\npaths: [\n", f"\npaths:\n  /packs/fly: {{get: {fly}}}\n")
        expect(page.locator("#status")).to_have_text("Live")
        expect(page.locator("#notice")).to_be_empty()
        page.reload()
        listed = page.get_by_role("region", name="Operations without state")
        expect(listed.get_by_role("listitem")).to_have_text("packs.fly GET /packs/fly 204 ")
        listed.get_by_role("link", name="packs.fly").click()
        expect(page.get_by_text("it answers 204 with the")).to_be_visible()
        press_send = page.get_by_role("region", name="Try it").get_by_role("button", name="Send")
        press_send.click()
        expect(page.get_by_role("region", name="Try it").locator(".badge").first).to_have_text("204")
        page.get_by_role("link", name="Journal").click()
        expect(page.locator("ol.journal > li").first.locator(".why")).to_contain_text("stateless")
        followed.change(contract, "openapi: 3.0.3", "# changed\nopenapi: 3.0.3")
        expect(page.get_by_text("There are no requests yet.")).to_be_visible()
        expect(page.locator("ol.journal > li")).to_have_count(0)


def test_a_stream_that_ends_goes_on_from_the_last_entry(browser: Browser, mock: Mock) -> None:
    """As where something in between ends it."""
    with opened(browser) as (page, _):
        asked: list[str | None] = []

        def once(route: Route) -> None:
            asked.append(route.request.headers.get("last-event-id"))
            if len(asked) > 1:
                route.continue_()
            else:
                route.fulfill(content_type="text/event-stream", body="id: 7\nevent: gap\ndata: {}\n\n")

        page.route("**/journal/stream?*", once)
        page.goto(f"{mock.origin}/_mock/#/{mock.world}/journal")
        with page.expect_request(lambda request: "last-event-id" in request.headers):
            pass
        expect(page.locator("#status")).to_have_text("Live")
        mock.send("GET", "/v1/packs")
        expect(page.locator("ol.journal > li")).to_have_count(1)
        assert asked == [None, "7"]


@pytest.mark.parametrize(("view", "count"), [("journal", 2), ("worlds", 1)])
def test_what_happens_while_a_view_is_made_is_in_it(console: Open, mock: Mock, view: str, count: int) -> None:
    """The list has left the mock already, and the view is not there yet."""
    page = console(view)

    def late(route: Route) -> None:
        answer = route.fetch()
        mock.send("GET", "/v1/packs")
        route.fulfill(response=answer)

    page.route("**/journal", late)
    if view == "journal":
        page.get_by_role("button", name="Clear the journal").click()
        page.get_by_role("button", name="Delete them").click()
    else:
        page.get_by_role("link", name="Journal").click()
    expect(page.locator("ol.journal > li")).to_have_count(count)


def test_a_tab_that_nobody_sees_keeps_no_connection_and_catches_up(console: Open, mock: Mock) -> None:
    """A browser has six of them to one host, for all its tabs."""
    page = console("journal")
    page.evaluate("""() => {
        window.unseen = true;
        Object.defineProperty(document, 'hidden', { get: () => window.unseen });
        document.dispatchEvent(new Event('visibilitychange'));
    }""")
    expect(page.locator("#status")).to_have_text("Paused")
    mock.send("GET", "/v1/packs")
    expect(page.locator("ol.journal > li")).to_have_count(0)
    page.evaluate("() => { window.unseen = false; document.dispatchEvent(new Event('visibilitychange')); }")
    expect(page.locator("#status")).to_have_text("Live")
    expect(page.locator("ol.journal > li")).to_have_count(1)


def test_a_world_deleted_elsewhere_is_said_so_and_not_made_again_unasked(console: Open, mock: Mock) -> None:
    page = console("journal")
    mock.send("GET", "/v1/packs")
    expect(page.locator("ol.journal > li")).to_have_count(1)
    mock.send("DELETE", f"/_mock/worlds/{mock.world}")
    expect(page.locator("#notice")).to_contain_text(f"The world {mock.world} was deleted.")
    assert mock.world not in worlds(mock)
    page.get_by_role("button", name="Make it again").click()
    expect(page.locator("#status")).to_have_text("Live")
    expect(page.locator("ol.journal > li")).to_have_count(0)
    assert mock.world in worlds(mock)


def test_a_world_that_cannot_be_is_said_so_once(browser: Browser, mock: Mock) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{mock.origin}/_mock/#/no%20world!/simulate")
        expect(page.locator("main .problem")).to_contain_text("400 validation_error")
        expect(page.locator("#status")).to_have_text("Refused")
        page.get_by_label("World", exact=True).select_option("default")
        expect(page.locator("#status")).to_have_text("Live")
        expect(page.get_by_label("Billing of Acme")).to_be_visible()


def worlds(mock: Mock) -> list[str]:
    return [each["name"] for each in mock.send("GET", "/_mock/worlds").json()["worlds"]]


@pytest.mark.parametrize("address", ["#nonsense", "#/default/nonsense", "#/default/constructor?q=x", "#%E0%A4%A"])
def test_a_view_that_there_is_not_is_the_first_one_and_makes_no_world(
    browser: Browser, mock: Mock, address: str
) -> None:
    before = mock.send("GET", "/_mock/worlds").json()["worlds"]
    with opened(browser) as (page, wrong):
        page.goto(f"{mock.origin}/_mock/{address}")
        expect(page.get_by_role("heading", level=2, name="Connect")).to_be_visible()
        expect(page).to_have_url(f"{mock.origin}/_mock/#/default/start")
        page.evaluate("location.hash = '#/default/journal'")
        expect(page.get_by_role("heading", level=2, name="Journal")).to_be_visible()
        page.evaluate("location.hash = '#/default/jornal'")
        expect(page.get_by_role("heading", level=2, name="Connect")).to_be_visible()
        assert wrong == []
    names = {each["name"] for each in mock.send("GET", "/_mock/worlds").json()["worlds"]}
    assert names == {each["name"] for each in before}


def test_a_snapshot_that_is_gone_is_said_in_the_words_of_the_envelope(console: Open, mock: Mock) -> None:
    mock.control("POST", "/snapshots", json={"name": "clean"})
    page = console("worlds")
    mock.control("DELETE", "/snapshots/clean")
    page.get_by_role("button", name="Restore: clean").click()
    expect(page.locator("main .problem")).to_contain_text("404 snapshot_unknown")
    page.get_by_label("New snapshot").fill("another")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved another.")).to_be_visible()


def test_a_state_that_does_not_fit_is_refused_with_each_place(console: Open) -> None:
    page = console("worlds")
    page.get_by_label("State file").set_input_files(
        {"name": "s.json", "mimeType": "application/json", "buffer": b'{"format": "evershell-mock-state/1"}'}
    )
    page.get_by_role("button", name="Import").click()
    problem = page.locator("main .problem")
    expect(problem).to_contain_text("The document is not a state.")
    assert problem.locator("li").count() > 1


def test_a_request_that_the_journal_has_no_longer(console: Open, mock: Mock) -> None:
    mock.send("GET", "/v1/packs")
    page = console("journal")
    mock.control("DELETE", "/journal")
    page.locator("ol.journal > li").first.get_by_role("button").click()
    page.get_by_role("button", name="Rewind to before this").click()
    expect(page.locator("main .problem")).to_contain_text("404 entry_unknown")


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    with served(create_app(Settings(control_token="fake-control-token"))) as url:
        yield url


def give(page: Page, token: str) -> None:
    page.get_by_role("textbox", name="Control token").fill(token)
    page.get_by_role("button", name="Go on").click()


def test_the_control_token_is_asked_for_once_and_kept_for_the_tab(browser: Browser, guarded: str) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{guarded}/_mock/#/tab-1/simulate")
        expect(page.get_by_role("dialog")).to_have_count(1)
        give(page, "another")
        expect(page.get_by_role("dialog")).to_contain_text("It is not the control token")
        give(page, "fake-control-token")
        expect(page.locator("#status")).to_have_text("Live")
        expect(page.get_by_label("Billing of Acme")).to_be_visible()
        page.reload()
        expect(page.get_by_label("Billing of Acme")).to_be_visible()
        page.goto(f"{guarded}/_mock/docs/")
        links = page.get_by_role("navigation", name="Operations").get_by_role("link", include_hidden=True)
        expect(links).to_have_count(len(OPERATIONS))
        assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
        with page.context.new_page() as other:
            other.goto(f"{guarded}/_mock/")
            expect(other.get_by_role("dialog")).to_have_count(1)


def test_without_the_token_the_page_says_so(browser: Browser, guarded: str) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{guarded}/_mock/#/tab-1/simulate")
        page.get_by_role("button", name="Not now").click()
        expect(page.locator("main .problem")).to_contain_text("401 unauthenticated")
        page.get_by_role("button", name="Try again").click()
        give(page, "fake-control-token")
        expect(page.get_by_label("Billing of Acme")).to_be_visible()

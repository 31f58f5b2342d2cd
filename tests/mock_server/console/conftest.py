"""The console in a real browser: one Chromium for all tests, and a world and a page for each."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from mock_server import create_app
from tests.chromium import chromium
from tests.mock_server.serving import Mock, served, tokens_of

VIEWS = {
    "start": "Connect",
    "callers": "Who am I",
    "contract": "Contract",
    "workspaces": "Workspaces",
    "packs": "Packs",
    "settings": "Settings",
    "collections": "Collections",
    "journal": "Journal",
    "audit": "Audit",
    "coverage": "Coverage",
    "simulate": "Billing, clock, faults",
    "states": "States",
    "worlds": "Worlds",
}
Open = Callable[..., Page]

expect.set_options(timeout=60_000)  # other tests run beside these


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The URL of a mock for these tests alone: the console shows every world, and other tests make thousands."""
    with served(create_app()) as url:
        yield url


@pytest.fixture(scope="module")
def tokens(origin: str) -> dict[str, str]:
    """The constant tokens by persona."""
    return tokens_of(origin)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@contextmanager
def opened(browser: Browser, **options: object) -> Iterator[tuple[Page, list[str]]]:
    """A page of its own, and what went wrong in it; that the API refused something is no such thing."""
    with browser.new_context(**options) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(60_000)
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
        yield page, wrong


def view_of(page: Page, origin: str, world: str, view: str, query: str = "") -> Page:
    """Go to a view, and wait until it is there and what happens arrives in it."""
    page.goto(f"{origin}/_mock/#/{world}/{view}{query}")
    expect(page.get_by_role("heading", level=2, name=VIEWS[view])).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.locator("#status")).to_have_text("Live")
    expect(page.locator("main .problem")).to_have_count(0)
    return page


@pytest.fixture
def console(browser: Browser, mock: Mock) -> Iterator[Open]:
    """A function that opens a view in the test's world; nothing may go wrong in the page."""
    with opened(browser, viewport={"width": 1280, "height": 900}) as (page, wrong):
        yield lambda view, query="": view_of(page, mock.origin, mock.world, view, query)
        refused = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d|503)")
        assert [each for each in wrong if refused.match(each) is None] == []

"""`EventSource` of a browser, on a page of another origin: what it receives while its connection comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from mock_server.settings import StreamTimes
from tests import plain
from tests.chromium import chromium
from tests.mock_server.browser.pages import pages
from tests.mock_server.serving import served, tokens_of
from tests.mock_server.worlds.feeds import app_with_feed

pytestmark = pytest.mark.needs_browser

KEY = "sk_mock_acme_full_access_1001"
OPEN = """url => {
    window.opened = 0;
    window.seen = [];
    const source = new EventSource(url);
    source.onopen = () => { window.opened += 1; };
    source.addEventListener("activity", event => window.seen.push(JSON.parse(event.data).task_id));
}"""


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A mock whose streams end after a moment, as those of a laptop that sleeps do."""
    times = StreamTimes(heartbeat=0.2, longest=0.6)
    with served(app_with_feed(tmp_path_factory.mktemp("contract"), stream_times=times)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of another origin."""
    with pages() as port, browser.new_context() as context:
        opened = context.new_page()
        opened.set_default_timeout(30_000)
        opened.goto(f"http://localhost:{port}/page.html")
        yield opened


def write(origin: str, token: str, number: int) -> None:
    headers = {"X-Mock-World": "browser", "Authorization": f"Bearer {token}"}
    body: dict[str, Any] = {"task_id": f"task_{number}"}
    assert plain.post(f"{origin}/v1/feed/events", headers=headers, json=body).status_code == 200


def test_nothing_is_lost_while_the_connection_is(origin: str, page: Page) -> None:
    """Events are written while it is open, while it is not, and after it has come back twice."""
    token = tokens_of(origin)["acme-owner"]
    page.evaluate(OPEN, f"{origin}/_worlds/browser/v1/feed?api_key={KEY}")
    page.wait_for_function("window.opened >= 1")
    write(origin, token, 0)
    page.wait_for_function("window.seen.length >= 1")
    for times in (2, 3):
        for number in range(1, 4):
            write(origin, token, number + 3 * (times - 2))
        page.wait_for_function(f"window.opened >= {times}")
    write(origin, token, 7)
    page.wait_for_function("window.seen.length >= 8")
    assert page.evaluate("window.seen") == [f"task_{number}" for number in range(8)]

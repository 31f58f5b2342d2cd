"""Files that somebody uploaded, opened as pages in a real browser that is signed in."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from mock_server import Settings, create_app
from tests.archives import zipped
from tests.chromium import chromium
from tests.mock_server.pipeline.gates.test_form import part, send
from tests.mock_server.serving import Mock, served, tokens_of

pytestmark = pytest.mark.needs_browser

SCRIPT = """
fetch('/_mock/worlds', {method: 'POST', body: '{"name": "stolen"}', headers: {'Content-Type': 'application/json'}});
fetch('/_mock/personas');
"""
FILES = {
    "pack.yaml": b"name: foreign\nversion: 1.0.0\n",
    "data/page.html": f"<!doctype html><title>Foreign</title><script>{SCRIPT}</script>".encode(),
    "data/with_file.html": b'<!doctype html><title>Foreign</title><script src="script.js"></script>',
    "data/script.js": SCRIPT.encode(),
    "data/picture.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><script>{SCRIPT}</script></svg>'.encode(),
}


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with served(create_app(Settings())) as url:
        yield Mock(url, "default", tokens_of(url))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("name", ["page.html", "with_file.html", "picture.svg"])
def test_a_foreign_file_does_nothing_at_the_origin_of_the_console(mock: Mock, browser: Browser, name: str) -> None:
    """The file is shown, and its script asks for nothing of the control API, though the browser is signed in."""
    mock.control("POST", "/reset")
    pack = send(mock, part("archive", zipped(FILES))).json()["id"]
    with browser.new_context() as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{mock.origin}/_mock/login?persona=acme-owner")
        answer = page.goto(f"{mock.origin}/v1/packs/{pack}/files/data/{name}", wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    assert [url for url in asked if "/_mock/worlds" in url or "/_mock/personas" in url] == []
    worlds = mock.send("GET", "/_mock/worlds").json()["worlds"]
    assert "stolen" not in [each["name"] for each in worlds]

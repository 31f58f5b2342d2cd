"""The console of a mock that serves the contract of another API: the same views, less those of our own objects."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from mock_server import Settings, create_app
from tests import plain
from tests.mock_server.foreign.mocks import CONTRACTS
from tests.mock_server.serving import served

pytestmark = pytest.mark.needs_browser


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served(create_app(Settings(contract=CONTRACTS / "petstore.yaml"))) as url:
        key = {"Authorization": "Bearer fake-token-of-alice"}
        plain.post(f"{url}/api/v3/pet", json={"name": "Rex", "photoUrls": []}, headers=key)
        yield url


@pytest.mark.parametrize(
    ("view", "text"),
    [
        ("start", "/api/v3/pet"),
        ("contract", "Operations without state"),
        ("journal", "/api/v3/pet"),
        ("coverage", "declared answers were met by clients"),
    ],
)
def test_a_view_shows_the_other_api(browser: Browser, origin: str, view: str, text: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
        page.goto(f"{origin}/_mock/#/default/{view}")
        expect(page.get_by_text(text).first).to_be_visible()
        expect(page.get_by_role("link", name="Packs")).to_have_count(0)
        assert wrong == []

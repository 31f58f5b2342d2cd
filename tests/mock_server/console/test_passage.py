"""The console of a mock that passes operations on: where a request went, and what was wrong with it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from mock_server import Settings, create_app
from mock_server.settings import PassedCaller, PassRule, PassSettings
from tests.mock_server.console.conftest import Open
from tests.mock_server.passing.scripted import Script, scripted
from tests.mock_server.serving import Mock, served

pytestmark = pytest.mark.needs_browser


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The URL of a mock that passes packs on to a server that answers what no contract has."""
    with scripted(Script(418, {"Content-Type": "application/json"}, b"{}")) as url:
        passing = PassSettings((PassRule("packs.*", url),), {"acme-owner": PassedCaller("org_real", "a-real-token")})
        with served(create_app(Settings(passing=passing))) as origin:
            yield origin


def test_an_entry_says_where_it_went_and_what_it_broke(console: Open, mock: Mock) -> None:
    assert mock.send("GET", "/v1/packs", "acme-owner").status_code == 418
    page = console("journal")
    expect(page.get_by_text("passed on", exact=True)).to_be_visible()
    expect(page.get_by_text("broke the contract", exact=True)).to_be_visible()
    page.locator("ol.journal > li").first.get_by_role("button").click()
    expect(page.get_by_text("answer: the status 418 is not declared")).to_be_visible()

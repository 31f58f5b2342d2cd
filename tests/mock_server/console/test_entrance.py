"""The root of the mock, as a browser and as curl ask for it."""

import pytest

from tests import plain
from tests.mock_server.serving import Mock, refusal

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(("path", "location"), [("/", "/_mock/"), ("/_worlds/mine/", "/_mock/#/mine/start")])
def test_a_browser_is_sent_to_the_console(origin: str, path: str, location: str) -> None:
    answer = plain.get(origin + path, headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["location"]) == (302, location)
    console = plain.get(origin + path, headers={"Accept": BROWSER}, follow_redirects=True)
    assert "<title>Evershell mock</title>" in console.text


@pytest.mark.parametrize(("path", "api"), [("/", "/v1"), ("/_worlds/mine", "/_worlds/mine/v1")])
def test_anybody_else_is_told_where_things_are(origin: str, path: str, api: str) -> None:
    answer = plain.get(origin + path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    places = answer.json()
    assert places.keys() == {"api", "console", "docs", "client", "personas", "health"}
    assert places["api"] == api
    assert plain.get(f"{origin}{api}/packs").status_code == 401
    others = [origin + places[name] for name in places if name != "api"]
    assert [plain.get(other, follow_redirects=True).status_code for other in others] == [200] * 5
    assert answer.headers["x-request-id"]


def test_it_makes_no_world(origin: str) -> None:
    plain.get(f"{origin}/_worlds/only-looked-at/")
    assert "only-looked-at" not in plain.get(f"{origin}/_mock/worlds").text


def test_head_has_no_body(origin: str) -> None:
    answer = plain.head(origin + "/")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_what_is_no_reading_is_a_404_that_tells_too(mock: Mock, method: str) -> None:
    answer = mock.send(method, "/")
    assert refusal(answer) == (404, "not_found")
    assert "/_mock/" in answer.json()["error"]["message"]

"""Paths, methods and announced lengths."""

import http.client
from urllib.parse import urlsplit

import pytest

from tests.mock_server.serving import Mock, refusal

METHODS = {
    "/packs": {"GET", "POST"},
    "/packs/upload": {"POST"},
    "/packs/pack_01HZ": {"GET", "PUT", "PATCH", "DELETE"},
    "/packs/pack_01HZ/files/pack.yaml": {"GET", "PUT"},
    "/me/session": {"GET"},
}
ALL = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LOCK"}
NOT_ALLOWED = [(method, path) for path, own in METHODS.items() for method in sorted(ALL - own)]


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/", "/v2/packs", "/v1/pack", "/v1/packs/", "/v1//packs", "/v1/packs/x/nothing", "/_mock/nothing"],
)
def test_an_unknown_path_is_a_404_in_the_envelope(mock: Mock, path: str) -> None:
    answer = mock.send("GET", path, "acme-owner")
    assert refusal(answer) == (404, "not_found")
    assert "location" not in answer.headers
    message = answer.json()["error"]["message"]
    assert message.startswith(f"There is no path {path}.")
    for place in ("/v1", "/_mock/", "/_mock/docs/", "/_mock/personas"):
        assert place in message.removeprefix(f"There is no path {path}.")


@pytest.mark.parametrize(("method", "path"), NOT_ALLOWED)
def test_a_method_that_a_path_does_not_have_is_a_405_that_names_those_it_has(
    mock: Mock, method: str, path: str
) -> None:
    answer = mock.send(method, f"/v1{path}", "acme-owner")
    assert refusal(answer) == (405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) == METHODS[path]


@pytest.mark.parametrize("path", [f"/v1{path}" for path in METHODS])
def test_head_is_a_405_without_a_body(mock: Mock, path: str) -> None:
    answer = mock.send("HEAD", path, "acme-owner")
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers["allow"]
    assert answer.headers["x-request-id"]


def test_a_concrete_path_wins_over_a_template(mock: Mock) -> None:
    assert refusal(mock.send("GET", "/v1/packs/upload", "acme-owner")) == (405, "method_not_allowed")


@pytest.mark.parametrize("length", ["1048577", "9" * 18])
def test_a_body_announced_too_long_is_refused_before_it_is_sent(mock: Mock, length: str) -> None:
    where = urlsplit(mock.origin)
    connection = http.client.HTTPConnection(where.netloc, timeout=10)
    connection.putrequest("PATCH", "/v1/packs/pack_01HZ")
    connection.putheader("Content-Length", length)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert b'"payload_too_large"' in answer.read()
    connection.close()


@pytest.mark.parametrize(
    ("size", "expected"),
    [(1048576, (400, "validation_error")), (1048577, (413, "payload_too_large"))],
)
def test_a_body_that_turns_out_too_long_is_a_413_there(mock: Mock, size: int, expected: tuple[int, str]) -> None:
    def unannounced():  # type: ignore[no-untyped-def]
        yield b" " * size

    answer = mock.send("PATCH", "/v1/packs/pack_01HZ", "acme-owner", content=unannounced())
    assert refusal(answer) == expected


def test_a_body_that_no_operation_reads_is_no_matter(mock: Mock) -> None:
    answer = mock.send("GET", "/v1/packs", "acme-owner", content=b"x" * 2**21)
    assert answer.status_code == 200

"""Bodies: their media type, and JSON as a strict reader takes it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mock_server.serving import Mock, refusal, wrong_fields

PATCH = ("PATCH", "/v1/packs/pack_01HZ", "acme-owner")
GOOD = b'{"visibility": "org"}'


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=latin-1",
        "application/json ; a=b",
    ],
)
def test_json_is_taken_under_its_name_and_without_one(mock: Mock, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert mock.send(*PATCH, content=GOOD, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "application/jsonp", "json", "*/*", ";", "application/json,text/plain"],
)
def test_another_media_type_is_a_415_that_names_the_right_one(mock: Mock, content_type: str) -> None:
    answer = mock.send(*PATCH, content=GOOD, headers={"Content-Type": content_type})
    assert refusal(answer) == (415, "unsupported_media_type")
    assert "application/json" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"{",
        b"visibility=org",
        b"\xff\xfe",
        '{"visibility": "org"}'.encode("utf-16"),
        b'\xef\xbb\xbf{"visibility": "org"}',
        b'{"visibility": "\xff"}',
        b'{"visibility": "\\ud800"}',
        b'{"visibility": NaN}',
        b'{"visibility": -Infinity}',
        b'{"visibility": ' + b"1" * 5000 + b"}",
        b'{"visibility": 1e999}',
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 1010 + b"1" + b"}" * 1010,
        b'{"visibility":' + b"[" * 600 + b"]" * 600 + b"}",
        b'{"visibility": "org", "visibility": "community"}',
        b'{"visibility": "org"} {}',
        b"null",
        b"[]",
        b'"org"',
        b"1.0",
        b"true",
    ],
)
def test_what_is_no_json_object_is_a_400_on_body(mock: Mock, content: bytes) -> None:
    assert wrong_fields(mock.send(*PATCH, content=content)).keys() == {"body"}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"{}", {"visibility"}),
        (b'{"visibility": null}', {"visibility"}),
        (b'{"visibility": "private"}', {"visibility"}),
        (b'{"visibility": ["org"]}', {"visibility"}),
        (b'{"visibility": 1}', {"visibility"}),
        (b'{"visibility": "org", "name": "x"}', {"name"}),
        (b'{"Visibility": "org"}', {"visibility", "Visibility"}),
        (b'{"visibility": "org", "": 1, "a:b": 2}', {"", "a:b"}),
    ],
)
def test_a_wrong_field_is_named(mock: Mock, content: bytes, named: set[str]) -> None:
    assert wrong_fields(mock.send(*PATCH, content=content)).keys() == named


@pytest.mark.parametrize("content_type", [None, "application/octet-stream", "Application/Octet-Stream; x=y"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff"])
def test_bytes_are_taken_as_they_are(mock: Mock, content_type: str | None, content: bytes) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    path = "/v1/packs/pack_acme_release_notes/files/behavior.md"
    assert mock.send("PUT", path, "acme-owner", content=content, headers=headers).status_code == 200
    assert mock.send("GET", path, "acme-owner").content == content


def test_bytes_under_another_name_are_a_415(mock: Mock) -> None:
    path = "/v1/packs/pack_acme_release_notes/files/behavior.md"
    answer = mock.send("PUT", path, "acme-owner", content=b"a", headers={"Content-Type": "text/markdown"})
    assert refusal(answer) == (415, "unsupported_media_type")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_no_body_makes_the_server_fail(mock: Mock, content: bytes) -> None:
    assert refusal(mock.send(*PATCH, content=content)) == (400, "validation_error")

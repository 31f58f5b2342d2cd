"""Multipart bodies."""

import asyncio
import gc
import tracemalloc
from typing import Any

import pytest

from mock_server import Settings, create_app
from tests.archives import zipped
from tests.mock_server.serving import Mock, refusal, wrong_fields

UPLOAD = ("POST", "/v1/packs/upload", "acme-owner")
FRAMING = 64 * 1024
LIMIT = 32 * 1024 * 1024


def archive(name: str = "sample") -> bytes:
    return zipped({"pack.yaml": f"name: {name}\nversion: 1.0.0\n".encode()})


def part(name: str, content: bytes, extra: str = "") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"{extra}\r\n\r\n'
    return b"--edge\r\n" + head.encode() + content + b"\r\n"


def send(mock: Mock, *parts: bytes, end: bytes = b"--edge--\r\n", **options: Any) -> Any:
    headers = {"Content-Type": "multipart/form-data; boundary=edge"} | options.pop("headers", {})
    return mock.send(*UPLOAD, content=b"".join(parts) + end, headers=headers, **options)


@pytest.mark.parametrize("end", [b"--edge--\r\n", b"--edge--", b"--edge--\r\nepilogue"])
def test_a_form_with_an_archive_makes_a_pack(mock: Mock, end: bytes) -> None:
    answer = send(mock, part("visibility", b"community"), part("archive", archive()), end=end)
    assert (answer.status_code, answer.json()["visibility"]) == (201, "community")


def test_other_parts_are_ignored_whatever_they_hold(mock: Mock) -> None:
    other = part("note", b"\xff" * 1000), part("archive2", b"x", '; filename="a.bin"'), part("", b"")
    assert send(mock, *other, part("archive", archive())).status_code == 201


def test_a_form_that_arrives_in_small_pieces_is_the_same_form(mock: Mock) -> None:
    body = part("visibility", b"community") + part("archive", archive()) + b"--edge--\r\n"

    def pieces():  # type: ignore[no-untyped-def]
        for start in range(0, len(body), 7):
            yield body[start : start + 7]

    headers = {"Content-Type": 'multipart/form-data; boundary="edge"'}
    answer = mock.send(*UPLOAD, content=pieces(), headers=headers)
    assert (answer.status_code, answer.json()["visibility"]) == (201, "community")


@pytest.mark.parametrize(
    "content_type",
    [None, "multipart/form-data", "multipart/form-data; boundary=", f"multipart/form-data; boundary={'x' * 300}"],
)
def test_a_form_without_a_usable_boundary_is_a_400_on_body(mock: Mock, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    assert wrong_fields(mock.send(*UPLOAD, content=b"", headers=headers)).keys() == {"body"}


@pytest.mark.parametrize(
    ("parts", "end"),
    [
        ([], b""),
        ([b"nothing of the kind"], b""),
        ([part("archive", b"abc")], b""),
        ([part("archive", b"abc")[:-9]], b""),
        ([b"--edge\r\nContent-Disposition: form-da"], b""),
        ([b"--edge\r\nno header\r\n\r\n\r\n"], b"--edge--\r\n"),
        ([b"--other\r\n\r\nx\r\n--other--\r\n"], b""),
        ([part(f"p{number}", b"") for number in range(1001)], b"--edge--\r\n"),
    ],
)
def test_a_form_that_is_cut_short_or_none_is_a_400_on_body(mock: Mock, parts: list[bytes], end: bytes) -> None:
    assert wrong_fields(send(mock, *parts, end=end)).keys() == {"body"}


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ([], {"archive"}),
        ([part("visibility", b"org")], {"archive"}),
        ([part("archive", b"x"), part("visibility", b"private")], {"visibility"}),
        ([part("archive", b"x"), part("visibility", b"")], {"visibility"}),
        ([part("archive", b"x"), part("visibility", b"\xff")], {"visibility"}),
        ([part("archive", b"x"), part("archive", b"y")], {"archive"}),
        ([part("archive", b"")], {"archive"}),
    ],
)
def test_a_part_that_is_wrong_is_named(mock: Mock, parts: list[bytes], named: set[str]) -> None:
    assert wrong_fields(send(mock, *parts)).keys() == named


def test_json_is_no_form(mock: Mock) -> None:
    assert refusal(mock.send(*UPLOAD, json={"visibility": "org"})) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("size", "expected"),
    [(LIMIT, (400, "validation_error")), (LIMIT + 1, (413, "payload_too_large"))],
)
def test_the_limit_is_that_of_the_largest_part(mock: Mock, size: int, expected: tuple[int, str]) -> None:
    assert refusal(send(mock, part("archive", bytes(size)))) == expected


def test_framing_has_a_limit_of_its_own(mock: Mock) -> None:
    answer = send(mock, part("note", bytes(LIMIT + FRAMING)), part("archive", archive()))
    assert refusal(answer) == (413, "payload_too_large")


@pytest.mark.parametrize(
    ("packed", "end", "status"),
    [(archive(), b"--edge--\r\n", 201), (bytes(4_000_000), b"--edge--\r\n", 400), (bytes(4_000_000), b"", 400)],
    ids=["taken", "refused", "cut short"],
)
def test_a_form_goes_with_its_request_and_waits_for_no_collector(packed: bytes, end: bytes, status: int) -> None:
    app = create_app(Settings(journal=0))
    owner = next(each for each in app.context.seed.personas if each.name == "acme-owner")
    body = part("note", bytes(4_000_000)) + part("archive", packed) + end
    answered: list[int] = []

    async def upload(world: str) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            answered.append(message.get("status", status))

        headers = {
            "authorization": f"Bearer {owner.token}",
            "content-type": "multipart/form-data; boundary=edge",
            "x-mock-world": world,
        }
        await app(
            {
                "type": "http",
                "method": "POST",
                "path": "/v1/packs/upload",
                "raw_path": b"/v1/packs/upload",
                "query_string": b"",
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            },
            receive,
            send,
        )

    asyncio.run(upload("warm"))
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        asyncio.run(upload("measured"))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert set(answered) == {status}
    assert after - before < 1_000_000

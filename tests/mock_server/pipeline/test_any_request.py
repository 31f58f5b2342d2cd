"""Whatever is sent, the answer is one of the contract's: never a server error, always the envelope."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server import create_app

METHODS = st.sampled_from(["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"])
KNOWN = [b"", b"v1", b"packs", b"upload", b"pack_01HZ", b"files", b"pack.yaml", b"me", b"session", b"_mock", b"worlds"]
KNOWN += [b"default", b"states", b"faults", b"images", b"reset", b"_worlds", b"a", b"..", b".", b"%2F", b"%00", b"%ff"]
PATHS = st.lists(st.sampled_from(KNOWN) | st.binary(max_size=5), max_size=7).map(lambda parts: b"/" + b"/".join(parts))
TYPES = [b"application/json", b"multipart/form-data; boundary=x", b"application/octet-stream", b"application/gzip", b""]
VALUES = st.binary(max_size=20).filter(lambda value: b"\r" not in value and b"\n" not in value)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        b"authorization": st.just(b"Bearer sk_mock_acme_full_access_1001") | VALUES,
        b"content-type": st.sampled_from(TYPES) | VALUES,
        b"content-length": st.integers(0, 2**40).map(lambda length: b"%d" % length) | VALUES,
        b"x-mock-world": VALUES,
    },
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["org", "setup", "pack exists"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["visibility", "image_ref", "action", "state", "params", "name"]), inner)
    ),
)
PART = b'--x\r\nContent-Disposition: form-data; name="archive"\r\n\r\n'
CHUNKS = (
    st.lists(st.binary(max_size=40), max_size=3)
    | JSON.map(lambda value: [json.dumps(value).encode()])
    | st.binary(max_size=40).map(lambda content: [PART, content, b"\r\n--x--"])
)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def app() -> Any:
    return create_app()


@dataclass
class Sent:
    method: str
    path: bytes
    query: bytes
    headers: dict[bytes, bytes]
    chunks: list[bytes]

    @property
    def scope(self) -> dict[str, Any]:
        return {
            "type": "http",
            "method": self.method,
            "path": self.path.decode("latin-1"),
            "raw_path": self.path,
            "query_string": self.query,
            "headers": list(self.headers.items()),
        }


SENT = st.builds(Sent, method=METHODS, path=PATHS, query=st.binary(max_size=10), headers=HEADERS, chunks=CHUNKS)


async def exchange(app: Any, request: Sent) -> tuple[int, dict[bytes, bytes], bytes]:
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in request.chunks]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(request.scope, receive, send)
    start, body = sent
    return start["status"], dict(start["headers"]), body["body"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=SENT)
def test_every_request_has_an_answer_of_the_contract(app: Any, loop: asyncio.AbstractEventLoop, sent: Sent) -> None:
    status, headers, body = loop.run_until_complete(exchange(app, sent))
    assert status < 500
    assert headers[b"x-request-id"]
    if sent.method == "HEAD":
        assert body == b""
        return
    assert int(headers[b"content-length"]) == len(body)
    if status >= 400:
        error = json.loads(body)["error"]
        assert error["request_id"].encode() == headers[b"x-request-id"]
        assert error["code"]
        assert error["message"]

"""The server that operations are passed on to: what is sent to it, and its answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from urllib.parse import urlsplit

import httpx

from mock_server.access.redaction import HIDDEN
from mock_server.contract.compiled import Operation
from mock_server.contract.forced import HEADER, ForcedAnswer
from mock_server.contract.samples import Sample
from mock_server.settings import MIB, PassedCaller
from mock_server.worlds.answer import OF_A_FILE, Answer

log = logging.getLogger(__name__)
# It would tell of every request at the level at which the mock does.
logging.getLogger("httpx").setLevel(logging.WARNING)

PASSED_TO = b"x-mock-passed-to"
_JSON, _STREAM = b"application/json", b"text/event-stream"
_MOST_BYTES = 64 * MIB
_SHORTEST_SECRET = 12
"""The letters of the shortest text that is taken for a credential: a shorter one would hide half of every answer."""
_SILENCE_S = 120
"""The seconds for which a stream may have no part."""

_SENT_ON = (
    *(b"accept", b"accept-language", b"content-type", b"idempotency-key", b"if-match", b"if-none-match"),
    *(b"last-event-id", b"range", b"traceparent", b"x-request-id"),
)
"""The headers of a client that are sent on, beside those that the operation declares: no credential, no cookie."""
_CREDENTIALS = frozenset({b"authorization", b"cookie"})
_OF_A_CONNECTION = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te"),
        *(b"trailer", b"transfer-encoding", b"upgrade"),
    }
)
_NOT_OURS = frozenset({b"alt-svc", b"content-encoding", b"content-length", b"set-cookie", b"strict-transport-security"})
"""Headers about the other server itself, or about bytes that are decoded by now; its cookies would go to the mock."""


class Backend:
    """Sends requests over connections of their own, with TLS verified, and follows no redirect."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            verify=True,
            follow_redirects=False,
            timeout=httpx.Timeout(None, read=max(timeout, _SILENCE_S)),
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def answer(
        self, method: str, url: str, headers: Mapping[bytes, bytes], content: bytes, caller: PassedCaller | None
    ) -> Answer:
        """Return the answer to a request; ForcedAnswer where there is none, or one that leads elsewhere."""
        own = {b"accept-encoding": b"identity", b"user-agent": b"evershell-mock"}
        if caller is not None:
            own[b"authorization"] = f"Bearer {caller.token}".encode()
        request = self._client.build_request(method, url, headers=list({**headers, **own}.items()), content=content)
        place = _shorten_url(url)
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.send(request, stream=True)
                if response.is_redirect:
                    await response.aclose()
                    where = _shorten_url(response.headers["location"])
                    raise make_unavailable(
                        f"{place} redirects to {where}, which is not followed; pass to that address, if it is meant."
                    )
                return await _read(response, place, None if caller is None else caller.token.encode())
        except TimeoutError:
            raise make_unavailable(f"{place} has not answered within {self._timeout:g} s.") from None
        except httpx.HTTPError as error:
            raise make_unavailable(f"{place} cannot be reached: {_explain(error)}.") from error


def select_headers(operation: Operation, headers: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """Return the headers of a client that the other server is sent."""
    declared = (each.name.lower().encode("latin-1") for each in operation.header_parameters)
    names = dict.fromkeys((*_SENT_ON, *declared))
    return {name: headers[name] for name in names if name in headers and name not in _CREDENTIALS}


def make_unavailable(message: str) -> ForcedAnswer:
    """Return a 502 in the envelope, which is marked as one that the contract does not declare."""
    sample = Sample("backend_unavailable", None, "application/json", message, ((HEADER, "true"),))
    return ForcedAnswer(502, sample, undeclared=True)


def _explain(error: httpx.HTTPError) -> str:
    return str(error) or type(error).__name__


def _shorten_url(url: str) -> str:
    """Return where a URL leads, without what else may stand in it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if host else parts.path


async def _read(response: httpx.Response, place: str, token: bytes | None) -> Answer:
    """Return an answer as a whole, or a stream as it comes; what of it is the credential is left out."""
    headers = _select_answer_headers(response, token)
    if not headers.get(b"content-type", b"").startswith(_JSON):
        headers |= OF_A_FILE
    if headers.get(b"content-type", b"").startswith(_STREAM) and response.is_success:
        return Answer(response.status_code, headers, b"", stream=_stream_parts(response, place))
    try:
        parts, size = [], 0
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > _MOST_BYTES:
                raise make_unavailable(f"{place} answers with more than {_MOST_BYTES // MIB} MiB.")
    finally:
        await response.aclose()
    body = _without(b"".join(parts), token)
    if response.status_code not in {204, 304}:
        headers[b"content-length"] = b"%d" % len(body)
    return Answer(response.status_code, headers, body)


async def _stream_parts(response: httpx.Response, place: str) -> AsyncGenerator[bytes, None]:
    """Yield a stream as it comes; it ends where the other server ends it, or is lost."""
    try:
        async for part in response.aiter_bytes():
            yield part
    except httpx.HTTPError as error:
        log.warning("the stream of %s was lost: %s", place, _explain(error))
    finally:
        await response.aclose()


def _select_answer_headers(response: httpx.Response, token: bytes | None) -> dict[bytes, bytes]:
    """Return the headers of an answer that are the client's business."""
    named = {each.strip().lower().encode() for each in response.headers.get("connection", "").split(",")}
    dropped = _OF_A_CONNECTION | _NOT_OURS | named
    kept: dict[bytes, bytes] = {}
    for raw, value in response.headers.raw:
        name = raw.lower()
        if name not in dropped and not name.startswith(b"access-control-"):
            kept[name] = kept[name] + b", " + value if name in kept else value
    return {name: _without(value, token) for name, value in kept.items()}


def _without(content: bytes, token: bytes | None) -> bytes:
    """Return bytes in which the credential of the request does not stand."""
    return content if token is None or len(token) < _SHORTEST_SECRET else content.replace(token, HIDDEN.encode())

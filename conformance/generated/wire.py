"""Between Schemathesis' cases and the suite's client: a case as a request, an exchange as a response."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import requests
import schemathesis
from requests.structures import CaseInsensitiveDict
from schemathesis import Case

from conformance.exchange import Exchange, Headers, Request
from conformance.multipart import BOUNDARY

_BOUNDARY = re.compile(r"boundary=([^;]+)")


def request(case: Case[Any], operation_id: str | None, base_url: str) -> Request:
    """What goes on the wire for the case; the credential is the client's to add."""
    serialized = case.as_transport_kwargs(base_url=base_url)
    prepared = requests.Request(**serialized).prepare()
    content = _bytes(prepared.body)
    headers = _headers(case, prepared)
    if boundary := _boundary(headers):
        # The library draws a random one; the same seed has to give the same bytes.
        headers = tuple((k, v.replace(boundary, BOUNDARY)) for k, v in headers)
        content = content.replace(boundary.encode(), BOUNDARY.encode()) if content else content
    return Request(
        operation_id=operation_id,
        method=case.method,
        # The prepared URL is tidied of its dots; the path goes out as it was generated.
        path=_path(serialized["url"].removeprefix(base_url.rstrip("/"))),
        path_values={name: unquote(str(value)) for name, value in case.path_parameters.items()},
        query=(prepared.url or "").partition("?")[2],
        headers=headers,
        content=content,
    )


def response(exchange: Exchange) -> schemathesis.Response:
    """The answer as Schemathesis' checks take it, beside the request that it answers."""
    headers: dict[str, list[str]] = {}
    for name, value in exchange.headers:
        headers.setdefault(name.lower(), []).append(value)
    return schemathesis.Response(
        status_code=exchange.status,
        headers=headers,
        content=exchange.body,
        request=_sent(exchange),
        elapsed=exchange.elapsed_ms / 1000,
        verify=True,
    )


def _sent(exchange: Exchange) -> requests.PreparedRequest:
    """The request as it went out; preparing it again could tidy its path."""
    sent = requests.PreparedRequest()
    sent.method, sent.url, sent.body = exchange.method, exchange.url, exchange.request.content
    sent.headers = CaseInsensitiveDict(exchange.request.headers)
    return sent


def _headers(case: Case[Any], prepared: requests.PreparedRequest) -> Headers:
    """The headers of the case itself and its content type; not those that a library adds for itself."""
    names = {name.lower() for name in case.headers} - {"authorization"}
    if prepared.body is not None:
        names.add("content-type")
    return tuple((k, _text(v)) for k, v in prepared.headers.items() if k.lower() in names)


def _boundary(headers: Headers) -> str | None:
    for name, value in headers:
        if name.lower() == "content-type" and value.startswith("multipart/"):
            found = _BOUNDARY.search(value)
            return found.group(1).strip('"') if found else None
    return None


def _path(path: str) -> str:
    """The path as a request line can hold it."""
    return path.replace(" ", "%20").replace("?", "%3F").replace("#", "%23")


def _bytes(body: Any) -> bytes | None:
    return body.encode() if isinstance(body, str) else body


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value

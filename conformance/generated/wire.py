"""Between Schemathesis' cases and the suite's client: a case as a request, an exchange as a response."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import requests
import schemathesis
from requests.structures import CaseInsensitiveDict
from schemathesis import Case

from conformance.http.exchange import Exchange, Headers, Request
from conformance.http.multipart import BOUNDARY


def request(case: Case[Any], operation_id: str | None, base_url: str) -> Request:
    """What goes on the wire for the case; the credential is the client's to add."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url=base_url)).prepare()
    content = _bytes(prepared.body)
    headers = _headers(case, prepared)
    if content is not None and (boundary := _boundary(case, content)):
        # The library draws a random one; the same seed has to give the same bytes.
        headers = tuple((k, v.replace(boundary, BOUNDARY)) for k, v in headers)
        content = content.replace(boundary.encode(), BOUNDARY.encode())
    return Request(
        operation_id=operation_id,
        method=case.method,
        path=_path(case),
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


def _boundary(case: Case[Any], content: bytes) -> str | None:
    """What stands between the parts of a form, whatever its Content-Type says."""
    if not (case.media_type or "").startswith("multipart/") or not content.startswith(b"--"):
        return None
    return content[2:].partition(b"\r\n")[0].removesuffix(b"--").decode("latin-1") or None


def _path(case: Case[Any]) -> str:
    """The path with its values, encoded already; not the library's URL, which is tidied of its dots."""
    path = case.path
    for name, value in case.path_parameters.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path.replace(" ", "%20").replace("?", "%3F").replace("#", "%23")


def _bytes(body: Any) -> bytes | None:
    return body.encode() if isinstance(body, str) else body


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value

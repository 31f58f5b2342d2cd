"""Conversions between Schemathesis and the suite: a case to a request, an exchange to a response."""

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
    """Return the request of the case, without a credential."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url=base_url)).prepare()
    content = _to_bytes(prepared.body)
    headers = _build_headers(case, prepared)
    if content is not None and (boundary := _find_boundary(case, content)):
        # Schemathesis draws a random boundary; the same seed has to give the same bytes.
        headers = tuple((k, v.replace(boundary, BOUNDARY)) for k, v in headers)
        content = content.replace(boundary.encode(), BOUNDARY.encode())
    return Request(
        operation_id=operation_id,
        method=case.method,
        path=_find_path(case),
        path_values={name: unquote(str(value)) for name, value in case.path_parameters.items()},
        query=(prepared.url or "").partition("?")[2],
        headers=headers,
        content=content,
    )


def build_response(exchange: Exchange) -> schemathesis.Response:
    """Return the answer as Schemathesis takes it, with the request that it answers."""
    headers: dict[str, list[str]] = {}
    for name, value in exchange.headers:
        headers.setdefault(name.lower(), []).append(value)
    return schemathesis.Response(
        status_code=exchange.status,
        headers=headers,
        content=exchange.body,
        request=_build_sent(exchange),
        elapsed=exchange.elapsed_ms / 1000,
        verify=True,
    )


def _build_sent(exchange: Exchange) -> requests.PreparedRequest:
    """Return the request as it was sent; preparing it again could normalise its path."""
    sent = requests.PreparedRequest()
    sent.method, sent.url, sent.body = exchange.method, exchange.url, exchange.request.content
    sent.headers = CaseInsensitiveDict(exchange.request.headers)
    return sent


def _build_headers(case: Case[Any], prepared: requests.PreparedRequest) -> Headers:
    """Return the headers of the case and its content type, without those that `requests` adds."""
    names = {name.lower() for name in case.headers} - {"authorization"}
    if prepared.body is not None:
        names.add("content-type")
    return tuple((k, _to_text(v)) for k, v in prepared.headers.items() if k.lower() in names)


def _find_boundary(case: Case[Any], content: bytes) -> str | None:
    """Return the boundary that a multipart body begins with, whatever its Content-Type says."""
    if not (case.media_type or "").startswith("multipart/") or not content.startswith(b"--"):
        return None
    return content[2:].partition(b"\r\n")[0].removesuffix(b"--").decode("latin-1") or None


def _find_path(case: Case[Any]) -> str:
    """Return the path with its encoded values; the URL of `requests` is normalised."""
    path = case.path
    for name, value in case.path_parameters.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path.replace(" ", "%20").replace("?", "%3F").replace("#", "%23")


def _to_bytes(body: Any) -> bytes | None:
    return body.encode() if isinstance(body, str) else body


def _to_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value

"""Entries of a journal as an HTTP archive (HAR 1.2), which browsers and other tools read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qsl

from mock_server.access.redaction import HIDDEN
from mock_server.worlds.journal import NOT_ANSWERED

Shown = Mapping[str, Any]
_UNKNOWN = -1
_HTTP = "HTTP/1.1"


def make_archive(entries: Iterable[Shown]) -> dict[str, Any]:
    """Return the archive of entries as the journal shows them.

    A credential is `Bearer` and the name of its caller, so that requests of one caller are known as such, and no
    token leaves the mock; that of a session cookie, which the contract does not know, too. Of a body that was cut, or
    that the journal no longer has, there is no text.
    """
    creator = {"name": "evershell-mock", "version": version("evershell-contract")}
    return {
        "log": {"version": "1.2", "creator": creator, "pages": [], "entries": [_show_entry(each) for each in entries]}
    }


def _show_entry(shown: Shown) -> dict[str, Any]:
    waited = shown["duration_ms"]
    return {
        "startedDateTime": shown["time"],
        "time": waited,
        "request": _show_request(shown, shown["request"] or {}),
        "response": _show_response(shown["status"], shown["response"] or {}),
        "cache": {},
        "timings": {"send": 0, "wait": waited, "receive": 0},
        **({"comment": "read by the console"} if shown["from_console"] else {}),
    }


def _show_request(shown: Shown, message: Shown) -> dict[str, Any]:
    headers, query = dict(message.get("headers", {})), message.get("query", "")
    if "authorization" in headers or ("cookie" in headers and shown["caller"] and "api_key=" not in query):
        headers["authorization"] = f"Bearer {shown['caller'] or HIDDEN}"
    path = f"{shown['path']}?{query}" if query else shown["path"]
    found = {
        "method": shown["method"],
        "url": f"http://{headers.get('host', 'localhost')}{path}",
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _list_pairs(headers.items()),
        "queryString": _list_pairs(parse_qsl(query, keep_blank_values=True)),
        "headersSize": _UNKNOWN,
        "bodySize": message.get("bytes", _UNKNOWN),
    }
    if message.get("bytes"):
        found["postData"] = {"mimeType": headers.get("content-type", ""), "params": [], **_show_text(message)}
    return found


def _show_response(status: int, message: Shown) -> dict[str, Any]:
    headers = message.get("headers", {})
    answered = status != NOT_ANSWERED
    return {
        "status": status if answered else 0,
        "statusText": HTTPStatus(status).phrase if status in set(HTTPStatus) else "",
        "httpVersion": _HTTP if answered else "",
        "cookies": [],
        "headers": _list_pairs(headers.items()),
        "content": {
            "size": message.get("bytes", _UNKNOWN),
            "mimeType": headers.get("content-type", "x-unknown"),
            **_show_text(message),
        },
        "redirectURL": headers.get("location", ""),
        "headersSize": _UNKNOWN,
        "bodySize": message.get("bytes", _UNKNOWN),
    }


def _show_text(message: Shown) -> dict[str, str]:
    """The body, in Base64 where it is no text; nothing where not all of it is there."""
    if message.get("cut", True):
        return {}
    encoding = {"encoding": "base64"} if message["encoding"] == "base64" else {}
    return {"text": message["body"], **encoding}


def _list_pairs(values: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values]

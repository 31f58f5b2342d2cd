"""Errors that no contract declares, such as a server in trouble or a gateway before it sends."""

from __future__ import annotations

import re
from html import escape
from http import HTTPStatus

from mock_server.contract.forced import ForcedAnswer
from mock_server.contract.samples import Sample

HEADER = "X-Mock-Undeclared"
"""Marks an answer that the contract does not declare, and that somebody asked for."""

STATUSES = range(400, 600)
CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""A code that may be chosen for such an error (a whole match)."""

_CODES = {429: "too_many_requests", 500: "internal_error", 503: "unavailable"}
_WAIT_S = {429: "1", 503: "1"}  # what Retry-After asks for
_UNKNOWN = "Undeclared Error"


def undeclared(status: int, *, code: str | None = None, html: bool = False) -> ForcedAnswer:
    """Return an error of this status: in the envelope, or the page of a gateway."""
    phrase = _phrase(status)
    headers = [(HEADER, "true")]
    if status in _WAIT_S:
        headers.append(("Retry-After", _WAIT_S[status]))
    if html:
        sample = Sample(None, None, "text/html", _page(f"{status} {phrase}"), tuple(headers))
    else:
        message = f"{phrase}. The contract does not declare this answer; the mock was asked for it."
        error = {"code": code or _CODES.get(status) or _code(phrase), "message": message}
        sample = Sample(error["code"], None, "application/json", {"error": error}, tuple(headers))
    return ForcedAnswer(status, sample, undeclared=True)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return _UNKNOWN


def _code(phrase: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", phrase.lower().replace("'", ""))


def _page(title: str) -> bytes:
    title = escape(title)
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n"
    ).encode()

"""What gateways, limits and caches do to requests and answers that pass through them."""

from __future__ import annotations

import gzip
import json
import posixpath
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from urllib.parse import unquote

from tests.circumstances.connections import Which, each
from tests.proxy.behaviour import Behaviour
from tests.proxy.messages import Answer, Request

SELDOM = 29
HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json"}
PROBLEM = {"Content-Type": "application/problem+json"}
NEXT = {"Retry-After": "0"}
NORMAL = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
LONGEST_TARGET, LONGEST_HEAD, LONGEST_BODY = 2000, 8000, 2**25
"""Bytes that gateways take, by their defaults; those of nginx and AWS are of this order."""


def page(status: int, more: dict[str, str] | None = None) -> Answer:
    """Return an answer as nginx writes it."""
    text = f"<html>\r\n<head><title>{status}</title></head>\r\n<body><center><h1>{status}</h1></center></body></html>"
    return Answer(status, {**HTML, **(more or {})}, text.encode())


def message(status: int, more: dict[str, str] | None = None) -> Answer:
    """Return an answer as API gateways of clouds write it."""
    return Answer(status, {**JSON, **(more or {})}, json.dumps({"message": f"{status} from the gateway"}).encode())


def problem(status: int, more: dict[str, str] | None = None) -> Answer:
    """Return an answer as RFC 9457 has it."""
    return Answer(status, {**PROBLEM, **(more or {})}, json.dumps({"title": "No", "status": status}).encode())


def bare(status: int, more: dict[str, str] | None = None) -> Answer:
    """Return an answer without a body."""
    return Answer(status, more or {})


def envelope(status: int, code: str, more: dict[str, str] | None = None) -> Answer:
    """Return an answer in the envelope, with a code that the contract does not have: a limit's own."""
    made = {"error": {"code": code, "message": "Slow down.", "request_id": f"edge-{next(REQUESTS)}"}}
    return Answer(status, {**JSON, **(more or {})}, json.dumps(made).encode())


REQUESTS = count(1)


def instead(said: Callable[[], Answer], which: Which) -> Behaviour:
    """Return what says this in the place of the server, which is not asked."""
    return Behaviour(answers=lambda request: said() if which(request) else None)


def hiding(said: Callable[[], Answer], which: Which) -> Behaviour:
    """Return what says this in the place of the server's answer, once it has done what was asked."""
    return Behaviour(replaces=lambda request, answer: said() if which(request) else answer)


def refusing(refusal: Callable[[int], Answer]) -> Behaviour:
    """Return a gateway that refuses what it takes for an attack or for too much, each with its own status."""

    def answers(request: Request) -> Answer | None:
        status = odd(request)
        if status is None:
            return None
        answer = refusal(status)
        return replace(answer, body=b"") if request.method == "HEAD" else answer

    return Behaviour(answers=answers)


ODD: tuple[tuple[int, Which], ...] = (
    (405, lambda it: it.method in ("TRACE", "TRACK", "CONNECT")),
    (501, lambda it: it.method not in NORMAL),
    (414, lambda it: len(it.target) > LONGEST_TARGET),
    (431, lambda it: len(it.headers.rendered()) > LONGEST_HEAD),
    (413, lambda it: len(it.body) > LONGEST_BODY),
    (400, lambda it: "%00" in it.path),
    (403, lambda it: "%2f" in it.path.lower() or any(unquote(part) in (".", "..") for part in it.path.split("/"))),
)
"""What gateways refuse, each with its status."""


def odd(request: Request) -> int | None:
    """Return the status with which gateways refuse the request; None where they pass it on."""
    return next((status for status, is_so in ODD if is_so(request)), None)


def tidied(request: Request) -> Request:
    """Return the request with its path as a server that normalises paths takes it."""
    path = request.path
    for encoded, plain in (("%2e", "."), ("%2f", "/"), ("/{2,}", "/")):
        path = re.sub(encoded, plain, path, flags=re.IGNORECASE)
    slash = "/" if path.endswith("/") and path != "/" else ""
    path = posixpath.normpath(path) + slash
    return request if path == request.path else replace(request, target=path + _query(request))


def redirected(status: int) -> Behaviour:
    """Return what redirects a path with a slash at its end to the one without."""

    def answers(request: Request) -> Answer | None:
        path = request.path.rstrip("/")
        if path == request.path or not path:
            return None
        return page(status, {"Location": path + _query(request)})

    return Behaviour(answers=answers)


def _query(request: Request) -> str:
    return f"?{request.query}" if request.query else ""


def zipped(request: Request, answer: Answer) -> Answer:
    """Return the answer compressed, which nobody asked for."""
    if not answer.body or request.method == "HEAD":
        return answer
    return replace(answer.with_header("Content-Encoding", "gzip"), body=gzip.compress(answer.body, 1))


def added(_: Request, answer: Answer) -> Answer:
    """Return the answer with what proxies and caches add."""
    for name, value in (
        ("Via", "1.1 edge"),
        ("X-Cache", f"MISS from {next(REQUESTS)}"),
        ("Set-Cookie", f"lb={next(REQUESTS)}; Path=/; HttpOnly"),
        ("Strict-Transport-Security", "max-age=63072000"),
        ("Alt-Svc", 'h3=":443"; ma=86400'),
        ("Server", "edge"),
    ):
        answer = answer.with_header(name, value)
    return answer.with_header("Vary", "Accept-Encoding, Origin")


def spelt(_: Request, answer: Answer) -> Answer:
    """Return the answer with its media type spelt in another way that means the same."""
    if answer.headers.get("content-type") != "application/json":
        return answer
    return answer.with_header("CONTENT-TYPE", 'Application/JSON; charset="UTF-8"')


def answering(status: int, said: Callable[[int, dict[str, str] | None], Answer], done: bool) -> Callable[[], Behaviour]:
    """Return what answers now and then in the server's place, which has done what was asked or was not asked."""
    made = hiding if done else instead
    return lambda: made(lambda: said(status, NEXT), each(SELDOM))


GATEWAYS: dict[str, Callable[[], Behaviour]] = {
    "429-envelope": lambda: instead(lambda: envelope(429, "rate_limited", NEXT), each(SELDOM)),
    "429-html": lambda: instead(lambda: page(429, NEXT), each(SELDOM)),
    "429-json": lambda: instead(lambda: message(429, NEXT), each(SELDOM)),
    "429-without-retry-after": lambda: instead(lambda: message(429), each(101)),
    "429-of-states": lambda: instead(lambda: message(429, NEXT), each(5, lambda it: it.path.startswith("/_states"))),
    **{
        f"{status}-{said.__name__}-{'done' if done else 'not-asked'}": answering(status, said, done)
        for status in (502, 503, 504)
        for said in (page, message, problem, bare)
        for done in (True, False)
    },
    "503-of-states": lambda: instead(lambda: page(503, NEXT), each(5, lambda it: it.path.startswith("/_states"))),
    "odd-refused-page": lambda: refusing(page),
    "odd-refused-message": lambda: refusing(message),
    "odd-refused-bare": lambda: refusing(bare),
    "odd-all-403": lambda: refusing(lambda _: page(403)),
    "odd-all-400": lambda: refusing(lambda _: message(400)),
    "paths-tidied": lambda: Behaviour(changes=tidied),
    "slash-redirected-301": lambda: redirected(301),
    "slash-redirected-308": lambda: redirected(308),
    "gzip": lambda: Behaviour(replaces=zipped),
    "headers-added": lambda: Behaviour(replaces=added),
    "media-type-spelt": lambda: Behaviour(replaces=spelt),
}
"""By name, what makes each happen; with its own count."""

"""The one way in which a request leaves the suite: counted, logged, limited, never redirected."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import httpx

from conformance.exchange import Exchange, Headers, Request
from conformance.profile import ANONYMOUS, Credential, Limits

__all__ = ["Client", "Exchange", "LimitReached", "Request", "RequestLog"]

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
DEADLINE_S = 30.0
LARGEST_ANSWER = 48 * 1024 * 1024
PATIENCE = (0.2, 0.5, 1.0, 2.0)
"""Seconds between tries where the target or a gateway asks for patience without saying how long."""
LONGEST_WAIT_S = 30.0


class LimitReached(Exception):
    """The profile's own limits forbid the request; the message says which."""


class RequestLog:
    """One line of JSON a request, without credentials and without the target's origin."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def write(self, number: int, credential: Credential, base_url: str, request: Request) -> None:
        """Append one request."""
        entry = {
            "number": number,
            "caller": credential.label,
            "operation_id": request.operation_id,
            "method": request.method,
            "target": httpx.URL(base_url).raw_path.decode() + _target(request),
            "headers": [list(pair) for pair in request.headers],
            "body": _loggable(request.content),
        }
        self._file.write(json.dumps(entry).encode() + b"\n")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class Client:
    """Sends requests over kept connections and remembers every exchange until it is taken."""

    def __init__(self, limits: Limits | None = None, log: RequestLog | None = None) -> None:
        self.sent = 0
        self.throttled = 0
        self._limits = limits or Limits()
        self._log = log
        self._taken: list[Exchange] = []
        self._not_before = 0.0
        self._masks: dict[str, str] = {}
        # The transport alone: no redirect, no cookie and no retry can come between.
        self._http = httpx.HTTPTransport()

    def mask(self, token: str, name: str) -> None:
        """Have a token that is part of a request's address shown by this name, never by itself."""
        self._masks[token] = name

    def send(self, request: Request, credential: Credential, base_url: str) -> Exchange:
        """The exchange, also where no answer came; LimitReached where the profile forbids it.

        A 429 and a gateway's page are waited out a few times; the last answer is what is returned.
        """
        for pause in (*PATIENCE, None):
            exchange = self._once(request, credential, base_url)
            if pause is None or not is_throttled(exchange):
                break
            self.throttled += 1
            # The target itself asks for the pause: there is no event to wait for.
            time.sleep(_retry_after(exchange, pause))
        self._taken.append(exchange)
        return exchange

    def post(self, url: str, message: Mapping[str, Any]) -> tuple[int, Any, str]:
        """Ask the target's own side: status, JSON (None where it is none) and text of the answer.

        Such a request is none of the contract's, so it is logged but neither limited nor remembered;
        OSError where no answer came.
        """
        content = json.dumps(message).encode()
        request = Request(None, "POST", "", {}, headers=(("Content-Type", "application/json"),), content=content)
        if self._log:
            self._log.write(self.sent, ANONYMOUS, url, request)
        try:
            status, _, body = self._exchange(_outgoing(request, ANONYMOUS, url))
        except (httpx.HTTPError, httpx.InvalidURL, _TooMuch) as error:
            raise OSError(_failure(error)) from None
        text = body.decode("utf-8", "replace")
        try:
            return status, json.loads(text), text
        except ValueError:
            return status, None, text

    def take(self) -> list[Exchange]:
        """Every exchange since the last time this was asked, in order."""
        taken, self._taken = self._taken, []
        return taken

    def close(self) -> None:
        """Close the connections and the log."""
        self._http.close()
        if self._log:
            self._log.close()

    def _once(self, request: Request, credential: Credential, base_url: str) -> Exchange:
        self._keep_limits(request)
        self.sent += 1
        outgoing = _outgoing(request, credential, base_url)
        request = self._masked(request)
        if self._log:
            self._log.write(self.sent, credential, base_url, request)
        url = base_url + _target(request)
        started = time.perf_counter()
        try:
            status, headers, body = self._exchange(outgoing)
            failure = None
        except (httpx.HTTPError, httpx.InvalidURL, _TooMuch) as error:
            status, headers, body, failure = 0, (), b"", _failure(error)
        elapsed = (time.perf_counter() - started) * 1000
        return Exchange(credential.label, request, url, status, headers, body, elapsed, failure, self.sent)

    def _masked(self, request: Request) -> Request:
        for token, name in self._masks.items() if request.query else ():
            if token in request.query:
                request = replace(request, query=request.query.replace(token, name))
        return request

    def _exchange(self, outgoing: httpx.Request) -> tuple[int, Headers, bytes]:
        deadline = time.monotonic() + DEADLINE_S
        response = self._http.handle_request(outgoing)
        try:
            body = bytearray()
            for chunk in cast("httpx.SyncByteStream", response.stream):
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise _TooMuch(f"the answer is longer than {LARGEST_ANSWER} bytes")
                if time.monotonic() > deadline:
                    raise _TooMuch(f"the answer took longer than {DEADLINE_S:.0f} s")
            raw = response.headers.raw
            headers = tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in raw)
            return response.status_code, headers, bytes(body)
        finally:
            response.close()

    def _keep_limits(self, request: Request) -> None:
        limits = self._limits
        if limits.read_only and request.method not in ("GET", "HEAD", "OPTIONS"):
            raise LimitReached(f"limits.read_only: no {request.method} is sent")
        if limits.max_requests is not None and self.sent >= limits.max_requests:
            raise LimitReached(f"limits.max_requests: {limits.max_requests} are sent")
        if limits.requests_per_second:
            now = time.monotonic()
            if now < self._not_before:
                # The limit is a rate, so the only thing to wait for is the time.
                time.sleep(self._not_before - now)
            self._not_before = max(now, self._not_before) + 1 / limits.requests_per_second


class _TooMuch(Exception):
    """The answer is longer or slower than anything that the contract allows."""


def is_throttled(exchange: Exchange) -> bool:
    """A limit or a gateway answered in the target's place: says nothing about the contract."""
    gateway = exchange.status in (502, 503, 504) and exchange.media_type != "application/json"
    return gateway or exchange.status == 429


def _retry_after(exchange: Exchange, otherwise: float) -> float:
    given = (exchange.header("retry-after") or "").strip()
    return min(float(given), LONGEST_WAIT_S) if given.isdigit() else otherwise


def _outgoing(request: Request, credential: Credential, base_url: str) -> httpx.Request:
    headers = [("Accept", "*/*"), ("Accept-Encoding", "identity"), *request.headers]
    if credential.authorization is not None:
        headers.append(("Authorization", credential.authorization))
    # The target goes out exactly as the request has it: httpx alone would tidy the path.
    target = httpx.URL(base_url).raw_path.rstrip(b"/") + _target(request).encode()
    return httpx.Request(
        request.method,
        base_url,
        headers=[(k.encode("latin-1", "replace"), v.encode("utf-8")) for k, v in headers],
        content=request.content,
        extensions={"target": target, "timeout": TIMEOUT.as_dict()},
    )


def _target(request: Request) -> str:
    return f"{request.path}?{request.query}" if request.query else request.path


def _failure(error: Exception) -> str:
    """What went wrong, in words, without the library's own."""
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return "no connection"
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return "the connection was closed before the answer was complete"
    return str(error) or type(error).__name__


def _loggable(content: bytes | None) -> object:
    if content is None:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = None
    if text is not None and len(text) <= 4096:
        return text
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

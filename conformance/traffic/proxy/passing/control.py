"""The requests to the proxy itself: for the report so far, its end, and which test runs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from conformance.traffic.proxy.passing.server_behind import OwnAnswer, make_problem

PREFIX = "/_conformance/"
LONGEST_NAME = 4096
"""Bytes of the name of a test."""
_SAID = "its own"


@dataclass(frozen=True, slots=True)
class InterimReport:
    """The report of the judging so far."""

    exit_code: int
    report: bytes
    """The report in JSON."""


@dataclass(slots=True)
class OwnRequest:
    """A request to the proxy itself."""

    method: str
    path: str
    _body: bytearray = field(default_factory=bytearray)
    _length: int = 0

    def take(self, piece: bytes) -> None:
        """Take more of its body."""
        self._length += len(piece)
        self._body += piece[: max(0, LONGEST_NAME - len(self._body))]

    @property
    def body(self) -> bytes | None:
        """Return the body; None where it is too long."""
        return bytes(self._body) if self._length <= LONGEST_NAME else None


@dataclass(frozen=True, slots=True)
class Control:
    """The control that answers what is asked of the proxy itself."""

    report: Callable[[], Awaitable[InterimReport | None]]
    """The report so far; None where the judging has broken down."""
    end: Callable[[], Awaitable[InterimReport | None]]
    name_test: Callable[[str], None]

    async def answer(self, request: OwnRequest) -> OwnAnswer:
        """Return the answer to a request."""
        method, name = request.method, request.path.partition("?")[0].removeprefix(PREFIX)
        if name not in _METHODS:
            known = ", ".join(f"{right} {PREFIX}{each}" for each, right in _METHODS.items())
            return make_problem(404, "no such path", f"The proxy itself has {known}.")
        if method not in (right := _METHODS[name], "HEAD" if right == "GET" else right):
            return make_problem(405, "another method", f"{PREFIX}{name} is asked with {right}.", {"Allow": right})
        if name == "test":
            return self._name(request.body)
        judged = await (self.report() if name == "report.json" else self.end())
        if judged is None:
            return make_problem(500, "judging ended", "The judging broke down; what the proxy printed says how.")
        if name == "report.json":
            return OwnAnswer(200, _SAID, judged.report)
        return OwnAnswer(200, _SAID, json.dumps({"exit_code": judged.exit_code}).encode())

    def _name(self, body: bytes | None) -> OwnAnswer:
        try:
            name = body.decode("utf-8").strip() if body is not None else ""
        except UnicodeDecodeError:
            return make_problem(400, "no name", "The body has to be the name of the test, in UTF-8.")
        if body is None or not name.isprintable():
            return make_problem(
                400, "no name", f"The body has to be the name of the test, in one line of at most {LONGEST_NAME} bytes."
            )
        self.name_test(name)
        return OwnAnswer(204, _SAID)


_METHODS: Mapping[str, str] = {"report.json": "GET", "end": "POST", "test": "POST"}

"""A storm of requests on one mock: whatever comes back must be an answer, of the contract, in time."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from time import perf_counter

from benchmarks.hardening.grammar import draw_broken
from benchmarks.hardening.messages import draw_message
from benchmarks.hardening.wire import PATIENCE_S, Answer, BrokenAnswer, Hang, Place, answers, exchange

AT_ONCE = 16
_MOST_FINDINGS = 20
_MOST_AHEAD = 5
_LAST = b"GET /_mock/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Case:
    """The bytes that one connection sends."""

    number: int
    sent: bytes
    requests: int
    whole: bool
    """Whether all of it is well-formed: then each request is answered, in order. Else what comes is answered or cut."""

    @property
    def heads(self) -> bool:
        """Return whether an answer may lack its body."""
        return b"HEAD " in self.sent

    def ends_in(self, received: bytes) -> bool:
        """Return whether the last of what came may be a refusal of HEAD: the length of a body, none, and the end."""
        return self.heads and received.endswith(b"\r\n\r\n")


@dataclass(slots=True)
class Report:
    """The outcome of a storm."""

    requests: int = 0
    seconds: float = 0
    statuses: Counter[int] = field(default_factory=Counter)
    slowest_s: float = 0
    """The longest that another client waited for an answer meanwhile."""
    findings: list[str] = field(default_factory=list)

    def add(self, case: Case, what: str) -> None:
        """Keep a finding, with the bytes that led to it."""
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(f"case {case.number}: {what}\n  sent {case.sent[:_SHOWN]!r} ({len(case.sent)} bytes)")

    def __add__(self, later: Report) -> Report:
        """Return both storms as one."""
        return Report(
            self.requests + later.requests,
            self.seconds + later.seconds,
            self.statuses + later.statuses,
            max(self.slowest_s, later.slowest_s),
            self.findings + later.findings,
        )


def draw_case(seed: int, number: int, tokens: Sequence[str]) -> Case:
    """Return the same case for the same seed and number, whatever the others are."""
    random = Random(f"{seed}/{number}")  # noqa: S311 - it is to be repeated
    if random.random() < 0.3:
        return Case(number, draw_broken(random, tokens), 1, whole=False)
    ahead = random.choice([1, 1, 1, 2, random.randrange(1, _MOST_AHEAD)])
    return Case(number, b"".join(draw_message(random, tokens) for _ in range(ahead)) + _LAST, ahead, whole=True)


async def storm(
    url: str, requests: int, *, seed: int, tokens: Sequence[str], declared: Collection[int], first: int = 0
) -> Report:
    """Send so many requests, several connections at a time. `declared`: the server errors that the contract has."""
    report, place, started = Report(), Place.from_url(url), perf_counter()
    numbers = iter(range(first, first + requests))

    async def client() -> None:
        for number in numbers:
            if report.requests >= requests:
                return
            await _try(place, draw_case(seed, number, tokens), declared, report)

    async with asyncio.TaskGroup() as group:
        watching = group.create_task(_watch_as_another_client(place, report))
        clients = [group.create_task(client()) for _ in range(AT_ONCE)]
        await asyncio.wait(clients)
        watching.cancel()
    report.seconds = perf_counter() - started
    return report


async def _try(place: Place, case: Case, declared: Collection[int], report: Report) -> None:
    report.requests += case.requests
    try:
        received = await exchange(place, case.sent, says_end=not case.whole)
    except (Hang, OSError) as error:
        report.add(case, f"{type(error).__name__}: {error}")
        return
    got: list[Answer] = []
    try:
        for answer in answers(received):
            got.append(answer)
            report.statuses[answer.status] += 1
            if wrong := _explain_wrong(answer, case, declared):
                report.add(case, wrong)
    except BrokenAnswer as problem:
        if case.ends_in(received):
            return
        if case.whole:  # else the client had gone, so the server need not have said all of it
            report.add(case, str(problem))
    if case.whole and len(got) != case.requests + 1 and not any(answer.is_last for answer in got):
        report.add(case, f"{len(got)} answers to {case.requests + 1} requests")


def _explain_wrong(answer: Answer, case: Case, declared: Collection[int]) -> str | None:
    """Return what no answer may be; the own answers of a judging proxy before the mock are none of it."""
    if "x-conformance-proxy" in answer.headers:
        return None
    of_coding = answer.status == HTTPStatus.NOT_IMPLEMENTED and b"transfer-encoding" in case.sent.lower()
    if answer.status >= 500 and answer.status not in declared and not of_coding:
        return f"a {answer.status}, which is not declared: {answer.body[:_SHOWN]!r}"
    if "x-request-id" not in answer.headers:
        return f"a {answer.status} without a request id"
    if answer.status < 400 or (not answer.body and case.heads):
        return None
    try:
        error = json.loads(answer.body)["error"]
        well = error["code"] and error["message"] and error["request_id"] == answer.headers["x-request-id"]
    except (ValueError, KeyError, TypeError):
        well = False
    return None if well else f"a {answer.status} outside the envelope: {answer.body[:_SHOWN]!r}"


async def _watch_as_another_client(place: Place, report: Report) -> None:
    """Ask again and again whether the mock is there, and take note of the longest wait."""
    while True:
        started = perf_counter()
        try:
            await exchange(place, _LAST, says_end=False)
        except Hang:
            report.findings.append(f"another client waited {PATIENCE_S:g} s")
        report.slowest_s = max(report.slowest_s, perf_counter() - started)
        await asyncio.sleep(0.02)

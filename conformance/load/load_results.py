"""The results of a load, in one process or in all of them, as plain values that are added up."""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.contract import Cell
from conformance.http.exchange import Exchange
from conformance.load.session import CaseOutcome
from conformance.results.finding import Finding, Verdict
from conformance.results.unserved import AnswerTail, find_tail

MOST_ALIKE = 3
"""Findings of one fingerprint that a process tells whole; the others are counted."""
MOST_REASONS = 20
"""Errors of the suite that a process tells in words."""


@dataclass(slots=True)
class LoadResults:
    """The results so far, since they were told last."""

    requests: int = 0
    unanswered: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    """Cases and walks, by verdict."""
    cells: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    """Answers, by operation, status and code, which is empty where there is none."""
    passed: Counter[str] = field(default_factory=Counter)
    """The cases that were taken and found nothing, by rule."""
    open: dict[str, str] = field(default_factory=dict)
    """The first reason for which a case that was taken was not provoked, by rule."""
    findings: list[Finding] = field(default_factory=list)
    alike: Counter[str] = field(default_factory=Counter)
    """The number of times that each finding was made, by fingerprint."""
    errors: list[str] = field(default_factory=list)
    _told: Counter[str] = field(default_factory=Counter)
    _tail: AnswerTail = field(default_factory=AnswerTail)
    """The end of the answers so far."""
    _late: set[str] = field(default_factory=set)
    """Fingerprints of findings since something was served last."""
    _late_elsewhere: dict[str, frozenset[str]] = field(default_factory=dict)
    """The late fingerprints that another process told last of a target that has stopped serving, by process."""

    def add(self, taken: CaseOutcome) -> None:
        """Add what came of a case or a walk."""
        self.requests += len(taken.exchanges)
        self.taken[taken.verdict.name] += 1
        for exchange in taken.exchanges:
            self._count(exchange)
        if taken.verdict is Verdict.PASSED:
            self.passed[taken.rule] += 1
        elif taken.verdict is Verdict.NOT_PROVOKED:
            self.open.setdefault(taken.rule, taken.reason)
        elif taken.verdict is Verdict.ERRORED and len(self.errors) < MOST_REASONS:
            self.errors.append(f"{taken.name}: {taken.reason}")
        tail = find_tail(taken.exchanges)
        self._tail = self._tail.join(tail)
        if tail.served:
            self._late.clear()
        self._late.update(found.fingerprint for found in taken.findings)
        for found in taken.findings:
            self.alike[found.fingerprint] += 1
            self._told[found.fingerprint] += 1
            if self._told[found.fingerprint] <= MOST_ALIKE:
                self.findings.append(found)

    @property
    def late(self) -> frozenset[str]:
        """Fingerprints of findings that were made after the target had stopped serving, as far as it has."""
        here = self._late if self._tail.has_stopped else ()
        return frozenset(here).union(*self._late_elsewhere.values())

    def _count(self, exchange: Exchange) -> None:
        if exchange.failure is not None:
            self.unanswered += 1
        elif exchange.operation_id:
            self.cells[exchange.operation_id, exchange.status, exchange.code or ""] += 1

    def take_news(self) -> dict[str, Any]:
        """Return what has come since this was asked last, as another process can be sent it."""
        data = {
            "requests": self.requests,
            "unanswered": self.unanswered,
            "taken": dict(self.taken),
            "cells": [[*cell, count] for cell, count in self.cells.items()],
            "passed": dict(self.passed),
            "open": dict(self.open),
            "findings": [found.to_json() for found in self.findings],
            "alike": dict(self.alike),
            "errors": list(self.errors),
            "late": sorted(self.late),
        }
        self.requests = self.unanswered = 0
        for counted in (self.taken, self.cells, self.passed, self.alike):
            counted.clear()
        self.findings.clear()
        self.errors.clear()
        return data

    def join(self, data: Mapping[str, Any], process: str = "") -> None:
        """Add what another process told, which has this name."""
        self.requests += data["requests"]
        self.unanswered += data["unanswered"]
        self.taken.update(data["taken"])
        self.passed.update(data["passed"])
        self.open = data["open"] | self.open
        self.alike.update(data["alike"])
        for operation_id, status, code, count in data["cells"]:
            self.cells[operation_id, status, code] += count
        self.findings += map(Finding.from_json, data["findings"])
        self.errors += data["errors"]
        self._late_elsewhere[process] = frozenset(data["late"])

    def count_reached(self) -> Mapping[Cell, int]:
        """Return how often each answer was met."""
        return {Cell(name, status, code or None): count for (name, status, code), count in self.cells.items()}


@dataclass(slots=True)
class Usage:
    """The resources that a process has used since this was made."""

    _cpu: float = field(default_factory=time.process_time)

    def take_usage(self) -> dict[str, float]:
        """Return CPU seconds so far, and the most memory that it has had."""
        return {
            "cpu_s": time.process_time() - self._cpu,
            "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }

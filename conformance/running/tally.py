"""The results of a run, gathered from the reports of this process and of workers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from conformance.budget import BUDGETS
from conformance.contract.contract import Cell, Contract
from conformance.contract.routing import find_route
from conformance.http.exchange import Exchange
from conformance.http.variables import mask_cut_text, mask_text
from conformance.oracle.judging import limit_of
from conformance.results.explored import ExploredPairs
from conformance.results.unserved import AnswerTail, mark_cases
from conformance.results.verdict import Case, ReachedCell, Run, Verdict
from conformance.running.run_info import RunInfo

BEFORE = "before the first test"


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of requests that were sent, and how often they reached which cell."""

    requests: int = 0
    cells: tuple[tuple[str, int, str | None, int], ...] = ()
    """Operation, status, code, and how often."""


@dataclass(slots=True)
class Tally:
    """The results gathered so far."""

    keeps: bool = False
    """Whether to keep the results as they came, to write them down."""
    results: list[Mapping[str, Any]] = field(default_factory=list)
    before: Counts = Counts()
    cases: list[Case] = field(default_factory=list)
    processes: list[int] = field(default_factory=list)
    """The id of the process that judged each case."""
    answered: dict[int, int] = field(default_factory=dict)
    """The last answered request of each process to which the target stopped answering."""
    tails: dict[int, AnswerTail] = field(default_factory=dict)
    """The end of the answers to each process."""
    reached: dict[Cell, ReachedCell] = field(default_factory=dict)
    requests: int = 0
    throttled: int = 0
    full: int = 0
    """Requests that a full target refused."""
    unusable: str | None = None
    """The reason for which the target could not be judged, or not to the end."""
    explored: ExploredPairs = field(default_factory=ExploredPairs)
    is_interrupted: bool = False
    left_behind: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    cut_short: str = ""
    """The reason for which the run ends before everything is judged."""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    started_s: float = field(default_factory=time.monotonic)

    def prepare(self, counts: Counts) -> None:
        """Add what was asked before the first test."""
        self.before = counts
        self.requests += counts.requests
        for operation_id, status, code, count in counts.cells:
            self.reach(Cell(operation_id, status, code), count, BEFORE)

    def add(self, data: Mapping[str, Any]) -> None:
        """Add a test's results, given as plain values."""
        if self.keeps:
            self.results.append(data)
        case = Case.from_json(data["case"])
        self.cases.append(case)
        self.processes.append(data["process"])
        if data["gone"]:
            self.answered.setdefault(data["process"], data["answered"])
        process = data["process"]
        self.tails[process] = self.tails.get(process, AnswerTail()).join(AnswerTail(*data["tail"]))
        self.requests += data["requests"]
        self.throttled += data["throttled"]
        self.full += data["full"]
        self.left_behind += data["left_behind"]
        self.cut_short = self.cut_short or data["cut_short"]
        self.explored.add_data(data["explored"])
        for operation_id, status, code, count in data["cells"]:
            self.reach(Cell(operation_id, status, code), count, case.id)

    def mask(self, masks: Mapping[str, str]) -> None:
        """Put a variable in the place of each secret in what the run itself tells of the target."""
        self.left_behind, self.errors = (
            [mask_cut_text(line, masks) for line in each] for each in (self.left_behind, self.errors)
        )
        self.unusable, self.cut_short = (
            self.unusable and mask_text(self.unusable, masks),
            mask_text(self.cut_short, masks),
        )

    def reach(self, cell: Cell, count: int, by: str) -> None:
        """Count how often a case reached a cell; of several cases the first by name is kept."""
        known = self.reached.get(cell)
        self.reached[cell] = ReachedCell(count + known.count, min(known.by, by)) if known else ReachedCell(count, by)

    @property
    def duration_s(self) -> float:
        return time.monotonic() - self.started_s

    def run(self, contract: Contract, info: RunInfo) -> Run:
        """Return the run so far."""
        if self.unusable and self.answered:
            asked = [self.answered.get(process) for process in self.processes]
            pairs = zip(self.cases, asked, strict=True)
            self.cases = [_without_unanswered(case, answered, self.unusable) for case, answered in pairs]
        tails = [self.tails[process] for process in self.processes]
        self.cases = mark_cases(contract, self.cases, tails, self.reached.keys())
        return Run(
            target=info.target,
            named=info.named,
            base_url=info.base_url,
            seed=info.seed,
            run_id=info.run_id,
            budget=BUDGETS[info.budget],
            is_strict=info.is_strict,
            suite_version=info.suite,
            contract=contract,
            # Several workers report in any order.
            cases=tuple(sorted(self.cases, key=lambda case: case.id)),
            reached=dict(sorted(self.reached.items(), key=lambda item: _rank_cell(contract, item[0]))),
            is_narrowed=not info.asked.is_whole,
            asked=info.asked.operations,
            requests=self.requests,
            duration_s=self.duration_s,
            unusable=self.unusable,
            throttled=self.throttled,
            left_behind=tuple(self.left_behind),
            is_interrupted=self.is_interrupted,
            errors=tuple(self.errors),
            cut_short=self.cut_short or self._describe_full(),
            explored=self.explored.summarise(),
            started=self.started,
            variables=dict(info.variables),
        )

    def _describe_full(self) -> str:
        """Return how many requests a full target refused, in words; empty where it refused none."""
        if not self.full:
            return ""
        return f"target full: it refused to keep what {self.full} requests were to add, and that is not judged"

    def explain_nothing_served(self, *, callers: bool) -> str | None:
        """Return that the target has served nothing, in words; None where it has. `callers`: the profile's.

        A target that refuses everything passes half the rules, which proves nothing. Without callers everything is to
        be refused, and what passes needs no credential.
        """
        found = any(case.verdict in (Verdict.ADVISORY, Verdict.FAILED) or case.findings for case in self.cases)
        if self.errors or found or not callers or any(200 <= cell.status < 300 for cell in self.reached):
            return None
        if not any(case.verdict is Verdict.PASSED for case in self.cases):
            return None
        reason = next((case.reason for case in self.cases if case.reason), "it served no request")
        return f"nothing was reached: {reason}"


def _without_unanswered(case: Case, answered: int | None, gone: str) -> Case:
    """Return the case without the findings of requests after the last answered one."""
    if answered is None:
        return case
    kept = tuple(
        finding
        for finding in case.findings
        if not ((exchange := finding.exchange) and exchange.failure and exchange.number > answered)
    )
    if len(kept) == len(case.findings):
        return case
    verdict = Verdict.NOT_PROVOKED if case.verdict in (Verdict.ADVISORY, Verdict.FAILED) else case.verdict
    own = [finding.verdict for finding in kept if finding.rule == case.rule]
    return replace(case, findings=kept, verdict=max([verdict, *own]), reason=case.reason or gone)


def count_cells(contract: Contract, exchanges: Iterable[Exchange], masks: Mapping[str, str]) -> list[list[Any]]:
    """Return how often each cell was reached, as plain values; the operation is the path's.

    A code that no contract declares may be a secret that the target repeats. What a full target refuses counts
    for no cell: it is not what the 413 is declared for.
    """
    met: Counter[tuple[str, int, str | None]] = Counter()
    for exchange in exchanges:
        operation = find_route(contract, exchange.method, exchange.path).operation
        if operation is not None and exchange.failure is None and limit_of(contract, exchange) is None:
            bodyless = exchange.status in operation.bodyless  # there an envelope is right too
            code = None if bodyless or contract.is_plain else exchange.code
            met[operation.operation_id, exchange.status, code] += 1
    declared = contract.error_codes
    return [
        [where, status, code if code in declared else code and mask_cut_text(code, masks), count]
        for (where, status, code), count in met.items()
    ]


def _rank_cell(contract: Contract, cell: Cell) -> tuple[int, int, str]:
    place = {operation_id: n for n, operation_id in enumerate(contract.operations)}
    return (place.get(cell.operation_id, len(place)), cell.status, cell.code or "")

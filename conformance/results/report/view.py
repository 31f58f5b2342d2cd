"""What the reports for people show, computed once: the verdict line, the matrix, distinct findings."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.contract.contract import Cell, Contract, Operation
from conformance.http.exchange import Cut, Exchange
from conformance.results.report.script import script_of
from conformance.results.verdict import DISTRIBUTION, Finding, Reached, Run, RunVerdict, Verdict

MAX_BODY = 8 * 1024
"""Of a longer body the beginning is shown; the JSON report has more."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One code of one status of one operation, and how often it was met."""

    code: str | None
    declared: bool
    count: int
    by: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One operation: for each status of the matrix its cells, none where it declares none."""

    operation: Operation
    cells: Mapping[int, tuple[MatrixCell, ...]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Operations by statuses; undeclared answers that came are in it too."""

    statuses: tuple[int, ...]
    rows: tuple[MatrixRow, ...]


def matrix(run: Run) -> Matrix:
    """The matrix of a run, operations in the contract's order."""
    cells: dict[tuple[str, int], list[MatrixCell]] = {}
    declared = set(run.contract.cells)
    undeclared = (cell for cell in run.reached if cell not in declared)
    for cell in (*run.contract.cells, *sorted(undeclared, key=str)):
        reached = run.reached.get(cell, Reached(0, ""))
        shown = MatrixCell(cell.code, cell in declared, reached.count, reached.by)
        cells.setdefault((cell.operation_id, cell.status), []).append(shown)
    statuses = tuple(sorted({status for _, status in cells}))
    return Matrix(
        statuses,
        tuple(
            MatrixRow(operation, {s: tuple(cells.get((operation_id, s), ())) for s in statuses})
            for operation_id, operation in run.contract.operations.items()
        ),
    )


def unreached(run: Run) -> tuple[Cell, ...]:
    """The declared cells that no request met."""
    return tuple(cell for cell in run.contract.cells if cell not in run.reached)


@dataclass(frozen=True, slots=True)
class Defect:
    """Findings with one fingerprint: the first of them, and how many there are."""

    fingerprint: str
    finding: Finding
    count: int
    contract: Contract

    @property
    def verdict(self) -> Verdict:
        """FAILED, ADVISORY or WAIVED."""
        return self.finding.verdict

    @property
    def script(self) -> str:
        """Shows it again; the same in every report."""
        return script_of(self.finding, self.contract)


def defects(run: Run) -> tuple[Defect, ...]:
    """The distinct findings, violations before advisories."""
    return tuple(
        Defect(fingerprint, same[0], len(same), run.contract) for fingerprint, same in run.distinct_findings.items()
    )


def headline(run: Run) -> str:
    """The run's verdict in one line: how it ended, what it found, how much it saw."""
    said = [_words(run, verdict) for verdict in run.verdicts]
    if run.verdict is not RunVerdict.UNUSABLE:
        return f"{', '.join(said)}: {_counts(run)}"
    not_judged = f"not judged: {run.unusable}"
    return f"{not_judged}; before that {_counts(run)}" if run.judged[0] else not_judged


def _words(run: Run, verdict: RunVerdict) -> str:
    says = "says" if run.broken == 1 else "say"
    return {
        RunVerdict.INTERRUPTED: "interrupted",
        RunVerdict.FAILED: "does not conform",
        RunVerdict.UNUSABLE: f"not judged to the end ({run.unusable})",
        RunVerdict.CUT_SHORT: f"cut short ({run.cut_short})",
        RunVerdict.ERRORED: f"{_plural(run.broken, 'error')} of the suite, which {says} nothing about the target",
        RunVerdict.LOW_COVERAGE: f"fewer cells reached than the {run.require_coverage} % asked for",
        RunVerdict.PASSED: "no violation found",
    }[verdict]


def _counts(run: Run) -> str:
    found = defects(run)
    violations = sum(defect.verdict is Verdict.FAILED for defect in found)
    waived = sum(defect.verdict is Verdict.WAIVED for defect in found)
    counts = [_plural(violations, "violation"), _plural(len(found) - violations - waived, "advisory", "advisories")]
    counts += [f"{waived} waived"] if waived else []
    (reached, declared), (judged, rules) = run.covered, run.judged
    return (
        f"{', '.join(counts)}; {reached} of {declared} cells reached ({run.coverage:.0f} %), "
        f"{judged} of {rules} rules judged ({100 * judged / max(rules, 1):.0f} %)"
    )


def made_with(run: Run) -> str:
    """The run's id, when it began, and which suite and contract it judged by."""
    suite = f"{DISTRIBUTION} {run.suite_version}"
    return f"run id {run.run_id}, started {run.started_at}, {suite}, contract {run.contract_version}"


def body(content: bytes | None) -> str:
    """A body for people: JSON indented, text as it is, of bytes their number."""
    if isinstance(content, Cut):
        return f"({content.length} bytes, not kept)"
    if not content:
        return ""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return f"({len(content)} bytes, not text)"
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    if len(text) > MAX_BODY:
        text = f"{text[:MAX_BODY]}\n({len(content)} bytes, cut here)"
    # JSON can spell half a character; no file in UTF-8 can hold it.
    return text.encode("utf-8", "backslashreplace").decode()


def request_lines(exchange: Exchange) -> Iterator[str]:
    """The request as HTTP writes it, the caller's name where the credential was."""
    target = exchange.path + (f"?{exchange.request.query}" if exchange.request.query else "")
    yield f"{exchange.method} {target}"
    if exchange.authorization is not None:
        yield f"Authorization: {exchange.authorization}"
    yield from _header_lines(exchange.request.headers)


def response_lines(exchange: Exchange) -> Iterator[str]:
    """The status line and headers of the answer, or why there is none."""
    if exchange.failure:
        yield f"no answer: {exchange.failure}"
        return
    yield str(exchange.status)
    yield from _header_lines(exchange.headers)


def _header_lines(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"{name}: {value}" for name, value in headers)


def _plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"

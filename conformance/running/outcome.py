"""The outcome of a test: its verdict, its findings on operations that the run is to judge, and the cells it reached."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from conformance.contract.contract import Contract
from conformance.http.client import LimitReached
from conformance.http.exchange import Exchange
from conformance.http.variables import mask_cut_text, mask_text
from conformance.needs import list_lacking
from conformance.oracle.judging import NotProvoked, TargetFull, Violation, limit_of
from conformance.oracle.served import NotServed
from conformance.profile import Profile
from conformance.results.finding import DIRECTED
from conformance.results.plain_text import escape_line, escape_text
from conformance.results.unserved import AnswerTail, find_tail
from conformance.results.verdict import Case, Finding, Verdict
from conformance.running.binding import find_operation, find_rule, list_needs
from conformance.running.selection import GENERATED, find_kind, find_operations_about, make_case_id
from conformance.running.suite import Suite
from conformance.running.tally import count_cells
from conformance.session.harness import Harness
from conformance.session.provider_states import SetupError

GATHERED = ("cells", "requests", "throttled", "full", "left_behind", "gone", "cut_short", "answered", "tail")
"""The fields that the run adds up, beside the case itself."""
AS_FAR = "judged as far as it is served"
NOT_ASKED = "ended by a finding on an operation that the run is not to judge"
Ids = frozenset[str]


@dataclass(slots=True)
class Outcome:
    """The outcome of one test's phases so far."""

    harness: Harness | None = None
    verdict: Verdict = Verdict.UNTESTED
    reason: str = ""
    findings: list[Finding] = field(default_factory=list)
    cells: list[list[Any]] = field(default_factory=list)
    requests: int = 0
    throttled: int = 0
    full: int = 0
    duration_s: float = 0.0
    left_behind: list[str] = field(default_factory=list)
    gone: str | None = None
    needs: list[str] = field(default_factory=list)
    """Lines of a profile with which the test would not have been skipped."""
    cut_short: str = ""
    answered: int = 0
    tail: tuple[int, int] = (0, 0)
    """The last request that was served, and how many answers since then were of a path that is not."""

    def to_data(self, item: pytest.Item) -> dict[str, Any]:
        """Return plain values, which another process can send."""
        rule = find_rule(item)
        own = [finding.verdict for finding in self.findings if finding.rule == rule]
        return {
            "case": Case(
                id=make_case_id(item),
                rule=rule,
                operation_id=find_operation(item),
                verdict=max([self.verdict, *own]),
                reason=self.reason,
                duration_ms=self.duration_s * 1000,
                findings=tuple(self.findings),
                kind=find_kind(item),
                needs=tuple(dict.fromkeys(self.needs)),
                judged=tuple(self.harness.judged) if self.harness else (),
            ).to_json(),
            "process": os.getpid(),
            "explored": self.harness.explored.to_data() if self.harness else [],
            **{name: getattr(self, name) for name in GATHERED},
        }


def record(
    suite: Suite,
    item: pytest.Item,
    call: pytest.CallInfo[None],
    report: pytest.TestReport,
    outcome: Outcome,
    *,
    strict: bool,
) -> None:
    """Add one phase: how it ended, its findings, and the answers that break a law of all answers."""
    outcome.duration_s += call.duration
    known, masks = len(outcome.findings), suite.client.masks
    _record_ending(suite.profile, item, call, report, outcome)
    exchanges = suite.client.take(raised=call.excinfo is not None)
    if outcome.harness is not None:
        found = [*outcome.harness.findings]
        outcome.harness.findings.clear()
        found += find_law_findings(suite, outcome.harness, exchanges, [*outcome.findings, *found])
        asked = _filter_asked(suite, item, outcome, found)
        if find_kind(item) == GENERATED:
            asked = [replace(each, source=GENERATED) if each.source == DIRECTED else each for each in asked]
        outcome.findings += (suite.waivers.apply_to(finding.cut_bodies().mask(masks)) for finding in asked)
    outcome.cells += count_cells(suite.contract, exchanges, masks)
    tail = AnswerTail(*outcome.tail).join(find_tail(exchanges))
    outcome.tail = tail.served, tail.unserved
    outcome.requests += suite.client.sent - suite.counted
    outcome.throttled += suite.client.throttled - suite.counted_throttled
    outcome.full += sum(limit_of(suite.contract, exchange) is not None for exchange in exchanges)
    suite.counted, suite.counted_throttled = suite.client.sent, suite.client.throttled
    outcome.reason = mask_cut_text(outcome.reason, masks)
    outcome.left_behind = [mask_cut_text(line, masks) for line in outcome.left_behind]
    outcome.gone, outcome.cut_short = suite.gone and mask_text(suite.gone, masks), mask_text(suite.cut_short, masks)
    outcome.answered = suite.answered
    _set_report(report, outcome, outcome.findings[known:], strict=strict)


def _filter_asked(suite: Suite, item: pytest.Item, outcome: Outcome, found: list[Finding]) -> list[Finding]:
    """Return the findings on operations that the run is to judge; where others ended the case, say so."""
    if not suite.asked or not found:
        return found
    rule, about = find_rule(item), find_operations_about(item, suite.contract)
    steps = outcome.harness.history.steps if outcome.harness else ()
    kept = on_asked(found, steps, rule=rule, about=about, contract=suite.contract, asked=suite.asked)
    if outcome.verdict is Verdict.UNTESTED and not kept:
        outcome.verdict, outcome.reason = Verdict.NOT_PROVOKED, f"{NOT_ASKED}: {found[0]}"
    return kept


def _record_ending(
    profile: Profile, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport, outcome: Outcome
) -> None:
    error = call.excinfo.value if call.excinfo else None
    if error is None:
        if report.when == "call":
            outcome.verdict = max(outcome.verdict, Verdict.PASSED)
    elif isinstance(error, NotServed) and outcome.harness and outcome.harness.judged:
        outcome.verdict = max(outcome.verdict, Verdict.PASSED)
        outcome.reason = f"{AS_FAR}: {error}"
    elif isinstance(error, NotProvoked | LimitReached):
        outcome.verdict, outcome.reason = Verdict.NOT_PROVOKED, str(error)
        if isinstance(error, TargetFull):  # the target's own side may have said so too
            outcome.full = max(outcome.full, 1)
        outcome.needs += list_lacking(profile, error.needs) if isinstance(error, NotProvoked) else error.lines
    elif isinstance(error, pytest.skip.Exception):
        outcome.verdict, outcome.reason = Verdict.NOT_PROVOKED, str(error.msg)
        outcome.needs += list_lacking(profile, list_needs(item))
    elif not isinstance(error, Violation):
        outcome.verdict = Verdict.ERRORED
        outcome.reason = describe_error(error)


def describe_error(error: BaseException) -> str:
    """Return how the suite broke, in words."""
    if isinstance(error, SetupError):
        return str(error)
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f" in {last.tb_frame.f_code.co_qualname}" if last else ""
    return f"{type(error).__name__}: {error}{where}"


def find_law_findings(
    suite: Suite, harness: Harness, exchanges: Iterable[Exchange], known: Iterable[Finding]
) -> Iterator[Finding]:
    """Yield the findings of rules that hold for every answer, each once a test."""
    found = {finding.fingerprint for finding in known}
    for exchange, breach in suite.judge.find_breaches(harness, exchanges):
        if breach.rule not in suite.contract.rules:
            continue
        finding = harness.build_finding(breach, exchange)
        if finding.fingerprint not in found:
            found.add(finding.fingerprint)
            yield finding


def _set_report(report: pytest.TestReport, outcome: Outcome, new: list[Finding], *, strict: bool) -> None:
    """Set pytest's report: a violation fails the test, a rule that was not provoked skips it."""
    fails = (Verdict.FAILED, Verdict.ADVISORY) if strict else (Verdict.FAILED,)
    failing = [found for found in new if found.verdict in fails]
    waived = next((found.waived for found in new if found.waived), "")
    if outcome.verdict is Verdict.ERRORED and report.failed:
        if (told := escape_text(report.longreprtext)) != report.longreprtext:
            report.longrepr = told
        return
    if failing:
        report.outcome = "failed"
        report.longrepr = "\n".join(escape_line(str(found)) for found in failing)
    elif outcome.verdict is Verdict.NOT_PROVOKED and report.when in ("setup", "call"):
        report.outcome = "skipped"
        report.longrepr = (str(report.fspath), report.location[1] or 0, escape_text(f"not provoked: {outcome.reason}"))
    elif report.failed and waived:
        report.outcome = "skipped"
        report.longrepr = (str(report.fspath), report.location[1] or 0, f"waived: {waived}")
    elif report.failed and outcome.verdict is not Verdict.ERRORED:
        report.outcome, report.longrepr = "passed", None


def find_blamed(finding: Finding, steps: Iterable[Exchange], rule: str, about: Ids, contract: Contract) -> Ids:
    """Return the operations that a finding of a case is on.

    That is the one whose answer shows it. Where that answer only reads, or is of an operation that the rule is not
    about, it is also the last write of the rule that was asked for before: what a write did is seen by reads. Of a
    rule, or of a case, about every operation, it is the one whose answer shows it alone.

    steps: what the case sent; rule: the one that the case cites; about: the operations that the case is about.
    """
    cited = about
    if finding.rule != rule:
        cited = frozenset(each.operation_id for each in contract.list_operations_of(contract.rules[finding.rule]))
    shown = frozenset({finding.operation_id} if finding.operation_id else ())
    every = len(contract.operations)
    if len(cited) == every or len(about) == every:
        return shown or about
    shows = contract.operations.get(finding.operation_id or "")
    if shows is not None and not shows.is_safe and shows.operation_id in cited:
        return shown
    number = finding.exchange.number if finding.exchange else 0
    before = [name for step in steps if step.number < number and (name := step.operation_id or "") in cited]
    writes = [each for each in before if not contract.operations[each].is_safe]
    return shown | frozenset(writes[-1:] or (before[-1:] if shown.isdisjoint(cited) else ())) or about


def on_asked(
    findings: Iterable[Finding],
    steps: Iterable[Exchange],
    *,
    rule: str,
    about: Ids,
    contract: Contract,
    asked: Collection[str],
) -> list[Finding]:
    """Return the findings of a case that are on operations that were asked for.

    The parameters are those of `find_blamed`; nothing asked for stands for all.
    """
    every = tuple(steps)
    return [it for it in findings if not asked or not find_blamed(it, every, rule, about, contract).isdisjoint(asked)]

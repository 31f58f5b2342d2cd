"""The run that a load comes to, as every report can show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from conformance.budget import NONE
from conformance.contract.contract import Contract
from conformance.load.load_results import LoadResults
from conformance.results.finding import Case, Finding, Verdict
from conformance.results.load import LoadFigures
from conformance.results.unserved import mark_findings
from conformance.results.verdict import MOST_CASES, Occurrences, ReachedCell, Run
from conformance.results.waivers import Waivers
from conformance.running.ending import list_unjudged
from conformance.running.selection import Selection

KIND = "load"
NOTHING = "no request was answered"
READS_ALONE = "nothing but reads was sent, so what changes something is not judged"


@dataclass(frozen=True, slots=True)
class LoadInfo:
    """The part of a report that is about a load."""

    named: str
    base_url: str
    seed: int
    contract: Contract
    is_strict: bool = False
    waivers: Waivers = field(default_factory=Waivers)
    is_interrupted: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    asked: Selection = field(default_factory=Selection)
    has_callers: bool = True
    """Whether the profile has any."""


def run_of(about: LoadInfo, figures: LoadFigures, gathered: LoadResults) -> Run:
    """Return the run."""
    found: dict[str, list[Finding]] = defaultdict(list)
    reached = {cell: ReachedCell(count, KIND) for cell, count in gathered.count_reached().items()}

    def is_late(finding: Finding) -> bool:
        return finding.fingerprint in gathered.late

    for each in mark_findings(about.contract, gathered.findings, reached, is_late):
        found[each.rule].append(about.waivers.apply_to(each))
    cases = tuple(_build_cases(about.contract, found, gathered))
    run = Run(
        target=about.named,
        named=about.named,
        base_url=about.base_url,
        seed=about.seed,
        contract=about.contract,
        cases=cases,
        reached=reached,
        requests=gathered.requests,
        duration_s=sum(step.seconds for step in figures.steps),
        unusable=_explain_unusable(figures, gathered),
        is_narrowed=not about.asked.is_whole,
        asked=about.asked.operations,
        budget=NONE,
        is_strict=about.is_strict,
        is_interrupted=about.is_interrupted,
        load=figures,
        counted=_count_findings(gathered),
        errors=tuple(dict.fromkeys(gathered.errors)),
        notes=about.notes,
        started=about.started,
        variables=about.variables,
    )
    if run.unusable or run.is_interrupted or run.broken:
        return run
    named = replace(about.asked, cases=())  # a load adds its cases up by their rules
    return replace(run, unjudged=list_unjudged(run, named, callers=about.has_callers))


def _explain_unusable(figures: LoadFigures, gathered: LoadResults) -> str | None:
    """Return why not all was judged; None where it was. A ramp looks for the rate at which answers stay out."""
    if not gathered.cells:
        return NOTHING
    if not gathered.unanswered or figures.ramp:
        return None
    return f"{gathered.unanswered:,} of {gathered.requests:,} requests got no answer"


def _build_cases(contract: Contract, found: dict[str, list[Finding]], gathered: LoadResults) -> list[Case]:
    """Return what the load says of each rule."""
    cases = []
    for rule in contract.rules:
        case = f"{KIND}[{rule}]"
        if findings := tuple(found.get(rule, ())):
            verdict = max(each.verdict for each in findings)
            cases.append(Case(case, rule, None, verdict, findings=findings, kind=KIND))
        elif gathered.passed[rule]:
            cases.append(Case(case, rule, None, Verdict.PASSED, kind=KIND))
        elif rule in gathered.open:
            cases.append(Case(case, rule, None, Verdict.NOT_PROVOKED, gathered.open[rule], kind=KIND))
    return cases


def _count_findings(gathered: LoadResults) -> dict[str, Occurrences]:
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for each in gathered.findings:
        names[each.fingerprint][each.case] = None
    return {key: Occurrences(count, tuple(names[key])[:MOST_CASES]) for key, count in gathered.alike.items()}

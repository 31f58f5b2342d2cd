"""What a run that was narrowed to some operations files: findings that are on these, and on no others."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from conformance.contract.contract import Contract
from conformance.http.exchange import Exchange
from conformance.results.verdict import Finding

Ids = frozenset[str]


def blamed(finding: Finding, steps: Iterable[Exchange], rule: str, about: Ids, contract: Contract) -> Ids:
    """Return the operations that a finding of a case is on.

    That is the one whose answer shows it. Where that answer only reads, or is of an operation that the rule is not
    about, it is also the last write of the rule that was asked for before: what a write did is seen by reads. Of a
    rule, or of a case, about every operation, it is the one whose answer shows it alone.

    steps: what the case sent; rule: the one that the case cites; about: the operations that the case is about.
    """
    own = finding.rule == rule
    cited = about if own else _operations_of(finding.rule, contract)
    shown = frozenset({finding.operation_id} if finding.operation_id else ())
    every = len(contract.operations)
    if len(cited) == every or len(about) == every:
        return shown or about
    shows = contract.operations.get(finding.operation_id or "")
    if shows is not None and not shows.safe and shows.operation_id in cited:
        return shown
    before = _asked_before(finding, steps, cited)
    writes = [each for each in before if not contract.operations[each].safe]
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
    """Return the findings of a case that are on operations that were asked for; the parameters are those of `blamed`.

    Nothing asked for stands for all.
    """
    every = tuple(steps)
    return [it for it in findings if not asked or not blamed(it, every, rule, about, contract).isdisjoint(asked)]


def _operations_of(rule: str, contract: Contract) -> Ids:
    return frozenset(each.operation_id for each in contract.operations_of(contract.rules[rule]))


def _asked_before(finding: Finding, steps: Iterable[Exchange], cited: Ids) -> list[str]:
    """Return those of these operations that were asked before the answer that shows the finding, in their order."""
    number = finding.exchange.number if finding.exchange else 0
    before = (step.operation_id or "" for step in steps if step.number < number)
    return [each for each in before if each in cited]

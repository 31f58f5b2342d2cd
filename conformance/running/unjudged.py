"""What was to be judged and was judged by no case, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from conformance.contract.contract import Contract, Rule, is_named
from conformance.oracle.served import NotServed
from conformance.results.verdict import UNJUDGED, Case, Run
from conformance.running.selection import Selection

NO_CASE = "what was asked for has no case in common"
NO_CALLER = "the profile has no callers, and nothing that needs none could be judged; add some"
UNSHOWN = "no rule's precondition held"


def unjudged(run: Run, asked: Selection, *, callers: bool) -> tuple[str, ...]:
    """Return each rule, clause, operation and case that was named and no case has judged; or that nothing was judged.

    `callers`: whether the profile has any.
    """
    named = tuple(_named(run, asked, callers=callers))
    if named or any(map(_judges, run.cases)):
        return named
    return (f"nothing at all ({_why(run.cases, callers=callers)})",)


def _named(run: Run, asked: Selection, *, callers: bool) -> Iterator[str]:
    rules = run.contract.rules
    kinds: tuple[tuple[str, Sequence[str], Callable[[Case, str], bool]], ...] = (
        ("rule", asked.rules, lambda case, name: case.rule == name),
        ("clause", asked.clauses, lambda case, name: rules[case.rule].clause == name),
        ("operation", asked.operations, lambda case, name: _is_about(case, rules[case.rule], name)),
        ("case", asked.cases, lambda case, name: case.id == name),
    )
    for kind, names, is_of in kinds:
        for name in names:
            cases = [each for each in run.cases if is_of(each, name)]
            if not any(map(_judges, cases)):
                yield f"--{kind} {name} ({_unserved(run.contract, kind, name) or _why(cases, callers=callers)})"


def _unserved(contract: Contract, kind: str, name: str) -> str:
    """Why the target has nothing that could be judged; empty where it has."""
    declared = contract.whole.operations
    if kind == "operation" and name in declared and name not in contract.operations:
        return str(NotServed(declared[name]))
    rules = [each for each in contract.rules.values() if name == (each.id if kind == "rule" else each.clause)]
    return "it is about nothing that is served" if kind in ("rule", "clause") and not rules else ""


def _is_about(case: Case, rule: Rule, operation_id: str) -> bool:
    """Whether a case judges the operation: it is parametrized by it, or by none, and its rule is about this one."""
    if case.operation_id is not None:
        return case.operation_id == operation_id
    return is_named(operation_id, rule.operations)


def _judges(case: Case) -> bool:
    return case.verdict not in UNJUDGED or bool(case.findings)


def _why(cases: Sequence[Case], *, callers: bool) -> str:
    if not cases:
        return NO_CASE
    if not callers:
        return NO_CALLER
    return next((case.reason for case in cases if case.reason), UNSHOWN)

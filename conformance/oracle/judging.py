"""The judgement of an answer beside the right ones: a finding, its provenance, and whether a target is full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conformance.contract.contract import Contract, Provenance, Rule
from conformance.contract.routing import find_route
from conformance.http.exchange import Exchange
from conformance.http.gateways import explain_unjudged, is_by_another, is_untidy
from conformance.needs import Need
from conformance.oracle.bodies import Answer
from conformance.oracle.breach import Breach, DataEffect, find_effect_provenance
from conformance.results.finding import Finding

STATUS, CODE = 413, "payload_too_large"
OF_STATES = (STATUS, 503, 507)  # how the target's own side may say it of a state that is asked for


def limit_of(contract: Contract, exchange: Exchange) -> int | None:
    """Return how many bytes the target keeps at most, where the answer refuses for that; else None.

    It is believed of a declared 413 alone, to a request that could add to what is kept and whose body is no
    longer than the operation takes. A limit below the body's own length is one of bodies, and is judged.
    """
    if exchange.status != STATUS or exchange.code != CODE:
        return None
    operation = find_route(contract, exchange.method, exchange.path).operation
    if operation is None or operation.is_safe or operation.body is None:
        return None
    declared, length = operation.responses.get(STATUS), len(exchange.request.content or b"")
    if declared is None or CODE not in declared.codes or length > (operation.max_body or length):
        return None
    limit = limit_in(exchange.json)
    return None if limit is None or limit < length else limit


def limit_in(envelope: Any) -> int | None:
    """Return the `details.limit` of an error's envelope, where it is a number of bytes."""
    found = envelope
    for key in ("error", "details", "limit"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if type(found) is int and found > 0 else None


class NotProvoked(Exception):
    """The target could not be brought to what a rule needs; says nothing about the rule.

    `needs`: what would have changed that, as far as it is known; any one of them.
    """

    def __init__(self, reason: str, *needs: Need) -> None:
        super().__init__(reason)
        self.needs = needs


class Unanswered(NotProvoked):
    """The target's own answer to a request did not come."""


class TargetFull(NotProvoked):
    """The target refuses whatever it would have to keep."""

    def __init__(self, said: str, limit: int) -> None:
        super().__init__(
            f"target full: {said}, since it keeps {limit:,} bytes at most; "
            "make room on it or let it keep more, and run again"
        )


def check_answered(contract: Contract, *exchanges: Exchange) -> tuple[Exchange, ...]:
    """Return the exchanges; TargetFull or Unanswered, whatever they were for, where one says nothing of its request."""
    for exchange in exchanges:
        if limit := limit_of(contract, exchange):
            raise TargetFull(f"{exchange.operation_id or exchange.method} answered {exchange}", limit)
        if why := explain_unjudged(exchange):
            raise Unanswered(why)
    return exchanges


def explain_crash(contract: Contract, exchange: Exchange) -> str | None:
    """Return the sentence that the target broke, where it answered with an undeclared error of its own; else None."""
    operation = contract.operations.get(exchange.operation_id or "")
    if operation and exchange.status >= 500 and exchange.status not in operation.responses:
        return f"the target broke: {operation} answered {exchange}"
    return None


def check_decided(contract: Contract, exchange: Exchange, answers: Iterable[Answer]) -> None:
    """Raise NotProvoked where the answer says nothing of what was due.

    After a crash, which the laws of every answer find once, and not each rule that met it; and where a try before, of
    which nobody heard, may have met the fault of the upstream that was due.
    """
    if crash := explain_crash(contract, exchange):
        raise NotProvoked(crash)
    if exchange.is_repeated and any(answer.status >= 500 for answer in answers):
        raise Unanswered(f"{exchange} after a try that got no answer")


class Violation(AssertionError):
    """A rule is broken. The finding is with the harness."""


def is_right(exchange: Exchange, answers: Iterable[Answer]) -> bool:
    """Return whether the answer is one of the right ones; of HEAD there is no body to hold a code."""
    headless = exchange.method == "HEAD"
    return any(exchange.status == answer.status and (headless or exchange.code == answer.code) for answer in answers)


def is_meant(contract: Contract, exchange: Exchange, answers: Iterable[Answer]) -> bool:
    """Return whether it is a right refusal but for its envelope: with another number, or without a known code.

    That is for the laws of every answer to say, once, and not for each rule that met it.
    """
    if not 400 <= exchange.status < 500:
        return False
    unnamed = exchange.code not in contract.error_codes
    return any((unnamed and exchange.status == a.status) or (a.code and exchange.code == a.code) for a in answers)


def describe_answers(answers: Iterable[Answer]) -> str:
    """Return the right answers in words, each once."""
    return " or ".join(sorted({str(answer) for answer in answers}))


def choose_nearest(exchange: Exchange, answers: Iterable[Answer]) -> frozenset[Answer]:
    """Return the right answers that the target meant to give: of its number, else of its code, else all.

    A 422 validation_error is a 400 with another number, whatever else would have been true.
    """
    every = frozenset(answers)
    numbered = frozenset(answer for answer in every if answer.status == exchange.status)
    coded = frozenset(a for a in every if a.code is not None and a.code == exchange.code)
    return numbered or coded or every


def find_broken_rule(contract: Contract, exchange: Exchange, answers: Iterable[Answer], otherwise: str) -> str:
    """Return the rule that a wrong answer breaks: of the best founded refusal that was due, else what forbids this one.

    Otherwise the rule that holds of any answer.
    """
    missed = sorted(
        choose_nearest(exchange, answers), key=lambda answer: (_rank_refusal(answer), str(answer), answer.rule)
    )
    best = max(
        missed, key=lambda answer: _find_refusal_provenance(contract, contract.rules[otherwise], exchange, answer)
    )
    forbidden = next((rule for code, rule in best.wrongful if code == exchange.code), None)
    if best.status < 400:
        rule = forbidden or otherwise
    else:
        # One who was refused as somebody else is told nothing of what was due.
        rule = forbidden if forbidden and exchange.status in GATES else best.rule
    return rule if rule in contract.rules else otherwise


def _rank_refusal(answer: Answer) -> int:
    """Return the rank of a refusal among the gates: one that is asked for before the others is the most telling."""
    return GATES.index(answer.status) if answer.status in GATES else len(GATES)


GATES = (401, 403, 423)  # what is asked of the caller, before anything is asked of the request


def is_weak(contract: Contract, exchange: Exchange) -> bool:
    """Return whether the answer may be by what stands before the service, so that it allows an advisory at most."""
    operation = contract.operations.get(exchange.operation_id or "")
    untidy = is_untidy(exchange.request) and exchange.status < 500
    return untidy or is_by_another(exchange, operation.max_body if operation else None)


def find_provenance(contract: Contract, rule: Rule, exchange: Exchange, answers: Iterable[Answer]) -> Provenance:
    """Return how well founded it is that none of the right answers came.

    A target that gives none of several accepted answers breaks the best founded of them. Of one answer
    counts only what the deviation touches: with the right number its code, with another refusal its
    number, with a success or a crash that it is a refusal at all. Of a contract that is owned all of it binds.
    """
    if is_weak(contract, exchange):
        return Provenance.ASSUMED
    each = [_find_refusal_provenance(contract, rule, exchange, answer) for answer in choose_nearest(exchange, answers)]
    return contract.bound(min(rule.provenance, max(each, default=Provenance.SEED)))


def find_effect(contract: Contract, exchange: Exchange, answers: Iterable[Answer]) -> DataEffect | None:
    """Return the effect of a wrong answer: of a success instead of a refusal, or of a written object not found."""
    operation = contract.operations.get(exchange.operation_id or "")
    gone = exchange.status == 404 and operation and exchange.code in {each.not_found for each in operation.resources}
    if not (exchange.has_succeeded or gone):
        return None
    missed = sorted(answers, key=str)
    return next(
        (each.effect for each in missed if each.effect and (each.status < 400) is not exchange.has_succeeded), None
    )


def weaken_provenance(
    contract: Contract, rule: Rule, exchange: Exchange, provenance: Provenance, effect: DataEffect | None
) -> Provenance:
    """Return how hard a deviation is judged: as its rule at most, and its effect on data at that effect's own."""
    founded_by = min(provenance, rule.provenance)
    if effect is None or is_weak(contract, exchange):
        return founded_by
    return max(founded_by, find_effect_provenance(contract, effect))


def build_finding(
    contract: Contract, breach: Breach, exchange: Exchange, provenance: Provenance | None = None, **told: Any
) -> Finding:
    """Return the finding of a breach; provenance: another one than it is judged at; told: more of its fields."""
    rule = contract.rules[breach.rule]
    if provenance is None:
        provenance = weaken_provenance(contract, rule, exchange, breach.provenance, breach.effect)
    return Finding(
        rule=rule.id,
        operation_id=exchange.operation_id,
        caller=exchange.caller,
        expected=breach.expected,
        got=breach.got,
        provenance=provenance,
        effect=breach.effect or "",
        evidence=breach.evidence,
        exchange=exchange,
        **told,
    )


def _find_refusal_provenance(contract: Contract, rule: Rule, exchange: Exchange, answer: Answer) -> Provenance:
    promise = answer.provenance
    if rule.clause == "contract" and answer.rule in contract.rules:
        # Such a rule promises nothing by itself: it holds answers to what the oracle's rules say.
        promise = min(promise, contract.rules[answer.rule].provenance)
    operation = contract.operations.get(exchange.operation_id or "")
    spec = operation.responses.get(answer.status) if operation else None
    if spec is None:
        return promise
    declared = spec.provenance
    if exchange.status == answer.status:
        return min(promise, declared.response, declared.status, declared.codes)
    refused_otherwise = 400 <= exchange.status < 500 and answer.status >= 400
    if refused_otherwise:
        return min(promise, declared.response, declared.status)
    return min(promise, declared.response)

"""A generated request's answer, judged by the oracle, and its findings; what holds of all is judged elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from conformance.contract.contract import Contract, Provenance, Rule
from conformance.contract.schemas import Complaint, get_schemas
from conformance.fuzzing.cases import OF_THE_TYPE, GeneratedRequest
from conformance.http.exchange import Exchange, Request
from conformance.judging.lawful import check_allow
from conformance.judging.laws import ResponseInvariants
from conformance.oracle.bodies import Answer
from conformance.oracle.breach import Breach
from conformance.oracle.judging import (
    Violation,
    choose_nearest,
    describe_answers,
    find_broken_rule,
    find_effect,
    find_provenance,
    is_right,
    is_weak,
    weaken_provenance,
)
from conformance.session.harness import Harness

INVALID, VALID, METHOD = "CONTRACT-INVALID-REFUSED", "CONTRACT-VALID-ACCEPTED", "CONTRACT-METHOD-UNDECLARED"
EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        INVALID: "a refusal",
        VALID: "acceptance",
        METHOD: "405 with Allow naming the path's methods",
    }
)
"""The demand on the answer to a request that is wrong, or right, by the way in which it was generated."""
AS_A_WHOLE = EXPECTED.keys() | {"CONTRACT-NO-SERVER-ERROR", "CONTRACT-STATUS-DECLARED"}
"""Rules by which an answer is wrong as a whole; the others of its laws are about its form."""
BEFORE_THE_METHOD = frozenset({401, 403, 404, 429})
"""Refusals that may be right before anybody looks at the method."""
NOT_OF_THE_DATA = frozenset({401, 403, 404, 409, 413, 415, 423, 502})
"""Refusals that say nothing against the data of a request: of its caller, its object, its length or type, the org's
billing, or an upstream."""
OF_THE_DATA = frozenset({"CONTRACT-INVALID-REFUSED", "PROTOCOL-JSON"})
"""Rules by which the oracle refuses a body for its schema."""

ORACLE = "CONTRACT-RIGHT-ANSWER"
SERVER_ERROR = "CONTRACT-NO-SERVER-ERROR"  # beside it nothing else is worth saying

StepsBefore = Callable[[Exchange], tuple[Exchange, ...]]
"""The requests that have to be sent before an exchange so that its path leads to the same."""


@dataclass(frozen=True, slots=True)
class JudgedRequest:
    """One generated request with its answer, the right answers, and what is wrong with it."""

    generated: GeneratedRequest
    exchange: Exchange
    answers: frozenset[Answer]
    breaches: tuple[Breach, ...]
    steps: tuple[Exchange, ...] = ()  # what made the objects that the request names


class Judge:
    """The judge of the answers of one contract's operations."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._laws = ResponseInvariants(contract)
        self._schemas = get_schemas(contract)

    def judge(
        self, generated: GeneratedRequest, exchange: Exchange, answers: frozenset[Answer], steps_before: StepsBefore
    ) -> JudgedRequest:
        """Return every breach of a rule that is not already found by the laws of all answers."""
        found = tuple(self._find_breaches(generated, exchange, answers))
        if is_weak(self._contract, exchange):
            found = tuple(replace(breach, provenance=Provenance.ASSUMED, effect=None) for breach in found)
        return JudgedRequest(generated, exchange, answers, found, steps_before(exchange) if found else ())

    def judge_probe(
        self,
        generated: GeneratedRequest,
        exchange: Exchange,
        answers: frozenset[Answer],
        rule: str,
        steps_before: StepsBefore,
    ) -> JudgedRequest:
        """Return the verdict on a request without a right credential: only whether that is what it is refused for."""
        if exchange.status in {answer.status for answer in answers}:
            return JudgedRequest(generated, exchange, answers, ())
        provenance = find_provenance(self._contract, self._get_rule(rule), exchange, answers)
        breach = Breach(rule, describe_answers(answers), str(exchange), provenance)
        return JudgedRequest(generated, exchange, answers, (breach,), steps_before(exchange))

    def compare(self, exchange: Exchange, answers: frozenset[Answer]) -> tuple[Breach, ...]:
        """Return what is wrong with an answer that is none of these, however its request was made."""
        if is_right(exchange, answers):
            return ()
        wrong = self._build_breach(exchange, answers)
        weak = is_weak(self._contract, exchange)
        return (replace(wrong, provenance=Provenance.ASSUMED, effect=None) if weak else wrong,)

    def _find_breaches(
        self, generated: GeneratedRequest, exchange: Exchange, answers: frozenset[Answer]
    ) -> Iterator[Breach]:
        found = [*self._find_unlike(generated, exchange, answers)]
        right = is_right(exchange, answers)
        if right and not found:
            return
        said = [
            replace(breach, provenance=min(breach.provenance, self._get_rule(breach.rule).provenance))
            for breach in self._laws.find_breaches(exchange)
        ]
        if not any(breach.rule == SERVER_ERROR for breach in said):
            yield from found
            said += found
        if not right:
            wrong = self._build_breach(exchange, answers)
            if not any(_says_as_much(other, wrong, exchange, answers) for other in said):
                yield wrong

    def _find_unlike(
        self, generated: GeneratedRequest, exchange: Exchange, answers: frozenset[Answer]
    ) -> Iterator[Breach]:
        """Yield what is wrong with an answer by the way in which its request was generated."""
        if rule := _find_rule_of_kind(generated, exchange, answers):
            founded_by = self._find_provenance(rule, exchange, answers)
            yield Breach(rule, self._describe_expected(rule, exchange.request), str(exchange), founded_by)
        elif not generated.is_method_declared and exchange.status == 405:
            founded_by = self._get_rule(METHOD).provenance
            yield from (replace(it, provenance=founded_by) for it in check_allow(self._contract, exchange, METHOD))

    def _describe_expected(self, rule: str, request: Request) -> str:
        """Return what the rule asks of the answer; of an invalid request with the best founded of what it breaks."""
        worst = self._find_worst(request) if rule == INVALID else None
        if worst is None:
            return EXPECTED[rule]
        return f"a refusal, since {worst.place or 'the body'} breaks '{worst.keyword}'"

    def _build_breach(self, exchange: Exchange, answers: frozenset[Answer]) -> Breach:
        """Return the breach, named for the best founded of the missed answers, so that one defect reads alike."""
        missed = choose_nearest(exchange, answers)
        best = max(
            sorted(missed, key=str), key=lambda answer: self._find_provenance(ORACLE, exchange, frozenset({answer}))
        )
        alike = [answer for answer in missed if answer.rule == best.rule]
        rule = find_broken_rule(self._contract, exchange, answers, ORACLE)
        effect = find_effect(self._contract, exchange, answers)
        provenance = weaken_provenance(
            self._contract, self._get_rule(rule), exchange, self._find_provenance(rule, exchange, missed), effect
        )
        return Breach(rule, describe_answers(alike), str(exchange), provenance, effect)

    def _find_provenance(self, rule: str, exchange: Exchange, answers: frozenset[Answer]) -> Provenance:
        """Return the provenance of the oracle's answers; a refusal of a body is as sure as what the body breaks."""
        worst = self._find_worst(exchange.request)
        return max(
            min(
                find_provenance(self._contract, self._get_rule(rule), exchange, {answer}),
                worst.provenance if worst and answer.rule in OF_THE_DATA else Provenance.SEED,
            )
            for answer in choose_nearest(exchange, answers)
        )

    def _find_worst(self, request: Request) -> Complaint | None:
        """Return the best founded of what a JSON body breaks of its schema; None where it is no JSON."""
        operation = self._contract.operations.get(request.operation_id or "")
        body = operation.body if operation else None
        schema = body.schemas.get(request.media_type or "") if body else None
        if schema is None or request.media_type != "application/json":
            return None
        try:
            value = json.loads(request.content or b"")
        except (ValueError, RecursionError):
            return None
        return max(self._schemas.find_complaints(schema, value), key=lambda each: each.provenance, default=None)

    def _get_rule(self, rule: str) -> Rule:
        return self._contract.rules[rule]


def _find_rule_of_kind(generated: GeneratedRequest, exchange: Exchange, answers: frozenset[Answer]) -> str | None:
    """Return the rule that an answer breaks to a request of the kind, by all that the oracle knows."""
    status = exchange.status
    if not generated.is_method_declared:
        refused = status == 405 or status in BEFORE_THE_METHOD or exchange.method == "OPTIONS"
        return None if refused else METHOD
    if generated.scenario in OF_THE_TYPE:
        return None
    if generated.is_valid:
        # Some are forbidden by what no schema can say: an archive that is none, or an object that is not there.
        acceptable = any(answer.status < 400 for answer in answers) and not is_right(exchange, answers)
        return VALID if acceptable and not exchange.has_succeeded and status not in NOT_OF_THE_DATA else None
    # Some requests are invalid by the generator's reading only: a part that is ignored.
    due = all(answer.status >= 400 for answer in answers) and any(answer.rule in OF_THE_DATA for answer in answers)
    return INVALID if due and not 400 <= status < 500 and not is_right(exchange, answers) else None


def _says_as_much(other: Breach, wrong: Breach, exchange: Exchange, answers: frozenset[Answer]) -> bool:
    """Return whether another breach of the same answer is the same defect, and no weaker founded."""
    if other.provenance.is_binding < wrong.provenance.is_binding:
        return False
    if any(answer.status == exchange.status for answer in answers):
        # Right but for its code: what is said against the envelope says that.
        return True
    return other.rule in AS_A_WHOLE


def report(harness: Harness, judged: Iterable[JudgedRequest]) -> None:
    """File every breach of the test's rule, the smallest request first."""
    _file_findings(harness, sorted(judged, key=_measure), lambda rule: rule == harness.rule.id)


def report_named(harness: Harness, judged: Iterable[JudgedRequest]) -> None:
    """File every breach of the test's rule, and of rules of other clauses, which the oracle found to be closer."""
    rules, cited = harness.contract.rules, harness.rule
    _file_findings(
        harness, sorted(judged, key=_measure), lambda rule: rule == cited.id or rules[rule].clause != cited.clause
    )


def _file_findings(harness: Harness, judged: Iterable[JudgedRequest], concerns: Callable[[str], bool]) -> None:
    findings = [
        replace(
            harness.build_finding(breach, it.exchange),
            steps=it.steps,
            source=it.generated.phase,
        )
        for it in judged
        for breach in it.breaches
        if concerns(breach.rule)
    ]
    if findings:
        harness.findings.extend(findings)
        raise Violation("; ".join(dict.fromkeys(map(str, findings))))


def _measure(judged: JudgedRequest) -> int:
    request = judged.exchange.request
    return len(request.path) + len(request.query) + len(request.content or b"")

"""A generated request's answer, judged by Schemathesis' checks and by the oracle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemathesis.core.failures import Failure

from conformance.bodies import Answer
from conformance.contract import Contract, Provenance, Rule
from conformance.exchange import Exchange, Request
from conformance.generated.cases import Generated
from conformance.generated.checks import failures
from conformance.judging import described, founded, is_right
from conformance.laws import Breach, Laws
from conformance.routing import route
from conformance.schemas import Schemas

SHAPE = frozenset(
    {
        "CONTRACT-NO-SERVER-ERROR",
        "CONTRACT-STATUS-DECLARED",
        "CONTRACT-CONTENT-TYPE",
        "CONTRACT-HEADERS",
        "CONTRACT-BODY-SCHEMA",
    }
)
"""What the laws say of every answer of the run too, in their own words."""

ORACLE = "CONTRACT-RIGHT-ANSWER"


@dataclass(frozen=True, slots=True)
class Judged:
    """One generated request with its answer, the right answers, and what is wrong with it."""

    generated: Generated
    exchange: Exchange
    answers: frozenset[Answer]
    breaches: tuple[Breach, ...]
    steps: tuple[Exchange, ...] = ()
    """What made the objects that the request names."""


class Judge:
    """Judges the answers of one contract's operations."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._laws = Laws(contract)
        self._schemas = Schemas(contract)

    def judged(
        self,
        generated: Generated,
        exchange: Exchange,
        answers: frozenset[Answer],
        steps: tuple[Exchange, ...] = (),
    ) -> Judged:
        """Every breach of a rule that is not already found by the laws of all answers."""
        found = tuple(self._breaches(generated, exchange, answers))
        return Judged(generated, exchange, answers, found, steps)

    def probed(
        self,
        generated: Generated,
        exchange: Exchange,
        answers: frozenset[Answer],
        steps: tuple[Exchange, ...] = (),
    ) -> Judged:
        """Of a request without its credential: only whether that is what it is refused for."""
        rule = self._rule("CONTRACT-CREDENTIAL-ENFORCED")
        found: tuple[Breach, ...] = ()
        if not is_right(exchange, answers):
            provenance = founded(self._contract, rule, exchange, answers)
            found = (Breach(rule.id, described(answers), str(exchange), provenance),)
        return Judged(generated, exchange, answers, found, steps)

    def _breaches(self, generated: Generated, exchange: Exchange, answers: frozenset[Answer]) -> Iterator[Breach]:
        if exchange.failure is not None:
            yield self._wrong_answer(exchange, answers)
            return
        lawless = {breach.rule for breach in self._laws.breaches(exchange)}
        named = set(lawless)
        for rule, failure in failures(generated.case, exchange):
            if rule in named or (rule in SHAPE and lawless):
                # One defect is one finding: the laws, or an earlier check, have said it.
                continue
            breach = self._breach(rule, failure, exchange, answers)
            if breach is not None:
                named.add(rule)
                yield breach
        if allow := self._wrong_allow(generated, exchange):
            yield allow
        if not is_right(exchange, answers) and not named & _SAYS_THE_ANSWER_IS_WRONG:
            yield self._wrong_answer(exchange, answers)

    def _breach(
        self,
        rule: str,
        failure: Failure,
        exchange: Exchange,
        answers: frozenset[Answer],
    ) -> Breach | None:
        if rule in SHAPE:
            return Breach(rule, _EXPECTED[rule], failure.title, self._rule(rule).provenance)
        if rule == "CONTRACT-VALID-ACCEPTED" and not any(a.status < 400 for a in answers):
            # What a schema cannot say forbids it: an image that is none, an archive that is none.
            return None
        if rule == "CONTRACT-INVALID-REFUSED" and any(a.status < 400 for a in answers):
            # Invalid by the library's reading only, such as a part that the contract ignores.
            return None
        provenance = founded(self._contract, self._rule(rule), exchange, answers)
        if rule == "CONTRACT-INVALID-REFUSED":
            provenance = min(provenance, self._founded_violation(exchange.request))
        return Breach(rule, _EXPECTED[rule], str(exchange), provenance)

    def _wrong_answer(self, exchange: Exchange, answers: frozenset[Answer]) -> Breach:
        provenance = founded(self._contract, self._rule(ORACLE), exchange, answers)
        return Breach(ORACLE, described(answers), str(exchange), provenance)

    def _wrong_allow(self, generated: Generated, exchange: Exchange) -> Breach | None:
        """Of an undeclared method: what is wrong with the Allow of its 405."""
        if generated.method_declared or exchange.status != 405:
            return None
        right = set(route(self._contract, exchange.method, exchange.path).allowed)
        given = {m.strip().upper() for m in (exchange.header("allow") or "").split(",") if m.strip()}
        # HEAD and OPTIONS are often the framework's own.
        if given - {"HEAD", "OPTIONS"} == right:
            return None
        rule = self._rule("CONTRACT-METHOD-UNDECLARED")
        expected = f"Allow: {', '.join(sorted(right))}"
        got = f"Allow: {', '.join(sorted(given))}" if given else "no Allow"
        return Breach(rule.id, expected, got, rule.provenance)

    def _founded_violation(self, request: Request) -> Provenance:
        """How well founded the best founded of the keywords is that the body breaks."""
        operation = self._contract.operations.get(request.operation_id or "")
        body = operation.body if operation else None
        schema = body.schemas.get(request.media_type or "") if body else None
        if schema is None or request.media_type != "application/json":
            return Provenance.SEED
        try:
            value = json.loads(request.content or b"")
        except (ValueError, RecursionError):
            return Provenance.SEED
        complaints = self._schemas.complaints(schema, value)
        return max((c.provenance for c in complaints), default=Provenance.SEED)

    def _rule(self, rule: str) -> Rule:
        return self._contract.rules[rule]


_SAYS_THE_ANSWER_IS_WRONG = frozenset(
    {
        "CONTRACT-NO-SERVER-ERROR",
        "CONTRACT-STATUS-DECLARED",
        "CONTRACT-INVALID-REFUSED",
        "CONTRACT-VALID-ACCEPTED",
        "CONTRACT-METHOD-UNDECLARED",
    }
)
"""Beside one of these, that the answer is not one of the right ones is the same defect again."""

_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "CONTRACT-NO-SERVER-ERROR": "no 5xx that is not declared",
        "CONTRACT-STATUS-DECLARED": "a declared status",
        "CONTRACT-CONTENT-TYPE": "a declared media type",
        "CONTRACT-HEADERS": "the declared headers",
        "CONTRACT-BODY-SCHEMA": "a body that fits the schema of its response",
        "CONTRACT-INVALID-REFUSED": "a refusal",
        "CONTRACT-VALID-ACCEPTED": "acceptance",
        "CONTRACT-METHOD-UNDECLARED": "405 with Allow naming the path's methods",
    }
)

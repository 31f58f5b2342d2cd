"""One test's session that judges: demands right answers by the oracle, and files what is wrong with others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import NoReturn

from conformance.contract.contract import Provenance, Rule
from conformance.http.exchange import Exchange, Request
from conformance.oracle.bodies import Answer
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.expect import expect, expect_answers
from conformance.oracle.judging import (
    NotProvoked,
    Violation,
    check_decided,
    describe_answers,
    find_broken_rule,
    find_effect,
    find_provenance,
    is_meant,
    is_right,
    is_weak,
)
from conformance.profile import Caller, Credential
from conformance.results.difference import NO_EVIDENCE, Evidence
from conformance.results.verdict import Finding
from conformance.session.case_session import CaseSession
from conformance.session.rereading import check_unchanged


class Harness(CaseSession):
    """The session of one test that demands right answers, and files what is wrong with them."""

    __slots__ = ()

    def judge(self, caller: Caller | Credential, request: Request, *, otherwise: str = "") -> Exchange:
        """Send a request that the oracle knows the right answers to, and demand one of them.

        `otherwise`: the rule that is broken where what was due has none of its own; without it the cited one is.
        """
        exchange, answers = self.foresee(caller, request)
        self.demand(exchange, answers, otherwise=otherwise)
        return exchange

    def judge_success(self, caller: Caller | Credential, request: Request) -> Exchange:
        """Demand a right answer, and return it if it is a success; NotProvoked where it is a refusal that is right."""
        exchange = self.judge(caller, request)
        if not exchange.has_succeeded:
            raise NotProvoked(f"the right answer is a refusal: {exchange.asked} answered {exchange}")
        return exchange

    def foresee(self, caller: Caller | Credential, request: Request) -> tuple[Exchange, frozenset[Answer]]:
        """Return the exchange, and the right answers to its request."""
        answers = expect(self.knowledge, caller if isinstance(caller, Caller) else None, request)
        harmless = all(400 <= it.status < 500 for it in answers)
        return self.send(caller, expect_answers(request, answers), harmless=harmless), answers

    def demand(self, exchange: Exchange, answers: Iterable[Answer], *, otherwise: str = "") -> None:
        """Raise a finding unless the answer is one of these; for the cited rule, or as `judge` says of `otherwise`."""
        answers = frozenset(answers)
        check_decided(self.contract, exchange, answers)
        self._note_judged(exchange)
        if is_right(exchange, answers) or is_meant(self.contract, exchange, answers):
            return
        rules = self.contract.rules
        broken_rule = (
            find_broken_rule(self.contract, exchange, answers, otherwise) if otherwise in rules else self.rule.id
        )
        self.fail(self.build_missed(rules[broken_rule], exchange, answers))

    def hold(self, caller: Caller, request: Request) -> Exchange:
        """Send a precondition; NotProvoked where it does not succeed."""
        exchange = self.send(caller, request)
        if not exchange.has_succeeded:
            raise NotProvoked(f"its precondition does not hold: {exchange.asked} answered {exchange}")
        return exchange

    def check(
        self,
        holds: bool,  # noqa: FBT001  # the claim itself
        exchange: Exchange,
        expected: str,
        got: str,
        provenance: Provenance = Provenance.SEED,
        *,
        about: str | None = None,
        evidence: Evidence = NO_EVIDENCE,
        effect: DataEffect | None = None,
    ) -> None:
        """Raise a finding for the cited rule unless the claim holds; about: the object of a list that it is about."""
        self._note_judged(exchange)
        if not holds:
            check_unchanged(self, exchange, about)
            breach = Breach(self.rule.id, expected, got, provenance, effect, evidence)
            self.fail(self.build_finding(breach, exchange))

    def _note_judged(self, exchange: Exchange) -> None:
        if exchange.operation_id:
            self.judged[exchange.operation_id] = None

    def fail(self, finding: Finding) -> NoReturn:
        """End the test with a finding; ChangedMeanwhile where others changed what it rests on."""
        if (exchange := finding.exchange) is not None:
            check_unchanged(self, exchange)
            weak = is_weak(self.contract, exchange)
            finding = replace(finding, provenance=Provenance.ASSUMED) if weak else finding
        self.findings.append(finding)
        raise Violation(str(finding))

    def build_missed(self, rule: Rule, exchange: Exchange, answers: Iterable[Answer]) -> Finding:
        """Return a finding for the rule: none of these answers came."""
        right = frozenset(answers)
        effect, provenance = (
            find_effect(self.contract, exchange, right),
            find_provenance(self.contract, rule, exchange, right),
        )
        return self.build_finding(Breach(rule.id, describe_answers(right), str(exchange), provenance, effect), exchange)


NewSession = Callable[[int], AbstractContextManager[Harness]]
"""The function that opens a session for a part of a test, by its number."""

"""The generated requests of an operation, sent through the harness, and their answers, judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import cycle

from conformance.budget import NORMAL, Budget
from conformance.contract.contract import Operation
from conformance.fuzzing import conversion
from conformance.fuzzing.cases import GeneratedRequest, Generator, get_generator
from conformance.fuzzing.feed import Feeder
from conformance.fuzzing.judge import Judge, JudgedRequest
from conformance.hostile.credentials import make_wrong_credentials
from conformance.http.client import LimitReached
from conformance.http.exchange import Exchange, Request
from conformance.oracle.expect import expect
from conformance.oracle.judging import NotProvoked, TargetFull
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.people import list_callers_of_each_kind
from conformance.session.harness import Harness
from conformance.session.provider_states import SetupError
from conformance.session.rereading import check_unchanged

PROBED = 4
"""Requests of each operation that are also sent without a credential and with wrong ones."""
WRONG = 3
"""Wrong credentials for each of these requests."""


@dataclass(slots=True)
class OperationRun:
    """The judged requests of an operation."""

    judged: list[JudgedRequest] = field(default_factory=list)
    probes: list[JudgedRequest] = field(default_factory=list)
    """Requests that would have been accepted, sent without a credential and with a wrong one."""
    not_judged: str | None = None
    """The reason why a request was not judged; the last one."""
    full: TargetFull | None = None
    """The answer of a target that was too full for one of them."""


class OperationRuns:
    """The runs of one process, each made for the first rule that needs it."""

    def __init__(self, budget: Budget = NORMAL) -> None:
        self._budget = budget
        self._made: dict[str, OperationRun | NotProvoked | SetupError | LimitReached] = {}

    def get_run(self, harness: Harness, operation: Operation) -> OperationRun:
        """Return the operation's run, or raise the reason why there is none, for each rule alike."""
        known = self._made.get(operation.operation_id)
        if known is None:
            try:
                known = _run(harness, operation, get_generator(harness.contract, harness.seed, self._budget))
            except (NotProvoked, SetupError, LimitReached) as reason:
                known = reason
            self._made[operation.operation_id] = known
        if isinstance(known, Exception):
            raise known
        return known


def _run(harness: Harness, operation: Operation, source: Generator) -> OperationRun:
    sender, cases = _Sender(harness, operation), source.get_cases(operation.operation_id)
    valid = [case for case in cases if case.is_valid]
    sender.send_all(cases)
    if valid:
        # The archives that the cases did not use, in copies of the first valid case.
        archives = range(sender.feeder.bodies_left)
        sender.send_all(replace(valid[0], phase="archives", number=number) for number in archives)
    if not operation.path_parameters and operation.body is None:
        # There are few different requests; these are for the other callers.
        rest = range(len(sender.run.judged), source.budget.requests)
        sender.send_all(generated for generated, _ in zip(cycle(valid), rest, strict=False))
    if not sender.run.judged and not sender.run.probes:
        raise NotProvoked(sender.run.not_judged or "no request could be sent")
    return sender.run


class _Sender:
    """The sender of an operation's requests, which fills its run."""

    def __init__(self, harness: Harness, operation: Operation) -> None:
        self.feeder = Feeder(harness, operation)
        self.run = OperationRun()
        self._harness = harness
        self._operation = operation
        self._judge = Judge(harness.contract)
        self._state_lost = False
        """Whether a request that had to be refused was served, so that the state is no longer known."""
        self._wrong = list(make_wrong_credentials(list_callers_of_each_kind(harness, operation)))
        """Credentials that a target has to refuse, each with the rule that says so."""

    def send_all(self, cases: Iterable[GeneratedRequest]) -> None:
        """Send each case once."""
        for generated in cases:
            caller = self.feeder.feed(generated)
            if not self._state_lost:
                self._send(generated, caller)

    def _send(self, generated: GeneratedRequest, caller: Caller | Credential) -> None:
        harness, run = self._harness, self.run
        known = caller if isinstance(caller, Caller) else None
        org = (known or self.feeder.lead).org
        operation_id = self._operation.operation_id if generated.is_method_declared else None
        request = conversion.request(generated.case, operation_id, harness.find_base_url(org))
        answers = expect(harness.knowledge, known, request)
        accepted = all(answer.status < 400 for answer in answers)
        probes = (
            self._send_probes(generated, request, org) if accepted and len(run.probes) < (1 + WRONG) * PROBED else []
        )
        if served := [probe for probe in probes if probe.exchange.has_succeeded]:
            # It has changed the state that later requests would be judged by.
            run.probes += served
            self._state_lost = not self._operation.is_safe
            return
        refused = all(400 <= answer.status < 500 for answer in answers)
        exchange = self._send_until_judged(caller, request, org, harmless=refused)
        if exchange is None:
            return
        judged = self._judge.judge(generated, exchange, answers, harness.story)
        if judged.breaches and not self._is_unchanged(exchange):
            return
        run.judged.append(judged)
        if exchange.has_succeeded:
            # Only a success shows that nothing but the credential was wrong in them.
            run.probes += probes

    def _is_unchanged(self, exchange: Exchange) -> bool:
        """Return whether what others made, and the answer rests on, is as it was; else the reason is noted."""
        try:
            check_unchanged(self._harness, exchange)
        except (LimitReached, NotProvoked) as reason:
            self.run.not_judged = str(reason)
            return False
        return True

    def _send_until_judged(
        self, caller: Caller | Credential, request: Request, org: str, *, harmless: bool = True
    ) -> Exchange | None:
        """Return the exchange; None, and the reason is noted, where its answer says nothing."""
        try:
            exchange = self._harness.send(caller, request, org=org, harmless=harmless)
        except (LimitReached, NotProvoked) as reason:
            self.run.not_judged = str(reason)
            self.run.full = reason if isinstance(reason, TargetFull) else self.run.full
            return None
        return exchange

    def _send_probes(self, generated: GeneratedRequest, request: Request, org: str) -> list[JudgedRequest]:
        """Send the request without a credential and with wrong ones, until one is served."""
        harness, sent = self._harness, list[JudgedRequest]()
        answers = expect(harness.knowledge, None, request)
        drawn = harness.random.sample(self._wrong, WRONG)
        for rule, credential in (("CONTRACT-CREDENTIAL-ENFORCED", ANONYMOUS), *drawn):
            if exchange := self._send_until_judged(credential, request, org):
                sent.append(self._judge.judge_probe(generated, exchange, answers, rule, harness.story))
                if exchange.has_succeeded:
                    break
        return sent

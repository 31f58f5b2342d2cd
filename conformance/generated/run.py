"""The generated requests of an operation, sent through the harness, and their answers, judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import cycle

from conformance.budget import NORMAL, Budget
from conformance.contract.contract import Operation
from conformance.generated import conversion
from conformance.generated.cases import Generated, Generator, generator
from conformance.generated.feed import Fed, Feeder
from conformance.generated.judge import Judge, Judged
from conformance.generated.stage import Stage, set_stage
from conformance.http.client import LimitReached
from conformance.http.exchange import Request
from conformance.http.throttling import is_throttled
from conformance.oracle.expect import expect
from conformance.oracle.judging import NotProvoked, TargetFull
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.credentials import of_each_kind, wrong
from conformance.session.harness import Harness
from conformance.session.states import SetupError

PROBED = 4
"""Requests of each operation that are also sent without a credential and with wrong ones."""
WRONG = 3
"""Wrong credentials for each of these requests."""


@dataclass(frozen=True, slots=True)
class OperationRun:
    """The judged requests of an operation."""

    judged: tuple[Judged, ...]
    probes: tuple[Judged, ...]
    """Requests that would have been accepted, sent without a credential and with a wrong one."""
    hindrance: str | None = None
    """The reason why a request was not judged; the last one."""
    full: TargetFull | None = None
    """The answer of a target that was too full for one of them."""


class Runs:
    """The runs of one process, each made for the first rule that needs it."""

    def __init__(self, budget: Budget = NORMAL) -> None:
        self._budget = budget
        self._made: dict[str, OperationRun | NotProvoked | SetupError | LimitReached] = {}

    def of(self, harness: Harness, operation: Operation) -> OperationRun:
        """Return the operation's run, or raise the reason why there is none, for each rule alike."""
        known = self._made.get(operation.operation_id)
        if known is None:
            try:
                known = _run(harness, operation, generator(harness.contract, harness.seed, self._budget))
            except (NotProvoked, SetupError, LimitReached) as reason:
                known = reason
            self._made[operation.operation_id] = known
        if isinstance(known, Exception):
            raise known
        return known


def _run(harness: Harness, operation: Operation, source: Generator) -> OperationRun:
    runner = _OperationRunner(set_stage(harness, operation), Judge(harness.contract))
    cases = source.cases(operation.operation_id)
    runner.send_all(cases)
    valid = [case for case in cases if case.valid]
    runner.send_archives(valid)
    if not operation.path_parameters and operation.body is None:
        runner.send_again(valid, source.budget.requests)
    if not runner.judged and not runner.probes:
        raise NotProvoked(runner.hindrance or "no request could be sent")
    return OperationRun(tuple(runner.judged), tuple(runner.probes), runner.hindrance, runner.full)


@dataclass(slots=True)
class _OperationRunner:
    stage: Stage
    judge: Judge
    feeder: Feeder = field(init=False)
    judged: list[Judged] = field(default_factory=list)
    probes: list[Judged] = field(default_factory=list)
    hindrance: str | None = None
    """The reason why a request was not judged; the last one."""
    full: TargetFull | None = None
    spoilt: bool = False
    """Whether a request that had to be refused was served, so that the state is no longer known."""
    wrong: list[tuple[str, Credential]] = field(init=False)
    """Credentials that a target has to refuse, each with the rule that says so."""

    def __post_init__(self) -> None:
        self.feeder = Feeder(self.stage)
        self.wrong = list(wrong(of_each_kind(self.stage.harness, self.stage.operation)))

    def send_all(self, cases: Iterable[Generated]) -> None:
        """Send each case once."""
        for generated in cases:
            self._send(self.feeder.fed(generated))

    def send_archives(self, valid: Iterable[Generated]) -> None:
        """Send the archives that the cases did not use, in copies of the first valid case."""
        pattern = next(iter(valid), None)
        if pattern is not None:
            for number in range(self.feeder.bodies_left):
                self._send(self.feeder.fed(replace(pattern, phase="archives", number=number)))

    def send_again(self, valid: Iterable[Generated], budget: int) -> None:
        """Send the valid cases of an operation without parameters and body again, for other callers."""
        for generated, _ in zip(cycle(valid), range(len(self.judged), budget), strict=False):
            self._send(self.feeder.fed(generated))

    def _send(self, fed: Fed) -> None:
        harness, operation = self.stage.harness, self.stage.operation
        if self.spoilt:
            return
        operation_id = operation.operation_id if fed.generated.method_declared else None
        org = fed.caller.org if isinstance(fed.caller, Caller) else self.stage.lead.org
        request = conversion.request(fed.case, operation_id, harness.base_url(org))
        known = fed.caller if isinstance(fed.caller, Caller) else None
        answers = expect(harness.state, known, request)
        accepted = all(answer.status < 400 for answer in answers)
        probes = self._probes(fed, request, org) if accepted and len(self.probes) < (1 + WRONG) * PROBED else []
        if served := [probe for probe in probes if probe.exchange.succeeded]:
            # It has changed the state that later requests would be judged by.
            self.probes += served
            self.spoilt = not operation.safe
            return
        try:
            exchange = harness.send(fed.caller, request, org=org)
        except TargetFull as full:
            self.full, self.hindrance = full, str(full)
            return
        except (LimitReached, NotProvoked) as reason:
            self.hindrance = str(reason)
            return
        if is_throttled(exchange):
            self.hindrance = f"throttled: {exchange.status} after several tries"
            return
        steps = self.stage.steps(exchange)
        self.judged.append(self.judge.judged(fed.generated, exchange, answers, steps))
        if exchange.succeeded:
            # Only a success shows that nothing but the credential was wrong in them.
            self.probes += probes

    def _probes(self, fed: Fed, request: Request, org: str) -> list[Judged]:
        """Send the request without a credential and with wrong ones."""
        harness, sent = self.stage.harness, []
        answers = expect(harness.state, None, request)
        drawn = harness.random.sample(self.wrong, WRONG)
        for rule, credential in (("CONTRACT-CREDENTIAL-ENFORCED", ANONYMOUS), *drawn):
            try:
                exchange = harness.send(credential, request, org=org)
            except TargetFull as full:
                self.full, self.hindrance = full, str(full)
                continue
            except (LimitReached, NotProvoked) as reason:
                self.hindrance = str(reason)
                continue
            if not is_throttled(exchange):
                steps = self.stage.steps(exchange)
                sent.append(self.judge.probed(fed.generated, exchange, answers, rule, steps))
            if exchange.succeeded:
                break
        return sent

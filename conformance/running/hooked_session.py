"""A session for requests that Schemathesis sends: it supplies callers and ids, and judges the answers."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from schemathesis import Case, Response

from conformance.contract.contract import OWN_ORG, Contract, Operation, Provenance
from conformance.contract.file import load
from conformance.custody.ledger import Ledger
from conformance.declared.compiler import use_contract
from conformance.fuzzing import conversion
from conformance.fuzzing.cases import GeneratedRequest, as_generated
from conformance.fuzzing.feed import Feeder
from conformance.fuzzing.judge import ORACLE, Judge
from conformance.fuzzing.schemathesis_adapter import is_linked
from conformance.http.client import LimitReached
from conformance.http.exchange import SAFE, Exchange, Headers, Request
from conformance.http.variables import name_token_variable
from conformance.mark import draw_id
from conformance.oracle.bodies import Answer
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.oracle.expect import expect
from conformance.oracle.judging import NotProvoked, check_answered
from conformance.oracle.served import narrow_to_profile
from conformance.profile import ANONYMOUS, Caller, Credential, Profile
from conformance.results.plain_text import escape_line
from conformance.running.suite import Suite
from conformance.session.harness import Harness
from conformance.session.rereading import check_unchanged

CASE = "schemathesis"
"""The name of the session in worlds and names."""


@dataclass(slots=True)
class _UnderWay:
    """A request between its sending and its answer."""

    caller: Caller | Credential
    request: Request
    generated: GeneratedRequest | None
    answers: frozenset[Answer]
    learn: Callable[[Exchange], None]
    custody: ExitStack
    started: float = field(default_factory=time.perf_counter)


class HookedSession:
    """The callers, objects and judge for requests that somebody else sends, one after the other."""

    def __init__(self, profile: Profile, contract_file: Path | None = None) -> None:
        """Ask the target who its callers are; SuiteError where it cannot be judged."""
        contract = use_contract(load(contract_file or profile.contract, owned=profile.is_owned))
        self.contract: Contract = narrow_to_profile(contract, profile)
        self.suite = Suite(profile, self.contract, seed=0, run_id=draw_id())
        self.suite.ledger = None if profile.limits.read_only else Ledger(None)
        self.suite.prepare()
        self.harness: Harness = self.suite.open_session(ORACLE, CASE)
        self._judge = Judge(self.contract)
        self._feeders: dict[str, Feeder | None] = {}
        self._random = Random(0)  # noqa: S311  # reproducible, not secret
        self._dealt: Counter[str] = Counter()
        self._generated: dict[str, GeneratedRequest] = {}
        self._under_way: _UnderWay | None = None
        self._found: dict[str, tuple[Breach, ...]] = {}
        self.withheld: Counter[str] = Counter()
        """Requests that were not sent, by the reason."""

    def caller_for(self, case: Case[Any]) -> Caller | None:
        """Put real data into a generated request, and return who is to send it; None: nobody signs it."""
        operation = self.contract.operations.get(self._find_operation_id(case))
        if operation is None or case.meta is None:
            return None
        if is_linked(case):
            return self._choose_caller(operation)
        feeder = self._find_feeder(operation)
        if feeder is None:
            return self._choose_caller(operation)
        number = self._dealt[operation.operation_id]
        self._dealt[operation.operation_id] += 1
        generated = as_generated(operation.operation_id, number, case.meta.phase.name.value, case)
        self._generated[case.id] = generated
        chosen = feeder.feed(generated)
        caller = chosen if isinstance(chosen, Caller) else None
        org = (caller or feeder.lead).org
        values = case.path_parameters.items()
        case.path_parameters = {name: org if value == OWN_ORG else value for name, value in values}
        return caller

    def begin(self, case: Case[Any]) -> str:
        """Take note of a request that is about to be sent; return why it must not be, empty where it may."""
        self.give_up()
        caller, generated = self._find_sender(case), self._generated.pop(case.id, None)
        request = conversion.request(case, self._find_declared_id(case), self.suite.profile.url)
        org = (caller if isinstance(caller, Caller) else self.harness.profile.callers[0]).org
        known = caller if isinstance(caller, Caller) else None
        custody = ExitStack()
        try:
            self._spare_callers(case, request)
            request, learn = custody.enter_context(self.harness.send_elsewhere(caller, request, org=org))
            answers = expect(self.harness.knowledge, known, request)
        except (NotProvoked, LimitReached) as reason:
            custody.close()
            self.withheld[str(reason)] += 1
            return str(reason)
        self._under_way = _UnderWay(caller, request, generated, answers, learn, custody)
        return ""

    def _spare_callers(self, case: Case[Any], request: Request) -> None:
        """Raise NotProvoked for a change of that by which callers of the profile may sign in, also in an own world."""
        operation = self.contract.operations.get(self._find_operation_id(case))
        resource = find_resource_in_path(operation) if operation is not None and request.method not in SAFE else None
        if resource is not None and resource.marked_alone:
            guard, named = self.harness.guard, request.path_values.values()
            if not any(guard.may_change(each, resource) for each in named):
                raise NotProvoked(f"{request.method} {request.path} is not sent: callers may sign in by it")

    def end(self, case: Case[Any], response: Response) -> None:
        """Judge and learn from the answer to the request that began last."""
        if (sent := self._under_way) is None:
            return
        self._under_way = None
        exchange = self._build_exchange(sent, response)
        with sent.custody:
            sent.learn(exchange)
        try:
            check_answered(self.contract, exchange)
            if found := list(self._find_breaches(sent, exchange)):
                check_unchanged(self.harness, exchange)
        except (NotProvoked, LimitReached):  # the answer is none of the target's, or others changed what it rests on
            return
        unique = {(each.rule, each.expected, each.got): each for each in found if each.rule in self.contract.rules}
        self._found[case.id] = tuple(unique.values())

    def give_up(self) -> None:
        """Let go of a request to which no answer came."""
        if self._under_way is not None:
            self._under_way.custody.close()
            self._under_way = None

    def list_breaches(self, case: Case[Any]) -> tuple[Breach, ...]:
        """Return what was wrong with the answer to a request, once."""
        return self._found.pop(case.id, ())

    def find_provenance(self, breach: Breach) -> Provenance:
        """Return how well founded the broken rule is in this answer."""
        return min(breach.provenance, self.contract.rules[breach.rule].provenance)

    def describe(self, breach: Breach) -> str:
        """Say in words what is wrong: the rule's sentence, what it asks for, and what came."""
        rule = self.contract.rules[breach.rule]
        return escape_line(f"{rule.text} Expected: {breach.expected}. Got: {breach.got}.")

    @property
    def withheld_line(self) -> str:
        """Return how many requests were not sent, and the most frequent reason."""
        reason, count = self.withheld.most_common(1)[0]
        return f"{self.withheld.total()} requests were not sent, {count} of them since: {reason}"

    def close(self) -> list[str]:
        """Remove what was made; return what is left behind, in words."""
        self.give_up()
        left = self.harness.clean_up()
        self.suite.close()
        return left

    def _find_breaches(self, sent: _UnderWay, exchange: Exchange) -> Iterator[Breach]:
        if sent.generated is not None:
            yield from self._judge.judge(sent.generated, exchange, sent.answers, self.harness.story).breaches
        else:
            yield from self._judge.compare(exchange, sent.answers)
        for _, breach in self.suite.judge.find_breaches(self.harness, [exchange]):
            yield breach

    def _build_exchange(self, sent: _UnderWay, response: Response) -> Exchange:
        headers: Headers = tuple((name, value) for name, values in response.headers.items() for value in values)
        client = self.suite.client
        client.sent += 1
        credential = sent.caller.credential if isinstance(sent.caller, Caller) else sent.caller
        return Exchange(
            credential.label,
            sent.request,
            self.suite.profile.url + sent.request.target,
            response.status_code,
            headers,
            response.content or b"",
            response.elapsed * 1000,
            None,
            client.sent,
            None if credential.authorization is None else f"Bearer ${name_token_variable(credential.label) or 'TOKEN'}",
            started=sent.started,
            is_reframed=True,
        )

    def _find_sender(self, case: Case[Any]) -> Caller | Credential:
        """Return who signs a request: a caller of the profile by his token, nobody, or somebody unknown."""
        given = next((str(value) for name, value in case.headers.items() if name.lower() == "authorization"), None)
        if given is None:
            return ANONYMOUS
        for caller in self.harness.profile.callers:
            if given == caller.credential.authorization:
                return caller
        return Credential("wrong credential", given)

    def _choose_caller(self, operation: Operation) -> Caller | None:
        able = [each for each in self.harness.callers() if self.harness.is_permitted(each, operation)]
        return self._random.choice(able or self.harness.callers() or [None])

    def _find_feeder(self, operation: Operation) -> Feeder | None:
        """Return what deals out callers and objects; None where no caller may do the operation."""
        if operation.operation_id not in self._feeders:
            try:
                self._feeders[operation.operation_id] = Feeder(self.harness, operation)
            except (NotProvoked, LimitReached):
                self._feeders[operation.operation_id] = None
        return self._feeders[operation.operation_id]

    def _find_operation_id(self, case: Case[Any]) -> str:
        return str(case.operation.definition.raw.get("operationId", ""))

    def _find_declared_id(self, case: Case[Any]) -> str | None:
        """Return the operation that a request is of; None where its method is not the operation's."""
        operation = self.contract.operations.get(self._find_operation_id(case))
        return operation.operation_id if operation and operation.method == case.method.upper() else None

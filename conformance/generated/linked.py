"""Scenarios along the contract's links: Schemathesis' stateful phase, its requests sent and judged like all others.

Its state machine decides what follows on what and takes ids out of answers; real callers and bodies are put in on
the way. Each scenario has a test session of its own.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis.errors import Flaky
from schemathesis import Case

from conformance.budget import Budget, BudgetPart
from conformance.contract.contract import Operation
from conformance.generated import conversion
from conformance.generated.cases import Generated, Generator, as_generated, generator
from conformance.generated.feed import binary_fields, fill_path, is_binary
from conformance.generated.judge import Judge, Judged
from conformance.http.client import LimitReached
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.registry import resource_in_path, resource_of
from conformance.oracle.expect import expect
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.bodies import Bodies, Turn, bodies_of
from conformance.recipes.draw import derived
from conformance.session.harness import Harness, NewSession
from conformance.session.rereading import check_unchanged
from conformance.session.states import SetupError

BY_OTHERS = 5
"""So many requests to one that is not the lead's: a colleague's, of another org, or nobody's."""


def follow_links(harness: Harness, new_session: NewSession, budget: Budget, part: BudgetPart) -> list[Judged]:
    """The scenarios of a part, every answer judged; what kept all of them from being sent is raised."""
    follower = _Follower(harness, new_session, generator(harness.contract, harness.seed, budget), part.count)
    machine = hypothesis.seed(derived(harness.seed, "linked", *part.drawn_by))(_machine(follower))
    settings = hypothesis.settings(
        max_examples=part.count,
        stateful_step_count=budget.steps,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    with suppress(Flaky, _BudgetSpent):
        # A target that does not answer alike each time ends the phase early; what was judged counts.
        machine.run(settings=settings)
    if follower.not_sent is not None and not follower.judged:
        raise follower.not_sent
    return follower.judged


class _BudgetSpent(Exception):
    """As many scenarios were begun as there are to be; Hypothesis does not count those that it ends halfway."""


def _machine(follower: _Follower) -> Any:
    base: Any = follower.generator.schema.as_state_machine()

    class Scenario(base):  # type: ignore[misc]  # what it is made of is known when it is made
        def setup(self) -> None:
            follower.begin()

        def teardown(self) -> None:
            follower.end()

        def call(self, case: Case[Any], **_: object) -> schemathesis.Response:
            return follower.answer(case)

        def validate_response(self, *_: object, **__: object) -> None:
            """It is judged already."""

    return Scenario


@dataclass(slots=True)
class _Follower:
    harness: Harness
    new_session: NewSession
    generator: Generator
    most: int
    """Scenarios that are begun."""
    judge: Judge = field(init=False)
    judged: list[Judged] = field(default_factory=list)
    not_sent: Exception | None = None
    """Why the last request that was not sent was not."""
    _session: Harness = field(init=False)
    _closing: ExitStack = field(default_factory=ExitStack)
    _operations: dict[str, Operation] = field(init=False)
    _bodies: dict[str, Bodies] = field(default_factory=dict)
    """By resource, of this scenario."""
    _scenarios: int = 0
    _steps: int = 0
    """Of this scenario. What is sent may depend on the scenario alone: Hypothesis tries no beginning twice."""

    def __post_init__(self) -> None:
        contract = self.harness.contract
        self.judge = Judge(contract)
        self._operations = {f"{o.method} {o.path}": o for o in contract.operations.values()}

    def begin(self) -> None:
        """Open a test session for one more scenario."""
        if self._scenarios == self.most:
            raise _BudgetSpent
        self._scenarios += 1
        self._steps, self._bodies = 0, {}
        self._session = self._closing.enter_context(self.new_session(self._scenarios))

    def end(self) -> None:
        """Close it, and remove what the scenario made; one that asked for nothing counts for none."""
        self._closing.close()
        self._scenarios -= not self._steps

    def answer(self, case: Case[Any]) -> schemathesis.Response:
        """What the target answers to the case; an answer without a status where it is not asked."""
        operation = self._operations[case.operation.label]
        generated = as_generated(operation.operation_id, self._steps, "stateful", case)
        self._steps += 1
        try:
            exchange = self._sent_by(self._caller(operation, generated), generated, operation)
        except (NotProvoked, SetupError, LimitReached) as reason:
            self.not_sent = reason
            nothing = Request(operation.operation_id, operation.method, operation.path, {})
            exchange = Exchange("nobody", nothing, self._session.base_url(None) + operation.path, 0, (), b"", 0.0)
        return conversion.response(exchange)

    def _sent_by(self, caller: Caller | Credential, generated: Generated, operation: Operation) -> Exchange:
        session, case = self._session, generated.case
        known = caller if isinstance(caller, Caller) else None
        org = (known or session.able(operation)).org
        self._fill(generated, operation, session.able(operation))
        request = conversion.request(case, operation.operation_id, session.base_url(org))
        answers = expect(session.state, known, request)
        exchange = session.send(caller, request, org=org)
        judged = self.judge.judged(generated, exchange, answers, session.story)
        if judged.breaches:
            check_unchanged(session, exchange)
        self.judged.append(judged)
        return exchange

    def _caller(self, operation: Operation, generated: Generated) -> Caller | Credential:
        """Whoever may do the operation, but now and then each of the others."""
        lead = self._session.able(operation)
        turn = derived(self._session.seed, operation.operation_id, str(self._steps), str(generated.valid))
        if self._steps == 1 or turn % BY_OTHERS:
            return lead
        others: list[Caller | Credential] = [c for c in self._session.callers() if c != lead]
        return [*others, ANONYMOUS][turn // BY_OTHERS % (len(others) + 1)]

    def _fill(self, generated: Generated, operation: Operation, lead: Caller) -> None:
        """Put real data in the place of what was made up; what makes a request invalid stays as it is."""
        case = generated.case
        fill_path(self._session, operation, case, lambda _: None)
        if generated.valid:
            spelt = {name: unquote(str(value)) for name, value in case.path_parameters.items()}
            case.body = self._body(case.body, operation, lead, spelt)

    def _body(self, body: Any, operation: Operation, lead: Caller, spelt: dict[str, str]) -> Any:
        in_path, resource = resource_in_path(operation), resource_of(operation)
        facts = self._session.state.facts(in_path.name) if in_path else {}
        fact = next((facts[value] for value in spelt.values() if value in facts), None)
        if isinstance(body, dict) and (about := in_path or resource):
            bodies = self._bodies.setdefault(about.name, bodies_of(self._session, about))
            turn = Turn(self._steps, valid=True, plain=True, dealt=self._steps, binary=binary_fields(body))
            return bodies.fresh(body, turn, operation, lead, fact)
        if is_binary(body) and fact is not None and resource is not None and self._steps % 2:
            return resource.new_content(fact, spelt)
        return body

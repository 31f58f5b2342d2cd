"""Credentials of the kinds on which every write is tried, and the steps of sequences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.oracle.law import Kind
from conformance.profile import Caller, Credential
from conformance.recipes.making import introduced, maker_of, own, shown_fact
from conformance.recipes.reading import field
from conformance.recipes.requests import with_json
from conformance.recipes.steps import SetUp, Steps
from conformance.resources.credentials.bodies import PROVIDER, in_place_of, of_kind, overridable
from conformance.resources.credentials.semantics import CODE, CREATE, CREDENTIAL, GET, START, kinds_of
from conformance.results.difference import of_field
from conformance.session.harness import Harness

ACTIVE = "stored credential is"
"""The state that gives one a status, as its provider does."""


def made_of(harness: Harness, org: str, body: JsonObject) -> tuple[Caller, Exchange]:
    """Who made a credential of the org of this body, and the answer."""
    operation = harness.contract.operations[CREATE]
    maker = maker_of(harness, require_resource(CREDENTIAL), operation, org)
    return maker, harness.hold(maker, with_json(operation, {}, body))


def personal(harness: Harness, caller: Caller, like: Fact | None = None) -> Fact:
    """A new credential of the caller's own, in place of a new one of the org, or of the one that another overrides."""
    operation = harness.contract.operations[CREATE]
    body = in_place_of(like or overridable(harness, caller.org))
    answer = harness.hold(introduced(harness, caller), with_json(operation, {}, body))
    return shown_fact(harness, require_resource(CREDENTIAL), answer.json)


def owner_of_own(harness: Harness, org: str) -> Caller:
    """Somebody of the org who may have a credential of one's own, rather one who may make no others."""
    operation = harness.contract.operations[CREATE]
    able = [each for each in harness.callers(org) if harness.may(each, operation)]
    return next((each for each in able if require_resource(CREDENTIAL).narrows(each, operation)), None) or harness.able(
        operation, org
    )


def _of_org(kind: str) -> Callable[[Harness, str, Fact | None], Fact]:
    def make(harness: Harness, org: str, like: Fact | None) -> Fact:
        provider = PROVIDER if like is None else str(like.shown.get("provider"))
        return shown_fact(
            harness, require_resource(CREDENTIAL), made_of(harness, org, of_kind(harness, kind, provider))[1].json
        )

    return make


def _personal(harness: Harness, org: str, like: Fact | None) -> Fact:
    """One in place of the same as the other, if that is of the org too: of somebody who has none in its place."""
    if like is None or like.owner != org:
        return personal(harness, owner_of_own(harness, org))
    operation = harness.contract.operations[CREATE]
    owned = harness.state.owned(CREDENTIAL, org)
    having = {fact.person for fact in owned if fact.name == like.name}
    for each in harness.callers(org):
        if harness.may(each, operation) and harness.state.person_of(introduced(harness, each)) not in having:
            return personal(harness, each, like)
    raise NotProvoked(f"everybody of {org} who may have a credential has one of this name")


KINDS = (
    Kind("code", lambda harness, org, _like: own(harness, require_resource(CREDENTIAL), org)),
    Kind("api-key", _of_org("api_key")),
    Kind("personal", _personal),
)


class CredentialSteps(Steps):
    """Credentials of every kind, of the org and of people, in place of each other."""

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        if operation.operation_id != CREATE or choice % 4 == 0:
            return Steps.request(self, operation, caller, fact, choice)
        if choice % 4 == 1 and fact.shown:
            return with_json(operation, {}, in_place_of(fact))
        kinds = sorted(kinds_of(self.harness.contract))
        kind = kinds[choice % len(kinds)]
        body = of_kind(self.harness, kind, allow_user_override=bool(choice % 2))
        return with_json(operation, {}, {**body, "name": fact.name} if choice % 4 == 2 else body)

    def after_creation(self, _exchange: Exchange, made: Fact, _choice: int) -> Iterator[Breach]:
        expected, got = status_at_first(made.shown.get("kind")), made.shown.get("status")
        if got != expected:
            evidence = of_field("status", expected, got)
            yield Breach("CREDENTIAL-STATUS", f"status {expected}", f"status {got}", evidence=evidence)

    def after_write(self, exchange: Exchange, before: Fact, read: JsonObject) -> Iterator[Breach]:
        was, now = before.shown.get("status"), field(read, "status")
        if exchange.operation_id == START and was != now:
            evidence = of_field("status", was, now)
            yield Breach("CREDENTIAL-ACTIVE", f"status {was} as before", f"status {now}", evidence=evidence)

    @property
    def set_ups(self) -> tuple[SetUp, ...]:
        return (self._answered,)

    def _answered(self, fact: Fact, _choice: int) -> Iterator[Operation]:
        """The provider has given its consent, and the credential is read."""
        if fact.id not in self.harness.state.facts(CREDENTIAL):
            raise NotProvoked("it is not there")
        become(self.harness, fact, "active")
        yield self.harness.contract.operations[GET]

    def after_read(self, exchange: Exchange, fact: Fact) -> Iterator[Breach]:
        known = self.harness.state.facts(CREDENTIAL).get(fact.id)
        expected, got = known.shown.get("status") if known else None, field(exchange.json, "status")
        if exchange.operation_id == GET and exchange.succeeded and expected is not None and got != expected:
            evidence = of_field("status", expected, got)
            yield Breach("CREDENTIAL-ACTIVE", f"status {expected}", f"status {got}", evidence=evidence)


def become(harness: Harness, fact: Fact, status: str) -> None:
    """Have the target's side give a credential a status."""
    harness.provide(ACTIVE, creates=False, org=fact.owner, credential_id=fact.id, status=status)
    known = harness.state.facts(CREDENTIAL).get(fact.id, fact)
    harness.state = harness.state.with_fact(replace(known, shown={**known.shown, "status": status}))


def status_at_first(kind: object) -> str:
    """The status with which a credential of this kind begins."""
    return "needs_reauth" if kind == CODE else "active"

"""Credentials of each kind, and secrets that stand nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from conformance import needs
from conformance.contract.contract import Contract, JsonObject, Operation, resolve
from conformance.hostile.addresses import draw_canary
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.fields import Field, make_fresh_name, mark_name
from conformance.oracle.declaration.registry import find_resource, require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.oracle.law import Kind
from conformance.profile import Caller, Credential
from conformance.recipes.bodies import Bodies, Turn
from conformance.recipes.making import choose_maker, create_owned, introduce_caller, make_of, require_shown
from conformance.recipes.reading import get_field
from conformance.recipes.requests import JSON, with_json
from conformance.recipes.steps import SetUp, Steps
from conformance.resources.credentials.oracle import (
    CODE,
    CREATE,
    CREDENTIAL,
    GET,
    JSON_SECRET,
    PERSONAL,
    START,
    get_kinds,
    is_object,
    list_secret_fields,
)
from conformance.results.difference import from_field
from conformance.session.harness import Harness

FIELDS: Mapping[str, Field] = {"name": Field(make_fresh_name, marked=mark_name)}
PROVIDER = "google"


def make_fresh_secret(session: Harness, field: str) -> str:
    """Return a secret that stands nowhere else, in the form that this field takes."""
    secret = f"secret-{draw_canary(session.random)}"
    return json.dumps({"private_key": secret}) if field == JSON_SECRET else secret


def find_longest_secret(contract: Contract, field: str) -> int:
    """Return the characters that a secret may have in this field; not provoked where that is not limited."""
    body = contract.operations[CREATE].body
    schema = resolve(contract.document, body.schemas[JSON]["properties"].get(field, {})) if body else {}
    if "maxLength" not in schema:
        raise NotProvoked(f"no secret is too long for {field}")
    return int(schema["maxLength"])


def make_secret(session: Harness, field: str, length: int) -> str:
    """Return a secret of so many characters that stands nowhere else, in the form that this field takes."""
    secret = make_fresh_secret(session, field)
    inside = len(secret) - len('"}') if field == JSON_SECRET else len(secret)
    return secret[:inside] + "s" * (length - len(secret)) + secret[inside:]


def build_body(session: Harness, kind: str, provider: str = PROVIDER, **more: Any) -> dict[str, Any]:
    """Return a right body for a credential of the org of this kind."""
    needed = get_kinds(session.contract)[kind]
    config = {key: f"value of {key}" for key in needed.keys(provider)}
    body = {"name": session.make_fresh_name(), "provider": provider, "kind": kind, "scopes": ["write", "read"]}
    if needed.secret:
        body[needed.secret] = make_fresh_secret(session, needed.secret)
    return body | ({"provider_config": config} if config else {}) | more


def in_place_of(fact: Fact) -> dict[str, Any]:
    """Return a body for a personal credential in place of one of the org."""
    return {**{name: fact.shown.get(name) for name in ("name", "provider", "kind")}, "personal": True}


def choose_right_body(session: Harness, caller: Caller | None) -> JsonObject:
    """Return one of the org that people may override.

    Of a caller who may make none but an own one, that in its place.
    """
    creation = session.contract.operations[CREATE]
    if caller is None or not PERSONAL.narrows(caller, creation) or not session.is_permitted(caller, creation):
        return build_body(session, CODE, allow_user_override=True)
    return in_place_of(make_overridable(session, caller.org))


def make_overridable(session: Harness, org: str) -> Fact:
    """Return a new credential of the org that people may override; not provoked where nobody may make one."""
    creation, resource = session.contract.operations[CREATE], find_resource(CREDENTIAL)
    makers = [
        c for c in session.callers(org) if session.is_permitted(c, creation) and not PERSONAL.narrows(c, creation)
    ]
    if not makers or resource is None:
        raise NotProvoked(f"nobody of {org} may make a credential of the org", needs.need_somebody_for(creation))
    return create_owned(session, resource, org)


class CredentialBodies(Bodies):
    """Generated bodies, with what their kind needs."""

    def fill(
        self, body: Mapping[str, Any], turn: Turn, operation: Operation, caller: Caller, fact: Fact | None
    ) -> dict[str, Any]:
        filled = Bodies.fill(self, body, turn, operation, caller, fact)
        kind = filled.get("kind")
        kinds = get_kinds(self.harness.contract)
        if not turn.takes_real or not isinstance(kind, str) or kind not in kinds:
            return filled
        needed = kinds[kind]
        if self.fits(operation, "personal", filled.get("personal")):
            filled["personal"] = False
        for each in list_secret_fields(self.harness.contract) - {needed.secret}:
            if self.fits(operation, each, filled.get(each)):
                del filled[each]
        if needed.secret:
            secret = filled.setdefault(needed.secret, make_fresh_secret(self.harness, needed.secret))
            if needed.secret == JSON_SECRET and isinstance(secret, str) and not is_object(secret) and turn.is_valid:
                filled[needed.secret] = make_fresh_secret(self.harness, needed.secret)
        keys = needed.keys(filled.get("provider"))
        config = filled.get("provider_config", {})
        if keys and ("provider_config" not in filled or self.fits(operation, "provider_config", config)):
            filled["provider_config"] = {**{key: f"value of {key}" for key in keys}, **config}
        return filled


ACTIVE = "stored credential is"
"""The state that gives one a status, as its provider does."""


def create_of_org(harness: Harness, org: str, body: JsonObject) -> tuple[Caller, Exchange]:
    """Return the caller who made a credential of the org of this body, and the answer."""
    operation = harness.contract.operations[CREATE]
    maker = choose_maker(harness, require_resource(CREDENTIAL), operation, org)
    return maker, harness.hold(maker, with_json(operation, {}, body))


def create_personal(harness: Harness, caller: Caller, like: Fact | None = None) -> Fact:
    """Return a new credential of the caller's own, in place of the org's, or of the one that another overrides."""
    body = in_place_of(like or make_overridable(harness, caller.org))
    return make_of(harness, require_resource(CREDENTIAL), caller.org, body, introduce_caller(harness, caller))


def choose_owner(harness: Harness, org: str) -> Caller:
    """Return somebody of the org who may have a credential of one's own, rather one who may make no others."""
    operation = harness.contract.operations[CREATE]
    able = [each for each in harness.callers(org) if harness.is_permitted(each, operation)]
    return next((each for each in able if require_resource(CREDENTIAL).narrows(each, operation)), None) or harness.able(
        operation, org
    )


def _make_for_org(kind: str) -> Callable[[Harness, str, Fact | None], Fact]:
    def make(harness: Harness, org: str, like: Fact | None) -> Fact:
        provider = PROVIDER if like is None else str(like.shown.get("provider"))
        return require_shown(
            harness,
            require_resource(CREDENTIAL),
            create_of_org(harness, org, build_body(harness, kind, provider))[1].json,
        )

    return make


def _make_personal(harness: Harness, org: str, like: Fact | None) -> Fact:
    """Return a credential in place of the same as the other, if that is of the org too, of somebody who has none."""
    if like is None or like.owner != org:
        return create_personal(harness, choose_owner(harness, org))
    operation = harness.contract.operations[CREATE]
    owned = harness.knowledge.list_owned(CREDENTIAL, org)
    having = {fact.person for fact in owned if fact.name == like.name}
    for each in harness.callers(org):
        if (
            harness.is_permitted(each, operation)
            and harness.knowledge.find_person(introduce_caller(harness, each)) not in having
        ):
            return create_personal(harness, each, like)
    raise NotProvoked(f"everybody of {org} who may have a credential has one of this name")


KINDS = (
    Kind("code", lambda harness, org, _like: create_owned(harness, require_resource(CREDENTIAL), org)),
    Kind("api-key", _make_for_org("api_key")),
    Kind("personal", _make_personal),
)


class CredentialSteps(Steps):
    """Credentials of every kind, of the org and of people, in place of each other."""

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        if operation.operation_id != CREATE or choice % 4 == 0:
            return Steps.request(self, operation, caller, fact, choice)
        if choice % 4 == 1 and fact.shown:
            return with_json(operation, {}, in_place_of(fact))
        kinds = sorted(get_kinds(self.harness.contract))
        kind = kinds[choice % len(kinds)]
        body = build_body(self.harness, kind, allow_user_override=bool(choice % 2))
        return with_json(operation, {}, {**body, "name": fact.name} if choice % 4 == 2 else body)

    def check_creation(self, _exchange: Exchange, made: Fact, _choice: int) -> Iterator[Breach]:
        expected, got = find_first_status(made.shown.get("kind")), made.shown.get("status")
        if got != expected:
            evidence = from_field("status", expected, got)
            yield Breach("CREDENTIAL-STATUS", f"status {expected}", f"status {got}", evidence=evidence)

    def check_write(self, exchange: Exchange, before: Fact, read: JsonObject) -> Iterator[Breach]:
        was, now = before.shown.get("status"), get_field(read, "status")
        if exchange.operation_id == START and was != now:
            evidence = from_field("status", was, now)
            yield Breach("CREDENTIAL-ACTIVE", f"status {was} as before", f"status {now}", evidence=evidence)

    @property
    def set_ups(self) -> tuple[SetUp, ...]:
        return (self._read_after_consent,)

    def _read_after_consent(self, fact: Fact, _choice: int) -> Iterator[Operation]:
        """Yield the reading of a credential to whose use the provider has given its consent."""
        if fact.id not in self.harness.knowledge.get_facts(CREDENTIAL):
            raise NotProvoked("it is not there")
        give_status(self.harness, fact, "active")
        yield self.harness.contract.operations[GET]

    def check_read(self, exchange: Exchange, fact: Fact) -> Iterator[Breach]:
        known = self.harness.knowledge.get_facts(CREDENTIAL).get(fact.id)
        expected, got = known.shown.get("status") if known else None, get_field(exchange.json, "status")
        if exchange.operation_id == GET and exchange.has_succeeded and expected is not None and got != expected:
            evidence = from_field("status", expected, got)
            yield Breach("CREDENTIAL-ACTIVE", f"status {expected}", f"status {got}", evidence=evidence)


def give_status(harness: Harness, fact: Fact, status: str) -> None:
    """Have the target's side give a credential a status."""
    harness.provide(ACTIVE, creates=False, org=fact.owner, credential_id=fact.id, status=status)
    known = harness.knowledge.get_facts(CREDENTIAL).get(fact.id, fact)
    harness.knowledge = harness.knowledge.with_fact(replace(known, shown={**known.shown, "status": status}))


def find_first_status(kind: object) -> str:
    """Return the status with which a credential of this kind begins."""
    return "needs_reauth" if kind == CODE else "active"

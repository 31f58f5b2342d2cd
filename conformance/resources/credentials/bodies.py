"""Bodies for credentials of each kind, and secrets that stand nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance import needs
from conformance.contract.contract import JsonObject, Operation
from conformance.oracle.declaration.fields import Field, fresh_name, marked_name
from conformance.oracle.declaration.registry import resource_named
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.bodies import Bodies, Turn
from conformance.recipes.making import own
from conformance.recipes.texts import canary
from conformance.resources.credentials.semantics import (
    CODE,
    CREATE,
    CREDENTIAL,
    JSON_SECRET,
    PERSONAL,
    is_object,
    kinds_of,
    secrets_of,
)
from conformance.session.harness import Harness

FIELDS: Mapping[str, Field] = {"name": Field(fresh_name, marked=marked_name)}
PROVIDER = "google"


def fresh_secret(session: Harness, field: str) -> str:
    """A secret that stands nowhere else, in the form that this field takes."""
    secret = f"secret-{canary(session.random)}"
    return json.dumps({"private_key": secret}) if field == JSON_SECRET else secret


def of_kind(session: Harness, kind: str, provider: str = PROVIDER, **more: Any) -> dict[str, Any]:
    """A right body for a credential of the org of this kind."""
    needed = kinds_of(session.contract)[kind]
    config = {key: f"value of {key}" for key in needed.keys(provider)}
    body = {"name": session.fresh_name(), "provider": provider, "kind": kind, "scopes": ["write", "read"]}
    if needed.secret:
        body[needed.secret] = fresh_secret(session, needed.secret)
    return body | ({"provider_config": config} if config else {}) | more


def in_place_of(fact: Fact) -> dict[str, Any]:
    """A body for a personal credential in place of one of the org."""
    return {**{name: fact.shown.get(name) for name in ("name", "provider", "kind")}, "personal": True}


def right_body(session: Harness, caller: Caller | None) -> JsonObject:
    """One of the org that people may override; of a caller who may make none but an own one, that in its place."""
    creation = session.contract.operations[CREATE]
    if caller is None or not PERSONAL.narrows(caller, creation) or not session.may(caller, creation):
        return of_kind(session, CODE, allow_user_override=True)
    return in_place_of(overridable(session, caller.org))


def overridable(session: Harness, org: str) -> Fact:
    """A new credential of the org that people may override; not provoked where nobody may make one."""
    creation, resource = session.contract.operations[CREATE], resource_named(CREDENTIAL)
    makers = [c for c in session.callers(org) if session.may(c, creation) and not PERSONAL.narrows(c, creation)]
    if not makers or resource is None:
        raise NotProvoked(f"nobody of {org} may make a credential of the org", needs.somebody_for(creation))
    return own(session, resource, org)


class CredentialBodies(Bodies):
    """Generated bodies, with what their kind needs."""

    def fill(
        self, body: Mapping[str, Any], turn: Turn, operation: Operation, caller: Caller, fact: Fact | None
    ) -> dict[str, Any]:
        filled = Bodies.fill(self, body, turn, operation, caller, fact)
        kind = filled.get("kind")
        kinds = kinds_of(self.harness.contract)
        if not turn.takes_real or not isinstance(kind, str) or kind not in kinds:
            return filled
        needed = kinds[kind]
        if self.fits(operation, "personal", filled.get("personal")):
            filled["personal"] = False
        for each in secrets_of(self.harness.contract) - {needed.secret}:
            if self.fits(operation, each, filled.get(each)):
                del filled[each]
        if needed.secret:
            secret = filled.setdefault(needed.secret, fresh_secret(self.harness, needed.secret))
            if needed.secret == JSON_SECRET and isinstance(secret, str) and not is_object(secret) and turn.valid:
                filled[needed.secret] = fresh_secret(self.harness, needed.secret)
        keys = needed.keys(filled.get("provider"))
        config = filled.get("provider_config", {})
        if keys and ("provider_config" not in filled or self.fits(operation, "provider_config", config)):
            filled["provider_config"] = {**{key: f"value of {key}" for key in keys}, **config}
        return filled

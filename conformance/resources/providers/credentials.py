"""The credentials that providers name, which have to be the org's and for the provider's kind."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from conformance.contract.contract import Operation
from conformance.http.limiter import LimitReached
from conformance.oracle.declaration.fields import Field, marked_name
from conformance.oracle.facts import Fact, State
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.bodies import Bodies, Turn
from conformance.resources.credentials.bodies import of_kind
from conformance.resources.credentials.making import made_of
from conformance.resources.credentials.semantics import CREDENTIAL
from conformance.resources.providers.semantics import CREATE
from conformance.session.harness import Harness

USUAL_KIND = "anthropic"
"""That of the providers that recipes make."""


def known(state: State, org: str, kind: object, other_than: object = None) -> str | None:
    """The name of a credential of the org for a kind of provider that the run made; None where there is none."""
    for each in state.certainly_made(CREDENTIAL):
        of_org = each.owned_by(org) and each.person is None
        if of_org and each.shown.get("provider") == kind and each.name != other_than:
            return each.name
    return None


def named(session: Harness, org: str, kind: object, other_than: object = None) -> str | None:
    """The same, made where there is none; None where nobody may make one."""
    found = known(session.state, org, kind, other_than)
    if found is None and isinstance(kind, str):
        with suppress(NotProvoked, LimitReached):
            made_of(session, org, of_kind(session, "api_key", kind))
            found = known(session.state, org, kind, other_than)
    return found


def _value(session: Harness, caller: Caller | None, fact: Fact | None) -> str | None:
    """Of a provider that is there another one than it has; a new one gets none."""
    if caller is None or fact is None:
        return None
    return named(session, caller.org, fact.shown.get("kind"), fact.shown.get("credential_name"))


def _have(session: Harness, value: Any) -> bool:
    """Make one of this name for the providers that recipes make."""
    org = session.able(session.contract.operations[CREATE]).org
    with suppress(NotProvoked):
        made_of(session, org, {**of_kind(session, "api_key", USUAL_KIND), "name": value})
    return True


FIELD = Field(_value, marked=marked_name, have=_have)


class ProviderBodies(Bodies):
    """Generated bodies, whose credential is there where it can be made."""

    def fill(
        self, body: Mapping[str, Any], turn: Turn, operation: Operation, caller: Caller, fact: Fact | None
    ) -> dict[str, Any]:
        kept = body.get("credential_name")
        filled = {**Bodies.fill(self, body, turn, operation, caller, fact), "credential_name": kept}
        kind = filled.get("kind", fact.shown.get("kind") if fact else None)
        if turn.takes_real and kept is not None and self.fits(operation, "credential_name", kept):
            filled["credential_name"] = named(self.harness, caller.org, kind)
        if "credential_name" not in body or (kept is not None and filled["credential_name"] is None):
            del filled["credential_name"]
        return filled

"""Providers of models: what is right for one, and all that the suite is told of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from conformance.contract.contract import Contract, KindSpec, Operation
from conformance.http.exchange import Request
from conformance.http.limiter import LimitReached
from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.behavior import Behavior
from conformance.oracle.declaration.fields import (
    Field,
    fresh_name,
    marked_name,
    one_of_two,
    same_but_for_case,
    same_yaml,
)
from conformance.oracle.declaration.lifetime import Archiving
from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import register, require_resource, resource_in_path
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State
from conformance.oracle.judging import NotProvoked
from conformance.oracle.law import Kind
from conformance.profile import Caller, Credential
from conformance.recipes.about import path_values
from conformance.recipes.bodies import Bodies, Turn
from conformance.recipes.making import make_of, own
from conformance.recipes.requests import with_json
from conformance.recipes.steps import ConfiguredSteps
from conformance.resources.credentials.oracle import CREDENTIAL, of_provider
from conformance.resources.credentials.recipes import made_of, of_kind
from conformance.resources.workspaces.oracle import RUNNING
from conformance.resources.workspaces.recipes import CAUSE_OF_PROVIDERS
from conformance.session.harness import Harness

VALIDATION = "validation_error"
CREATE, UPDATE = "providers.create", "providers.update"
ARCHIVING = Archiving(kept_by=RUNNING)


def refuse_creation(call: Call, refusals: Refusals) -> None:
    """Add the refusal of settings that are not the kind's, or of a credential that is none of the org for it."""
    body = call.body
    _config(call, body.get("config"), body["kind"], refusals)
    _credential(call, body.get("credential_name"), body["kind"], refusals)


def refuse_update(call: Call, refusals: Refusals) -> None:
    """Add the refusal of an update that is wrong for the kind that the provider has."""
    body, fact = call.body, call.object_of("provider")
    kind = fact.shown.get("kind") if fact else None
    if isinstance(kind, str):
        _config(call, body.get("config"), kind, refusals)
    elif body.get("config") and not _none_there(call):
        refusals.add_possible(400, VALIDATION, "CONFIG-CONTENT")
    if None in body.values():
        # Whether null clears a field or is refused is not judged.
        refusals.add_possible(400, VALIDATION, "CONTRACT-INVALID-REFUSED")
    if body.get("credential_name") not in (None, fact.shown.get("credential_name") if fact else None):
        if isinstance(kind, str):
            _credential(call, body["credential_name"], kind, refusals)
        elif not _none_there(call):
            refusals.add_possible(400, VALIDATION, "CONFIG-CONTENT")


def _none_there(call: Call) -> bool:
    """Return whether it is certain that the caller's org sees no such provider, so that nothing stored counts."""
    named = call.named("provider") or ""
    return call.object_of("provider") is None and call.state.is_known("provider", named, call.caller.org)


def _credential(call: Call, name: Any, kind: str, refusals: Refusals) -> None:
    """Add the refusal of a named credential that is not one of the org for the kind."""
    if name is not None:
        refusals.add_unless(400, VALIDATION, "CONFIG-CONTENT", so=of_provider(call.state, call.caller.org, name, kind))


def settings_of(contract: Contract, kind: str) -> frozenset[str]:
    """Return the settings that `config` may have for a kind of provider."""
    return contract.kinds.get("ProviderKind", {}).get(kind, KindSpec()).settings


def _config(call: Call, config: Any, kind: str, refusals: Refusals) -> None:
    if config and config.keys() - settings_of(call.state.contract, kind):
        refusals.add(400, VALIDATION, "CONFIG-CONTENT")


USUAL_KIND = "anthropic"
"""The kind of the providers that recipes make."""


def _known_credential(state: State, org: str, kind: object, other_than: object = None) -> str | None:
    """Return the name of a credential of the org for a kind of provider that the run made; None where there is none."""
    for each in state.certainly_made(CREDENTIAL):
        of_org = each.owned_by(org) and each.person is None
        if of_org and each.shown.get("provider") == kind and each.name != other_than:
            return each.name
    return None


def _named_credential(session: Harness, org: str, kind: object, other_than: object = None) -> str | None:
    """Return the named credential, made where there is none; None where nobody may make one."""
    found = _known_credential(session.state, org, kind, other_than)
    if found is None and isinstance(kind, str):
        with suppress(NotProvoked, LimitReached):
            made_of(session, org, of_kind(session, "api_key", kind))
            found = _known_credential(session.state, org, kind, other_than)
    return found


def _credential_value(session: Harness, caller: Caller | None, fact: Fact | None) -> str | None:
    """Return another credential for a provider that is there; none for a new one."""
    if caller is None or fact is None:
        return None
    return _named_credential(session, caller.org, fact.shown.get("kind"), fact.shown.get("credential_name"))


def _have(session: Harness, value: Any) -> bool:
    """Make one of this name for the providers that recipes make."""
    org = session.able(session.contract.operations[CREATE]).org
    with suppress(NotProvoked):
        made_of(session, org, {**of_kind(session, "api_key", USUAL_KIND), "name": value})
    return True


CREDENTIAL_NAME = Field(_credential_value, marked=marked_name, have=_have)


class ProviderBodies(Bodies):
    """Generated bodies, whose credential is there where it can be made."""

    def fill(
        self, body: Mapping[str, Any], turn: Turn, operation: Operation, caller: Caller, fact: Fact | None
    ) -> dict[str, Any]:
        kept = body.get("credential_name")
        filled = {**Bodies.fill(self, body, turn, operation, caller, fact), "credential_name": kept}
        kind = filled.get("kind", fact.shown.get("kind") if fact else None)
        if turn.takes_real and kept is not None and self.fits(operation, "credential_name", kept):
            filled["credential_name"] = _named_credential(self.harness, caller.org, kind)
        if "credential_name" not in body or (kept is not None and filled["credential_name"] is None):
            del filled["credential_name"]
        return filled


KINDS = ("vertex", "azure-openai", "anthropic", "openai", "gemini")
TEXTS = ("First", "Zweiter, mit Umlaut: ä", "третий", "with 'quotes' and \"more\"")


FIELDS: Mapping[str, Field] = {
    "name": Field(fresh_name, marked=marked_name),
    "domain": one_of_two("domain", "api.first.example", "api.second.example", alike=same_but_for_case),
    "display_name": one_of_two("display_name", TEXTS[0], TEXTS[1]),
    "default_model": one_of_two("default_model", "model-large", "model-small"),
    "capabilities": one_of_two("capabilities", "- name: first\n", "[]\n", alike=same_yaml),
    "credential_name": CREDENTIAL_NAME,
}


def settings(contract: Contract, kind: str, choice: int) -> dict[str, str | None]:
    """Return settings that the kind has; by choice one of them, both, or one cleared."""
    keys = sorted(settings_of(contract, kind))
    chosen = keys[: 1 + choice % 2]
    return {key: None if choice % 4 == 3 and key == chosen[-1] else f"value-{choice}" for key in chosen}


class ProviderSteps(ConfiguredSteps):
    """Providers of every kind, changed field by field."""

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        if operation.operation_id == CREATE:
            taken = choice == len(KINDS)
            return with_json(operation, {}, self._created(fact.name if taken else self.harness.fresh_name(), choice))
        if operation.operation_id == UPDATE and resource_in_path(operation):
            sent = _changes(self.harness.contract, str(fact.shown.get("kind")), choice)
            return with_json(operation, path_values(operation, fact), sent)
        return ConfiguredSteps.request(self, operation, caller, fact, choice)

    def _created(self, name: str | None, choice: int) -> dict[str, Any]:
        kind = KINDS[choice % len(KINDS)]
        body = {"name": name, "kind": kind, "domain": f"d{choice}.first.example"}
        sent = settings(self.harness.contract, kind, choice)
        config = {key: value for key, value in sent.items() if value is not None}
        return body | ({"config": config} if config else {}) | ({"display_name": TEXTS[0]} if choice % 2 else {})

    def rule_of_field(self, name: str) -> str:
        return "PROVIDER-CONFIG-MERGES" if name == "config" else "CONFIG-PATCH-APPLIES"


def _changes(contract: Contract, kind: str, choice: int) -> dict[str, Any]:
    """Return a PATCH: of one field or of two, of settings, or of nothing."""
    if choice % 3 == 0:
        sent = settings(contract, kind, choice)
        return {"config": sent} if sent else {"default_model": f"model-{choice}"}
    if choice % 3 == 1:
        return {"display_name": TEXTS[choice % len(TEXTS)]}
    return {"domain": f"d{choice}.second.example", "capabilities": "" if choice > 4 else "- name: x\n"}


def _plain(session: Harness, org: str, _like: Fact | None) -> Fact:
    return own(session, require_resource("provider"), org)


def _rich(kind: str) -> Callable[[Harness, str, Fact | None], Fact]:
    """Return a provider with every field and setting that its kind has."""

    def make(session: Harness, org: str, _like: Fact | None) -> Fact:
        body = {
            "name": session.fresh_name(),
            "kind": kind,
            "domain": "api.rich.example",
            "display_name": TEXTS[3],
            "default_model": "model-rich",
            "capabilities": "- name: rich\n",
            "config": {key: f"value of {key}" for key in sorted(settings_of(session.contract, kind))},
        }
        return make_of(session, require_resource("provider"), org, body)

    return make


WRITTEN_KINDS = (Kind("plain", _plain), *(Kind(kind, _rich(kind)) for kind in ("azure-openai", "vertex")))


BY_STATE = {"kind": "openai", "domain": "api.first.example"}


class ProviderResource(Resource):
    """Providers of models."""

    def state_params(self, _session: Any, _org: str) -> Mapping[str, Any]:
        return BY_STATE


register(
    ProviderResource(
        name="provider",
        operations=(
            Behavior(CREATE, refuses=refuse_creation, read_back="CREATE-READABLE"),
            Behavior(UPDATE, refuses=refuse_update),
        ),
        archiving=ARCHIVING,
        states={
            "provider exists": ProviderState(
                "The org has a new provider.", (ORG, NAME, Param("kind"), Param("domain")), ("provider_id",)
            )
        },
        fields=FIELDS,
        kinds=WRITTEN_KINDS,
        causes={RUNNING.refused: CAUSE_OF_PROVIDERS},
        generated=ProviderBodies,
        steps=ProviderSteps,
    )
)

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
    are_same_but_for_case,
    make_fresh_name,
    make_two_valued_field,
    mark_name,
)
from conformance.oracle.declaration.lifetime import Archiving
from conformance.oracle.declaration.provider_state import NAME, ORG, Param, ProviderState
from conformance.oracle.declaration.registry import find_resource_in_path, register, require_resource
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State
from conformance.oracle.judging import NotProvoked
from conformance.oracle.law import Kind
from conformance.profile import Caller, Credential
from conformance.recipes.about import choose_path_values
from conformance.recipes.bodies import Bodies, Turn
from conformance.recipes.making import create_owned, make_of
from conformance.recipes.requests import with_json
from conformance.recipes.steps import ConfiguredSteps
from conformance.resources.credentials.oracle import CREDENTIAL, is_of_provider
from conformance.resources.credentials.recipes import build_body, create_of_org
from conformance.resources.workspaces.oracle import RUNNING
from conformance.resources.workspaces.recipes import CAUSE_OF_PROVIDERS
from conformance.session.harness import Harness
from conformance.yaml_versions import are_same_yaml

VALIDATION = "validation_error"
CREATE, UPDATE = "providers.create", "providers.update"
ARCHIVING = Archiving(kept_by=RUNNING)


def refuse_creation(call: Call, refusals: Refusals) -> None:
    """Add the refusal of settings that are not the kind's, or of a credential that is none of the org for it."""
    body = call.body
    _check_config(call, body.get("config"), body["kind"], refusals)
    _check_credential(call, body.get("credential_name"), body["kind"], refusals)


def refuse_update(call: Call, refusals: Refusals) -> None:
    """Add the refusal of an update that is wrong for the kind that the provider has."""
    body, fact = call.body, call.find_object("provider")
    kind = fact.shown.get("kind") if fact else None
    if isinstance(kind, str):
        _check_config(call, body.get("config"), kind, refusals)
    elif body.get("config") and not _is_none_there(call):
        refusals.add_possible(400, VALIDATION, "CONFIG-CONTENT")
    if None in body.values():
        # That null clears a field is assumed, so that only the test of that demands it.
        refusals.add_possible(400, VALIDATION, "CONTRACT-INVALID-REFUSED")
    if body.get("credential_name") not in (None, fact.shown.get("credential_name") if fact else None):
        if isinstance(kind, str):
            _check_credential(call, body["credential_name"], kind, refusals)
        elif not _is_none_there(call):
            refusals.add_possible(400, VALIDATION, "CONFIG-CONTENT")


def _is_none_there(call: Call) -> bool:
    """Return whether it is certain that the caller's org sees no such provider, so that nothing stored counts."""
    named = call.find_named_id("provider") or ""
    return call.find_object("provider") is None and call.state.is_known("provider", named, call.caller.org)


def _check_credential(call: Call, name: Any, kind: str, refusals: Refusals) -> None:
    """Add the refusal of a named credential that is not one of the org for the kind."""
    if name is not None:
        refusals.add_unless(
            400, VALIDATION, "CONFIG-CONTENT", so=is_of_provider(call.state, call.caller.org, name, kind)
        )


def list_settings(contract: Contract, kind: str) -> frozenset[str]:
    """Return the settings that `config` may have for a kind of provider."""
    return contract.kinds.get("ProviderKind", {}).get(kind, KindSpec()).settings


def _check_config(call: Call, config: Any, kind: str, refusals: Refusals) -> None:
    if config and config.keys() - list_settings(call.state.contract, kind):
        refusals.add(400, VALIDATION, "CONFIG-CONTENT")


USUAL_KIND = "anthropic"
"""The kind of the providers that recipes make."""


def _find_known_credential(state: State, org: str, kind: object, other_than: object = None) -> str | None:
    """Return the name of a credential of the org for a kind of provider that the run made; None where there is none."""
    for each in state.list_certainly_made(CREDENTIAL):
        of_org = each.is_owned_by(org) and each.person is None
        if of_org and each.shown.get("provider") == kind and each.name != other_than:
            return each.name
    return None


def _choose_named_credential(session: Harness, org: str, kind: object, other_than: object = None) -> str | None:
    """Return the named credential, made where there is none; None where nobody may make one."""
    found = _find_known_credential(session.knowledge, org, kind, other_than)
    if found is None and isinstance(kind, str):
        with suppress(NotProvoked, LimitReached):
            create_of_org(session, org, build_body(session, "api_key", kind))
            found = _find_known_credential(session.knowledge, org, kind, other_than)
    return found


def _choose_credential(session: Harness, caller: Caller | None, fact: Fact | None) -> str | None:
    """Return another credential for a provider that is there; none for a new one."""
    if caller is None or fact is None:
        return None
    return _choose_named_credential(session, caller.org, fact.shown.get("kind"), fact.shown.get("credential_name"))


def _provide_value(session: Harness, value: Any) -> bool:
    """Make one of this name for the providers that recipes make."""
    org = session.able(session.contract.operations[CREATE]).org
    with suppress(NotProvoked):
        create_of_org(session, org, {**build_body(session, "api_key", USUAL_KIND), "name": value})
    return True


CREDENTIAL_NAME = Field(_choose_credential, marked=mark_name, have=_provide_value)


class ProviderBodies(Bodies):
    """Generated bodies, whose credential is there where it can be made."""

    def fill(
        self, body: Mapping[str, Any], turn: Turn, operation: Operation, caller: Caller, fact: Fact | None
    ) -> dict[str, Any]:
        kept = body.get("credential_name")
        filled = {**Bodies.fill(self, body, turn, operation, caller, fact), "credential_name": kept}
        kind = filled.get("kind", fact.shown.get("kind") if fact else None)
        if turn.takes_real and kept is not None and self.fits(operation, "credential_name", kept):
            filled["credential_name"] = _choose_named_credential(self.harness, caller.org, kind)
        if "credential_name" not in body or (kept is not None and filled["credential_name"] is None):
            del filled["credential_name"]
        return filled


KINDS = ("vertex", "azure-openai", "anthropic", "openai", "gemini")
TEXTS = ("First", "Zweiter, mit Umlaut: ä", "третий", "with 'quotes' and \"more\"")


FIELDS: Mapping[str, Field] = {
    "name": Field(make_fresh_name, marked=mark_name),
    "domain": make_two_valued_field("domain", "api.first.example", "api.second.example", alike=are_same_but_for_case),
    "display_name": make_two_valued_field("display_name", TEXTS[0], TEXTS[1]),
    "default_model": make_two_valued_field("default_model", "model-large", "model-small"),
    "capabilities": make_two_valued_field("capabilities", "- name: first\n", "[]\n", alike=are_same_yaml),
    "credential_name": CREDENTIAL_NAME,
}


def choose_settings(contract: Contract, kind: str, choice: int) -> dict[str, str | None]:
    """Return settings that the kind has; by choice one of them, both, or one cleared."""
    keys = sorted(list_settings(contract, kind))
    chosen = keys[: 1 + choice % 2]
    return {key: None if choice % 4 == 3 and key == chosen[-1] else f"value-{choice}" for key in chosen}


class ProviderSteps(ConfiguredSteps):
    """Providers of every kind, changed field by field."""

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        if operation.operation_id == CREATE:
            taken = choice == len(KINDS)
            return with_json(
                operation, {}, self._draw_creation(fact.name if taken else self.harness.make_fresh_name(), choice)
            )
        if operation.operation_id == UPDATE and find_resource_in_path(operation):
            sent = _draw_changes(self.harness.contract, str(fact.shown.get("kind")), choice)
            return with_json(operation, choose_path_values(operation, fact), sent)
        return ConfiguredSteps.request(self, operation, caller, fact, choice)

    def _draw_creation(self, name: str | None, choice: int) -> dict[str, Any]:
        kind = KINDS[choice % len(KINDS)]
        body = {"name": name, "kind": kind, "domain": f"d{choice}.first.example"}
        sent = choose_settings(self.harness.contract, kind, choice)
        config = {key: value for key, value in sent.items() if value is not None}
        return body | ({"config": config} if config else {}) | ({"display_name": TEXTS[0]} if choice % 2 else {})

    def cite_field(self, name: str) -> str:
        return "PROVIDER-CONFIG-MERGES" if name == "config" else "CONFIG-PATCH-APPLIES"


def _draw_changes(contract: Contract, kind: str, choice: int) -> dict[str, Any]:
    """Return a PATCH: of one field or of two, of settings, or of nothing."""
    if choice % 3 == 0:
        sent = choose_settings(contract, kind, choice)
        return {"config": sent} if sent else {"default_model": f"model-{choice}"}
    if choice % 3 == 1:
        return {"display_name": TEXTS[choice % len(TEXTS)]}
    return {"domain": f"d{choice}.second.example", "capabilities": "" if choice > 4 else "- name: x\n"}


def _make_plain(session: Harness, org: str, _like: Fact | None) -> Fact:
    return create_owned(session, require_resource("provider"), org)


def _make_rich(kind: str) -> Callable[[Harness, str, Fact | None], Fact]:
    """Return a provider with every field and setting that its kind has."""

    def make(session: Harness, org: str, _like: Fact | None) -> Fact:
        body = {
            "name": session.make_fresh_name(),
            "kind": kind,
            "domain": "api.rich.example",
            "display_name": TEXTS[3],
            "default_model": "model-rich",
            "capabilities": "- name: rich\n",
            "config": {key: f"value of {key}" for key in sorted(list_settings(session.contract, kind))},
        }
        return make_of(session, require_resource("provider"), org, body)

    return make


WRITTEN_KINDS = (Kind("plain", _make_plain), *(Kind(kind, _make_rich(kind)) for kind in ("azure-openai", "vertex")))


BY_STATE = {"kind": "openai", "domain": "api.first.example"}


class ProviderResource(Resource):
    """Providers of models."""

    def choose_state_params(self, _session: Any, _org: str) -> Mapping[str, Any]:
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

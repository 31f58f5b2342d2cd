"""Values for the fields of providers, and the bodies that sequences send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.contract.contract import Contract, Operation
from conformance.http.exchange import Request
from conformance.oracle.declaration.fields import Field, fresh_name, marked_name, one_of_two
from conformance.oracle.declaration.registry import resource_in_path
from conformance.oracle.facts import Fact
from conformance.profile import Caller, Credential
from conformance.recipes.about import path_values
from conformance.recipes.requests import with_json
from conformance.recipes.steps import ConfiguredSteps
from conformance.resources.providers import credentials
from conformance.resources.providers.semantics import CREATE, UPDATE, settings_of

KINDS = ("vertex", "azure-openai", "anthropic", "openai", "gemini")
TEXTS = ("First", "Zweiter, mit Umlaut: ä", "третий", "with 'quotes' and \"more\"")


FIELDS: Mapping[str, Field] = {
    "name": Field(fresh_name, marked=marked_name),
    "domain": one_of_two("domain", "api.first.example", "api.second.example"),
    "display_name": one_of_two("display_name", TEXTS[0], TEXTS[1]),
    "default_model": one_of_two("default_model", "model-large", "model-small"),
    "capabilities": one_of_two("capabilities", "- name: first\n", "[]\n"),
    "credential_name": credentials.FIELD,
}


def settings(contract: Contract, kind: str, choice: int) -> dict[str, str | None]:
    """Settings that the kind has; by choice one of them, both, or one cleared."""
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
    """A PATCH: of one field or of two, of settings, or of nothing."""
    if choice % 3 == 0:
        sent = settings(contract, kind, choice)
        return {"config": sent} if sent else {"default_model": f"model-{choice}"}
    if choice % 3 == 1:
        return {"display_name": TEXTS[choice % len(TEXTS)]}
    return {"domain": f"d{choice}.second.example", "capabilities": "" if choice > 4 else "- name: x\n"}

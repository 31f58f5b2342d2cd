"""Values for the fields of providers, and the bodies that sequences send."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration import Field, fresh_name, marked_name
from conformance.oracle.facts import Fact
from conformance.oracle.laws import Breach
from conformance.oracle.resource import resource_in_path
from conformance.profile import Caller, Credential
from conformance.recipes.about import path_values
from conformance.recipes.reading import field
from conformance.recipes.requests import with_json
from conformance.recipes.steps import Steps
from conformance.resources.providers import credentials
from conformance.resources.providers.semantics import CREATE, SETTINGS, UPDATE
from conformance.results.difference import of_field

KINDS = ("vertex", "azure-openai", "anthropic", "openai", "gemini")
TEXTS = ("First", "Zweiter, mit Umlaut: ä", "третий", "with 'quotes' and \"more\"")


def _other(name: str, *values: str) -> Field:
    """A field with one of two values, not the one that the object has."""

    def value(_session: Any, _caller: Caller | None, fact: Fact | None) -> str:
        return values[1] if fact is not None and fact.shown.get(name) == values[0] else values[0]

    return Field(value)


FIELDS: Mapping[str, Field] = {
    "name": Field(fresh_name, marked=marked_name),
    "domain": _other("domain", "api.first.example", "api.second.example"),
    "display_name": _other("display_name", TEXTS[0], TEXTS[1]),
    "default_model": _other("default_model", "model-large", "model-small"),
    "capabilities": _other("capabilities", "- name: first\n", "[]\n"),
    "credential_name": credentials.FIELD,
}


def sent_and_shown(sent: Mapping[str, Any], before: JsonObject) -> dict[str, Any]:
    """What a provider shows of the fields that were sent: those that a null clears are None, settings are merged."""
    expected = dict(sent)
    if "config" in sent:
        merged = {**(before.get("config") or {}), **sent["config"]}
        expected["config"] = {key: value for key, value in merged.items() if value is not None} or None
    return expected


def settings_of(kind: str, choice: int) -> dict[str, str | None]:
    """Settings that the kind has; by choice one of them, both, or one cleared."""
    keys = sorted(SETTINGS.get(kind, ()))
    chosen = keys[: 1 + choice % 2]
    return {key: None if choice % 4 == 3 and key == chosen[-1] else f"value-{choice}" for key in chosen}


class ProviderSteps(Steps):
    """Providers of every kind, changed field by field."""

    read_as_answered = {CREATE: "CREATE-READABLE", UPDATE: "CONFIG-PATCH-APPLIES"}  # noqa: RUF012  # of the base

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        if operation.operation_id == CREATE:
            taken = choice == len(KINDS)
            return with_json(operation, {}, self._created(fact.name if taken else self.harness.fresh_name(), choice))
        if operation.operation_id == UPDATE and resource_in_path(operation):
            return with_json(operation, path_values(operation, fact), _changes(str(fact.shown.get("kind")), choice))
        return Steps.request(self, operation, caller, fact, choice)

    @staticmethod
    def _created(name: str | None, choice: int) -> dict[str, Any]:
        kind = KINDS[choice % len(KINDS)]
        body = {"name": name, "kind": kind, "domain": f"d{choice}.first.example"}
        config = {key: value for key, value in settings_of(kind, choice).items() if value is not None}
        return body | ({"config": config} if config else {}) | ({"display_name": TEXTS[0]} if choice % 2 else {})

    def after_write(self, exchange: Exchange, before: Fact, read: JsonObject) -> Iterator[Breach]:
        yield from Steps.after_write(self, exchange, before, read)
        if exchange.operation_id != UPDATE:
            return
        sent = _json(exchange)
        for name, expected in sent_and_shown(sent, before.shown).items():
            if (got := field(read, name)) != expected:
                rule = "PROVIDER-CONFIG-MERGES" if name == "config" else "CONFIG-PATCH-APPLIES"
                yield Breach(rule, f"{name} as it was sent", "another", evidence=of_field(name, expected, got))
        rest = before.shown.keys() - sent.keys() - {"updated_at"}
        for name in sorted(each for each in rest if before.shown[each] != field(read, each)):
            evidence = of_field(name, before.shown[name], field(read, name))
            yield Breach("CONFIG-PATCH-REST", f"{name} as before", "another", evidence=evidence)


def _changes(kind: str, choice: int) -> dict[str, Any]:
    """A PATCH: of one field or of two, of settings, or of nothing."""
    if choice % 3 == 0:
        return {"config": settings_of(kind, choice)} if kind in SETTINGS else {"default_model": f"model-{choice}"}
    if choice % 3 == 1:
        return {"display_name": TEXTS[choice % len(TEXTS)]}
    return {"domain": f"d{choice}.second.example", "capabilities": "" if choice > 4 else "- name: x\n"}


def _json(exchange: Exchange) -> Mapping[str, Any]:
    sent: Mapping[str, Any] = json.loads(exchange.request.content or b"{}")
    return sent

"""What the contract says of providers beyond its schemas: refusals by state."""

from __future__ import annotations

from typing import Any

from conformance.contract.contract import Contract, KindSpec
from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.lifetime import Archiving
from conformance.resources.credentials.semantics import of_provider
from conformance.resources.workspaces.semantics import RUNNING

VALIDATION = "validation_error"
CREATE, UPDATE = "providers.create", "providers.update"
ARCHIVING = Archiving(kept_by=RUNNING)


def refuse_creation(call: Call, refusals: Refusals) -> None:
    """Settings are those of the kind, and a credential that is named is one of the org for it."""
    body = call.body
    _config(call, body.get("config"), body["kind"], refusals)
    _credential(call, body.get("credential_name"), body["kind"], refusals)


def refuse_update(call: Call, refusals: Refusals) -> None:
    """The same of an update, by the kind that the provider has."""
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
    """Whether it is certain that the caller's org sees no such provider, so that nothing stored counts."""
    named = call.named("provider") or ""
    return call.object_of("provider") is None and call.state.is_known("provider", named, call.caller.org)


def _credential(call: Call, name: Any, kind: str, refusals: Refusals) -> None:
    """A credential that is named has to be one of the org for the kind."""
    if name is not None and (found := of_provider(call.state, call.caller.org, name, kind)) is not True:
        refusals.add(400, VALIDATION, "CONFIG-CONTENT", certain=found is False)


def settings_of(contract: Contract, kind: str) -> frozenset[str]:
    """Return the settings that `config` may have for a kind of provider."""
    return contract.kinds.get("ProviderKind", {}).get(kind, KindSpec()).settings


def _config(call: Call, config: Any, kind: str, refusals: Refusals) -> None:
    if config and config.keys() - settings_of(call.state.contract, kind):
        refusals.add(400, VALIDATION, "CONFIG-CONTENT")

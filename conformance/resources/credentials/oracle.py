"""Rules on credentials beyond schemas: the fields that each kind needs, and the callers who may write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.contract.contract import Contract, KindSpec, Provenance
from conformance.oracle.access import knows_whose
from conformance.oracle.breach import DataEffect
from conformance.oracle.call import Call, Refusals
from conformance.oracle.declaration.ownership import PersonalObjects
from conformance.oracle.facts import Fact, State

VALIDATION, DENIED = "validation_error", "permission_denied"
LIST, CREATE, GET = "credentials.list", "credentials.create", "credentials.get"
DELETE, START = "credentials.delete", "credentials.start_oauth"
CREDENTIAL = "credential"
CODE = "oauth2_authorization_code"
JSON_SECRET = "service_account_json"  # noqa: S105  # the name of a field
"""The field of a secret that is the text of a JSON object, by its description."""
PERSONAL = PersonalObjects(
    shown_in="user_id",
    scope="auth:write",
    hidden="OWNERSHIP-CREDENTIAL-HIDDEN",
    listed="OWNERSHIP-CREDENTIAL-LIST",
    stays="CREDENTIAL-PERSONAL",
)


def get_kinds(contract: Contract) -> Mapping[str, KindSpec]:
    """Return what the contract says of each kind of credential."""
    return contract.kinds.get("CredentialKind", {})


def list_secret_fields(contract: Contract) -> frozenset[str]:
    """Return the fields that have a secret of some kind."""
    return frozenset(each.secret for each in get_kinds(contract).values() if each.secret)


def refuse_creation(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a credential without what its kind needs, or in place of none of the org."""
    body = call.body
    personal = body.get("personal") is True
    if personal:
        _check_personal_content(call, refusals)
        _check_override(call, refusals)
        person = call.state.find_person(call.caller)
        taken = None if person is None else _is_taken(call, person)
    else:
        _check_content(call, refusals)
        _needs_whole_scope(call, refusals, certain=True)
        taken = _is_taken(call, None)
    refusals.add_if(409, "credential_exists", "CREDENTIAL-NAME-TAKEN", so=taken)


def _is_taken(call: Call, person: str | None) -> bool | None:
    """Return whether the name is there among the credentials of the org itself, or among those of the person."""
    org, name = call.caller.org, call.body["name"]
    return call.state.is_name_taken(CREDENTIAL, org, name, lambda fact: fact.person == person)


def _check_content(call: Call, refusals: Refusals) -> None:
    body, contract = call.body, call.state.contract
    kind, config = get_kinds(contract).get(body["kind"], KindSpec()), body.get("provider_config", {})
    secret = kind.secret
    if (secret and secret not in body) or body.keys() & list_secret_fields(contract) - {secret}:
        refusals.add(400, VALIDATION, "CREDENTIAL-SECRET-NEEDED")
    elif secret == JSON_SECRET and not is_object(body[secret]):
        refusals.add(400, VALIDATION, "CREDENTIAL-SECRET-NEEDED", provenance=Provenance.ASSUMED)
    if [key for key in kind.keys(body["provider"]) if key not in config]:
        refusals.add(400, VALIDATION, "CREDENTIAL-CONFIG-NEEDED", provenance=kind.provenance)


def is_object(text: str) -> bool:
    """Return whether a text is that of a JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _check_personal_content(call: Call, refusals: Refusals) -> None:
    body, secrets = call.body, list_secret_fields(call.state.contract)
    if body["kind"] != CODE:
        refusals.add(400, VALIDATION, "CREDENTIAL-PERSONAL")
    if body.keys() & secrets or body.get("provider_config") or body.get("allow_user_override"):
        refusals.add(400, VALIDATION, "CREDENTIAL-OVERRIDE")


def _check_override(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a personal credential without one of the org that it overrides."""
    body, org, state = call.body, call.caller.org, call.state
    of_org = find_named(state, org, body["name"])
    if of_org is None:
        certain = _is_taken(call, None) is False
    elif state.is_certain(of_org):
        allowed = is_overridable(of_org, body["provider"], body["kind"])
        if allowed:
            return
        certain = allowed is False
    else:
        certain = False
    refusals.add(400, VALIDATION, "CREDENTIAL-OVERRIDE", certain=certain)


def find_named(state: State, org: str, name: object) -> Fact | None:
    """Return the credential of the org itself that has this name; None where none is known."""
    owned = state.list_owned(CREDENTIAL, org)
    return next((fact for fact in owned if fact.name == name and fact.person is None), None)


def is_overridable(of_org: Fact, provider: object, kind: object) -> bool | None:
    """Return whether people may have one of their own of this provider and kind in its place.

    None: it does not show that.
    """
    shown = of_org.shown
    if (shown.get("provider"), shown.get("kind")) != (provider, kind):
        return False
    allows = shown.get("allow_user_override")
    return allows if isinstance(allows, bool) else None


def is_of_provider(state: State, org: str, name: object, provider: object) -> bool | None:
    """Return whether the org has a credential of this name for the provider; None: not known."""
    found = find_named(state, org, name)
    if found is not None:
        return found.shown.get("provider") == provider if state.is_certain(found) and found.shown else None
    there = state.is_name_taken(CREDENTIAL, org, str(name), lambda fact: fact.person is None)
    return False if there is False else None


def _needs_whole_scope(call: Call, refusals: Refusals, *, certain: bool) -> None:
    """Add the refusal to make or write what is the org's without the whole scope."""
    narrowed = PERSONAL.narrows(call.caller, call.operation)
    if narrowed is not False:
        certain = certain and narrowed is True
        refusals.add(403, DENIED, "OWNERSHIP-CREDENTIAL-ORG", certain=certain, effect=DataEffect.LOST)


def refuse_write(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a write to a credential of the org without the whole scope."""
    fact = call.state.get_facts(CREDENTIAL).get(call.find_named_id(CREDENTIAL) or "")
    if fact is None:
        _needs_whole_scope(call, refusals, certain=False)
    elif fact.is_owned_by(call.caller.org) and fact.person is None:
        _needs_whole_scope(call, refusals, certain=knows_whose(call.state, PERSONAL, fact))


def refuse_start(call: Call, refusals: Refusals) -> None:
    """Add the refusal of a start by somebody who may not write the credential, or whose it is not."""
    refuse_write(call, refusals)
    fact, org, state = (
        call.state.get_facts(CREDENTIAL).get(call.find_named_id(CREDENTIAL) or ""),
        call.caller.org,
        call.state,
    )
    if fact is None:
        if not state.is_known(CREDENTIAL, call.find_named_id(CREDENTIAL) or "", org):
            refusals.add_possible(400, VALIDATION, "CREDENTIAL-START")
            refusals.add_possible(403, DENIED, "OWNERSHIP-CREDENTIAL-ORG")
        return
    if not fact.is_owned_by(org):
        return
    person, certain = state.find_person(call.caller), state.is_certain(fact)
    if fact.person is not None and fact.person != person:
        mine = certain and person is not None
        refusals.add(403, DENIED, "OWNERSHIP-CREDENTIAL-ORG", certain=mine, effect=DataEffect.LEAKED)
    if fact.shown.get("kind") != CODE:
        known = certain and "kind" in fact.shown
        refusals.add(400, VALIDATION, "CREDENTIAL-START", certain=known, provenance=Provenance.ASSUMED)


def list_shown(contract: Contract, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a credential of this body shows of what was sent."""
    return {name: value for name, value in body.items() if name not in list_secret_fields(contract) | {"personal"}}

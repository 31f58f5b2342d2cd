"""Laws of a session: whose it is, and what a caller of that kind holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import Contract
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach
from conformance.results.difference import from_field, from_fields

API_KEY, LABEL, SCOPES = "SESSION-API-KEY", "SESSION-KEY-LABEL", "SESSION-SCOPES"
_OF_A_KEY: Mapping[str, Any] = {"user_id": "system", "email": "", "role": "", "memberships": []}
_OF_KEYS_ALONE = ("api_key_label", "api_key_permission_set")


def judge_session(contract: Contract, seen: ObservedExchange, opinion: Opinion) -> None:
    """Say what cannot be so of the session of a caller."""
    said = seen.json
    if contract.does_tell_caller(seen.exchange.operation_id) and seen.exchange.succeeded and isinstance(said, Mapping):
        caller = seen.sender.caller if seen.sender.by_profile else None
        known = caller is not None and bool(caller.role or caller.permission_set)
        is_of_a_key = caller.permission_set is not None if caller and known else _is_of_a_key(said)
        opinion.add(_check_kind(said, is_of_a_key=is_of_a_key), [API_KEY if is_of_a_key else LABEL])
        if not (known and bool(said.get("role")) is is_of_a_key):  # else that is what is wrong with it
            opinion.add(_check_scopes(contract, said), [SCOPES])


def _is_of_a_key(said: Mapping[str, Any]) -> bool:
    """Return whether most of what tells a key from a person tells a key."""
    signs = [said.get("user_id") == "system", not said.get("role"), not said.get("memberships"), not said.get("email")]
    return bool(sum(signs) > len(signs) / 2)


def _check_kind(said: Mapping[str, Any], *, is_of_a_key: bool) -> Iterator[Breach]:
    if not is_of_a_key:
        if there := [name for name in _OF_KEYS_ALONE if name in said]:
            evidence = from_fields(there, {}, said)
            yield Breach(LABEL, "no field of a key in the session of a person", ", ".join(there), evidence=evidence)
        return
    if wrong := [name for name, right in _OF_A_KEY.items() if name in said and said[name] != right]:
        evidence = from_fields(wrong, _OF_A_KEY, said)
        yield Breach(API_KEY, "the session of an API key", f"another {', '.join(wrong)}", evidence=evidence)
    if lacking := [name for name in _OF_KEYS_ALONE if name not in said]:
        said_of = "label and permission set of a key", f"no {', '.join(lacking)}"
        yield Breach(LABEL, *said_of, evidence=from_fields(lacking, {}, said))


def _check_scopes(contract: Contract, said: Mapping[str, Any]) -> Iterator[Breach]:
    held = said.get("permissions")
    right = contract.find_granted_scopes(said.get("role"), said.get("api_key_permission_set"))
    if right is not None and isinstance(held, list) and right != frozenset(map(str, held)):
        evidence = from_field("permissions", sorted(right), sorted(map(str, held)))
        yield Breach(SCOPES, "the scopes of the role, or of the permission set", "others", evidence=evidence)

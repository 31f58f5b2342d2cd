"""The provider states that the suite asks a target's own side for: those of callers, and of each resource.

The page on seedable servers is made of this table, and each request and answer is held against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.oracle.declaration.provider_state import ORG, Param, ProviderState, make_optional
from conformance.oracle.declaration.registry import list_resources

BILLING = "org has billing posture"
"""The state that changes what is right for every other request of an org."""

_ROLES, _PERMISSION_SETS = ("owner", "operator", "member"), ("full_access", "submit_observe", "read_only")
_OF_CALLERS: Mapping[str, ProviderState] = {
    BILLING: ProviderState(
        "The billing of the org is so.",
        (ORG, Param("posture", choices=("active", "trial", "trial_expired", "past_due", "decommissioning"))),
    ),
    "credential is expired": ProviderState(
        "There is a new session of this role that has expired.", (ORG, Param("role", choices=_ROLES)), ("token",)
    ),
    "credential is revoked": ProviderState(
        "There is a new API key of this permission set that is revoked.",
        (ORG, Param("permission_set", choices=_PERMISSION_SETS)),
        ("token",),
    ),
    "credential has scopes": ProviderState(
        "There is a session of a new person with exactly these scopes, or a new API key of this permission set.",
        (ORG, make_optional("scopes", "a list"), make_optional("permission_set", "instead", _PERMISSION_SETS)),
        ("token",),
    ),
}
_OF_TIME: Mapping[str, ProviderState] = {
    "time has passed": ProviderState(
        "The clock is so much later; asked for in worlds alone.", (Param("seconds", "a number"),), undone=False
    )
}


def get_provider_states() -> Mapping[str, ProviderState]:
    """Return every state that is declared, by name."""
    of_resources = {name: state for each in list_resources() for name, state in each.states.items()}
    return {**_OF_CALLERS, **of_resources, **_OF_TIME}


def list_undeclared(state: str, params: Iterable[str]) -> list[str]:
    """Return the names of parameters that a state is not declared with; none of a state that is not declared."""
    declared = get_provider_states().get(state)
    return sorted(set(params) - {each.name for each in declared.params}) if declared else []


def list_missing_values(state: str, values: Mapping[str, Any]) -> list[str]:
    """Return the names of values that a setup has to answer with and did not."""
    declared = get_provider_states().get(state)
    return [name for name in (declared.values if declared else ()) if values.get(name) in (None, "")]

"""The provider states that the suite asks a target's own side for: what it sends, and what it needs back.

The page on seedable servers is made of this table, and each request and answer is held against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

BILLING = "org has billing posture"
"""The state that changes what is right for every other request of an org."""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a state."""

    name: str
    meaning: str = ""
    """What it is, where its name does not say so."""
    choices: tuple[str, ...] = ()
    """The texts that it can be; none: any."""
    required: bool = True
    """Whether each setup sends it."""


@dataclass(frozen=True, slots=True)
class ProviderState:
    """One state."""

    holds: str
    """What is so once it is set up."""
    params: tuple[Param, ...]
    values: tuple[str, ...] = ()
    """The names of the values that the setup has to answer with."""
    undone: bool = True
    """Whether its teardown has something to undo."""


def _optional(name: str, meaning: str = "", choices: tuple[str, ...] = ()) -> Param:
    return Param(name, meaning, choices, required=False)


_ORG, _NAME, _WORKSPACE, _PACK = Param("org_id"), Param("name"), Param("workspace_id"), Param("pack_id")
_HELD = _optional("held", "true: it stays as it is until the teardown")
_ROLES, _PERMISSION_SETS = ("owner", "operator", "member"), ("full_access", "submit_observe", "read_only")
_STATUSES = ("provisioning", "idle", "busy", "stopping", "stopped", "failed")

PROVIDER_STATES: Mapping[str, ProviderState] = {
    BILLING: ProviderState(
        "The billing of the org is so.",
        (_ORG, Param("posture", choices=("active", "trial", "trial_expired", "past_due", "decommissioning"))),
    ),
    "credential is expired": ProviderState(
        "There is a new session of this role that has expired.", (_ORG, Param("role", choices=_ROLES)), ("token",)
    ),
    "credential is revoked": ProviderState(
        "There is a new API key of this permission set that is revoked.",
        (_ORG, Param("permission_set", choices=_PERMISSION_SETS)),
        ("token",),
    ),
    "credential has scopes": ProviderState(
        "There is a session of a new person with exactly these scopes, or a new API key of this permission set.",
        (_ORG, _optional("scopes", "a list"), _optional("permission_set", "instead", _PERMISSION_SETS)),
        ("token",),
    ),
    "invitation is accepted": ProviderState(
        "The invited person has joined, and has a session.", (_ORG, Param("membership_id")), ("user_id", "token")
    ),
    "secrets are disabled": ProviderState("The org cannot use secrets.", (_ORG,)),
    "auth is disabled": ProviderState("The org cannot use credentials.", (_ORG,)),
    "credential exists": ProviderState(
        "The org has a new credential.",
        (
            _ORG,
            _NAME,
            Param("provider"),
            Param("kind"),
            Param("status"),
            Param("provider_config", "an object"),
            Param("allow_user_override", "true or false"),
        ),
        ("credential_id",),
    ),
    "stored credential is": ProviderState(
        "The provider of the credential has answered so.",
        (_ORG, Param("credential_id"), Param("status", choices=("active", "needs_reauth", "failed", "revoked"))),
    ),
    "pack exists": ProviderState(
        "There is a new pack.",
        (
            _optional("org_id", "absent: the pack is the platform's"),
            _NAME,
            _optional("tier", "of a pack of the platform", ("recommended", "verified")),
            _optional("visibility", choices=("org", "community")),
            _optional("image_origin", choices=("upload", "image_ref", "clone")),
        ),
        ("pack_id",),
    ),
    "image is available": ProviderState(
        "The registry has an image whose pack.yaml says this name and version.",
        (Param("image_ref"), _NAME, Param("version")),
    ),
    "image of pack.yaml is available": ProviderState(
        "The registry has an image with this pack.yaml.", (Param("image_ref"), Param("pack_yaml", "the text of it"))
    ),
    "role references pack": ProviderState(
        "The org has a new role that attaches the pack, on any provider.",
        (_ORG, _PACK, Param("archived", "true or false")),
    ),
    "registry purge fails": ProviderState(
        "The registry refuses to purge the image of the pack so many times.", (_PACK, Param("times", "a number"))
    ),
    "provider exists": ProviderState(
        "The org has a new provider.", (_ORG, _NAME, Param("kind"), Param("domain")), ("provider_id",)
    ),
    "role exists": ProviderState(
        "The org has a new role on this provider.", (_ORG, _NAME, Param("provider_id")), ("role_id",)
    ),
    "workspace exists": ProviderState(
        "The org has a new workspace of this role.",
        (
            _ORG,
            Param("role_id"),
            _optional("status", choices=_STATUSES),
            _HELD,
            _optional("archived_at", "a time: it is archived"),
            _optional("created_by_user_id", "absent: no person created it"),
        ),
        ("workspace_id",),
    ),
    "workspace is": ProviderState(
        "The workspace has this status, until the suite asks for another.",
        (_ORG, _WORKSPACE, Param("status", choices=_STATUSES)),
        undone=False,
    ),
    "task exists": ProviderState(
        "The workspace has a new task.",
        (_ORG, _WORKSPACE, Param("description"), _HELD, _optional("created_at", "when it was submitted")),
        ("task_id",),
    ),
    "task is": ProviderState(
        "The task has this status, until the suite asks for another.",
        (
            _ORG,
            _WORKSPACE,
            Param("task_id"),
            Param(
                "status",
                choices=("delivered", "running", "compacting", "completed", "failed", "cancelled", "delivery_failed"),
            ),
        ),
        undone=False,
    ),
    "workspace has file": ProviderState(
        "The sandbox of the workspace has this file.",
        (_ORG, _WORKSPACE, Param("path"), Param("content", "base64")),
        undone=False,
    ),
    "agent is unreachable": ProviderState("Nobody reaches the agent of the workspace.", (_ORG, _WORKSPACE)),
    "request was decided": ProviderState(
        "The log of the org has an event of a request of the workspace.",
        (
            _ORG,
            _WORKSPACE,
            Param("decision", choices=("allow", "deny")),
            Param("latency_ms", "a number"),
            Param("debits", "an object of numbers"),
        ),
        undone=False,
    ),
    "time has passed": ProviderState(
        "The clock is so much later; asked for in worlds alone.", (Param("seconds", "a number"),), undone=False
    ),
}


def undeclared(state: str, params: Iterable[str]) -> list[str]:
    """Return the names of parameters that a state is not declared with; none of a state that is not declared."""
    declared = PROVIDER_STATES.get(state)
    return sorted(set(params) - {each.name for each in declared.params}) if declared else []


def missing_values(state: str, values: Mapping[str, Any]) -> list[str]:
    """Return the names of values that a setup has to answer with and did not."""
    declared = PROVIDER_STATES.get(state)
    return [name for name in (declared.values if declared else ()) if values.get(name) in (None, "")]

"""Defects of what is configured: providers and agent roles that are made and changed wrongly."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import grants, overlooks, refused_fields, refuses, without
from benchmarks.planted_defects.planting.objects import (
    changes,
    done_otherwise,
    frees_archived_names,
    keeps,
    takes_names_of_others,
)
from benchmarks.planted_defects.planting.runs import pretending, resent
from benchmarks.planted_defects.scene import Scene, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.wrong_operations import Outcome, Run, in_place_of
from mock_server.resources.agent_roles import ROLES
from mock_server.resources.packs.pack import PACKS
from mock_server.resources.providers import PROVIDERS
from mock_server.state.value import replace

defect = Declarer(__name__)

PROVIDER_WRITES = ids.CREATE_PROVIDER + ids.UPDATE_PROVIDER
ROLE_WRITES = ids.CREATE_AGENT_ROLE + ids.UPDATE_AGENT_ROLE
MAIN, VERTEX, DEV = "/providers/provider_01HZ", "/providers/provider_acme_vertex", "/agent-roles/role_01HZ"
NEW = {
    "/providers": {"name": "witness", "kind": "openai", "domain": "api.first.example"},
    "/agent-roles": {"name": "witness", "provider_id": "provider_01HZ"},
}
PLACES, BOTH = ["location", "project"], ["pack_02HZ", "pack_01HZ"]
AZURE, SIZES = {"api_type": "azure"}, ("max_continuations", "pool_size", "pool_max_size")
FOREIGN_PACK = errors.ValidationFailed(fields={"pack_ids": "It names a pack that is not of the org."})
INVALID, TAKEN, ARCHIVED = "400 validation_error", "409 provider_exists", "409 provider_archived"


def _on_archived(run: Run) -> Outcome:
    """Return what comes of the request where its provider is taken for one in use."""
    role = run.state.get(ROLES, run.request.path.get("id", ""))
    provider_id = run.request.body.get("provider_id") or (role and role.provider_id)
    return pretending(run, PROVIDERS, replace(run.state.all(PROVIDERS)[provider_id], archived_at=None))


def _cleared(value: Any, names: set[str]) -> Any:
    return replace(value, **dict.fromkeys(names))


def _never_cleared(before: Any, right: Any, _run: Run) -> Any:
    return replace(right, config={**(before.config or {}), **(right.config or {})} or None)


def _never_emptied(before: Any, right: Any, run: Run) -> Any:
    return replace(right, pack_ids=before.pack_ids) if run.request.body.get("pack_ids") == [] else right


def _with_settings(provider: Any, sent: Any) -> Any:
    """Return a provider with the settings that were sent, and no others."""
    return replace(provider, config={k: v for k, v in sent.items() if v is not None} or None) if sent else provider


def _sent_packs(run: Run) -> list[str]:
    return list(run.request.body.get("pack_ids") or ())


def _joined(old: Any, new: Any) -> tuple[str, ...]:
    """Return the packs of a role as it was, and those that it has now."""
    return tuple(dict.fromkeys((*old.pack_ids, *new.pack_ids)))


def _names_foreign_packs(run: Run) -> bool:
    return any(run.state.all(PACKS)[each].org_id != run.org_id for each in _sent_packs(run))


def create(scene: Scene, place: str = "/providers", who: str = "acme-owner", **more: Any) -> Any:
    return scene.ask("POST", place, who, json={**NEW[place], **more})


def created(scene: Scene, place: str, **more: Any) -> str:
    """Return what a creation answers."""
    return read_status(create(scene, place, **more))


def made(scene: Scene, place: str, column: str, **more: Any) -> Any:
    """Return what a new one shows in a column."""
    return create(scene, place, **more).json().get(column)


def patched(scene: Scene, path: str, column: str, **sent: Any) -> Any:
    """Return what is shown in a column after a change."""
    return scene.ask("PATCH", path, json=sent).json().get(column)


def settings(scene: Scene, **sent: Any) -> list[str]:
    """Return the names of the settings of a provider after a change."""
    return sorted(patched(scene, VERTEX, "config", **sent) or {})


def environment_after_another_change(scene: Scene) -> Any:
    patched(scene, DEV, "environment", environment="staging")
    return patched(scene, DEV, "environment", model="other")


defect("configuration-model-forgotten", "CONFIG-CREATE-APPLIES", on=ids.CREATE_PROVIDER)(
    "A new provider has no default model, whatever was sent.",
    keeps(PROVIDERS, default_model=None),
    shown("large", None, made, "/providers", "default_model", default_model="large"),
)
defect("configuration-settings-lost", "CONFIG-CREATE-APPLIES", "PROVIDER-CONFIG-MERGES", on=ids.CREATE_PROVIDER)(
    "A new provider of the kind azure-openai has no settings, whatever was sent.",
    keeps(PROVIDERS, lambda right, _run: right.kind == "azure-openai", config=None),
    shown(AZURE, None, made, "/providers", "config", kind="azure-openai", config=AZURE),
)
defect("configuration-archived-names-free", "CONFIG-NAME-TAKEN", on=ids.CREATE_PROVIDER)(
    "The name of an archived provider is free for another one.",
    frees_archived_names(PROVIDERS, "provider_exists"),
    shown(TAKEN, "201", created, "/providers", name="former"),
)
defect("configuration-names-taken-by-others", "CONFIG-NAME-TAKEN", on=ids.CREATE_PROVIDER)(
    "A name that a provider of another org has is taken.",
    takes_names_of_others(
        PROVIDERS, errors.make_error("provider_exists", 409, "There is a provider of this name already.")
    ),
    shown("201", TAKEN, lambda scene: read_status(create(scene), create(scene, who="globex-owner"))),
)
defect("configuration-capabilities-stay", "CONFIG-PATCH-APPLIES", on=ids.UPDATE_PROVIDER)(
    "The capabilities of a provider stay as they were when it was made.",
    changes(PROVIDERS, lambda before, right, _run: replace(right, capabilities=before.capabilities)),
    shown("[]\n", None, patched, MAIN, "capabilities", capabilities="[]\n"),
)
defect("configuration-rest-cleared", "CONFIG-PATCH-REST", on=ids.UPDATE_PROVIDER)(
    "A PATCH clears the display name and the default model where it does not send them.",
    changes(PROVIDERS, lambda _b, right, run: _cleared(right, {"display_name", "default_model"} - {*run.request.body})),
    shown("claude-large", None, patched, MAIN, "default_model", domain="api.second.example"),
)
defect("configuration-settings-dropped", "CONFIG-PATCH-REST", "PROVIDER-CONFIG-MERGES", on=ids.UPDATE_PROVIDER)(
    "A PATCH without config drops the settings of the provider.",
    keeps(PROVIDERS, lambda _right, run: "config" not in run.request.body, config=None),
    shown(PLACES, [], settings, display_name="Vertex"),
)
defect("configuration-same-counts", "CONFIG-PATCH-NOOP", on=ids.UPDATE_PROVIDER)(
    "A PATCH that changes nothing moves updated_at.",
    changes(PROVIDERS, lambda _before, right, run: replace(right, updated_at=run.request.now)),
    shown(True, False, lambda scene: patched(scene, MAIN, "updated_at") == "2026-04-01T09:00:00Z"),
)
defect("configuration-any-setting", "CONFIG-CONTENT", on=PROVIDER_WRITES)(
    "A setting that the kind does not have is left out in silence.",
    grants(errors.ValidationFailed, lambda run: resent(run, config={})),
    shown(INVALID, "201", created, "/providers", config={"project": "x"}),
)
defect("configuration-settings-replaced", "PROVIDER-CONFIG-MERGES", on=ids.UPDATE_PROVIDER)(
    "A PATCH of config takes the place of all settings.",
    changes(PROVIDERS, lambda _before, right, run: _with_settings(right, run.request.body.get("config"))),
    shown(PLACES, ["project"], settings, config={"project": "other"}),
)
defect("configuration-settings-never-cleared", "PROVIDER-CONFIG-MERGES", on=ids.UPDATE_PROVIDER)(
    "A null leaves the setting that it is sent for.",
    changes(
        PROVIDERS, lambda old, new, _run: replace(new, config={**(old.config or {}), **(new.config or {})} or None)
    ),
    shown(["location"], PLACES, settings, config={"project": None}),
)
defect("configuration-effort-off-forgotten", "CONFIG-CREATE-APPLIES", "CONFIG-PATCH-APPLIES", on=ROLE_WRITES)(
    "A thinking_effort of off is kept as none at all.",
    keeps(ROLES, lambda right, _run: right.thinking_effort == "off", thinking_effort=None),
    shown("off", None, made, "/agent-roles", "thinking_effort", thinking_effort="off"),
)
defect("configuration-zero-forgotten", "CONFIG-CREATE-APPLIES", "CONFIG-PATCH-APPLIES", on=ROLE_WRITES)(
    "Limits and sizes of 0 are kept as none at all.",
    changes(ROLES, lambda _before, right, _run: _cleared(right, {each for each in SIZES if not getattr(right, each)})),
    shown(0, None, patched, DEV, "max_continuations", max_continuations=0),
)
defect("configuration-packs-detached", "CONFIG-PATCH-REST", on=ids.UPDATE_AGENT_ROLE)(
    "A PATCH without pack_ids detaches every pack.",
    keeps(ROLES, lambda _right, run: "pack_ids" not in run.request.body, pack_ids=()),
    shown(BOTH[:1], [], patched, DEV, "pack_ids", model="other"),
)
defect("configuration-environment-reset", "CONFIG-PATCH-REST", on=ids.UPDATE_AGENT_ROLE)(
    "A PATCH without environment takes the role back to development.",
    keeps(ROLES, lambda _right, run: "environment" not in run.request.body, environment="development"),
    shown("staging", "development", environment_after_another_change),
)
defect("configuration-archived-role-names-free", "CONFIG-NAME-TAKEN", on=ids.CREATE_AGENT_ROLE)(
    "The name of an archived role is free for another one.",
    frees_archived_names(ROLES, "role_exists"),
    shown("409 role_exists", "201", created, "/agent-roles", name="former"),
)
defect("roles-made-for-production", "ROLE-ENVIRONMENT", on=ids.CREATE_AGENT_ROLE)(
    "A role that is made without environment has production.",
    keeps(ROLES, lambda _right, run: "environment" not in run.request.body, environment="production"),
    shown("development", "production", made, "/agent-roles", "environment"),
)
defect("roles-made-on-archived", "ROLE-PROVIDER-ARCHIVED", on=ids.CREATE_AGENT_ROLE)(
    "A role is made on a provider that is archived.",
    grants(errors.ProviderArchived, _on_archived),
    shown(ARCHIVED, "201", created, "/agent-roles", provider_id="provider_acme_old"),
)
defect("roles-moved-to-archived", "ROLE-PROVIDER-ARCHIVED", on=ids.UPDATE_AGENT_ROLE)(
    "A role is moved to a provider that is archived.",
    grants(errors.ProviderArchived, _on_archived),
    shown(
        ARCHIVED, "200", lambda scene: read_status(scene.ask("PATCH", DEV, json={"provider_id": "provider_acme_old"}))
    ),
)
defect("roles-unknown-packs-dropped", "ROLE-PACKS-VISIBLE", on=ROLE_WRITES)(
    "Packs that there are not are left out in silence.",
    overlooks("pack_ids", lambda run: resent(run, pack_ids=[e for e in _sent_packs(run) if e in run.state.all(PACKS)])),
    shown(INVALID, "201", created, "/agent-roles", pack_ids=["pack_absent"]),
)
defect("roles-own-packs-alone", "ROLE-PACKS-VISIBLE", on=ROLE_WRITES)(
    "A role attaches packs of its own org alone, none of the platform or the community.",
    refuses(_names_foreign_packs, FOREIGN_PACK),
    shown("201", INVALID, created, "/agent-roles", pack_ids=BOTH[:1]),
)
defect("roles-packs-added", "ROLE-PACKS-REPLACED", on=ids.UPDATE_AGENT_ROLE)(
    "A PATCH with pack_ids adds packs to those that are there.",
    changes(ROLES, lambda old, new, run: replace(new, pack_ids=_joined(old, new)) if _sent_packs(run) else new),
    shown(BOTH[1:], BOTH, patched, DEV, "pack_ids", pack_ids=BOTH[1:]),
)
defect("roles-packs-never-emptied", "ROLE-PACKS-REPLACED", on=ids.UPDATE_AGENT_ROLE)(
    "A PATCH with an empty pack_ids leaves the packs, as if it were not sent.",
    changes(
        ROLES,
        lambda old, new, run: replace(new, pack_ids=old.pack_ids) if run.request.body.get("pack_ids") == [] else new,
    ),
    shown([], BOTH[:1], patched, DEV, "pack_ids", pack_ids=[]),
)
defect("roles-packs-in-order-of-ids", "ROLE-PACKS-REPLACED", "ROLE-PACKS-VISIBLE", on=ROLE_WRITES)(
    "The packs of a role are kept in the order of their ids, whatever the order in which they were sent.",
    changes(ROLES, lambda _before, right, _run: replace(right, pack_ids=tuple(sorted(right.pack_ids)))),
    shown(BOTH, BOTH[::-1], made, "/agent-roles", "pack_ids", pack_ids=BOTH),
)


@defect("configuration-any-credential", "CONFIG-CONTENT", on=PROVIDER_WRITES).by(in_place_of(errors.ValidationFailed))
@shown(INVALID, "201", created, "/providers", credential_name="anthropic")
def any_credential(run: Run, refusal: errors.ValidationFailed) -> Outcome | None:
    """Whether there is a credential for the provider is not looked at."""
    name = run.request.body.get("credential_name")
    if name is None or "config" in refused_fields(refusal):
        return None
    return done_otherwise(run, PROVIDERS, without(run.request.body, "credential_name"), credential_name=name)


@defect("configuration-any-capabilities", "CONFIG-CONTENT", on=ROLE_WRITES).overlooks("capabilities")
@shown(INVALID, "201", created, "/agent-roles", capabilities="name: x")
def any_capabilities(run: Run) -> Outcome:
    """Any text is taken for the capabilities of a role."""
    body = {name: value for name, value in run.request.body.items() if not name.startswith("capabilities")}
    return done_otherwise(run, ROLES, body, capabilities=run.request.body["capabilities"])


@defect("configuration-providers-of-others", "CONFIG-CONTENT", on=ROLE_WRITES).overlooks("provider_id")
@shown(INVALID, "201", created, "/agent-roles", provider_id="provider_globex_main")
def providers_of_others(run: Run) -> Outcome | None:
    """A role is made on a provider of whichever org, or moved to it."""
    provider = run.state.get(PROVIDERS, run.request.body.get("provider_id", ""))
    if provider is None:
        return None
    return pretending(run, PROVIDERS, replace(provider, org_id=run.org_id, name=f"{provider.id}-lent"))


@defect("roles-private-packs-attached", "ROLE-PACKS-VISIBLE", on=ROLE_WRITES).overlooks("pack_ids")
@shown(INVALID, "201", created, "/agent-roles", pack_ids=["pack_globex_ledger"])
def any_packs(run: Run) -> Outcome | None:
    """A role attaches any pack that there is, private ones of other orgs too."""
    pack_ids = tuple(_sent_packs(run))
    if any(each not in run.state.all(PACKS) for each in pack_ids):
        return None
    body = {**run.request.body, "pack_ids": []}
    return done_otherwise(run, ROLES, body, pack_ids=pack_ids, updated_at=run.request.now)

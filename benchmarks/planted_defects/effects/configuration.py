"""Defects of what is configured: providers that are made and changed wrongly."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.objects import done_otherwise, refused_fields, wrong_object
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.operation import Reply
from mock_server.resources.agent_roles.role import ROLES
from mock_server.resources.providers.provider import PROVIDERS, Provider
from mock_server.state.value import replace

defect = Declarer(__name__)

wrong_provider, wrong_role = wrong_object(PROVIDERS), wrong_object(ROLES)
ROLE_WRITES = ids.CREATE_AGENT_ROLE + ids.UPDATE_AGENT_ROLE
MAIN, VERTEX = "/providers/provider_01HZ", "/providers/provider_acme_vertex"
NEW = {"name": "witness", "kind": "openai", "domain": "api.first.example"}
INVALID = "400 validation_error"
TAKEN = "409 provider_exists"
DEV, NEW_ROLE = "/agent-roles/role_01HZ", {"name": "witness", "provider_id": "provider_01HZ"}


def made(scene: Scene, who: str = "acme-owner", **more: Any) -> Any:
    return scene.ask("POST", "/providers", who, json={**NEW, **more})


def patched(scene: Scene, path: str, **sent: Any) -> Any:
    return scene.ask("PATCH", path, json=sent).json()


def made_role(scene: Scene, **more: Any) -> Any:
    return scene.ask("POST", "/agent-roles", json={**NEW_ROLE, **more})


defect("configuration-model-forgotten", "CONFIG-CREATE-APPLIES", on=ids.CREATE_PROVIDER)(
    "A new provider has no default model, whatever was sent.",
    wrong_provider.of(lambda _before, right, _run: replace(right, default_model=None)),
    shown("large", None, lambda scene: made(scene, default_model="large").json().get("default_model")),
)
defect("configuration-settings-lost", "CONFIG-CREATE-APPLIES", "PROVIDER-CONFIG-MERGES", on=ids.CREATE_PROVIDER)(
    "A new provider of the kind azure-openai has no settings, whatever was sent.",
    wrong_provider.of(
        lambda _before, right, _run: replace(right, config=None) if right.kind == "azure-openai" else right
    ),
    shown(
        {"api_type": "azure"},
        None,
        lambda scene: made(scene, kind="azure-openai", config={"api_type": "azure"}).json().get("config"),
    ),
)


@defect("configuration-archived-names-free", "CONFIG-NAME-TAKEN", on=ids.CREATE_PROVIDER).by(
    in_place_of(errors.ProviderExists)
)
@shown(TAKEN, "201", lambda scene: said(made(scene, name="former")))
def archived_names_free(run: Run, refusal: errors.ProviderExists) -> Outcome:
    """The name of an archived provider is free for another one."""
    name = run.request.body["name"]
    [first, *_] = run.state.where(PROVIDERS, org_id=run.org_id, name=name)
    if first.archived_at is None:
        raise refusal
    after, outcome = run.right(run.state.put(PROVIDERS, replace(first, name=f"{first.id}-before")), run.request)
    return after.put(PROVIDERS, first), outcome


@defect("configuration-names-taken-by-others", "CONFIG-NAME-TAKEN", on=ids.CREATE_PROVIDER).by(wrong_outcome)
@shown("201", TAKEN, lambda scene: said(made(scene), made(scene, "globex-owner")))
def names_taken_by_others(run: Run) -> Outcome:
    """A name that a provider of another org has is taken."""
    done, name = run.done, run.request.body["name"]
    if any(each.name == name and each.org_id != run.org_id for each in run.state.all(PROVIDERS).values()):
        raise errors.ProviderExists(f"There is a provider named {name} already.")
    return done


defect("configuration-capabilities-stay", "CONFIG-PATCH-APPLIES", on=ids.UPDATE_PROVIDER)(
    "The capabilities of a provider stay as they were when it was made.",
    wrong_provider.of(lambda before, right, _run: replace(right, capabilities=before.capabilities)),
    shown("[]\n", None, lambda scene: patched(scene, MAIN, capabilities="[]\n").get("capabilities")),
)


@defect("configuration-rest-cleared", "CONFIG-PATCH-REST", on=ids.UPDATE_PROVIDER).by(wrong_provider)
@shown("claude-large", None, lambda scene: patched(scene, MAIN, domain="api.second.example").get("default_model"))
def rest_cleared(_before: Provider, right: Provider, run: Run) -> Provider:
    """A PATCH clears the display name and the default model where it does not send them."""
    cleared: dict[str, Any] = {"display_name": None, "default_model": None}
    return replace(right, **{name: None for name in cleared if name not in run.request.body})


defect("configuration-settings-dropped", "CONFIG-PATCH-REST", "PROVIDER-CONFIG-MERGES", on=ids.UPDATE_PROVIDER)(
    "A PATCH without config drops the settings of the provider.",
    wrong_provider.of(
        lambda _before, right, run: right if "config" in run.request.body else replace(right, config=None)
    ),
    shown(
        ["location", "project"],
        [],
        lambda scene: sorted(patched(scene, VERTEX, display_name="Vertex").get("config", {})),
    ),
)
defect("configuration-same-counts", "CONFIG-PATCH-NOOP", on=ids.UPDATE_PROVIDER)(
    "A PATCH that changes nothing moves updated_at.",
    wrong_provider.of(lambda _before, right, run: replace(right, updated_at=run.request.now)),
    shown(
        "as before",
        "later",
        lambda scene: "as before" if patched(scene, MAIN)["updated_at"] == "2026-04-01T09:00:00Z" else "later",
    ),
)
defect("configuration-any-setting", "CONFIG-CONTENT", on=ids.CREATE_PROVIDER + ids.UPDATE_PROVIDER)(
    "A setting that the kind does not have is left out in silence.",
    in_place_of(errors.ValidationFailed).of(
        lambda run, _refusal: run.right(run.state, run.request._replace(body={**run.request.body, "config": {}}))
    ),
    shown(INVALID, "201", lambda scene: said(made(scene, config={"project": "x"}))),
)


@defect("configuration-any-credential", "CONFIG-CONTENT", on=ids.CREATE_PROVIDER + ids.UPDATE_PROVIDER).by(
    in_place_of(errors.ValidationFailed)
)
@shown(INVALID, "201", lambda scene: said(made(scene, credential_name="anthropic")))
def any_credential(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """Whether there is a credential for the provider is not looked at."""
    name = run.request.body.get("credential_name")
    if "config" in refusal.details["fields"] or name is None:  # type: ignore[operator]  # it has fields
        raise refusal
    body = {field: value for field, value in run.request.body.items() if field != "credential_name"}
    after, outcome = run.right(run.state, run.request._replace(body=body))
    assert isinstance(outcome, Reply)  # it is not refused twice
    stored = replace(after.all(PROVIDERS)[outcome.body["id"]], credential_name=name)
    return after.put(PROVIDERS, stored), outcome._replace(body=PROVIDERS.shown(stored, run.org_id))


@defect("configuration-settings-replaced", "PROVIDER-CONFIG-MERGES", on=ids.UPDATE_PROVIDER).by(wrong_provider)
@shown(
    ["location", "project"],
    ["project"],
    lambda scene: sorted(patched(scene, VERTEX, config={"project": "other"})["config"]),
)
def settings_replaced(_before: Provider, right: Provider, run: Run) -> Provider:
    """A PATCH of config takes the place of all settings."""
    sent = run.request.body.get("config")
    return right if not sent else replace(right, config={k: v for k, v in sent.items() if v is not None} or None)


defect("configuration-settings-never-cleared", "PROVIDER-CONFIG-MERGES", on=ids.UPDATE_PROVIDER)(
    "A null leaves the setting that it is sent for.",
    wrong_provider.of(
        lambda before, right, _run: replace(right, config={**(before.config or {}), **(right.config or {})} or None)
    ),
    shown(
        ["location"],
        ["location", "project"],
        lambda scene: sorted(patched(scene, VERTEX, config={"project": None})["config"]),
    ),
)
defect("configuration-effort-off-forgotten", "CONFIG-CREATE-APPLIES", "CONFIG-PATCH-APPLIES", on=ROLE_WRITES)(
    "A thinking_effort of off is kept as none at all.",
    wrong_role.of(
        lambda _before, right, _run: replace(right, thinking_effort=None) if right.thinking_effort == "off" else right
    ),
    shown("off", None, lambda scene: made_role(scene, thinking_effort="off").json().get("thinking_effort")),
)
defect("configuration-zero-forgotten", "CONFIG-CREATE-APPLIES", "CONFIG-PATCH-APPLIES", on=ROLE_WRITES)(
    "Limits and sizes of 0 are kept as none at all.",
    wrong_role.of(
        lambda _before, right, _run: replace(
            right,
            **{name: getattr(right, name) or None for name in ("max_continuations", "pool_size", "pool_max_size")},
        )
    ),
    shown(0, None, lambda scene: patched(scene, DEV, max_continuations=0).get("max_continuations")),
)
defect("configuration-packs-detached", "CONFIG-PATCH-REST", on=ids.UPDATE_AGENT_ROLE)(
    "A PATCH without pack_ids detaches every pack.",
    wrong_role.of(lambda _before, right, run: right if "pack_ids" in run.request.body else replace(right, pack_ids=())),
    shown(["pack_02HZ"], [], lambda scene: patched(scene, DEV, model="other")["pack_ids"]),
)
defect("configuration-environment-reset", "CONFIG-PATCH-REST", on=ids.UPDATE_AGENT_ROLE)(
    "A PATCH without environment takes the role back to development.",
    wrong_role.of(
        lambda _before, right, run: (
            right if "environment" in run.request.body else replace(right, environment="development")
        )
    ),
    shown(
        "staging",
        "development",
        lambda scene: in_turn(
            patched(scene, DEV, environment="staging"), patched(scene, DEV, model="other")["environment"]
        ),
    ),
)


@defect("configuration-archived-role-names-free", "CONFIG-NAME-TAKEN", on=ids.CREATE_AGENT_ROLE).by(
    in_place_of(errors.RoleExists)
)
@shown("409 role_exists", "201", lambda scene: said(made_role(scene, name="former")))
def archived_role_names_free(run: Run, refusal: errors.RoleExists) -> Outcome:
    """The name of an archived role is free for another one."""
    [first, *_] = run.state.where(ROLES, org_id=run.org_id, name=run.request.body["name"])
    if first.archived_at is None:
        raise refusal
    after, outcome = run.right(run.state.put(ROLES, replace(first, name=f"{first.id}-before")), run.request)
    return after.put(ROLES, first), outcome


@defect("configuration-any-capabilities", "CONFIG-CONTENT", on=ROLE_WRITES).by(in_place_of(errors.ValidationFailed))
@shown(INVALID, "201", lambda scene: said(made_role(scene, capabilities="name: x")))
def any_capabilities(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """Any text is taken for the capabilities of a role."""
    if refused_fields(refusal) != {"capabilities"}:
        raise refusal
    body = {name: value for name, value in run.request.body.items() if not name.startswith("capabilities")}
    return done_otherwise(run, ROLES, body, capabilities=run.request.body["capabilities"])


@defect("configuration-providers-of-others", "CONFIG-CONTENT", on=ROLE_WRITES).by(in_place_of(errors.ValidationFailed))
@shown(INVALID, "201", lambda scene: said(made_role(scene, provider_id="provider_globex_main")))
def providers_of_others(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """A role is made on a provider of whichever org, or moved to it."""
    provider = run.state.get(PROVIDERS, run.request.body.get("provider_id", ""))
    if refused_fields(refusal) != {"provider_id"} or provider is None:
        raise refusal
    lent = run.state.put(PROVIDERS, replace(provider, org_id=run.org_id, name=f"{provider.id}-lent"))
    after, outcome = run.right(lent, run.request)
    return after.put(PROVIDERS, provider), outcome

"""Defects of what is configured: providers that are made and changed wrongly."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.objects import done_otherwise, refused_fields, wrong_object
from mock_server import errors
from mock_server.deviations.planting.ids import CREATE_AGENT_ROLE, CREATE_PROVIDER, UPDATE_AGENT_ROLE, UPDATE_PROVIDER
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, in_place_of_code, wrong_outcome
from mock_server.errors import ApiError, ValidationFailed
from mock_server.operation import Reply
from mock_server.resources.agent_roles.role import ROLES, Role
from mock_server.resources.providers.provider import PROVIDERS, Provider
from mock_server.state.value import replace

wrong_provider, wrong_role = wrong_object(PROVIDERS), wrong_object(ROLES)
ROLE_WRITES = CREATE_AGENT_ROLE + UPDATE_AGENT_ROLE


@wrong_provider("configuration-model-forgotten", "CONFIG-CREATE-APPLIES", on=CREATE_PROVIDER)
def model_forgotten(_before: None, right: Provider, _run: Run) -> Provider:
    """A new provider has no default model, whatever was sent."""
    return replace(right, default_model=None)


@wrong_provider("configuration-settings-lost", "CONFIG-CREATE-APPLIES", "PROVIDER-CONFIG-MERGES", on=CREATE_PROVIDER)
def settings_lost(_before: None, right: Provider, _run: Run) -> Provider:
    """A new provider of the kind azure-openai has no settings, whatever was sent."""
    return replace(right, config=None) if right.kind == "azure-openai" else right


@in_place_of_code("provider_exists")("configuration-archived-names-free", "CONFIG-NAME-TAKEN", on=CREATE_PROVIDER)
def archived_names_free(run: Run, refusal: ApiError) -> Outcome:
    """The name of an archived provider is free for another one."""
    name = run.request.body["name"]
    [first, *_] = run.state.where(PROVIDERS, org_id=run.org_id, name=name)
    if first.archived_at is None:
        raise refusal
    after, outcome = run.right(run.state.put(PROVIDERS, replace(first, name=f"{first.id}-before")), run.request)
    return after.put(PROVIDERS, first), outcome


@wrong_outcome("configuration-names-taken-by-others", "CONFIG-NAME-TAKEN", on=CREATE_PROVIDER)
def names_taken_by_others(run: Run) -> Outcome:
    """A name that a provider of another org has is taken."""
    done, name = run.done, run.request.body["name"]
    if any(each.name == name and each.org_id != run.org_id for each in run.state.all(PROVIDERS).values()):
        raise errors.make_error("provider_exists", 409, f"There is a provider named {name} already.")
    return done


@wrong_provider("configuration-capabilities-stay", "CONFIG-PATCH-APPLIES", on=UPDATE_PROVIDER)
def capabilities_stay(before: Provider, right: Provider, _run: Run) -> Provider:
    """The capabilities of a provider stay as they were when it was made."""
    return replace(right, capabilities=before.capabilities)


@wrong_provider("configuration-rest-cleared", "CONFIG-PATCH-REST", on=UPDATE_PROVIDER)
def rest_cleared(_before: Provider, right: Provider, run: Run) -> Provider:
    """A PATCH clears the display name and the default model where it does not send them."""
    cleared: dict[str, Any] = {"display_name": None, "default_model": None}
    return replace(right, **{name: None for name in cleared if name not in run.request.body})


@wrong_provider("configuration-settings-dropped", "CONFIG-PATCH-REST", "PROVIDER-CONFIG-MERGES", on=UPDATE_PROVIDER)
def settings_dropped(_before: Provider, right: Provider, run: Run) -> Provider:
    """A PATCH without config drops the settings of the provider."""
    return right if "config" in run.request.body else replace(right, config=None)


@wrong_provider("configuration-same-counts", "CONFIG-PATCH-NOOP", on=UPDATE_PROVIDER)
def same_counts(_before: Provider, right: Provider, run: Run) -> Provider:
    """A PATCH that changes nothing moves updated_at."""
    return replace(right, updated_at=run.request.now)


@in_place_of(ValidationFailed)("configuration-any-setting", "CONFIG-CONTENT", on=CREATE_PROVIDER + UPDATE_PROVIDER)
def any_setting(run: Run, _refusal: ValidationFailed) -> Outcome:
    """A setting that the kind does not have is left out in silence."""
    return run.right(run.state, run.request._replace(body={**run.request.body, "config": {}}))


@in_place_of(ValidationFailed)("configuration-any-credential", "CONFIG-CONTENT", on=CREATE_PROVIDER + UPDATE_PROVIDER)
def any_credential(run: Run, refusal: ValidationFailed) -> Outcome:
    """Whether there is a credential for the provider is not looked at."""
    name = run.request.body.get("credential_name")
    if "config" in refusal.details["fields"] or name is None:  # type: ignore[operator]  # it has fields
        raise refusal
    body = {field: value for field, value in run.request.body.items() if field != "credential_name"}
    after, outcome = run.right(run.state, run.request._replace(body=body))
    assert isinstance(outcome, Reply)  # noqa: S101  # it is not refused twice
    stored = replace(after.all(PROVIDERS)[outcome.body["id"]], credential_name=name)
    return after.put(PROVIDERS, stored), outcome._replace(body=PROVIDERS.shown(stored, run.org_id))


@wrong_provider("configuration-settings-replaced", "PROVIDER-CONFIG-MERGES", on=UPDATE_PROVIDER)
def settings_replaced(_before: Provider, right: Provider, run: Run) -> Provider:
    """A PATCH of config takes the place of all settings."""
    sent = run.request.body.get("config")
    return right if not sent else replace(right, config={k: v for k, v in sent.items() if v is not None} or None)


@wrong_provider("configuration-settings-never-cleared", "PROVIDER-CONFIG-MERGES", on=UPDATE_PROVIDER)
def settings_never_cleared(before: Provider, right: Provider, _run: Run) -> Provider:
    """A null leaves the setting that it is sent for."""
    return replace(right, config={**(before.config or {}), **(right.config or {})} or None)


@wrong_role("configuration-effort-off-forgotten", "CONFIG-CREATE-APPLIES", "CONFIG-PATCH-APPLIES", on=ROLE_WRITES)
def effort_off_forgotten(_before: Role | None, right: Role, _run: Run) -> Role:
    """A thinking_effort of off is kept as none at all."""
    return replace(right, thinking_effort=None) if right.thinking_effort == "off" else right


@wrong_role("configuration-zero-forgotten", "CONFIG-CREATE-APPLIES", "CONFIG-PATCH-APPLIES", on=ROLE_WRITES)
def zero_forgotten(_before: Role | None, right: Role, _run: Run) -> Role:
    """Limits and sizes of 0 are kept as none at all."""
    names = ("max_continuations", "pool_size", "pool_max_size")
    return replace(right, **{name: getattr(right, name) or None for name in names})


@wrong_role("configuration-packs-detached", "CONFIG-PATCH-REST", on=UPDATE_AGENT_ROLE)
def packs_detached(_before: Role, right: Role, run: Run) -> Role:
    """A PATCH without pack_ids detaches every pack."""
    return right if "pack_ids" in run.request.body else replace(right, pack_ids=())


@wrong_role("configuration-environment-reset", "CONFIG-PATCH-REST", on=UPDATE_AGENT_ROLE)
def environment_reset(_before: Role, right: Role, run: Run) -> Role:
    """A PATCH without environment takes the role back to development."""
    return right if "environment" in run.request.body else replace(right, environment="development")


@in_place_of_code("role_exists")("configuration-archived-role-names-free", "CONFIG-NAME-TAKEN", on=CREATE_AGENT_ROLE)
def archived_role_names_free(run: Run, refusal: ApiError) -> Outcome:
    """The name of an archived role is free for another one."""
    [first, *_] = run.state.where(ROLES, org_id=run.org_id, name=run.request.body["name"])
    if first.archived_at is None:
        raise refusal
    after, outcome = run.right(run.state.put(ROLES, replace(first, name=f"{first.id}-before")), run.request)
    return after.put(ROLES, first), outcome


@in_place_of(ValidationFailed)("configuration-any-capabilities", "CONFIG-CONTENT", on=ROLE_WRITES)
def any_capabilities(run: Run, refusal: ValidationFailed) -> Outcome:
    """Any text is taken for the capabilities of a role."""
    if refused_fields(refusal) != {"capabilities"}:
        raise refusal
    body = {**run.request.body, "capabilities": "[]"}
    return done_otherwise(run, ROLES, body, capabilities=run.request.body["capabilities"])


@in_place_of(ValidationFailed)("configuration-providers-of-others", "CONFIG-CONTENT", on=ROLE_WRITES)
def providers_of_others(run: Run, refusal: ValidationFailed) -> Outcome:
    """A role is made on a provider of whichever org, or moved to it."""
    provider = run.state.get(PROVIDERS, run.request.body.get("provider_id", ""))
    if refused_fields(refusal) != {"provider_id"} or provider is None:
        raise refusal
    lent = run.state.put(PROVIDERS, replace(provider, org_id=run.org_id, name=f"{provider.id}-lent"))
    after, outcome = run.right(lent, run.request)
    return after.put(PROVIDERS, provider), outcome

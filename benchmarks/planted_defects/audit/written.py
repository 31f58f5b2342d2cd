"""Defects of the events that changes write."""

from __future__ import annotations

from typing import Any

from mock_server.deviations.planting.ids import (
    ARCHIVE_PROVIDER,
    CREATE,
    DELETE_SECRET,
    LIST_EVENTS,
    PATCH,
    REPLACE_FILE,
    SET_SECRET,
    UNARCHIVE_PROVIDER,
    UPDATE_PROVIDER,
)
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import NotArchived
from mock_server.operation import Reply
from mock_server.resources.audit.event import EVENTS, SYSTEM
from mock_server.resources.audit.writing import with_events, with_system_event
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.state.state import State, touched
from mock_server.state.value import replace

_MADE_OR_UPDATED = ("pack.created", "provider.updated")


def _untouched(run: Run) -> State:
    """The state after it, as if nothing had been changed on the way there."""
    return replace(run.after, touched=run.state.touched)


def _provider_touched(run: Run) -> State:
    """The state after it, in which the provider was put once more where nothing changed."""
    if run.after is not run.state:
        return run.after
    return run.after.put(PROVIDERS, run.after.all(PROVIDERS)[run.request.path["id"]])


@wrong_outcome("audit-replaced-file-unwritten", "AUDIT-WRITTEN", on=REPLACE_FILE)
def replaced_file_unwritten(run: Run) -> Outcome:
    """A replaced file writes no event."""
    return _untouched(run), run.outcome


@wrong_outcome("audit-deleted-secret-unwritten", "AUDIT-WRITTEN", on=DELETE_SECRET)
def deleted_secret_unwritten(run: Run) -> Outcome:
    """A deleted secret writes no event."""
    return _untouched(run), run.outcome


@wrong_outcome("audit-equal-update-written", "AUDIT-REFUSED", on=UPDATE_PROVIDER)
def equal_update_written(run: Run) -> Outcome:
    """An update of a provider that changes nothing writes an event."""
    return _provider_touched(run), run.outcome


@wrong_outcome("audit-archived-again-written", "AUDIT-REFUSED", on=ARCHIVE_PROVIDER)
def archived_again_written(run: Run) -> Outcome:
    """Archiving an archived provider writes an event."""
    return _provider_touched(run), run.outcome


@in_place_of(NotArchived)("audit-refused-written", "AUDIT-REFUSED", on=UNARCHIVE_PROVIDER)
def refused_written(run: Run, refusal: NotArchived) -> Outcome:
    """A provider that is in use is not taken into use again, and the event of it is written all the same."""
    provider = run.request.find(run.state, PROVIDERS)
    return with_system_event(run.state, PROVIDERS, provider, "provider.unarchived", run.request.now), refusal


def _with_wrong_events(run: Run, declared: tuple[str, ...], user_id: str | None = None, **columns: Any) -> Outcome:
    """What is done, with its events written by another user or with other columns."""
    after, outcome = run.done
    if after is run.state or not isinstance(outcome, Reply):
        return after, outcome
    caller = replace(run.request.caller, user_id=user_id or run.request.caller.user_id)
    wrong = with_events(after, run.state, declared, caller, run.request.now)
    for name, key in touched(wrong, after):
        event = wrong.get(EVENTS, key) if name == EVENTS.name else None
        if event is not None:
            wrong = wrong.drop(EVENTS, key).put(EVENTS, replace(event, **columns))
    return replace(wrong, touched=run.state.touched), outcome


@wrong_outcome("audit-secrets-are-activity", "AUDIT-COLUMNS", on=SET_SECRET)
def secrets_are_activity(run: Run) -> Outcome:
    """The event of a secret that is set is of the category activity."""
    return _with_wrong_events(run, ("secret.set",), category="activity")


@wrong_outcome("audit-packs-by-the-agent", "AUDIT-COLUMNS", on=PATCH)
def packs_by_the_agent(run: Run) -> Outcome:
    """The event of a pack whose visibility changes is the agent's."""
    return _with_wrong_events(run, ("pack.visibility_changed",), actor="agent")


@wrong_outcome("audit-providers-in-a-workspace", "AUDIT-COLUMNS", on=UPDATE_PROVIDER)
def providers_in_a_workspace(run: Run) -> Outcome:
    """The event of a provider that is updated names a workspace."""
    return _with_wrong_events(run, ("provider.updated",), workspace_id="ws_0")


@wrong_outcome("audit-key-as-owner", "AUDIT-USER", on=CREATE + UPDATE_PROVIDER)
def key_as_owner(run: Run) -> Outcome:
    """What an API key makes or updates has the owner of the org as its user."""
    owner = f"usr_{run.org_id.removeprefix('org_')}_owner"
    key = run.request.caller.kind == "api_key"
    return _with_wrong_events(run, _MADE_OR_UPDATED, owner if key else None)


@wrong_outcome("audit-person-as-system", "AUDIT-USER", on=CREATE + UPDATE_PROVIDER)
def person_as_system(run: Run) -> Outcome:
    """What a person makes or updates has system as its user."""
    return _with_wrong_events(run, _MADE_OR_UPDATED, SYSTEM)


@wrong_reply("audit-id-of-version-4", "AUDIT-ID", on=LIST_EVENTS)
def id_of_version_4(body: Any, _run: Run) -> Any:
    """The id of an event is a UUIDv4."""
    events = [{**event, "id": f"{event['id'][:14]}4{event['id'][15:]}"} for event in body["events"]]
    return {**body, "events": events}

"""Defects of the events that changes write."""

from __future__ import annotations

from typing import Any

from mock_server.deviations.planting.ids import (
    ARCHIVE_PROVIDER,
    DELETE_SECRET,
    LIST_EVENTS,
    REPLACE_FILE,
    UNARCHIVE_PROVIDER,
    UPDATE_PROVIDER,
)
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import NotArchived
from mock_server.resources.audit.event import SYSTEM
from mock_server.resources.audit.writing import with_system_event
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.state.state import State
from mock_server.state.value import replace


def _untouched(run: Run) -> State:
    """The state after it, as if nothing had been changed on the way there."""
    return replace(run.after, touched=run.state.touched)


def _provider_touched(run: Run) -> State:
    """The state after it, in which the provider was put once more where nothing changed."""
    if run.after is not run.state:
        return run.after
    return run.after.put(PROVIDERS, run.after.all(PROVIDERS)[run.request.path["id"]])


@wrong_outcome("audit-replaced-file-unwritten", "AUDIT-WRITTEN", "AUDIT-REFUSED", "AUDIT-COLUMNS", on=REPLACE_FILE)
def replaced_file_unwritten(run: Run) -> Outcome:
    """A replaced file writes no event."""
    return _untouched(run), run.outcome


@wrong_outcome("audit-deleted-secret-unwritten", "AUDIT-WRITTEN", "AUDIT-REFUSED", "AUDIT-COLUMNS", on=DELETE_SECRET)
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


def _each(body: Any, **columns: Any) -> Any:
    """The page with columns of its events changed; each is given what the event has."""
    changed = [
        {**event, **{name: change(event) for name, change in columns.items() if change(event) is not None}}
        for event in body["events"]
    ]
    return {**body, "events": changed}


@wrong_reply("audit-secrets-are-activity", "AUDIT-COLUMNS", on=LIST_EVENTS)
def secrets_are_activity(body: Any, _run: Run) -> Any:
    """The events of secrets are of the category activity."""
    return _each(body, category=lambda event: "activity" if event["event_type"].startswith("secret.") else None)


@wrong_reply("audit-packs-by-the-agent", "AUDIT-COLUMNS", on=LIST_EVENTS)
def packs_by_the_agent(body: Any, _run: Run) -> Any:
    """The events of packs are the agent's."""
    return _each(body, actor=lambda event: "agent" if event["event_type"].startswith("pack.") else None)


@wrong_reply("audit-providers-in-a-workspace", "AUDIT-COLUMNS", on=LIST_EVENTS)
def providers_in_a_workspace(body: Any, _run: Run) -> Any:
    """The events of providers name a workspace."""
    return _each(body, workspace_id=lambda event: "ws_0" if event["event_type"].startswith("provider.") else None)


@wrong_reply("audit-key-as-owner", "AUDIT-USER", on=LIST_EVENTS)
def key_as_owner(body: Any, _run: Run) -> Any:
    """What an API key did has the owner of the org as its user."""

    def user(event: Any) -> str | None:
        return f"usr_{event['org_id'].removeprefix('org_')}_owner" if event["user_id"] == SYSTEM else None

    return _each(body, user_id=user)


@wrong_reply("audit-person-as-system", "AUDIT-USER", "OWNERSHIP-AUDIT-OWN", on=LIST_EVENTS)
def person_as_system(body: Any, _run: Run) -> Any:
    """What a person changed has system as its user."""
    return _each(body, user_id=lambda event: SYSTEM if "resource_id" in event else None)


@wrong_reply("audit-id-of-version-4", "AUDIT-ID", on=LIST_EVENTS)
def id_of_version_4(body: Any, _run: Run) -> Any:
    """The id of an event is a UUIDv4."""
    return _each(body, id=lambda event: f"{event['id'][:14]}4{event['id'][15:]}")

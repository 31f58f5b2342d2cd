"""Defects of archiving: what is archived is shown, kept or taken back wrongly."""

from __future__ import annotations

from mock_server.deviations.planting.ids import (
    ARCHIVE_PROVIDER,
    GET_PROVIDER,
    LIST_PROVIDERS,
    UNARCHIVE_PROVIDER,
)
from mock_server.deviations.planting.objects import wrong_object
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.errors import NotArchived, ProviderNotFound
from mock_server.resources.operation import Reply
from mock_server.resources.providers.provider import PROVIDERS, Provider
from mock_server.state.value import replace

wrong_provider = wrong_object(PROVIDERS)


@wrong_outcome("archiving-always-listed", "LIST-ARCHIVED", on=LIST_PROVIDERS)
def always_listed(run: Run) -> Outcome:
    """Archived providers are in the list whether they are asked for or not."""
    return run.right(run.state, run.request._replace(query={"include_archived": True}))


@wrong_outcome("archiving-never-listed", "LIST-ARCHIVED", on=LIST_PROVIDERS)
def never_listed(run: Run) -> Outcome:
    """Archived providers are in no list, though they are asked for."""
    return run.right(run.state, run.request._replace(query={"include_archived": False}))


@wrong_outcome("archiving-hides", "ARCHIVE-STAMPS", on=GET_PROVIDER)
def hides(run: Run) -> Outcome:
    """An archived provider is not found by its id."""
    provider = run.state.get(PROVIDERS, run.request.path["id"])
    if provider is not None and provider.archived_at is not None:
        raise ProviderNotFound("There is no provider of this id.")
    return run.done


@wrong_provider("archiving-settings-lost", "ARCHIVE-STAMPS", on=ARCHIVE_PROVIDER)
def settings_lost(_before: Provider, right: Provider, _run: Run) -> Provider:
    """A provider that is archived loses its default model and its credential."""
    return replace(right, default_model=None, credential_name=None)


@wrong_provider("archiving-time-stays", "ARCHIVE-STAMPS", "LIST-ARCHIVED", on=UNARCHIVE_PROVIDER)
def time_stays(before: Provider, right: Provider, _run: Run) -> Provider:
    """A provider that is taken into use again keeps its archived_at."""
    return replace(right, archived_at=before.archived_at)


@wrong_provider("archiving-again-counts", "ARCHIVE-AGAIN", on=ARCHIVE_PROVIDER)
def again_counts(_before: Provider, right: Provider, run: Run) -> Provider:
    """A provider that is archived again has the later time."""
    return replace(right, archived_at=run.request.now, updated_at=run.request.now)


@in_place_of(NotArchived)("archiving-not-needed", "ARCHIVE-NOT-ARCHIVED", on=UNARCHIVE_PROVIDER)
def not_needed(run: Run, _refusal: NotArchived) -> Outcome:
    """A provider that is in use is unarchived all the same."""
    return run.state, Reply(200, {"status": "unarchived"})

"""How the refusals of tasks are provoked: by the status of a workspace, by its archiving, and by its agent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from conformance.needs import state
from conformance.oracle.facts import Fact
from conformance.recipes.causes import FOR_SOMEBODY, Cause, for_somebody_with
from conformance.recipes.making import archived
from conformance.resources.workspaces.file_causes import once
from conformance.resources.workspaces.file_making import IS_UNREACHABLE, unreachable
from conformance.resources.workspaces.making import IS
from conformance.resources.workspaces.semantics import WORKSPACE
from conformance.resources.workspaces.statuses import in_one_of
from conformance.session.harness import Harness


def _in_status(status: str, harness: Harness, fact: Fact) -> None:
    in_one_of(harness, harness.state.facts(WORKSPACE)[fact.id], (status,))


_NEEDS = dict.fromkeys(("failed", "provisioning"), for_somebody_with((state(IS),)))
"""Of the statuses into which no caller brings a workspace that has run: what they need."""
_UNREACHABLE = for_somebody_with((state(IS_UNREACHABLE),))
ARCHIVED_MEANWHILE = Cause(once(archived), FOR_SOMEBODY)
UNREACHABLE_MEANWHILE = Cause(once(unreachable), _UNREACHABLE)


def by_status(codes: Mapping[str, str]) -> dict[str, Cause]:
    """Return how the refusals of a workspace are provoked that has a status: by code, for statuses and their codes."""
    return {
        code: Cause(once(partial(_in_status, status)), _NEEDS.get(status, FOR_SOMEBODY))
        for status, code in codes.items()
    }

"""Clause ownership, of streams: whose events come down one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from conformance.contract.contract import Operation
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.making import create_owned
from conformance.recipes.people import create_for_another, find_narrowed
from conformance.recipes.reading import items, read_list
from conformance.resources.events.log import find_auditor, get_column
from conformance.resources.events.source import Source, happen
from conformance.resources.events.streams import (
    PastActivity,
    build_request_after,
    content,
    find_past,
    is_followed,
    list_sent_ids,
)
from conformance.resources.workspaces import WORKSPACE
from conformance.results.difference import from_list
from conformance.running.binding import over, rule
from conformance.session.harness import Harness


def _list_missed(harness: Harness, operation: Operation, seer: Caller) -> tuple[PastActivity, dict[str, str | None]]:
    """Return what happened lately, and by event who created the workspace in which it happened."""
    creators = {read_id(each): each.get("created_by_user_id") for each in items(read_list(harness, WORKSPACE, seer))}
    known = find_past(Source(harness, operation, seer))
    return known, {str(each.get("id")): creators.get(get_column(each, "workspace_id")) for each in known.missed}


def _is_of_others(whose: Mapping[str, str | None], person: str | None) -> bool:
    return any(creator not in (None, person) for creator in whose.values())


@rule("OWNERSHIP-STREAM-OWN")
@over("operation", lambda scope: [each for each in scope.operations if is_followed(each) and not each.names_object])
def test_who_sees_the_own_workspaces_alone_is_sent_their_events(harness: Harness, operation: Operation) -> None:
    """Some of what was missed was in the caller's own workspaces, and some in somebody else's."""
    caller = find_narrowed(harness, operation)
    person, seer = harness.knowledge.find_person(caller), find_auditor(harness, caller.org, operation)
    known, whose = _list_missed(harness, operation, seer)
    if not _is_of_others(whose, person):
        happen(harness, create_for_another(harness, WORKSPACE, caller), times=2)  # so that it is in the list again
        known, whose = _list_missed(harness, operation, seer)
    if person not in whose.values():
        with suppress(NotProvoked):
            happen(harness, create_owned(harness, WORKSPACE, caller.org, caller=caller), times=2)
        known, whose = _list_missed(harness, operation, seer)
    if not _is_of_others(whose, person):
        raise NotProvoked(f"nothing has happened in {caller.org} in a workspace of somebody else")
    own = [name for name, creator in whose.items() if creator == person]
    exchange = harness.hold(caller, build_request_after(Source(harness, operation, caller), known.last, len(own)))
    got = list_sent_ids(content(exchange))
    foreign = [name for name in got if whose.get(name) not in (None, person)]
    said = "events of the own workspaces alone", f"{len(foreign)} of somebody else's"
    harness.check(not foreign, exchange, *said, evidence=from_list(*said), effect=DataEffect.LEAKED)
    said = f"the {len(own)} events of the own workspaces", f"{len(got)} events"
    harness.check({*own} <= {*got}, exchange, *said, evidence=from_list(*said))

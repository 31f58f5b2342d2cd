"""Clause ownership, of streams: whose events come down one."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.contract.contract import Operation
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.fields import id_of
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.people import narrowed, of_another_person
from conformance.recipes.reading import items, listed
from conformance.resources.events.log import auditor, column
from conformance.resources.events.source import Source, happen
from conformance.resources.events.streams import Past, after, content, follows, names, past
from conformance.resources.workspaces import WORKSPACE
from conformance.results.difference import of_list
from conformance.running.binding import over, rule
from conformance.session.harness import Harness


def _missed(harness: Harness, operation: Operation, seer: Caller) -> tuple[Past, dict[str, str | None]]:
    """Return what happened lately, and by event who created the workspace in which it happened."""
    creators = {id_of(each): each.get("created_by_user_id") for each in items(listed(harness, WORKSPACE, seer))}
    known = past(Source(harness, operation, seer))
    return known, {str(each.get("id")): creators.get(column(each, "workspace_id")) for each in known.missed}


def _of_others(whose: Mapping[str, str | None], person: str | None) -> bool:
    return any(creator not in (None, person) for creator in whose.values())


@rule("OWNERSHIP-STREAM-OWN")
@over("operation", lambda scope: [each for each in scope.operations if follows(each) and not each.names_object])
def test_who_sees_the_own_workspaces_alone_is_sent_their_events(harness: Harness, operation: Operation) -> None:
    """Some of what was missed was in the caller's own workspaces, and some in somebody else's."""
    caller = narrowed(harness, operation)
    person, seer = harness.state.person_of(caller), auditor(harness, caller.org, operation)
    known, whose = _missed(harness, operation, seer)
    if not _of_others(whose, person):
        happen(harness, of_another_person(harness, WORKSPACE, caller), times=2)  # so that it is in the list again
        known, whose = _missed(harness, operation, seer)
    if not _of_others(whose, person):
        raise NotProvoked(f"nothing has happened in {caller.org} in a workspace of somebody else")
    own = [name for name, creator in whose.items() if creator == person]
    exchange = harness.hold(caller, after(Source(harness, operation, caller), known.last, len(own)))
    got = names(content(exchange))
    foreign = [name for name in got if whose.get(name) not in (None, person)]
    said = "events of the own workspaces alone", f"{len(foreign)} of somebody else's"
    harness.check(not foreign, exchange, *said, evidence=of_list(*said), effect=DataEffect.LEAKED)
    said = f"the {len(own)} events of the own workspaces", f"{len(got)} events"
    harness.check({*own} <= {*got}, exchange, *said, evidence=of_list(*said))

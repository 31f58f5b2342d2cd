"""The callers through whose eyes a write is looked at, and those who try what they may not."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract.contract import Operation
from conformance.oracle.declaration.resource import Resource
from conformance.profile import Caller
from conformance.recipes.credentials import is_session
from conformance.session.harness import Harness

OTHER_ORGS = 2


def viewers(harness: Harness, actor: Caller, resource: Resource) -> tuple[Caller, ...]:
    """The actor, and of its org and two others one caller with a session and one with an API key each.

    Rather those who may ask for the list; of those who see no one else's than their own one each besides.
    """
    listing = harness.contract.operations.get(resource.listed_by or "")

    def kind(caller: Caller) -> tuple[str, bool, bool]:
        return caller.org, is_session(caller), listing is not None and resource.narrows(caller, listing)

    others = dict.fromkeys(caller.org for caller in harness.callers() if caller.org != actor.org)
    orgs = [actor.org, *others][: 1 + OTHER_ORGS]
    found = {kind(actor): actor}
    for caller in sorted(harness.callers(), key=lambda each: bool(listing and not harness.may(each, listing))):
        if caller.org in orgs:
            found.setdefault(kind(caller), caller)
    return tuple(found.values())


def most_able(harness: Harness, operations: Iterable[Operation], callers: Iterable[Caller]) -> Caller | None:
    """The caller who may do the most of the operations, the first of several; None where nobody may do any."""
    wanted = tuple(operations)
    able = [(sum(harness.may(caller, each) for each in wanted), caller) for caller in callers]
    most, found = max(able, key=lambda pair: pair[0], default=(0, None))
    return found if most else None

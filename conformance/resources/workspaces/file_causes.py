"""How the refusals about the files of workspaces are provoked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.needs import state
from conformance.oracle.facts import Fact
from conformance.recipes.causes import Cause, Provoking, for_somebody_with, with_part
from conformance.recipes.making import own
from conformance.recipes.valid import valid
from conformance.resources.workspaces.file_making import HAS_FILE, IS_UNREACHABLE, a_path, unreachable
from conformance.resources.workspaces.making import EXISTS, IS, in_status, resource
from conformance.session.harness import Harness

Change = Callable[[Harness, Fact], object]


def once(change: Change) -> Callable[[Harness, Operation], Provoking]:
    """A right request about a workspace of which something has changed meanwhile."""

    def provoking(harness: Harness, operation: Operation) -> Provoking:
        caller = harness.able(operation)
        fact = own(harness, resource(), caller.org, operation=operation, caller=caller)
        request = valid(harness, operation, caller, fact=fact)
        change(harness, fact)
        return caller, request

    return provoking


def _never_stopped(harness: Harness, operation: Operation) -> Provoking:
    """A request about the snapshot of a workspace that is new, and so has none."""
    caller = harness.able(operation)
    fact = own(harness, resource(), caller.org, caller=caller)
    request = valid(harness, operation, caller, fact=replace(fact, made=False))
    return caller, request


def _absent(harness: Harness, operation: Operation) -> Provoking:
    caller = harness.able(operation)
    return caller, with_part(operation, valid(harness, operation, caller), a_path(harness))


OF_UNREACHABLE = Cause(once(unreachable), for_somebody_with((state(EXISTS),), (state(IS_UNREACHABLE),)))
OF_NEVER_STOPPED = Cause(_never_stopped, for_somebody_with((state(EXISTS),)))
OF_ABSENT = Cause(_absent, for_somebody_with((state(EXISTS),), (state(HAS_FILE),)))


def while_in(status: str) -> Cause:
    """Return the cause of what is refused in a status."""
    needs = for_somebody_with((state(EXISTS),), (state(IS),))
    return Cause(once(lambda harness, fact: in_status(harness, fact, status)), needs)

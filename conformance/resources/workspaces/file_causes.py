"""How the refusals about the files of workspaces are provoked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.needs import state
from conformance.oracle.facts import Fact
from conformance.recipes.causes import Cause, Provoking, for_somebody_with, with_part
from conformance.recipes.making import own
from conformance.recipes.valid import valid
from conformance.resources.workspaces.file_making import HAS_FILE, IS_UNREACHABLE, a_path, unreachable
from conformance.resources.workspaces.file_semantics import (
    LIST_SANDBOX,
    LIST_SNAPSHOT,
    NO_FILE,
    NO_SNAPSHOT,
    NOT_RUNNING,
    UNREACHABLE,
)
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


_BY_STATES = for_somebody_with((state(EXISTS),), (state(IS),))
_UNREACHABLE = Cause(once(unreachable), for_somebody_with((state(EXISTS),), (state(IS_UNREACHABLE),)))
_NEVER_STOPPED = Cause(_never_stopped, for_somebody_with((state(EXISTS),)))
_ABSENT = Cause(_absent, for_somebody_with((state(EXISTS),), (state(HAS_FILE),)))


def _while(status: str) -> Cause:
    return Cause(once(lambda harness, fact: in_status(harness, fact, status)), _BY_STATES)


OF_LISTS: Mapping[str, Cause] = {
    f"{LIST_SANDBOX} 409": _while("stopped"),
    f"{LIST_SANDBOX} 502": _UNREACHABLE,
    f"{LIST_SNAPSHOT} {NO_SNAPSHOT}": _NEVER_STOPPED,
}
OF_SANDBOX: Mapping[str, Cause] = {
    **{code: _while(status) for status, code in NOT_RUNNING.items()},
    UNREACHABLE: _UNREACHABLE,
    NO_FILE: _ABSENT,
}
OF_KEPT: Mapping[str, Cause] = {NO_SNAPSHOT: _NEVER_STOPPED, NO_FILE: _ABSENT}
"""By the code that a refusal has, or by the operation and the status where it has none."""

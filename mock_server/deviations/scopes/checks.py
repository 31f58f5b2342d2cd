"""Defects in which scopes are asked for, and of whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mock_server.deviations import deviation, with_hooks
from mock_server.deviations.answers import with_refusal
from mock_server.deviations.memory import Notes, remembering
from mock_server.deviations.operations import DELETE, GET, LIST, PATCH, READ_FILE, REPLACE_FILE, REPLACE_IMAGE, SESSION
from mock_server.deviations.outcomes import Outcome, with_transition
from mock_server.deviations.requests import with_gate, without_gate
from mock_server.errors import ApiError, PackNotFound, PermissionDenied
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import scope
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.operation import Request, Transition
from mock_server.state.state import State
from mock_server.worlds.call import Call

_SCOPE = "caps:write"


def _keeping_out(hooks: Hooks, why: Callable[[Call], str | None]) -> Hooks:
    """Plant a refusal of callers whatever their scopes, for the reason that the function gives."""

    def strict(right: Gate, call: Call) -> Awaitable[None] | None:
        reason = why(call) if call.operation.scopes else None
        if reason is not None:
            raise PermissionDenied(reason)
        return right(call)

    return hooks.with_gate(scope, strict)


@deviation("scopes-not-checked", "SCOPE-REQUIRED", plant=without_gate(scope))
def not_checked(_call: Call) -> bool:
    """Any signed-in caller may do anything."""
    return True


@deviation("scopes-delete-free", "SCOPE-REQUIRED", on=DELETE, plant=without_gate(scope))
def delete_free(_call: Call) -> bool:
    """To delete asks for no scope."""
    return True


@deviation("scopes-by-prefix", "SCOPE-REQUIRED", plant=without_gate(scope))
def by_prefix(call: Call) -> bool:
    """Any scope that ends in `:write` opens what asks for one that does."""
    return any(each.endswith(":write") for each in call.caller.permissions)


@deviation("scopes-by-resource", "SCOPE-REQUIRED", plant=without_gate(scope))
def by_resource(call: Call) -> bool:
    """Any scope on caps, one to read too, opens what asks for one."""
    return any(each.startswith("caps:") for each in call.caller.permissions)


@deviation("scopes-of-a-colleague", "SCOPE-REQUIRED", plant=remembering(with_gate(scope)))
def of_a_colleague(notes: Notes, right: Gate, call: Call) -> Awaitable[None] | None:
    """Once a caller of the org was let through, every other one is, from a cache of the org's verdicts."""
    known = (call.operation.id, call.caller.org_id)
    if known in notes:
        return None
    right(call)
    notes[known] = True
    return None


@deviation("scopes-noop-free", "SCOPE-REQUIRED", on=PATCH, plant=with_hooks)
def noop_free(hooks: Hooks) -> Hooks:
    """A PATCH to the visibility that the pack has asks for no scope."""

    def late(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        if after is not state and _SCOPE not in request.caller.permissions:
            raise PermissionDenied(f"The operation asks for {_SCOPE}.")
        return after, outcome

    return with_transition(without_gate(scope)(hooks, lambda _call: True), late)


@deviation("scopes-denied-as-unknown", "SCOPE-REQUIRED", on=REPLACE_IMAGE + REPLACE_FILE, plant=with_gate(scope))
def denied_as_unknown(right: Gate, call: Call) -> Awaitable[None] | None:
    """Who lacks the scope to replace an image or a file is told that there is no such pack."""
    try:
        return right(call)
    except PermissionDenied:
        raise PackNotFound("There is no pack of this id.") from None


@deviation("scopes-keys-read-only", "SCOPE-SUFFICIENT", plant=_keeping_out)
def keys_read_only(call: Call) -> str | None:
    """An API key may write nothing, whatever its scopes."""
    return "An API key may not write." if call.caller.kind == "api_key" else None


@deviation("scopes-owners-delete", "SCOPE-SUFFICIENT", on=DELETE, plant=_keeping_out)
def owners_delete(call: Call) -> str | None:
    """An operator may not delete, whatever the scopes."""
    return "Only an owner may delete." if call.caller.role == "operator" else None


@deviation("scopes-first-only", "SCOPE-SUFFICIENT", plant=_keeping_out)
def first_only(call: Call) -> str | None:
    """Of the scopes of a caller only the first is looked at."""
    missing = any(one_of.isdisjoint(call.caller.permissions[:1]) for one_of in call.operation.scopes)
    return "The scope is missing." if missing else None


@deviation("scopes-list-for-readers", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=LIST, plant=with_refusal)
def list_for_readers(call: Call) -> ApiError | None:
    """To list packs asks for workspace:read, which a member does not hold."""
    return (
        None
        if "workspace:read" in call.caller.permissions
        else PermissionDenied("The operation asks for workspace:read.")
    )


@deviation("scopes-files-for-writers", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=READ_FILE, plant=with_refusal)
def files_for_writers(call: Call) -> ApiError | None:
    """To read a file asks for the scope to change packs."""
    return None if _SCOPE in call.caller.permissions else PermissionDenied(f"The operation asks for {_SCOPE}.")


@deviation("scopes-none-at-all", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=GET + SESSION, plant=with_refusal)
def none_at_all(call: Call) -> ApiError | None:
    """A caller who holds no scope at all is refused even what asks for none."""
    return None if call.caller.permissions else PermissionDenied("The caller holds no scope.")

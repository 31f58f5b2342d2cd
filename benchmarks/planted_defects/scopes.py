"""Defects in which scopes are asked for, and of whom."""

from __future__ import annotations

from benchmarks.planted_defects.planting.requests import Passing, open_gate, wrong_gate
from mock_server.deviations.planting.answers import undeclared_refusal
from mock_server.deviations.planting.deviation import wrong_hooks
from mock_server.deviations.planting.ids import (
    DELETE,
    GET,
    LIST,
    PATCH,
    READ_FILE,
    REPLACE_FILE,
    REPLACE_IMAGE,
    SESSION,
)
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, wrong_outcome
from mock_server.errors import ApiError, PackNotFound, PermissionDenied
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import scope
from mock_server.pipeline.hooks import Hooks
from mock_server.worlds.call import Call

_SCOPE = "caps:write"


@open_gate(scope)("scopes-not-checked", "SCOPE-REQUIRED")
def not_checked(_call: Call) -> bool:
    """Any signed-in caller may do anything."""
    return True


@open_gate(scope)("scopes-delete-free", "SCOPE-REQUIRED", on=DELETE)
def delete_free(_call: Call) -> bool:
    """To delete asks for no scope."""
    return True


@open_gate(scope)("scopes-by-prefix", "SCOPE-REQUIRED")
def by_prefix(call: Call) -> bool:
    """Any scope that ends in `:write` opens what asks for one that does."""
    return any(each.endswith(":write") for each in call.caller.permissions)


@open_gate(scope)("scopes-by-resource", "SCOPE-REQUIRED")
def by_resource(call: Call) -> bool:
    """Any scope on caps, one to read too, opens what asks for one."""
    return any(each.startswith("caps:") for each in call.caller.permissions)


@wrong_gate(scope)("scopes-of-a-colleague", "SCOPE-REQUIRED")
def of_a_colleague(right: Gate, call: Call) -> Passing:
    """Once a caller of the org was let through, every other one is, from a cache of the org's verdicts."""
    notes = notes_of(of_a_colleague)
    known = (call.operation.id, call.caller.org_id)
    if known not in notes:
        right(call)
        notes[known] = True
    return None


@wrong_hooks("scopes-noop-free", "SCOPE-REQUIRED", on=PATCH)
def noop_free(hooks: Hooks) -> Hooks:
    """A PATCH to the visibility that the pack has asks for no scope."""

    def late(run: Run) -> Outcome:
        if run.after is not run.state and _SCOPE not in run.request.caller.permissions:
            raise PermissionDenied(f"The operation asks for {_SCOPE}.")
        return run.done

    return wrong_outcome.plant(open_gate(scope).plant(hooks, not_checked), late)


@wrong_gate(scope)("scopes-denied-as-unknown", "SCOPE-REQUIRED", on=REPLACE_IMAGE + REPLACE_FILE)
def denied_as_unknown(right: Gate, call: Call) -> Passing:
    """Who lacks the scope to replace an image or a file is told that there is no such pack."""
    try:
        return right(call)
    except PermissionDenied:
        raise PackNotFound("There is no pack of this id.") from None


@wrong_gate(scope)("scopes-keys-read-only", "SCOPE-SUFFICIENT")
def keys_read_only(right: Gate, call: Call) -> Passing:
    """An API key may write nothing, whatever its scopes."""
    if call.operation.scopes and call.caller.kind == "api_key":
        raise PermissionDenied("An API key may not write.")
    return right(call)


@wrong_gate(scope)("scopes-owners-delete", "SCOPE-SUFFICIENT", on=DELETE)
def owners_delete(right: Gate, call: Call) -> Passing:
    """An operator may not delete, whatever the scopes."""
    if call.operation.scopes and call.caller.role == "operator":
        raise PermissionDenied("Only an owner may delete.")
    return right(call)


@wrong_gate(scope)("scopes-first-only", "SCOPE-SUFFICIENT")
def first_only(right: Gate, call: Call) -> Passing:
    """Of the scopes of a caller only the first is looked at."""
    if any(one_of.isdisjoint(call.caller.permissions[:1]) for one_of in call.operation.scopes):
        raise PermissionDenied("The scope is missing.")
    return right(call)


@undeclared_refusal("scopes-list-for-readers", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=LIST)
def list_for_readers(call: Call) -> ApiError | None:
    """To list packs asks for workspace:read, which a member does not hold."""
    held = "workspace:read" in call.caller.permissions
    return None if held else PermissionDenied("The operation asks for workspace:read.")


@undeclared_refusal("scopes-files-for-writers", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=READ_FILE)
def files_for_writers(call: Call) -> ApiError | None:
    """To read a file asks for the scope to change packs."""
    return None if _SCOPE in call.caller.permissions else PermissionDenied(f"The operation asks for {_SCOPE}.")


@undeclared_refusal("scopes-none-at-all", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=GET + SESSION)
def none_at_all(call: Call) -> ApiError | None:
    """A caller who holds no scope at all is refused even what asks for none."""
    return None if call.caller.permissions else PermissionDenied("The caller holds no scope.")

"""Defects in which scopes are asked for, and of whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mock_server.deviations import deviation
from mock_server.deviations.answers import with_refusal
from mock_server.deviations.memory import Memory
from mock_server.deviations.outcomes import Outcome, with_transition
from mock_server.errors import PackNotFound, PermissionDenied
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import scope
from mock_server.pipeline.hooks import Seams
from mock_server.resources.operation import Request, Transition
from mock_server.state.state import State
from mock_server.worlds.call import Call

_SCOPE = "caps:write"


def _let_through(seams: Seams, whom: Callable[[Call], bool]) -> Seams:
    """The seams in which these callers are asked for no scope."""
    return seams.with_gate(scope, lambda right, call: None if whom(call) else right(call))


def _kept_out(seams: Seams, whom: Callable[[Call], bool], message: str) -> Seams:
    """The seams in which these callers are refused, whatever their scopes."""

    def strict(right: Gate, call: Call) -> Awaitable[None] | None:
        if call.operation.scopes and whom(call):
            raise PermissionDenied(message)
        return right(call)

    return seams.with_gate(scope, strict)


@deviation("scopes-not-checked", "SCOPE-REQUIRED")
def not_checked(seams: Seams) -> Seams:
    """Any signed-in caller may do anything."""
    return _let_through(seams, lambda _call: True)


@deviation("scopes-delete-free", "SCOPE-REQUIRED", on=("packs.delete",))
def delete_free(seams: Seams) -> Seams:
    """To delete asks for no scope."""
    return _let_through(seams, lambda _call: True)


@deviation("scopes-by-prefix", "SCOPE-REQUIRED")
def by_prefix(seams: Seams) -> Seams:
    """Any scope that ends in `:write` opens what asks for one that does."""
    return _let_through(seams, lambda call: any(each.endswith(":write") for each in call.caller.scopes))


@deviation("scopes-by-resource", "SCOPE-REQUIRED")
def by_resource(seams: Seams) -> Seams:
    """Any scope on caps, one to read too, opens what asks for one."""
    return _let_through(seams, lambda call: any(each.startswith("caps:") for each in call.caller.scopes))


@deviation("scopes-of-a-colleague", "SCOPE-REQUIRED")
def of_a_colleague(seams: Seams) -> Seams:
    """Once a caller of the org was let through, every other one is, from a cache of the org's verdicts."""
    memory = Memory()

    def remembered(right: Gate, call: Call) -> Awaitable[None] | None:
        known = (call.operation.id, call.caller.org_id)
        if known in memory.here:
            return None
        right(call)
        memory.here[known] = True
        return None

    return memory.kept(seams.with_gate(scope, remembered))


@deviation("scopes-noop-free", "SCOPE-REQUIRED", on=("packs.update_visibility",))
def noop_free(seams: Seams) -> Seams:
    """A PATCH to the visibility that the pack has asks for no scope."""

    def late(right: Transition, state: State, request: Request) -> Outcome:
        after, outcome = right(state, request)
        if after is not state and _SCOPE not in request.caller.scopes:
            raise PermissionDenied(f"The operation asks for {_SCOPE}.")
        return after, outcome

    return with_transition(_let_through(seams, lambda _call: True), late)


@deviation("scopes-denied-as-unknown", "SCOPE-REQUIRED", on=("packs.replace_image", "packs.replace_file"))
def denied_as_unknown(seams: Seams) -> Seams:
    """Who lacks the scope to replace an image or a file is told that there is no such pack."""

    def hiding(right: Gate, call: Call) -> Awaitable[None] | None:
        try:
            return right(call)
        except PermissionDenied:
            raise PackNotFound("There is no pack of this id.") from None

    return seams.with_gate(scope, hiding)


@deviation("scopes-keys-read-only", "SCOPE-SUFFICIENT")
def keys_read_only(seams: Seams) -> Seams:
    """An API key may write nothing, whatever its scopes."""
    return _kept_out(seams, lambda call: call.caller.kind == "api_key", "An API key may not write.")


@deviation("scopes-owners-delete", "SCOPE-SUFFICIENT", on=("packs.delete",))
def owners_delete(seams: Seams) -> Seams:
    """An operator may not delete, whatever the scopes."""
    return _kept_out(seams, lambda call: call.caller.role == "operator", "Only an owner may delete.")


@deviation("scopes-first-only", "SCOPE-SUFFICIENT")
def first_only(seams: Seams) -> Seams:
    """Of the scopes of a caller only the first is looked at."""
    return _kept_out(
        seams,
        lambda call: any(one_of.isdisjoint(call.caller.permissions[:1]) for one_of in call.operation.scopes),
        "The scope is missing.",
    )


@deviation("scopes-list-for-readers", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=("packs.list",))
def list_for_readers(seams: Seams) -> Seams:
    """To list packs asks for workspace:read, which a member does not hold."""
    return with_refusal(
        seams,
        lambda call: (
            None
            if "workspace:read" in call.caller.scopes
            else PermissionDenied("The operation asks for workspace:read.")
        ),
    )


@deviation("scopes-files-for-writers", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=("packs.read_file",))
def files_for_writers(seams: Seams) -> Seams:
    """To read a file asks for the scope to change packs."""
    return with_refusal(
        seams,
        lambda call: None if _SCOPE in call.caller.scopes else PermissionDenied(f"The operation asks for {_SCOPE}."),
    )


@deviation("scopes-none-at-all", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=("packs.get", "session.get"))
def none_at_all(seams: Seams) -> Seams:
    """A caller who holds no scope at all is refused even what asks for none."""
    return with_refusal(
        seams, lambda call: None if call.caller.scopes else PermissionDenied("The caller holds no scope.")
    )

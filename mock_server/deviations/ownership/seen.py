"""Defects in which packs a caller sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mock_server.deviations import deviation
from mock_server.deviations.memory import Memory
from mock_server.deviations.outcomes import Outcome, with_reply, with_transition
from mock_server.errors import ApiError, FileNotFound, PackInUse, PackNotEditable, PackNotFound, PermissionDenied
from mock_server.pipeline.hooks import Seams
from mock_server.resources.models import PLATFORM_TIERS, Pack
from mock_server.resources.operation import Reply, Request, Transition
from mock_server.resources.view import pack_view, visible
from mock_server.state.state import State

_LIST = ("packs.list",)
_GET = ("packs.get",)
_FILE = ("packs.read_file",)
_PAGE = 20


def _refusing(seams: Seams, whom: Callable[[Pack, Request], bool], refusal: ApiError) -> Seams:
    """The seams in which some packs are refused."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        pack = state.packs.get(request.path["id"])
        if pack is not None and whom(pack, request):
            raise refusal
        return right(state, request)

    return with_transition(seams, spoilt)


def _for_hidden(seams: Seams, refusal: ApiError) -> Seams:
    """The seams in which a pack that is there and hidden has a refusal of its own."""
    return _refusing(seams, lambda pack, request: not visible(pack, request.caller.org_id), refusal)


def _as_its_owner(seams: Seams) -> Seams:
    """The seams in which an operation is done as if the caller were of the org of the pack."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        pack = state.packs.get(request.path["id"])
        if pack is None or pack.org_id is None:
            return right(state, request)
        return right(state, request._replace(caller=replace(request.caller, org_id=pack.org_id)))

    return with_transition(seams, spoilt)


def _no_pack() -> PackNotFound:
    return PackNotFound("There is no pack of this id.")


@deviation("ownership-verified-left-out", "OWNERSHIP-LISTED", on=_LIST)
def verified_left_out(seams: Seams) -> Seams:
    """The list leaves out the platform's packs of the tier verified."""

    def change(reply: Reply, _state: State, _request: Request) -> Reply:
        return reply._replace(body={"packs": [each for each in reply.body["packs"] if each["tier"] != "verified"]})

    return with_reply(seams, change)


@deviation("ownership-list-cut", "OWNERSHIP-LISTED", "CREATE-READABLE", on=_LIST)
def list_cut(seams: Seams) -> Seams:
    """The list ends after twenty packs, and nothing says so."""
    return with_reply(
        seams, lambda reply, _state, _request: reply._replace(body={"packs": reply.body["packs"][:_PAGE]})
    )


@deviation("ownership-private-listed", "OWNERSHIP-NOT-LISTED", "OWNERSHIP-SHARED-READABLE", on=_LIST)
def private_listed(seams: Seams) -> Seams:
    """The list holds every pack of every org."""

    def change(reply: Reply, state: State, request: Request) -> Reply:
        return reply._replace(body={"packs": [pack_view(each, request.caller.org_id) for each in state.packs.values()]})

    return with_reply(seams, change)


@deviation("ownership-listed-once", "OWNERSHIP-NOT-LISTED", on=_LIST)
def listed_once(seams: Seams) -> Seams:
    """A pack that was listed to other orgs is still listed when it was taken back, from an index of shared ones."""
    memory = Memory()

    def change(reply: Reply, state: State, request: Request) -> Reply:
        shared: set[str] = memory.here.setdefault("shared", set())
        shared |= {each["id"] for each in reply.body["packs"] if each["visibility"] == "community"}
        missing = shared - {each["id"] for each in reply.body["packs"]}
        more = [pack_view(state.packs[each], request.caller.org_id) for each in sorted(missing) if each in state.packs]
        return reply._replace(body={"packs": [*reply.body["packs"], *more]})

    return memory.kept(with_reply(seams, change))


@deviation("ownership-shared-files-hidden", "OWNERSHIP-SHARED-READABLE", on=_FILE)
def shared_files_hidden(seams: Seams) -> Seams:
    """The files of a community pack are read by its own org only."""
    return _refusing(seams, lambda pack, request: pack.org_id not in (None, request.caller.org_id), _no_pack())


@deviation("ownership-platform-by-visibility", "OWNERSHIP-SHARED-READABLE", on=_GET)
def platform_by_visibility(seams: Seams) -> Seams:
    """A platform pack whose visibility is org is listed and cannot be read."""
    return _refusing(seams, lambda pack, _request: pack.tier in PLATFORM_TIERS and pack.visibility == "org", _no_pack())


@deviation("ownership-own-hidden-from-keys", "OWNERSHIP-OWN-SERVED", "OWNERSHIP-SHARED-READABLE", on=_GET)
def own_hidden_from_keys(seams: Seams) -> Seams:
    """An API key cannot read a pack of its own org that is not shared."""
    return _refusing(
        seams,
        lambda pack, request: (
            request.caller.kind == "api_key" and pack.org_id == request.caller.org_id and pack.visibility == "org"
        ),
        _no_pack(),
    )


@deviation("ownership-private-readable", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=_GET)
def private_readable(seams: Seams) -> Seams:
    """Who knows the id of another org's pack can read it."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        pack = state.packs.get(request.path["id"])
        if pack is None:
            return right(state, request)
        return state, Reply(200, pack_view(pack, request.caller.org_id))

    return with_transition(seams, spoilt)


@deviation("ownership-private-files-readable", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=_FILE)
def private_files_readable(seams: Seams) -> Seams:
    """Who knows the id of another org's pack can read its files."""
    return _as_its_owner(seams)


@deviation(
    "ownership-private-forbidden",
    "OWNERSHIP-PRIVATE-HIDDEN",
    "OWNERSHIP-PRIVATE-INDISTINCT",
    on=("packs.update_visibility",),
)
def private_forbidden(seams: Seams) -> Seams:
    """A PATCH of another org's private pack is a 403, which tells that there is one."""
    return _for_hidden(seams, PermissionDenied("The pack belongs to another org."))


@deviation("ownership-private-in-use", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=("packs.delete",))
def private_in_use(seams: Seams) -> Seams:
    """To delete another org's private pack that roles reference is a 409, which tells that there is one."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        pack = state.packs.get(request.path["id"])
        hidden = pack is not None and not visible(pack, request.caller.org_id)
        if hidden and (roles := state.roles_with(request.path["id"])):
            raise PackInUse("Roles reference the pack; detach it from them first.", details={"roles": roles})
        return right(state, request)

    return with_transition(seams, spoilt)


@deviation("ownership-hidden-in-other-words", "OWNERSHIP-PRIVATE-INDISTINCT", on=_GET)
def hidden_in_other_words(seams: Seams) -> Seams:
    """The 404 for a hidden pack has another message than that for none."""
    return _for_hidden(seams, PackNotFound("There is no pack of this id in your org."))


@deviation("ownership-hidden-as-file", "OWNERSHIP-PRIVATE-INDISTINCT", on=("packs.read_file", "packs.replace_file"))
def hidden_as_file(seams: Seams) -> Seams:
    """For a file of a hidden pack the answer is file_not_found, for one of no pack pack_not_found."""
    return _for_hidden(seams, FileNotFound("The pack has no file of this path."))


@deviation("ownership-shared-patched", "OWNERSHIP-SHARED-READ-ONLY", on=("packs.update_visibility",))
def shared_patched(seams: Seams) -> Seams:
    """A community pack can be taken back or kept shared by whichever org sees it."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        pack = state.packs.get(request.path["id"])
        if pack is None or pack.org_id is None or pack.visibility == "org":
            return right(state, request)
        after, _ = right(state, request._replace(caller=replace(request.caller, org_id=pack.org_id)))
        return after, Reply(200, pack_view(after.packs[pack.id], request.caller.org_id))

    return with_transition(seams, spoilt)


@deviation("ownership-platform-file-conflict", "OWNERSHIP-SHARED-READ-ONLY", on=("packs.replace_file",))
def platform_file_conflict(seams: Seams) -> Seams:
    """To replace a file of a platform pack is a 409 pack_not_editable."""
    return _refusing(
        seams, lambda pack, _request: pack.org_id is None, PackNotEditable("Only an uploaded pack can be edited.")
    )


@deviation("ownership-shared-deleted", "OWNERSHIP-SHARED-DELETE", on=("packs.delete",))
def shared_deleted(seams: Seams) -> Seams:
    """A community pack that no role references can be deleted by whichever org sees it."""

    def spoilt(right: Transition, state: State, request: Request) -> Outcome:
        pack = state.packs.get(request.path["id"])
        if pack is None or pack.org_id is None or pack.visibility == "org":
            return right(state, request)
        return right(state, request._replace(caller=replace(request.caller, org_id=pack.org_id)))

    return with_transition(seams, spoilt)

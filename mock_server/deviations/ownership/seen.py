"""Defects in which packs a caller sees."""

from __future__ import annotations

from collections.abc import Callable

from mock_server.deviations import deviation
from mock_server.deviations.memory import Notes, remembering
from mock_server.deviations.operations import DELETE, FILES, GET, LIST, PATCH, READ_FILE, REPLACE_FILE
from mock_server.deviations.outcomes import Outcome, with_reply, with_transition
from mock_server.errors import ApiError, FileNotFound, PackInUse, PackNotEditable, PackNotFound, PermissionDenied
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.agent_roles import roles_with
from mock_server.resources.operation import Reply, Request, Transition
from mock_server.resources.packs.pack import PACKS, PLATFORM_TIERS, Pack, pack_view, visible
from mock_server.state.state import State
from mock_server.state.value import replace

_PAGE = 20


def _with_refusal(hooks: Hooks, refuses: Callable[[Pack, Request], ApiError | None]) -> Hooks:
    """Plant a refusal of operations on packs that are there."""

    def wrong(right: Transition, state: State, request: Request) -> Outcome:
        pack = state.all(PACKS).get(request.path["id"])
        refusal = None if pack is None else refuses(pack, request)
        if refusal is not None:
            raise refusal
        return right(state, request)

    return with_transition(hooks, wrong)


def _as_owner(request: Request, pack: Pack | None) -> Request:
    """Return the request as if the caller were of the org of the pack."""
    if pack is None or pack.org_id is None:
        return request
    return request._replace(caller=replace(request.caller, org_id=pack.org_id))


def _no_pack() -> PackNotFound:
    return PackNotFound("There is no pack of this id.")


@deviation("ownership-verified-left-out", "OWNERSHIP-LISTED", on=LIST, plant=with_reply)
def verified_left_out(reply: Reply, _state: State, _request: Request) -> Reply:
    """The list leaves out the platform's packs of the tier verified."""
    return reply._replace(body={"packs": [each for each in reply.body["packs"] if each["tier"] != "verified"]})


@deviation("ownership-list-cut", "OWNERSHIP-LISTED", "CREATE-READABLE", on=LIST, plant=with_reply)
def list_cut(reply: Reply, _state: State, _request: Request) -> Reply:
    """The list ends after twenty packs, and nothing says so."""
    return reply._replace(body={"packs": reply.body["packs"][:_PAGE]})


@deviation("ownership-private-listed", "OWNERSHIP-NOT-LISTED", "OWNERSHIP-SHARED-READABLE", on=LIST, plant=with_reply)
def private_listed(reply: Reply, state: State, request: Request) -> Reply:
    """The list holds every pack of every org."""
    return reply._replace(
        body={"packs": [pack_view(each, request.caller.org_id) for each in state.all(PACKS).values()]}
    )


@deviation("ownership-listed-once", "OWNERSHIP-NOT-LISTED", on=LIST, plant=remembering(with_reply))
def listed_once(notes: Notes, reply: Reply, state: State, request: Request) -> Reply:
    """A pack that was listed to other orgs is still listed when it was taken back, from an index of shared ones."""
    shared: set[str] = notes.setdefault("shared", set())
    shared |= {each["id"] for each in reply.body["packs"] if each["visibility"] == "community"}
    missing = shared - {each["id"] for each in reply.body["packs"]}
    more = [
        pack_view(state.all(PACKS)[each], request.caller.org_id) for each in sorted(missing) if each in state.all(PACKS)
    ]
    return reply._replace(body={"packs": [*reply.body["packs"], *more]})


@deviation("ownership-shared-files-hidden", "OWNERSHIP-SHARED-READABLE", on=READ_FILE, plant=_with_refusal)
def shared_files_hidden(pack: Pack, request: Request) -> ApiError | None:
    """The files of a community pack are read by its own org only."""
    return None if pack.org_id in (None, request.caller.org_id) else _no_pack()


@deviation("ownership-platform-by-visibility", "OWNERSHIP-SHARED-READABLE", on=GET, plant=_with_refusal)
def platform_by_visibility(pack: Pack, _request: Request) -> ApiError | None:
    """A platform pack whose visibility is org is listed and cannot be read."""
    return _no_pack() if pack.tier in PLATFORM_TIERS and pack.visibility == "org" else None


@deviation(
    "ownership-own-hidden-from-keys", "OWNERSHIP-OWN-SERVED", "OWNERSHIP-SHARED-READABLE", on=GET, plant=_with_refusal
)
def own_hidden_from_keys(pack: Pack, request: Request) -> ApiError | None:
    """An API key cannot read a pack of its own org that is not shared."""
    own = pack.org_id == request.caller.org_id and pack.visibility == "org"
    return _no_pack() if own and request.caller.kind == "api_key" else None


@deviation(
    "ownership-private-readable",
    "OWNERSHIP-PRIVATE-HIDDEN",
    "OWNERSHIP-PRIVATE-INDISTINCT",
    on=GET,
    plant=with_transition,
)
def private_readable(right: Transition, state: State, request: Request) -> Outcome:
    """Who knows the id of another org's pack can read it."""
    pack = state.all(PACKS).get(request.path["id"])
    if pack is None:
        return right(state, request)
    return state, Reply(200, pack_view(pack, request.caller.org_id))


@deviation(
    "ownership-private-files-readable",
    "OWNERSHIP-PRIVATE-HIDDEN",
    "OWNERSHIP-PRIVATE-INDISTINCT",
    on=READ_FILE,
    plant=with_transition,
)
def private_files_readable(right: Transition, state: State, request: Request) -> Outcome:
    """Who knows the id of another org's pack can read its files."""
    return right(state, _as_owner(request, state.all(PACKS).get(request.path["id"])))


@deviation(
    "ownership-private-forbidden",
    "OWNERSHIP-PRIVATE-HIDDEN",
    "OWNERSHIP-PRIVATE-INDISTINCT",
    on=PATCH,
    plant=_with_refusal,
)
def private_forbidden(pack: Pack, request: Request) -> ApiError | None:
    """A PATCH of another org's private pack is a 403, which tells that there is one."""
    return None if visible(pack, request.caller.org_id) else PermissionDenied("The pack belongs to another org.")


@deviation(
    "ownership-private-in-use",
    "OWNERSHIP-PRIVATE-HIDDEN",
    "OWNERSHIP-PRIVATE-INDISTINCT",
    on=DELETE,
    plant=with_transition,
)
def private_in_use(right: Transition, state: State, request: Request) -> Outcome:
    """To delete another org's private pack that roles reference is a 409, which tells that there is one."""
    pack = state.all(PACKS).get(request.path["id"])
    hidden = pack is not None and not visible(pack, request.caller.org_id)
    if hidden and (roles := roles_with(state, request.path["id"])):
        raise PackInUse("Roles reference the pack; detach it from them first.", details={"roles": roles})
    return right(state, request)


@deviation("ownership-hidden-in-other-words", "OWNERSHIP-PRIVATE-INDISTINCT", on=GET, plant=_with_refusal)
def hidden_in_other_words(pack: Pack, request: Request) -> ApiError | None:
    """The 404 for a hidden pack has another message than that for none."""
    return None if visible(pack, request.caller.org_id) else PackNotFound("There is no pack of this id in your org.")


@deviation("ownership-hidden-as-file", "OWNERSHIP-PRIVATE-INDISTINCT", on=FILES, plant=_with_refusal)
def hidden_as_file(pack: Pack, request: Request) -> ApiError | None:
    """For a file of a hidden pack the answer is file_not_found, for one of no pack pack_not_found."""
    return None if visible(pack, request.caller.org_id) else FileNotFound("The pack has no file of this path.")


@deviation("ownership-shared-patched", "OWNERSHIP-SHARED-READ-ONLY", on=PATCH, plant=with_transition)
def shared_patched(right: Transition, state: State, request: Request) -> Outcome:
    """A community pack can be taken back or kept shared by whichever org sees it."""
    pack = state.all(PACKS).get(request.path["id"])
    if pack is None or pack.org_id is None or pack.visibility == "org":
        return right(state, request)
    after, _ = right(state, _as_owner(request, pack))
    return after, Reply(200, pack_view(after.all(PACKS)[pack.id], request.caller.org_id))


@deviation("ownership-platform-file-conflict", "OWNERSHIP-SHARED-READ-ONLY", on=REPLACE_FILE, plant=_with_refusal)
def platform_file_conflict(pack: Pack, _request: Request) -> ApiError | None:
    """To replace a file of a platform pack is a 409 pack_not_editable."""
    return PackNotEditable("Only an uploaded pack can be edited.") if pack.org_id is None else None


@deviation("ownership-shared-deleted", "OWNERSHIP-SHARED-DELETE", on=DELETE, plant=with_transition)
def shared_deleted(right: Transition, state: State, request: Request) -> Outcome:
    """A community pack that no role references can be deleted by whichever org sees it."""
    pack = state.all(PACKS).get(request.path["id"])
    shared = pack is not None and pack.visibility != "org"
    return right(state, _as_owner(request, pack) if shared else request)

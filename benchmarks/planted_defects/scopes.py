"""Defects in which scopes are asked for, and of whom."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, denies, open_gate, refuses_served, wrong_gate
from benchmarks.planted_defects.scene import SLACK, Scene, read_status, send
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan, wrong_hooks
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_outcome
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import check_scope
from mock_server.pipeline.hooks import Hooks
from mock_server.worlds.call import Call

defect = Declarer(__name__)

_SCOPE, DENIED, PACK = "caps:write", "403 permission_denied", "pack_01HZ"
NO_SCOPE = errors.PermissionDenied("The scope is missing.")


def _holds(call: Call, name: str) -> bool:
    return name in call.caller.permissions


def _denies(when: Callable[[Call], bool]) -> Plan:
    """Plan that calls of some callers are refused where the operation asks for a scope."""
    return denies(check_scope, lambda call: bool(call.operation.scopes) and when(call), NO_SCOPE)


def with_scopes(scene: Scene, *scopes: str) -> str:
    token: str = scene.state("credential has scopes", org_id="org_acme", scopes=scopes)["token"]
    return token


def share(scene: Scene, *people: str, visibility: str = "community") -> str:
    """Return what the last of these is answered, who share a pack one after the other."""
    return read_status(*(scene.patch(PACK, visibility, each) for each in people))


def share_with(scene: Scene, *scopes: str) -> str:
    return share(scene, with_scopes(scene, *scopes))


def new_image(scene: Scene) -> str:
    return read_status(scene.ask("PUT", f"/packs/{PACK}", "acme-member", json={"image_ref": f"{SLACK}:1.3.0"}))


defect("scopes-not-checked", "SCOPE-REQUIRED")(
    "Any signed-in caller may do anything.",
    open_gate(check_scope).make_plan(lambda _call: True),
    shown(DENIED, "200", share, "acme-read-only"),
)
defect("scopes-delete-free", "SCOPE-REQUIRED", on=ids.DELETE)(
    "To delete asks for no scope.",
    open_gate(check_scope).make_plan(lambda _call: True),
    shown(DENIED, "200", lambda scene: read_status(scene.delete(PACK, "acme-member"))),
)
defect("scopes-by-prefix", "SCOPE-REQUIRED")(
    "Any scope that ends in `:write` opens what asks for one that does.",
    open_gate(check_scope).make_plan(lambda call: any(each.endswith(":write") for each in call.caller.permissions)),
    shown(DENIED, "200", share, "acme-submit-observe"),
)
defect("scopes-by-resource", "SCOPE-REQUIRED")(
    "Any scope on caps, one to read too, opens what asks for one.",
    open_gate(check_scope).make_plan(lambda call: any(each.startswith("caps:") for each in call.caller.permissions)),
    shown(DENIED, "200", share_with, "caps:read"),
)
defect("scopes-keys-read-only", "SCOPE-SUFFICIENT")(
    "An API key may write nothing, whatever its scopes.",
    _denies(lambda call: call.caller.kind == "api_key"),
    shown("200", DENIED, share, "acme-full-access"),
)
defect("scopes-owners-delete", "SCOPE-SUFFICIENT", on=ids.DELETE)(
    "An operator may not delete, whatever the scopes.",
    _denies(lambda call: call.caller.role == "operator"),
    shown("200", DENIED, lambda scene: read_status(scene.delete(PACK, "acme-operator"))),
)
defect("scopes-first-only", "SCOPE-SUFFICIENT")(
    "Of the scopes of a caller only the first is looked at.",
    _denies(lambda call: any(each.isdisjoint(call.caller.permissions[:1]) for each in call.operation.scopes)),
    shown("200", DENIED, share_with, "workspace:read", "caps:write"),
)
defect("scopes-list-for-readers", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=ids.LIST)(
    "To list packs asks for workspace:read, which a member does not hold.",
    refuses_served(lambda call: not _holds(call, "workspace:read"), NO_SCOPE),
    shown("200", DENIED, send, "/packs", "acme-member"),
)
defect("scopes-files-for-writers", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=ids.READ_FILE)(
    "To read a file asks for the scope to change packs.",
    refuses_served(lambda call: not _holds(call, _SCOPE), NO_SCOPE),
    shown("200", DENIED, send, f"/packs/{PACK}/files/pack.yaml", "acme-member"),
)
defect("scopes-none-at-all", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=ids.GET + ids.SESSION)(
    "A caller who holds no scope at all is refused even what asks for none.",
    refuses_served(lambda call: not call.caller.permissions, NO_SCOPE),
    shown("200", DENIED, lambda scene: send(scene, f"/packs/{PACK}", with_scopes(scene))),
)


@defect("scopes-of-a-colleague", "SCOPE-REQUIRED").by(wrong_gate(check_scope))
@shown(DENIED, "200", share, "acme-owner", "acme-member")
def of_a_colleague(right: Gate, call: Call) -> Passing:
    """Once a caller of the org was let through, every other one is, from a cache of the org's verdicts."""
    notes = read_notes(of_a_colleague)
    known = (call.operation.id, call.caller.org_id)
    if known not in notes:
        right(call)
        notes[known] = True
    return None


@defect("scopes-noop-free", "SCOPE-REQUIRED", on=ids.PATCH).by(wrong_hooks)
@shown(DENIED, "200", share, "acme-member", visibility="org")
def noop_free(hooks: Hooks) -> Hooks:
    """A PATCH to the visibility that the pack has asks for no scope."""

    def late(run: Run) -> Outcome:
        if run.after is not run.state and _SCOPE not in run.request.caller.permissions:
            raise errors.PermissionDenied(f"The operation asks for {_SCOPE}.")
        return run.done

    return wrong_outcome.plant(open_gate(check_scope).plant(hooks, lambda _call: True), late)


@defect("scopes-denied-as-unknown", "SCOPE-REQUIRED", on=ids.REPLACE_IMAGE + ids.REPLACE_FILE).by(
    wrong_gate(check_scope)
)
@shown(DENIED, "404 pack_not_found", new_image)
def denied_as_unknown(right: Gate, call: Call) -> Passing:
    """Who lacks the scope to replace an image or a file is told that there is no such pack."""
    try:
        return right(call)
    except errors.PermissionDenied:
        raise errors.PackNotFound("There is no pack of this id.") from None

"""Defects in which scopes are asked for, and of whom."""

from __future__ import annotations

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, open_gate, wrong_gate
from benchmarks.planted_defects.scene import SLACK, Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import undeclared_refusal
from mock_server.deviations.planting.deviation import wrong_hooks
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, wrong_outcome
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import scope
from mock_server.pipeline.hooks import Hooks
from mock_server.worlds.call import Call

defect = Declarer(__name__)

_SCOPE = "caps:write"
DENIED = "403 permission_denied"


def with_scopes(scene: Scene, *scopes: str) -> str:
    token: str = scene.state("credential has scopes", org_id="org_acme", scopes=scopes)["token"]
    return token


@defect("scopes-not-checked", "SCOPE-REQUIRED").by(open_gate(scope))
@shown(DENIED, "200", lambda scene: said(scene.patch("pack_01HZ", "community", "acme-read-only")))
def not_checked(_call: Call) -> bool:
    """Any signed-in caller may do anything."""
    return True


defect("scopes-delete-free", "SCOPE-REQUIRED", on=ids.DELETE)(
    "To delete asks for no scope.",
    open_gate(scope).of(lambda _call: True),
    shown(DENIED, "200", lambda scene: said(scene.delete("pack_01HZ", "acme-member"))),
)
defect("scopes-by-prefix", "SCOPE-REQUIRED")(
    "Any scope that ends in `:write` opens what asks for one that does.",
    open_gate(scope).of(lambda call: any(each.endswith(":write") for each in call.caller.permissions)),
    shown(DENIED, "200", lambda scene: said(scene.patch("pack_01HZ", "community", "acme-submit-observe"))),
)
defect("scopes-by-resource", "SCOPE-REQUIRED")(
    "Any scope on caps, one to read too, opens what asks for one.",
    open_gate(scope).of(lambda call: any(each.startswith("caps:") for each in call.caller.permissions)),
    shown(DENIED, "200", lambda scene: said(scene.patch("pack_01HZ", "community", with_scopes(scene, "caps:read")))),
)


@defect("scopes-of-a-colleague", "SCOPE-REQUIRED").by(wrong_gate(scope))
@shown(
    DENIED,
    "200",
    lambda scene: said(scene.patch("pack_01HZ", "community"), scene.patch("pack_01HZ", "org", "acme-member")),
)
def of_a_colleague(right: Gate, call: Call) -> Passing:
    """Once a caller of the org was let through, every other one is, from a cache of the org's verdicts."""
    notes = notes_of(of_a_colleague)
    known = (call.operation.id, call.caller.org_id)
    if known not in notes:
        right(call)
        notes[known] = True
    return None


@defect("scopes-noop-free", "SCOPE-REQUIRED", on=ids.PATCH).by(wrong_hooks)
@shown(DENIED, "200", lambda scene: said(scene.patch("pack_01HZ", "org", "acme-member")))
def noop_free(hooks: Hooks) -> Hooks:
    """A PATCH to the visibility that the pack has asks for no scope."""

    def late(run: Run) -> Outcome:
        if run.after is not run.state and _SCOPE not in run.request.caller.permissions:
            raise errors.PermissionDenied(f"The operation asks for {_SCOPE}.")
        return run.done

    return wrong_outcome.plant(open_gate(scope).plant(hooks, not_checked), late)


@defect("scopes-denied-as-unknown", "SCOPE-REQUIRED", on=ids.REPLACE_IMAGE + ids.REPLACE_FILE).by(wrong_gate(scope))
@shown(
    DENIED,
    "404 pack_not_found",
    lambda scene: said(scene.ask("PUT", "/packs/pack_01HZ", "acme-member", json={"image_ref": f"{SLACK}:1.3.0"})),
)
def denied_as_unknown(right: Gate, call: Call) -> Passing:
    """Who lacks the scope to replace an image or a file is told that there is no such pack."""
    try:
        return right(call)
    except errors.PermissionDenied:
        raise errors.PackNotFound("There is no pack of this id.") from None


@defect("scopes-keys-read-only", "SCOPE-SUFFICIENT").by(wrong_gate(scope))
@shown("200", DENIED, lambda scene: said(scene.patch("pack_01HZ", "community", "acme-full-access")))
def keys_read_only(right: Gate, call: Call) -> Passing:
    """An API key may write nothing, whatever its scopes."""
    if call.operation.scopes and call.caller.kind == "api_key":
        raise errors.PermissionDenied("An API key may not write.")
    return right(call)


@defect("scopes-owners-delete", "SCOPE-SUFFICIENT", on=ids.DELETE).by(wrong_gate(scope))
@shown("200", DENIED, lambda scene: said(scene.delete("pack_01HZ", "acme-operator")))
def owners_delete(right: Gate, call: Call) -> Passing:
    """An operator may not delete, whatever the scopes."""
    if call.operation.scopes and call.caller.role == "operator":
        raise errors.PermissionDenied("Only an owner may delete.")
    return right(call)


@defect("scopes-first-only", "SCOPE-SUFFICIENT").by(wrong_gate(scope))
@shown(
    "200",
    DENIED,
    lambda scene: said(scene.patch("pack_01HZ", "community", with_scopes(scene, "workspace:read", "caps:write"))),
)
def first_only(right: Gate, call: Call) -> Passing:
    """Of the scopes of a caller only the first is looked at."""
    if any(one_of.isdisjoint(call.caller.permissions[:1]) for one_of in call.operation.scopes):
        raise errors.PermissionDenied("The scope is missing.")
    return right(call)


defect("scopes-list-for-readers", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=ids.LIST)(
    "To list packs asks for workspace:read, which a member does not hold.",
    undeclared_refusal.of(
        lambda call: (
            None
            if "workspace:read" in call.caller.permissions
            else errors.PermissionDenied("The operation asks for workspace:read.")
        )
    ),
    shown("200", DENIED, lambda scene: said(scene.get("/packs", "acme-member"))),
)
defect("scopes-files-for-writers", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=ids.READ_FILE)(
    "To read a file asks for the scope to change packs.",
    undeclared_refusal.of(
        lambda call: (
            None if _SCOPE in call.caller.permissions else errors.PermissionDenied(f"The operation asks for {_SCOPE}.")
        )
    ),
    shown("200", DENIED, lambda scene: said(scene.get("/packs/pack_01HZ/files/pack.yaml", "acme-member"))),
)
defect("scopes-none-at-all", "SCOPE-ANY-CALLER", "CONTRACT-STATUS-DECLARED", on=ids.GET + ids.SESSION)(
    "A caller who holds no scope at all is refused even what asks for none.",
    undeclared_refusal.of(
        lambda call: None if call.caller.permissions else errors.PermissionDenied("The caller holds no scope.")
    ),
    shown("200", DENIED, lambda scene: said(scene.get("/packs/pack_01HZ", with_scopes(scene)))),
)

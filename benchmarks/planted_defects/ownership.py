"""Defects in which objects a caller sees, and what of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import without
from benchmarks.planted_defects.planting.runs import again
from benchmarks.planted_defects.scene import Scene, read_status, send
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import edit, wrong_answer
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.packs import View, show_pack, wrong_for_pack, wrong_list, wrong_view
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_reply
from mock_server.operation import Reply
from mock_server.resources.agent_roles import count_roles_with
from mock_server.resources.packs.pack import PACKS, PLATFORM_TIERS, Pack, is_visible
from mock_server.resources.providers import PROVIDERS
from mock_server.state.value import replace

defect = Declarer(__name__)

NO_PACK = errors.PackNotFound("There is no pack of this id.")
NOT_FOUND, NO_FILE, DENIED = "404 pack_not_found", "404 file_not_found", "403 permission_denied"
HIDDEN, SHARED, OWN, PLATFORM = "pack_globex_ledger", "pack_globex_metrics", "pack_01HZ", "pack_02HZ"


def _refuses(when: Callable[[Pack, Run], bool], refusal: errors.ApiError) -> Plan:
    """Plan that operations on some packs that are there are refused."""
    return wrong_for_pack.make_plan(lambda run, pack: (run.state, refusal) if when(pack, run) else run.done)


def _of_hidden(refusal: errors.ApiError) -> Plan:
    """Plan that operations on packs that the caller does not see are refused with another error."""
    return _refuses(lambda pack, run: not is_visible(pack, run.org_id), refusal)


def _as_owner(run: Run, pack: Pack) -> Outcome:
    """Return what comes of the request as if the caller were of the org of the pack."""
    caller = run.request.caller
    return again(run, caller=replace(caller, org_id=caller.org_id if pack.org_id is None else pack.org_id))


def _seen(run: Run, pack: Pack) -> View:
    return show_pack(pack, run.org_id)


def _is_own_private(pack: Pack, run: Run) -> bool:
    return pack.org_id == run.org_id and pack.visibility == "org"


def column(scene: Scene, pack_id: str, name: str) -> Any:
    """Return what a pack shows in a column."""
    return scene.pack(pack_id).get(name, "absent")


def lists(scene: Scene, pack_id: str) -> bool:
    return pack_id in scene.list_packs()


def lists_provider(scene: Scene) -> bool:
    return "provider_globex_main" in {each["id"] for each in scene.get("/providers").json()["providers"]}


def secrets_listed(scene: Scene) -> int:
    scene.ask("PUT", "/secrets/OF_GLOBEX", "globex-owner", json={"value": "a value of the witness"})
    return len(scene.get("/secrets").json()["secrets"])


def length_of_24(scene: Scene) -> int:
    for number in range(24 - len(scene.list_packs())):
        scene.state("pack exists", org_id="org_acme", name=f"one-of-many-{number}")
    return len(scene.list_packs())


def lists_what_was_shared(scene: Scene) -> bool:
    scene.list_packs()
    scene.patch("pack_hooli_search", "org", "hooli-owner")
    return lists(scene, "pack_hooli_search")


def messages(scene: Scene) -> int:
    """Return how many messages there are of a hidden pack and of none."""
    return len({scene.get(f"/packs/{each}").json()["error"]["message"] for each in (HIDDEN, "pack_none")})


defect("ownership-verified-left-out", "OWNERSHIP-LISTED", on=ids.LIST)(
    "The list leaves out the platform's packs of the tier verified.",
    wrong_list.make_plan(lambda views, _run: [each for each in views if each["tier"] != "verified"]),
    shown(True, False, lists, "pack_platform_git_basics"),
)
defect("ownership-list-cut", "OWNERSHIP-LISTED", "CREATE-READABLE", on=ids.LIST)(
    "The list ends after twenty packs, and nothing says so.",
    wrong_list.make_plan(lambda views, _run: views[:20]),
    shown(24, 20, length_of_24),
)
defect("ownership-private-listed", "OWNERSHIP-NOT-LISTED", "OWNERSHIP-SHARED-READABLE", on=ids.LIST)(
    "The list holds every pack of every org.",
    wrong_list.make_plan(lambda _views, run: [_seen(run, each) for each in run.after.all(PACKS).values()]),
    shown(False, True, lists, HIDDEN),
)
defect("ownership-shared-files-hidden", "OWNERSHIP-SHARED-READABLE", on=ids.READ_FILE)(
    "The files of a community pack are read by its own org only.",
    _refuses(lambda pack, run: pack.org_id not in (None, run.org_id), NO_PACK),
    shown("200", NOT_FOUND, send, f"/packs/{SHARED}/files/pack.yaml"),
)
defect("ownership-platform-by-visibility", "OWNERSHIP-SHARED-READABLE", on=ids.GET)(
    "A platform pack whose visibility is org is listed and cannot be read.",
    _refuses(lambda pack, _run: pack.tier in PLATFORM_TIERS and pack.visibility == "org", NO_PACK),
    shown("200", NOT_FOUND, send, "/packs/pack_platform_git_basics"),
)
defect("ownership-own-hidden-from-keys", "OWNERSHIP-OWN-SERVED", "OWNERSHIP-SHARED-READABLE", on=ids.GET)(
    "An API key cannot read a pack of its own org that is not shared.",
    _refuses(lambda pack, run: _is_own_private(pack, run) and run.request.caller.kind == "api_key", NO_PACK),
    shown("200", NOT_FOUND, send, f"/packs/{OWN}", "acme-read-only"),
)
defect("ownership-private-readable", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.GET)(
    "Who knows the id of another org's pack can read it.",
    wrong_for_pack.make_plan(lambda run, pack: (run.state, Reply(200, _seen(run, pack)))),
    shown(NOT_FOUND, "200", send, f"/packs/{HIDDEN}"),
)
defect(
    "ownership-private-files-readable", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.READ_FILE
)(
    "Who knows the id of another org's pack can read its files.",
    wrong_for_pack.make_plan(_as_owner),
    shown(NOT_FOUND, "200", send, f"/packs/{HIDDEN}/files/pack.yaml"),
)
defect("ownership-private-forbidden", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.PATCH)(
    "A PATCH of another org's private pack is a 403, which tells that there is one.",
    _of_hidden(errors.PermissionDenied("The pack belongs to another org.")),
    shown(NOT_FOUND, DENIED, lambda scene: read_status(scene.patch(HIDDEN, "community"))),
)
defect("ownership-hidden-in-other-words", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.GET)(
    "The 404 for a hidden pack has another message than that for none.",
    _of_hidden(errors.PackNotFound("There is no pack of this id in your org.")),
    shown(1, 2, messages),
)
defect("ownership-hidden-as-file", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.FILES)(
    "For a file of a hidden pack the answer is file_not_found, for one of no pack pack_not_found.",
    _of_hidden(errors.FileNotFound("The pack has no file of this path.")),
    shown(NOT_FOUND, NO_FILE, send, f"/packs/{HIDDEN}/files/pack.yaml"),
)
defect("ownership-platform-file-conflict", "OWNERSHIP-SHARED-READ-ONLY", on=ids.REPLACE_FILE)(
    "To replace a file of a platform pack is a 409 pack_not_editable.",
    _refuses(lambda pack, _run: pack.org_id is None, errors.PackNotEditable("Only an uploaded pack can be edited.")),
    shown(
        DENIED,
        "409 pack_not_editable",
        lambda scene: read_status(scene.put(f"/packs/{PLATFORM}/files/behavior.md", b"x")),
    ),
)
defect("ownership-shared-deleted", "OWNERSHIP-SHARED-DELETE", on=ids.DELETE)(
    "A community pack that no role references can be deleted by whichever org sees it.",
    wrong_for_pack.make_plan(lambda run, pack: run.done if pack.visibility == "org" else _as_owner(run, pack)),
    shown(NOT_FOUND, "200", lambda scene: read_status(scene.delete("pack_hooli_search"))),
)
defect("ownership-org-id-shown", "OWNERSHIP-ORG-ID", on=ids.LIST + ids.GET)(
    "A shared pack of another org shows that org's id.",
    wrong_view.make_plan(lambda view, pack: view if pack.org_id is None else {**view, "org_id": pack.org_id}),
    shown("absent", "org_globex", column, SHARED, "org_id"),
)
defect("ownership-org-id-null", "OWNERSHIP-ORG-ID", "CONTRACT-BODY-SCHEMA", "EFFECT-EVERY-CALLER", on=ids.GET)(
    "The org_id of a pack of others is null.",
    wrong_answer(200).make_plan(lambda answer: edit(answer, lambda pack: {"org_id": None, **pack})),
    shown("absent", None, column, PLATFORM, "org_id"),
)
defect("ownership-owned-platform", "OWNERSHIP-OWNED", "OWNERSHIP-TIER", on=ids.LIST + ids.GET)(
    "The platform's packs count as owned by everyone.",
    wrong_view.make_plan(lambda view, pack: {**view, "owned": view["owned"] or pack.org_id is None}),
    shown(False, True, column, PLATFORM, "owned"),
)
defect("ownership-tier-promoted", "OWNERSHIP-TIER", "PACK-PATCH-ONLY-VISIBILITY", "EFFECT-EVERY-CALLER", on=ids.PATCH)(
    "The answer to a PATCH shows a pack that is shared now as verified.",
    wrong_view.make_plan(
        lambda view, _pack: {**view, "tier": "verified"} if view["visibility"] == "community" else view
    ),
    shown("community", "verified", lambda scene: str(scene.patch(OWN, "community").json()["tier"])),
)
defect("ownership-image-ref-of-uploads", "OWNERSHIP-IMAGE-REF", "EFFECT-EVERY-CALLER", on=ids.LIST + ids.GET)(
    "An own pack that was uploaded does not show its image_ref.",
    wrong_view.make_plan(lambda view, pack: without(view, "image_ref") if pack.image_origin == "upload" else view),
    shown(True, False, lambda scene: "image_ref" in scene.pack("pack_acme_pager")),
)
defect("ownership-list-brief", "OWNERSHIP-LIST-ITEM", "CREATE-READABLE", on=ids.LIST)(
    "The list leaves out the descriptions.",
    wrong_view.make_plan(lambda view, _pack: without(view, "description")),
    shown(True, False, lambda scene: "description" in scene.list_packs()[OWN]),
)


@defect("ownership-providers-of-all-listed", "OWNERSHIP-NOT-LISTED", on=ids.LIST_PROVIDERS).by(wrong_reply)
@shown(False, True, lists_provider)
def providers_of_all_listed(body: Any, run: Run) -> Any:
    """The list of providers holds those of every org."""
    others = (each for each in run.state.all(PROVIDERS).values() if each.org_id != run.org_id)
    views = [PROVIDERS.show(each, each.org_id) for each in others if each.archived_at is None]
    return {"providers": [*body["providers"], *views]}


@defect("ownership-secrets-of-all-listed", "OWNERSHIP-NOT-LISTED", on=ids.LIST_SECRETS).by(wrong_reply)
@shown(2, 3, secrets_listed)
def secrets_of_all_listed(body: Any, run: Run) -> Any:
    """The list of secrets holds those of other orgs whose names the own org has not given."""
    secrets = run.state.collection("secrets")
    own = {each.name for each in run.state.select(secrets, org_id=run.org_id)}
    views = [secrets.show(each, each.org_id) for each in run.state.all(secrets).values() if each.name not in own]
    return {"secrets": [*body["secrets"], *views]}


@defect("ownership-providers-of-all-read", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.GET_PROVIDER).grants("provider_not_found")
@shown("404 provider_not_found", "200", send, "/providers/provider_globex_main")
def providers_of_all_read(run: Run) -> Outcome | None:
    """A provider of another org is read by its id."""
    provider = run.state.get(PROVIDERS, run.request.path["id"])
    return None if provider is None else (run.state, Reply(200, PROVIDERS.show(provider, provider.org_id)))


@defect("ownership-listed-once", "OWNERSHIP-NOT-LISTED", on=ids.LIST).by(wrong_list)
@shown(False, True, lists_what_was_shared)
def listed_once(views: list[View], run: Run) -> list[View]:
    """A pack that was listed to other orgs is still listed when it was taken back, from an index of shared ones."""
    shared: set[str] = read_notes(listed_once).setdefault("shared", set())
    shared |= {each["id"] for each in views if each["visibility"] == "community"}
    missing = sorted(shared - {each["id"] for each in views})
    packs = run.after.all(PACKS)
    return [*views, *(_seen(run, packs[each]) for each in missing if each in packs)]


@defect("ownership-private-in-use", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.DELETE).by(
    wrong_for_pack
)
@shown(NOT_FOUND, "409 pack_in_use", lambda scene: read_status(scene.delete("pack_acme_pager", "globex-owner")))
def private_in_use(run: Run, pack: Pack) -> Outcome:
    """To delete another org's private pack that roles reference is a 409, which tells that there is one."""
    roles = 0 if is_visible(pack, run.org_id) else count_roles_with(run.state, pack.id)
    message = "Roles reference the pack; detach it from them first."
    return (run.state, errors.PackInUse(message, details={"roles": roles})) if roles else run.done


@defect("ownership-shared-patched", "OWNERSHIP-SHARED-READ-ONLY", on=ids.PATCH).by(wrong_for_pack)
@shown(DENIED, "200", lambda scene: read_status(scene.patch("pack_hooli_search", "org")))
def shared_patched(run: Run, pack: Pack) -> Outcome:
    """A community pack can be taken back or kept shared by whichever org sees it."""
    if pack.org_id is None or pack.visibility == "org":
        return run.done
    after, _ = _as_owner(run, pack)
    return after, Reply(200, _seen(run, after.all(PACKS)[pack.id]))

"""Defects in which objects a caller sees, and what of them."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import edited, wrong_answer
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.deviations.planting.packs import View, wrong_for_pack, wrong_list, wrong_view
from mock_server.operation import Reply, Request
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.agent_roles.role import roles_with
from mock_server.resources.packs.pack import PACKS, PLATFORM_TIERS, Pack, pack_view, visible
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.resources.secrets import SECRETS, secret_view
from mock_server.state.value import replace

defect = Declarer(__name__)


@Planter
def _wrong_refusal(hooks: Hooks, refuses: Callable[[Pack, Run], errors.ApiError | None]) -> Hooks:
    """Plant a refusal of operations on packs that are there."""

    def wrong(run: Run, pack: Pack) -> Outcome:
        if (refusal := refuses(pack, run)) is not None:
            raise refusal
        return run.done

    return wrong_for_pack.plant(hooks, wrong)


def _as_owner(request: Request, pack: Pack) -> Request:
    """Return the request as if the caller were of the org of the pack."""
    if pack.org_id is None:
        return request
    return request._replace(caller=replace(request.caller, org_id=pack.org_id))


def _no_pack() -> errors.PackNotFound:
    return errors.PackNotFound("There is no pack of this id.")


NOT_FOUND = "404 pack_not_found"
DENIED = "403 permission_denied"


def listed(scene: Scene) -> list[str]:
    """The names in the list, in the order of the alphabet."""
    return sorted(each["name"] for each in scene.get("/secrets").json()["secrets"])


defect("ownership-verified-left-out", "OWNERSHIP-LISTED", on=ids.LIST)(
    "The list leaves out the platform's packs of the tier verified.",
    wrong_list.of(lambda views, _run: [each for each in views if each["tier"] != "verified"]),
    shown(True, False, lambda scene: "pack_platform_git_basics" in scene.listed()),
)


def show_list_cut(scene: Scene) -> int:
    for number in range(24 - len(scene.listed())):
        scene.state("pack exists", org_id="org_acme", name=f"one-of-many-{number}")
    return len(scene.listed())


defect("ownership-list-cut", "OWNERSHIP-LISTED", "CREATE-READABLE", on=ids.LIST)(
    "The list ends after twenty packs, and nothing says so.",
    wrong_list.of(lambda views, _run: views[:20]),
    shown(24, 20, show_list_cut),
)


@defect("ownership-providers-of-all-listed", "OWNERSHIP-NOT-LISTED", on=ids.LIST_PROVIDERS).by(wrong_outcome)
@shown(
    False,
    True,
    lambda scene: "provider_globex_main" in {each["id"] for each in scene.get("/providers").json()["providers"]},
)
def providers_of_all_listed(run: Run) -> Outcome:
    """The list of providers holds those of every org."""
    others = [each for each in run.state.all(PROVIDERS).values() if each.org_id != run.org_id]
    shown = [PROVIDERS.shown(each, each.org_id) for each in others if each.archived_at is None]
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # a list is never refused
    return after, Reply(200, {"providers": [*outcome.body["providers"], *shown]})


def show_secrets_of_all_listed(scene: Scene) -> int:
    scene.ask("PUT", "/secrets/OF_GLOBEX", "globex-owner", json={"value": "a value of the witness"})
    return len(listed(scene))


@defect("ownership-secrets-of-all-listed", "OWNERSHIP-NOT-LISTED", on=ids.LIST_SECRETS).by(wrong_outcome)
@shown(2, 3, show_secrets_of_all_listed)
def secrets_of_all_listed(run: Run) -> Outcome:
    """The list of secrets holds those of other orgs whose names the own org has not given."""
    own = {each.name for each in run.state.where(SECRETS, org_id=run.org_id)}
    shown = [secret_view(each, each.org_id) for each in run.state.all(SECRETS).values() if each.name not in own]
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # a list that was not refused
    return after, Reply(200, {"secrets": [*outcome.body["secrets"], *shown]})


@defect("ownership-providers-of-all-read", "OWNERSHIP-PRIVATE-HIDDEN", on=ids.GET_PROVIDER).by(
    in_place_of(errors.ProviderNotFound)
)
@shown("404 provider_not_found", "200", lambda scene: said(scene.get("/providers/provider_globex_main")))
def providers_of_all_read(run: Run, refusal: errors.ProviderNotFound) -> Outcome:
    """A provider of another org is read by its id."""
    provider = run.state.get(PROVIDERS, run.request.path["id"])
    if provider is None:
        raise refusal
    return run.state, Reply(200, PROVIDERS.shown(provider, provider.org_id))


defect("ownership-private-listed", "OWNERSHIP-NOT-LISTED", "OWNERSHIP-SHARED-READABLE", on=ids.LIST)(
    "The list holds every pack of every org.",
    wrong_list.of(
        lambda _views, run: [
            pack_view(each, run.org_id, run.request.withheld) for each in run.after.all(PACKS).values()
        ]
    ),
    shown(False, True, lambda scene: "pack_globex_ledger" in scene.listed()),
)


def show_listed_once(scene: Scene) -> bool:
    scene.listed()
    scene.patch("pack_hooli_search", "org", "hooli-owner")
    return "pack_hooli_search" in scene.listed()


@defect("ownership-listed-once", "OWNERSHIP-NOT-LISTED", on=ids.LIST).by(wrong_list)
@shown(False, True, show_listed_once)
def listed_once(views: list[View], run: Run) -> list[View]:
    """A pack that was listed to other orgs is still listed when it was taken back, from an index of shared ones."""
    shared: set[str] = notes_of(listed_once).setdefault("shared", set())
    shared |= {each["id"] for each in views if each["visibility"] == "community"}
    missing = sorted(shared - {each["id"] for each in views})
    packs = run.after.all(PACKS)
    return [*views, *(pack_view(packs[each], run.org_id, run.request.withheld) for each in missing if each in packs)]


defect("ownership-shared-files-hidden", "OWNERSHIP-SHARED-READABLE", on=ids.READ_FILE)(
    "The files of a community pack are read by its own org only.",
    _wrong_refusal.of(lambda pack, run: None if pack.org_id in (None, run.org_id) else _no_pack()),
    shown("200", NOT_FOUND, lambda scene: said(scene.get("/packs/pack_globex_metrics/files/pack.yaml"))),
)
defect("ownership-platform-by-visibility", "OWNERSHIP-SHARED-READABLE", on=ids.GET)(
    "A platform pack whose visibility is org is listed and cannot be read.",
    _wrong_refusal.of(
        lambda pack, _run: _no_pack() if pack.tier in PLATFORM_TIERS and pack.visibility == "org" else None
    ),
    shown("200", NOT_FOUND, lambda scene: said(scene.get("/packs/pack_platform_git_basics"))),
)
defect("ownership-own-hidden-from-keys", "OWNERSHIP-OWN-SERVED", "OWNERSHIP-SHARED-READABLE", on=ids.GET)(
    "An API key cannot read a pack of its own org that is not shared.",
    _wrong_refusal.of(
        lambda pack, run: (
            _no_pack()
            if (pack.org_id == run.org_id and pack.visibility == "org") and run.request.caller.kind == "api_key"
            else None
        )
    ),
    shown("200", NOT_FOUND, lambda scene: said(scene.get("/packs/pack_01HZ", "acme-read-only"))),
)
defect("ownership-private-readable", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.GET)(
    "Who knows the id of another org's pack can read it.",
    wrong_for_pack.of(lambda run, pack: (run.state, Reply(200, pack_view(pack, run.org_id, run.request.withheld)))),
    shown(NOT_FOUND, "200", lambda scene: said(scene.get("/packs/pack_globex_ledger"))),
)
defect(
    "ownership-private-files-readable", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.READ_FILE
)(
    "Who knows the id of another org's pack can read its files.",
    wrong_for_pack.of(lambda run, pack: run.right(run.state, _as_owner(run.request, pack))),
    shown(NOT_FOUND, "200", lambda scene: said(scene.get("/packs/pack_globex_ledger/files/pack.yaml"))),
)
defect("ownership-private-forbidden", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.PATCH)(
    "A PATCH of another org's private pack is a 403, which tells that there is one.",
    _wrong_refusal.of(
        lambda pack, run: (
            None if visible(pack, run.org_id) else errors.PermissionDenied("The pack belongs to another org.")
        )
    ),
    shown(NOT_FOUND, DENIED, lambda scene: said(scene.patch("pack_globex_ledger", "community"))),
)


@defect("ownership-private-in-use", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.DELETE).by(
    _wrong_refusal
)
@shown(NOT_FOUND, "409 pack_in_use", lambda scene: said(scene.delete("pack_acme_pager", "globex-owner")))
def private_in_use(pack: Pack, run: Run) -> errors.ApiError | None:
    """To delete another org's private pack that roles reference is a 409, which tells that there is one."""
    roles = 0 if visible(pack, run.org_id) else roles_with(run.state, pack.id)
    message = "Roles reference the pack; detach it from them first."
    return errors.PackInUse(message, details={"roles": roles}) if roles else None


def show_hidden_in_other_words(scene: Scene) -> str:
    hidden, none = (
        scene.get(f"/packs/{each}").json()["error"]["message"] for each in ("pack_globex_ledger", "pack_none")
    )
    return "alike" if hidden == none else "different"


defect("ownership-hidden-in-other-words", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.GET)(
    "The 404 for a hidden pack has another message than that for none.",
    _wrong_refusal.of(
        lambda pack, run: (
            None if visible(pack, run.org_id) else errors.PackNotFound("There is no pack of this id in your org.")
        )
    ),
    shown("alike", "different", show_hidden_in_other_words),
)
defect("ownership-hidden-as-file", "OWNERSHIP-PRIVATE-INDISTINCT", on=ids.FILES)(
    "For a file of a hidden pack the answer is file_not_found, for one of no pack pack_not_found.",
    _wrong_refusal.of(
        lambda pack, run: (
            None if visible(pack, run.org_id) else errors.FileNotFound("The pack has no file of this path.")
        )
    ),
    shown(NOT_FOUND, "404 file_not_found", lambda scene: said(scene.get("/packs/pack_globex_ledger/files/pack.yaml"))),
)


@defect("ownership-shared-patched", "OWNERSHIP-SHARED-READ-ONLY", on=ids.PATCH).by(wrong_for_pack)
@shown(DENIED, "200", lambda scene: said(scene.patch("pack_hooli_search", "org")))
def shared_patched(run: Run, pack: Pack) -> Outcome:
    """A community pack can be taken back or kept shared by whichever org sees it."""
    if pack.org_id is None or pack.visibility == "org":
        return run.done
    after, _ = run.right(run.state, _as_owner(run.request, pack))
    return after, Reply(200, pack_view(after.all(PACKS)[pack.id], run.org_id, run.request.withheld))


defect("ownership-platform-file-conflict", "OWNERSHIP-SHARED-READ-ONLY", on=ids.REPLACE_FILE)(
    "To replace a file of a platform pack is a 409 pack_not_editable.",
    _wrong_refusal.of(
        lambda pack, _run: (
            errors.PackNotEditable("Only an uploaded pack can be edited.") if pack.org_id is None else None
        )
    ),
    shown(DENIED, "409 pack_not_editable", lambda scene: said(scene.put("/packs/pack_02HZ/files/behavior.md", b"x"))),
)
defect("ownership-shared-deleted", "OWNERSHIP-SHARED-DELETE", on=ids.DELETE)(
    "A community pack that no role references can be deleted by whichever org sees it.",
    wrong_for_pack.of(
        lambda run, pack: run.done if pack.visibility == "org" else run.right(run.state, _as_owner(run.request, pack))
    ),
    shown(NOT_FOUND, "200", lambda scene: said(scene.delete("pack_hooli_search"))),
)
defect("ownership-org-id-shown", "OWNERSHIP-ORG-ID", on=ids.LIST + ids.GET)(
    "A shared pack of another org shows that org's id.",
    wrong_view.of(lambda view, pack: view if pack.org_id is None else {**view, "org_id": pack.org_id}),
    shown("absent", "org_globex", lambda scene: scene.pack("pack_globex_metrics").get("org_id", "absent")),
)
defect("ownership-org-id-null", "OWNERSHIP-ORG-ID", "CONTRACT-BODY-SCHEMA", "EFFECT-EVERY-CALLER", on=ids.GET)(
    "The org_id of a pack of others is null.",
    wrong_answer(200).of(lambda answer: edited(answer, lambda pack: {"org_id": None, **pack})),
    shown("absent", None, lambda scene: scene.pack("pack_02HZ").get("org_id", "absent")),
)
defect("ownership-owned-platform", "OWNERSHIP-OWNED", "OWNERSHIP-TIER", on=ids.LIST + ids.GET)(
    "The platform's packs count as owned by everyone.",
    wrong_view.of(lambda view, pack: {**view, "owned": view["owned"] or pack.org_id is None}),
    shown(False, True, lambda scene: bool(scene.pack("pack_02HZ")["owned"])),
)
defect("ownership-tier-promoted", "OWNERSHIP-TIER", "PACK-PATCH-ONLY-VISIBILITY", "EFFECT-EVERY-CALLER", on=ids.PATCH)(
    "The answer to a PATCH shows a pack that is shared now as verified.",
    wrong_view.of(lambda view, _pack: {**view, "tier": "verified"} if view["visibility"] == "community" else view),
    shown("community", "verified", lambda scene: str(scene.patch("pack_01HZ", "community").json()["tier"])),
)
defect("ownership-image-ref-of-uploads", "OWNERSHIP-IMAGE-REF", "EFFECT-EVERY-CALLER", on=ids.LIST + ids.GET)(
    "An own pack that was uploaded does not show its image_ref.",
    wrong_view.of(lambda view, pack: _without(view, "image_ref") if pack.image_origin == "upload" else view),
    shown(True, False, lambda scene: "image_ref" in scene.pack("pack_acme_pager")),
)
defect("ownership-list-brief", "OWNERSHIP-LIST-ITEM", "CREATE-READABLE", on=ids.LIST)(
    "The list leaves out the descriptions.",
    wrong_view.of(lambda view, _pack: _without(view, "description")),
    shown(True, False, lambda scene: "description" in scene.listed()["pack_01HZ"]),
)


def _without(view: View, key: str) -> View:
    return {name: value for name, value in view.items() if name != key}

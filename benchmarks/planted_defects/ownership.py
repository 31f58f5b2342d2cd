"""Defects in which objects a caller sees, and what of them."""

from __future__ import annotations

from collections.abc import Callable

from mock_server.deviations.planting.answers import edited, wrong_answer
from mock_server.deviations.planting.deviation import Planter
from mock_server.deviations.planting.ids import (
    DELETE,
    FILES,
    GET,
    GET_PROVIDER,
    LIST,
    LIST_PROVIDERS,
    LIST_SECRETS,
    PATCH,
    READ_FILE,
    REPLACE_FILE,
)
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of_code, wrong_outcome
from mock_server.deviations.planting.packs import View, wrong_for_pack, wrong_list, wrong_view
from mock_server.errors import (
    ApiError,
    FileNotFound,
    PackInUse,
    PackNotEditable,
    PackNotFound,
    PermissionDenied,
)
from mock_server.operation import Reply, Request
from mock_server.pipeline.hooks import Hooks
from mock_server.resources.agent_roles.role import roles_with
from mock_server.resources.packs.pack import PACKS, PLATFORM_TIERS, Pack, pack_view, visible
from mock_server.resources.providers.provider import PROVIDERS
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer


@Planter
def _wrong_refusal(hooks: Hooks, refuses: Callable[[Pack, Run], ApiError | None]) -> Hooks:
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


def _no_pack() -> PackNotFound:
    return PackNotFound("There is no pack of this id.")


@wrong_list("ownership-verified-left-out", "OWNERSHIP-LISTED", on=LIST)
def verified_left_out(views: list[View], _run: Run) -> list[View]:
    """The list leaves out the platform's packs of the tier verified."""
    return [each for each in views if each["tier"] != "verified"]


@wrong_list("ownership-list-cut", "OWNERSHIP-LISTED", "CREATE-READABLE", on=LIST)
def list_cut(views: list[View], _run: Run) -> list[View]:
    """The list ends after twenty packs, and nothing says so."""
    return views[:20]


@wrong_outcome("ownership-providers-of-all-listed", "OWNERSHIP-NOT-LISTED", on=LIST_PROVIDERS)
def providers_of_all_listed(run: Run) -> Outcome:
    """The list of providers holds those of every org."""
    others = [each for each in run.state.all(PROVIDERS).values() if each.org_id != run.org_id]
    shown = [PROVIDERS.shown(each, each.org_id) for each in others if each.archived_at is None]
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # noqa: S101  # a list is never refused
    return after, Reply(200, {"providers": [*outcome.body["providers"], *shown]})


@wrong_outcome("ownership-secrets-of-all-listed", "OWNERSHIP-NOT-LISTED", on=LIST_SECRETS)
def secrets_of_all_listed(run: Run) -> Outcome:
    """The list of secrets holds those of other orgs whose names the own org has not given."""
    secrets = run.state.collection("secrets")
    own = {each.name for each in run.state.where(secrets, org_id=run.org_id)}
    shown = [secrets.shown(each, each.org_id) for each in run.state.all(secrets).values() if each.name not in own]
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # noqa: S101  # a list that was not refused
    return after, Reply(200, {"secrets": [*outcome.body["secrets"], *shown]})


@in_place_of_code("provider_not_found")("ownership-providers-of-all-read", "OWNERSHIP-PRIVATE-HIDDEN", on=GET_PROVIDER)
def providers_of_all_read(run: Run, refusal: ApiError) -> Outcome:
    """A provider of another org is read by its id."""
    provider = run.state.get(PROVIDERS, run.request.path["id"])
    if provider is None:
        raise refusal
    return run.state, Reply(200, PROVIDERS.shown(provider, provider.org_id))


@wrong_list("ownership-private-listed", "OWNERSHIP-NOT-LISTED", "OWNERSHIP-SHARED-READABLE", on=LIST)
def private_listed(_views: list[View], run: Run) -> list[View]:
    """The list holds every pack of every org."""
    return [pack_view(each, run.org_id, run.request.withheld) for each in run.after.all(PACKS).values()]


@wrong_list("ownership-listed-once", "OWNERSHIP-NOT-LISTED", on=LIST)
def listed_once(views: list[View], run: Run) -> list[View]:
    """A pack that was listed to other orgs is still listed when it was taken back, from an index of shared ones."""
    shared: set[str] = notes_of(listed_once).setdefault("shared", set())
    shared |= {each["id"] for each in views if each["visibility"] == "community"}
    missing = sorted(shared - {each["id"] for each in views})
    packs = run.after.all(PACKS)
    return [*views, *(pack_view(packs[each], run.org_id, run.request.withheld) for each in missing if each in packs)]


@_wrong_refusal("ownership-shared-files-hidden", "OWNERSHIP-SHARED-READABLE", on=READ_FILE)
def shared_files_hidden(pack: Pack, run: Run) -> ApiError | None:
    """The files of a community pack are read by its own org only."""
    return None if pack.org_id in (None, run.org_id) else _no_pack()


@_wrong_refusal("ownership-platform-by-visibility", "OWNERSHIP-SHARED-READABLE", on=GET)
def platform_by_visibility(pack: Pack, _run: Run) -> ApiError | None:
    """A platform pack whose visibility is org is listed and cannot be read."""
    return _no_pack() if pack.tier in PLATFORM_TIERS and pack.visibility == "org" else None


@_wrong_refusal("ownership-own-hidden-from-keys", "OWNERSHIP-OWN-SERVED", "OWNERSHIP-SHARED-READABLE", on=GET)
def own_hidden_from_keys(pack: Pack, run: Run) -> ApiError | None:
    """An API key cannot read a pack of its own org that is not shared."""
    own = pack.org_id == run.org_id and pack.visibility == "org"
    return _no_pack() if own and run.request.caller.kind == "api_key" else None


@wrong_for_pack("ownership-private-readable", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=GET)
def private_readable(run: Run, pack: Pack) -> Outcome:
    """Who knows the id of another org's pack can read it."""
    return run.state, Reply(200, pack_view(pack, run.org_id, run.request.withheld))


@wrong_for_pack(
    "ownership-private-files-readable", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=READ_FILE
)
def private_files_readable(run: Run, pack: Pack) -> Outcome:
    """Who knows the id of another org's pack can read its files."""
    return run.right(run.state, _as_owner(run.request, pack))


@_wrong_refusal("ownership-private-forbidden", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=PATCH)
def private_forbidden(pack: Pack, run: Run) -> ApiError | None:
    """A PATCH of another org's private pack is a 403, which tells that there is one."""
    return None if visible(pack, run.org_id) else PermissionDenied("The pack belongs to another org.")


@_wrong_refusal("ownership-private-in-use", "OWNERSHIP-PRIVATE-HIDDEN", "OWNERSHIP-PRIVATE-INDISTINCT", on=DELETE)
def private_in_use(pack: Pack, run: Run) -> ApiError | None:
    """To delete another org's private pack that roles reference is a 409, which tells that there is one."""
    roles = 0 if visible(pack, run.org_id) else roles_with(run.state, pack.id)
    message = "Roles reference the pack; detach it from them first."
    return PackInUse(message, details={"roles": roles}) if roles else None


@_wrong_refusal("ownership-hidden-in-other-words", "OWNERSHIP-PRIVATE-INDISTINCT", on=GET)
def hidden_in_other_words(pack: Pack, run: Run) -> ApiError | None:
    """The 404 for a hidden pack has another message than that for none."""
    return None if visible(pack, run.org_id) else PackNotFound("There is no pack of this id in your org.")


@_wrong_refusal("ownership-hidden-as-file", "OWNERSHIP-PRIVATE-INDISTINCT", on=FILES)
def hidden_as_file(pack: Pack, run: Run) -> ApiError | None:
    """For a file of a hidden pack the answer is file_not_found, for one of no pack pack_not_found."""
    return None if visible(pack, run.org_id) else FileNotFound("The pack has no file of this path.")


@wrong_for_pack("ownership-shared-patched", "OWNERSHIP-SHARED-READ-ONLY", on=PATCH)
def shared_patched(run: Run, pack: Pack) -> Outcome:
    """A community pack can be taken back or kept shared by whichever org sees it."""
    if pack.org_id is None or pack.visibility == "org":
        return run.done
    after, _ = run.right(run.state, _as_owner(run.request, pack))
    return after, Reply(200, pack_view(after.all(PACKS)[pack.id], run.org_id, run.request.withheld))


@_wrong_refusal("ownership-platform-file-conflict", "OWNERSHIP-SHARED-READ-ONLY", on=REPLACE_FILE)
def platform_file_conflict(pack: Pack, _run: Run) -> ApiError | None:
    """To replace a file of a platform pack is a 409 pack_not_editable."""
    return PackNotEditable("Only an uploaded pack can be edited.") if pack.org_id is None else None


@wrong_for_pack("ownership-shared-deleted", "OWNERSHIP-SHARED-DELETE", on=DELETE)
def shared_deleted(run: Run, pack: Pack) -> Outcome:
    """A community pack that no role references can be deleted by whichever org sees it."""
    return run.done if pack.visibility == "org" else run.right(run.state, _as_owner(run.request, pack))


@wrong_view("ownership-org-id-shown", "OWNERSHIP-ORG-ID", on=LIST + GET)
def org_id_shown(view: View, pack: Pack) -> View:
    """A shared pack of another org shows that org's id."""
    return view if pack.org_id is None else {**view, "org_id": pack.org_id}


@wrong_answer(200)("ownership-org-id-null", "OWNERSHIP-ORG-ID", "CONTRACT-BODY-SCHEMA", "EFFECT-EVERY-CALLER", on=GET)
def org_id_null(answer: Answer) -> Answer:
    """The org_id of a pack of others is null."""
    return edited(answer, lambda pack: {"org_id": None, **pack})


@wrong_view("ownership-owned-platform", "OWNERSHIP-OWNED", "OWNERSHIP-TIER", on=LIST + GET)
def owned_platform(view: View, pack: Pack) -> View:
    """The platform's packs count as owned by everyone."""
    return {**view, "owned": view["owned"] or pack.org_id is None}


@wrong_view("ownership-tier-promoted", "OWNERSHIP-TIER", "PACK-PATCH-ONLY-VISIBILITY", "EFFECT-EVERY-CALLER", on=PATCH)
def tier_promoted(view: View, _pack: Pack) -> View:
    """The answer to a PATCH shows a pack that is shared now as verified."""
    return {**view, "tier": "verified"} if view["visibility"] == "community" else view


@wrong_view("ownership-image-ref-of-uploads", "OWNERSHIP-IMAGE-REF", "EFFECT-EVERY-CALLER", on=LIST + GET)
def image_ref_of_uploads(view: View, pack: Pack) -> View:
    """An own pack that was uploaded does not show its image_ref."""
    return _without(view, "image_ref") if pack.image_origin == "upload" else view


@wrong_view("ownership-list-brief", "OWNERSHIP-LIST-ITEM", "CREATE-READABLE", on=LIST)
def list_brief(view: View, _pack: Pack) -> View:
    """The list leaves out the descriptions."""
    return _without(view, "description")


def _without(view: View, key: str) -> View:
    return {name: value for name, value in view.items() if name != key}

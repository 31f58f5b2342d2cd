"""Defects in what a write does beside its object, and in what other callers are shown of it."""

from __future__ import annotations

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, packed
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, wrong_outcome
from mock_server.operation import Reply
from mock_server.resources.packs.pack import PACKS, Pack, pack_view, without_pack
from mock_server.state.value import replace

defect = Declarer(__name__)


def _namesakes(run: Run) -> list[Pack]:
    """The packs of other orgs that are named as the one in the path is."""
    named = run.state.get(PACKS, run.pack_id)
    packs = run.state.all(PACKS).values()
    return [] if named is None else [each for each in packs if each.name == named.name and each.id != named.id]


GLOBEX = "globex-owner"


def _two(scene: Scene, **parts: str) -> tuple[str, str]:
    """Packs of one name and content in two orgs."""
    first, second = (scene.upload(packed(files={"data/a.txt": b"a"}), who, **parts) for who in ("acme-owner", GLOBEX))
    return first.json()["id"], second.json()["id"]


def show_on_namesakes(scene: Scene) -> str:
    mine, theirs = _two(scene)
    scene.patch(mine, "community")
    return str(scene.pack(theirs, GLOBEX)["visibility"])


@defect("effects-on-namesakes", "EFFECT-NOTHING-ELSE", on=ids.PATCH).by(wrong_outcome)
@shown("org", "community", show_on_namesakes)
def on_namesakes(run: Run) -> Outcome:
    """A PATCH changes the visibility of packs of the same name in other orgs too."""
    after, outcome = run.done
    for each in _namesakes(run) if after is not run.state else ():
        after = after.put(PACKS, replace(each, visibility=run.request.body["visibility"], updated_at=run.request.now))
    return after, outcome


def show_deletes_namesakes(scene: Scene) -> int:
    mine, theirs = _two(scene)
    scene.delete(mine)
    return scene.get(f"/packs/{theirs}", GLOBEX).status_code


@defect("effects-deletes-namesakes", "EFFECT-NOTHING-ELSE", on=ids.DELETE).by(wrong_outcome)
@shown(200, 404, show_deletes_namesakes)
def deletes_namesakes(run: Run) -> Outcome:
    """A deletion removes the packs of the same name in other orgs too."""
    after, outcome = run.done
    for each in [] if isinstance(outcome, errors.ApiError) else _namesakes(run):
        after = without_pack(after, each.id)
    return after, outcome


def show_on_same_content(scene: Scene) -> bool:
    mine, theirs = _two(scene)
    before = scene.pack(theirs, GLOBEX)
    scene.put(f"/packs/{mine}/files/data/a.txt", b"b")
    return scene.pack(theirs, GLOBEX) == before


@defect("effects-on-same-content", "EFFECT-NOTHING-ELSE", on=ids.REPLACE_FILE).by(wrong_outcome)
@shown(True, False, show_on_same_content)
def on_same_content(run: Run) -> Outcome:
    """A new file takes the place of the old one in every pack of the same content."""
    after, outcome = run.done
    before, changed = run.state.get(PACKS, run.pack_id), after.get(PACKS, run.pack_id)
    if before is None or changed is None or before is changed:
        return after, outcome
    for each in run.state.all(PACKS).values():
        if each.image.digest == before.image.digest and each.id != before.id:
            after = after.put(PACKS, replace(each, image=changed.image))
    return after, outcome


def show_leaks_once_shared(scene: Scene) -> bool:
    mine, _ = _two(scene)
    scene.patch(mine, "community")
    return "org_id" in scene.pack(mine, GLOBEX)


@defect("effects-leaks-once-shared", "EFFECT-EVERY-CALLER", on=ids.PATCH + ids.GET).by(wrong_outcome)
@shown(False, True, show_leaks_once_shared)
def leaks_once_shared(run: Run) -> Outcome:
    """Of a pack that was shared by a PATCH, callers of other orgs are shown its org."""
    pack = run.state.get(PACKS, run.pack_id)
    after, outcome = run.done
    if run.operation_id in ids.PATCH:
        notes_of(leaks_once_shared)[run.pack_id] = True
        return after, outcome
    if pack is None or pack.org_id == run.org_id or run.pack_id not in notes_of(leaks_once_shared):
        return after, outcome
    return after, Reply(200, pack_view(pack, run.org_id))


def show_stale_abroad(scene: Scene) -> bool:
    mine, _ = _two(scene, visibility="community")
    scene.put(f"/packs/{mine}/files/data/a.txt", b"b")
    return bool(scene.pack(mine, GLOBEX)["image_digest"] == scene.pack(mine)["image_digest"])


@defect("effects-stale-abroad", "EFFECT-EVERY-CALLER", on=ids.REPLACE_IMAGE + ids.REPLACE_FILE + ids.GET).by(
    wrong_outcome
)
@shown(True, False, show_stale_abroad)
def stale_abroad(run: Run) -> Outcome:
    """Callers of other orgs are shown a pack with the content that it had before its content was replaced."""
    notes = notes_of(stale_abroad)
    after, outcome = run.done
    pack = after.get(PACKS, run.pack_id)
    if pack is None:
        return after, outcome
    if run.operation_id not in ids.GET:
        notes[run.pack_id] = run.pack.image
        return after, outcome
    if pack.org_id == run.org_id or run.pack_id not in notes:
        return after, outcome
    return after, Reply(200, pack_view(replace(pack, image=notes[run.pack_id]), run.org_id, run.request.withheld))

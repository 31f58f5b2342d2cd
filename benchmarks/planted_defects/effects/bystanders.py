"""Defects in what a write does beside its object, and in what other callers are shown of it."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.runs import leaving
from benchmarks.planted_defects.scene import Scene, pack_files
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.packs import show_pack
from mock_server.deviations.planting.wrong_operations import Outcome, Run
from mock_server.operation import Reply
from mock_server.resources.packs.pack import PACKS, Pack, show_pack_fields, without_pack
from mock_server.state.value import replace

defect = Declarer(__name__)

OWNER, GLOBEX = "acme-owner", "globex-owner"


def _namesakes(run: Run) -> list[Pack]:
    """Return the packs of other orgs that are named as the one in the path is."""
    named = run.state.get(PACKS, run.pack_id)
    packs = run.state.all(PACKS).values()
    return [] if named is None else [each for each in packs if each.name == named.name and each.id != named.id]


def theirs(scene: Scene, deed: str, *, of: str = "their", **parts: str) -> Any:
    """Return what another org is shown of its pack of the same name and content, or of the own one."""
    uploaded = (scene.upload(pack_files(files={"data/a.txt": b"a"}), who, **parts) for who in (OWNER, GLOBEX))
    mine, other = (each.json()["id"] for each in uploaded)
    if deed == "share":
        scene.patch(mine, "community")
    elif deed == "delete":
        scene.delete(mine)
    else:
        scene.put(f"/packs/{mine}/files/data/a.txt", b"b")
    view = scene.get(f"/packs/{mine if of == 'own' else other}", GLOBEX).json()
    return {**view, "current": view.get("image_digest") == scene.get(f"/packs/{mine}").json().get("image_digest")}


@defect("effects-on-namesakes", "EFFECT-NOTHING-ELSE", on=ids.PATCH).wrongly
@shown("org", "community", lambda scene: theirs(scene, "share")["visibility"])
def on_namesakes(run: Run) -> Outcome:
    """A PATCH changes the visibility of packs of the same name in other orgs too."""
    changed = {"visibility": run.request.body["visibility"], "updated_at": run.request.now}
    others = _namesakes(run) if run.after is not run.state else ()
    return leaving(run, PACKS, *(replace(each, **changed) for each in others))


@defect("effects-deletes-namesakes", "EFFECT-NOTHING-ELSE", on=ids.DELETE).wrongly
@shown(False, True, lambda scene: "error" in theirs(scene, "delete"))
def deletes_namesakes(run: Run) -> Outcome:
    """A deletion removes the packs of the same name in other orgs too."""
    after, outcome = run.done
    for each in [] if isinstance(outcome, errors.ApiError) else _namesakes(run):
        after = without_pack(after, each.id)
    return after, outcome


@defect("effects-on-same-content", "EFFECT-NOTHING-ELSE", on=ids.REPLACE_FILE).wrongly
@shown(False, True, lambda scene: theirs(scene, "replace")["current"])
def on_same_content(run: Run) -> Outcome:
    """A new file takes the place of the old one in every pack of the same content."""
    before, changed = run.state.get(PACKS, run.pack_id), run.after.get(PACKS, run.pack_id)
    if before is None or changed is None or before is changed:
        return run.done
    alike = (each for each in run.state.all(PACKS).values() if each.image.digest == before.image.digest)
    return leaving(run, PACKS, *(replace(each, image=changed.image) for each in alike if each.id != before.id))


@defect("effects-leaks-once-shared", "EFFECT-EVERY-CALLER", on=ids.PATCH + ids.GET).wrongly
@shown(False, True, lambda scene: "org_id" in theirs(scene, "share", of="own"))
def leaks_once_shared(run: Run) -> Outcome:
    """Of a pack that was shared by a PATCH, callers of other orgs are shown its org."""
    notes, pack = read_notes(leaks_once_shared), run.state.get(PACKS, run.pack_id)
    after, outcome = run.done
    if run.operation_id in ids.PATCH:
        notes[run.pack_id] = True
    elif pack is not None and pack.org_id != run.org_id and run.pack_id in notes:
        return after, Reply(200, show_pack_fields(pack, run.org_id))
    return after, outcome


@defect("effects-stale-abroad", "EFFECT-EVERY-CALLER", on=ids.REPLACE_IMAGE + ids.REPLACE_FILE + ids.GET).wrongly
@shown(True, False, lambda scene: theirs(scene, "replace", of="own", visibility="community")["current"])
def stale_abroad(run: Run) -> Outcome:
    """Callers of other orgs are shown a pack with the content that it had before its content was replaced."""
    notes = read_notes(stale_abroad)
    after, outcome = run.done
    pack = after.get(PACKS, run.pack_id)
    if pack is not None and run.operation_id not in ids.GET:
        notes[run.pack_id] = run.pack.image
    elif pack is not None and pack.org_id != run.org_id and run.pack_id in notes:
        stale = replace(pack, image=notes[run.pack_id])
        return after, Reply(200, show_pack(stale, run.org_id))
    return after, outcome

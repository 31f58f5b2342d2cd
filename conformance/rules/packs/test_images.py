"""Clause images: packs made of images, and what a new image brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conformance.contract.contract import Operation, Provenance
from conformance.http.exchange import Exchange
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import find_item, get_field, list_differences
from conformance.recipes.requests import with_json
from conformance.recipes.valid import build_valid
from conformance.resources import packs
from conformance.resources.packs import recipes as images
from conformance.resources.packs.oracle import LATEST, PackFact, find_repository
from conformance.resources.packs.reading import read_back, read_file_back, read_list, read_pack
from conformance.resources.packs.sample_files import OTHERWISE
from conformance.results.difference import from_list
from conformance.rules.checks import check_equal, check_moves_forward, check_shows, check_unchanged
from conformance.rules.kept_values import check_kept
from conformance.rules.packs.requests import (
    REPLACE_FILE,
    REPLACE_IMAGE,
    create,
    create_owned,
    on,
    replace_file,
    replace_image,
)
from conformance.running.binding import Scope, about, over, rule
from conformance.session.harness import Harness

OF_CONTENT = {REPLACE_IMAGE: "image_ref", REPLACE_FILE: "upload"}
"""The operations that replace content, and the origin of packs whose content each replaces."""
KEPT = ("id", "org_id", "name", "visibility", "tier", "image_origin", "created_at", "owned")

NOT_OF_CONTENT = ("image_origin", "updated_at")
"""Fields that pack.yaml does not say: what the same image does to them is free, or another rule's."""
EACH_ORIGIN = over("origin", lambda _: ("image_ref", "upload", "clone"))
REPOSITORIES: Mapping[str, tuple[str, str]] = {
    "no-folder": ("{name}", "other-{name}"),
    "port": ("registry.conformance.example:5000/{name}", "registry.conformance.example:5001/{name}"),
    "folders-of-a-port": ("localhost:5000/one/two/{name}", "localhost:5000/one/three/{name}"),
}
"""The forms of a repository beside that of a folder of a registry, each with one like it that is another."""
VERSION_OF_SIGNS = "10.20.30-alpha.1.x-y+build.5"
"""The version that no tag can have as it is."""


def _list_taking_images(scope: Scope) -> list[Operation]:
    bodies = ((operation, operation.body.schemas.values()) for operation in scope.operations if operation.body)
    return [o for o, schemas in bodies if any("image_ref" in each.get("properties", {}) for each in schemas)]


def _create_owned(harness: Harness, origin: str) -> tuple[Caller, PackFact]:
    caller, fact = create_owned(harness, REPLACE_IMAGE, origin=origin)
    if fact.image_ref is None:
        raise NotProvoked("an own pack shows no image_ref")
    return caller, fact


def _replace_image_once(harness: Harness, origin: str) -> tuple[Caller, PackFact, str]:
    """Return a caller, a pack whose image the caller has replaced, and its new image."""
    caller, fact = _create_owned(harness, origin)
    image_ref = packs.make_next_image(harness, fact)
    harness.hold(caller, replace_image(harness, fact, image_ref))
    return caller, fact, image_ref


@rule("IMAGE-UNKNOWN")
@over("operation", _list_taking_images)
def test_an_image_that_no_registry_holds_is_refused(harness: Harness, operation: Operation) -> None:
    """An image is unknown, in the repository of a known one that was taken before."""
    caller = harness.able(operation)
    request = build_valid(harness, operation, caller)
    harness.hold(caller, request)
    known = list(harness.knowledge.get_facts("image"))[-1]
    absent = {"image_ref": f"{find_repository(known)}:9.9.9-absent"}
    harness.judge(caller, with_json(operation, request.path_values, absent))


@rule("IMAGE-UNKNOWN")
@about(packs.CREATE)
def test_a_reference_without_a_tag_is_the_latest(harness: Harness) -> None:
    """A pack is made of the image with the tag latest, which is not named; it may be refused."""
    caller, name = harness.able(harness.contract.operations[packs.CREATE]), harness.make_fresh_name()
    image_ref = find_repository(packs.image(harness, name, tag=LATEST))
    made = harness.judge(caller, create(harness, image_ref))
    for key, expected in {"image_ref": image_ref, "name": name}.items() if made.has_succeeded else ():
        check_shows(harness, made, key, expected)


@rule("IMAGE-UNKNOWN")
@about(packs.CREATE)
def test_the_image_of_an_upload_goes_with_it(harness: Harness) -> None:
    """An uploaded pack is deleted, which purges its image, and a pack is to be made of that image."""
    deleter = harness.able(harness.contract.operations[packs.DELETE])
    uploader, creator = (images.find_creator(harness, each, deleter.org) for each in (packs.UPLOAD, packs.CREATE))
    fact = packs.upload_pack(harness, uploader, packs.pack_files(harness.make_fresh_name()))
    if fact.image_ref is None:
        raise NotProvoked("an own pack shows no image_ref")
    harness.hold(deleter, on(harness, packs.DELETE, fact))
    answer = harness.send(creator, create(harness, fact.image_ref))
    said = "400, since the image was purged with its pack", str(answer)
    harness.check(not answer.has_succeeded, answer, *said, evidence=from_list(*said))


@rule("IMAGE-REREAD")
@EACH_ORIGIN
def test_a_new_image_brings_its_own_metadata(harness: Harness, origin: str) -> None:
    """Answer and pack show the metadata of a newer image, then of an older one, under the same id."""
    caller, fact = _create_owned(harness, origin)
    for version in ("7.8.9", "0.9.0"):
        image_ref = packs.make_next_image(harness, fact, version)
        _check_image(harness, caller, fact, {"version": version, "image_ref": image_ref})


@rule("IMAGE-REREAD")
@over("form", lambda _: ["{repository}@{digest}", "{repository}:{tag}@{digest}"])
def test_a_digest_is_shown_as_it_was_sent(harness: Harness, form: str) -> None:
    """The image of a pack is named by its digest, without its tag and with it; whether a registry has it so is free.

    Where it has, that is the image which is put in the place of the present one, though others are beside it.
    """
    caller, fact, image_ref = _replace_image_once(harness, "image_ref")
    digest, base = get_field(read_pack(harness, caller, fact.id).json, "image_digest"), find_repository(image_ref)
    named = form.format(repository=base, tag=image_ref.removeprefix(f"{base}:"), digest=digest)
    answer = harness.judge(caller, replace_image(harness, fact, named))
    if answer.has_succeeded:
        operation = harness.contract.operations[REPLACE_IMAGE]
        check_kept(harness, operation, answer, {"image_ref": named}, {"image_ref": "IMAGE-REREAD"})
        got, said = get_field(answer.json, "image_digest"), "the image_digest that was named"
        check_equal(harness, answer, got, digest, said, name="image_digest", effect=DataEffect.LOST)


@rule("IMAGE-REREAD")
@over("tag", lambda _: ["another", "the same"])
def test_an_image_of_the_same_version_is_taken(harness: Harness, tag: str) -> None:
    """An image of the version that the pack has, with other content, is put in the place of the present one.

    It has a tag of its own, or that of the present one, which was pushed anew.
    """
    caller, fact, image_ref = _replace_image_once(harness, "image_ref")
    version, base = str(read_pack(harness, caller, fact.id).json.get("version")), find_repository(image_ref)
    named = "once-more" if tag == "another" else image_ref.removeprefix(f"{base}:")
    other = images.make_rich_image(harness, fact.name, version, of=base, tag=named, said=OTHERWISE)
    told = {"version": version, "image_ref": other, "description": OTHERWISE["description"]}
    _check_image(harness, caller, fact, told)


@rule("IMAGE-REREAD")
def test_the_image_of_an_upload_is_one_that_can_be_taken(harness: Harness) -> None:
    """The image that an uploaded pack shows is put in its own place, and again once it is that of a replaced file.

    The version of the pack is one that no tag can have as it is.
    """
    caller = harness.able(harness.contract.operations[REPLACE_IMAGE])
    uploader = images.find_creator(harness, packs.UPLOAD, caller.org)
    files = packs.pack_files(harness.make_fresh_name(), version=VERSION_OF_SIGNS)
    fact = packs.upload_pack(harness, uploader, files)
    if fact.image_ref is None:
        raise NotProvoked("an own pack shows no image_ref")
    for content in (None, b"of another image\n"):
        if content is not None:
            harness.hold(caller, replace_file(harness, fact, packs.FILE, content))
        before = read_pack(harness, caller, fact.id)
        answer = harness.send(caller, replace_image(harness, fact, str(get_field(before.json, "image_ref"))))
        # That the platform's registry hands out what it keeps is assumed.
        said = "200, since the registry keeps the image", str(answer)
        harness.check(answer.has_succeeded, answer, *said, Provenance.ASSUMED, evidence=from_list(*said))
        read = read_back(harness, caller, fact.id)
        moved = list_differences(harness.contract, before.json, read.json, ignoring=NOT_OF_CONTENT)
        check_unchanged(harness, read, moved, "the pack as before", (before.json, read.json))
        read_file_back(harness, caller, fact.id, packs.FILE)


def _check_image(harness: Harness, caller: Caller, fact: PackFact, told: Mapping[str, str]) -> None:
    """Replace the image of a pack by one that tells this; it is shown in the answer and when the pack is read."""
    replaced = harness.judge(caller, replace_image(harness, fact, told["image_ref"]))
    for exchange in (replaced, read_back(harness, caller, fact.id)):
        for name, expected in {"id": fact.id, "name": fact.name, **told}.items():
            got = get_field(exchange.json, name)
            check_equal(harness, exchange, got, expected, f"{name} of the new image", effect=DataEffect.LOST)


@rule("IMAGE-SAME-REPOSITORY")
@EACH_ORIGIN
@over("where", lambda _: ["another-repository", "another-registry", "below-it"])
def test_an_image_of_another_repository_is_refused(harness: Harness, origin: str, where: str) -> None:
    """A new image of another repository has the right name and can be pulled."""
    caller, fact, image_ref = _replace_image_once(harness, origin)
    base = find_repository(image_ref)
    other = {
        "another-repository": f"{base.rpartition('/')[0]}/other-{fact.name}",
        "another-registry": f"other.conformance.example/{base.partition('/')[2]}",
        "below-it": f"{base}/more",
    }[where]
    foreign = packs.image(harness, fact.name, "1.4.0", of=other)
    harness.judge(caller, replace_image(harness, fact, foreign))


@rule("IMAGE-SAME-REPOSITORY")
@over("form", lambda _: REPOSITORIES)
def test_a_repository_is_told_however_it_is_named(harness: Harness, form: str) -> None:
    """A repository has no folder, or a registry with a port: a pack gets its next image, and none of one like it."""
    caller, name = harness.able(harness.contract.operations[REPLACE_IMAGE]), harness.make_fresh_name()
    own, other = (each.format(name=name) for each in REPOSITORIES[form])
    creator = images.find_creator(harness, packs.CREATE, caller.org)
    fact = images.create_pack(harness, creator, name, image_ref=packs.image(harness, name, of=own))
    following = packs.image(harness, name, "1.3.0", of=own)
    _check_image(harness, caller, fact, {"version": "1.3.0", "image_ref": following})
    harness.judge(caller, replace_image(harness, fact, packs.image(harness, name, "1.4.0", of=other)))


@rule("IMAGE-NAME-STAYS")
@EACH_ORIGIN
def test_an_image_with_another_name_is_refused(harness: Harness, origin: str) -> None:
    """A new image of the right repository has another name."""
    caller, fact, image_ref = _replace_image_once(harness, origin)
    renamed = packs.image(harness, harness.make_fresh_name(), "1.4.0", of=find_repository(image_ref))
    harness.judge(caller, replace_image(harness, fact, renamed))


@rule("IMAGE-ORIGIN-STAYS")
@EACH_ORIGIN
def test_the_origin_stays(harness: Harness, origin: str) -> None:
    """image_origin is the same after a new image."""
    caller, fact = _create_owned(harness, origin)
    replaced = harness.hold(caller, replace_image(harness, fact, packs.choose_pullable_next(harness, fact)))
    for exchange in (replaced, read_back(harness, caller, fact.id)):
        check_equal(harness, exchange, get_field(exchange.json, "image_origin"), origin, f"image_origin {origin}")


@rule("CONTENT-KEEPS-REST")
@over("operation_id", lambda _: OF_CONTENT)
@over("visibility", lambda _: ["org", "community"])
def test_other_content_changes_the_content_alone(harness: Harness, operation_id: str, visibility: str) -> None:
    """All other fields stay in the answer, the single read and the list."""
    caller, fact = create_owned(harness, operation_id, visibility=visibility, origin=OF_CONTENT[operation_id])
    before = read_pack(harness, caller, fact.id).json
    answer = harness.hold(caller, build_valid(harness, harness.contract.operations[operation_id], caller, fact=fact))
    in_list = read_list(harness, caller)
    read = read_back(harness, caller, fact.id)
    lost = {name: require_resource("pack").find_loss(harness.contract, [name]) for name in KEPT}
    for exchange, pack in ((answer, answer.json), (read, read.json), (in_list, find_item(in_list, fact.id))):
        for name in KEPT:
            got, was = get_field(pack, name), get_field(before, name)
            check_equal(harness, exchange, got, was, f"{name} as it was", effect=lost[name])


@rule("CONTENT-UPDATED-AT")
@over("operation_id", lambda _: OF_CONTENT)
def test_other_content_moves_updated_at_forward(harness: Harness, operation_id: str) -> None:
    """updated_at is later after a new image or a new file; where it shows the same, a second is let pass."""
    caller, fact = create_owned(harness, operation_id, origin=OF_CONTENT[operation_id])

    def write(turn: int) -> tuple[Exchange, Exchange]:
        before, known = (
            read_pack(harness, caller, fact.id),
            harness.knowledge.get_facts(fact.resource).get(fact.id, fact),
        )
        request = build_valid(harness, harness.contract.operations[operation_id], caller, fact=known)
        if operation_id == REPLACE_FILE:
            request = replace(request, content=f"turn {turn}\n".encode())
        harness.hold(caller, request)
        read = read_back(harness, caller, fact.id)
        if get_field(before.json, "image_digest") == get_field(read.json, "image_digest"):
            raise NotProvoked("its content is as it was, which says nothing of the time")
        return before, read

    check_moves_forward(harness, write)

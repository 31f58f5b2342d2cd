"""Clause images: packs made of images, and what a new image brings."""

from __future__ import annotations

from conformance.contract.contract import Operation
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import field, instant, item
from conformance.recipes.requests import with_json
from conformance.recipes.valid import valid
from conformance.resources import packs
from conformance.resources.packs.facts import PackFact
from conformance.resources.packs.reading import listed, read_back, shown
from conformance.resources.packs.semantics import repository
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

REPLACE, REPLACE_FILE = "packs.replace_image", "packs.replace_file"
ORIGINS = ("image_ref", "upload", "clone")
KEPT = ("id", "org_id", "name", "visibility", "tier", "image_origin", "created_at", "owned")


def _takes_image(operation: Operation) -> bool:
    schemas = operation.body.schemas.values() if operation.body else ()
    return any("image_ref" in schema.get("properties", {}) for schema in schemas)


def _own(harness: Harness, origin: str) -> tuple[Caller, Operation, PackFact]:
    operation = harness.contract.operations[REPLACE]
    caller = harness.able(operation)
    fact = packs.own(harness, caller.org, origin=origin)
    if fact.image_ref is None:
        raise NotProvoked("an own pack shows no image_ref")
    return caller, operation, fact


@rule("IMAGE-UNKNOWN")
@over("operation", lambda scope: [o for o in scope.operations if _takes_image(o)])
def test_an_image_that_no_registry_holds_is_refused(harness: Harness, operation: Operation) -> None:
    """An image is unknown, in the repository of a known one that was taken before."""
    caller = harness.able(operation)
    request = valid(harness, operation, caller)
    harness.hold(caller, request)
    known = list(harness.state.facts("image"))[-1]
    absent = {"image_ref": f"{repository(known)}:9.9.9-absent"}
    harness.judge(caller, with_json(operation, request.path_values, absent))


@rule("IMAGE-REREAD")
@over("origin", lambda _: ORIGINS)
def test_a_new_image_brings_its_own_metadata(harness: Harness, origin: str) -> None:
    """Answer and pack show the metadata of the new image under the same id."""
    caller, operation, fact = _own(harness, origin)
    image_ref = packs.next_image(harness, fact, "7.8.9")
    replaced = harness.judge(caller, with_json(operation, {"id": fact.id}, {"image_ref": image_ref}))
    for exchange in (replaced, read_back(harness, caller, fact.id)):
        for name, expected in {"id": fact.id, "name": fact.name, "version": "7.8.9", "image_ref": image_ref}.items():
            got = field(exchange.json, name)
            harness.check(got == expected, exchange, f"{name} of the new image", repr(got))


@rule("IMAGE-SAME-REPOSITORY")
@over("origin", lambda _: ORIGINS)
@over("where", lambda _: ["another-repository", "another-registry", "below-it"])
def test_an_image_of_another_repository_is_refused(harness: Harness, origin: str, where: str) -> None:
    """A new image of another repository has the right name and can be pulled."""
    caller, operation, fact = _own(harness, origin)
    image_ref = packs.next_image(harness, fact)
    harness.hold(caller, with_json(operation, {"id": fact.id}, {"image_ref": image_ref}))
    base = repository(image_ref)
    other = {
        "another-repository": f"{base.rpartition('/')[0]}/other-{fact.name}",
        "another-registry": f"other.conformance.example/{base.partition('/')[2]}",
        "below-it": f"{base}/more",
    }[where]
    foreign = packs.image(harness, fact.name, "1.4.0", of=other)
    harness.judge(caller, with_json(operation, {"id": fact.id}, {"image_ref": foreign}))


@rule("IMAGE-NAME-STAYS")
@over("origin", lambda _: ORIGINS)
def test_an_image_with_another_name_is_refused(harness: Harness, origin: str) -> None:
    """A new image of the right repository has another name."""
    caller, operation, fact = _own(harness, origin)
    image_ref = packs.next_image(harness, fact)
    harness.hold(caller, with_json(operation, {"id": fact.id}, {"image_ref": image_ref}))
    renamed = packs.image(harness, harness.fresh_name(), "1.4.0", of=repository(image_ref))
    harness.judge(caller, with_json(operation, {"id": fact.id}, {"image_ref": renamed}))


@rule("IMAGE-ORIGIN-STAYS")
@over("origin", lambda _: ORIGINS)
def test_the_origin_stays(harness: Harness, origin: str) -> None:
    """image_origin is the same after a new image."""
    caller, operation, fact = _own(harness, origin)
    body = {"image_ref": packs.pullable_next(harness, fact)}
    replaced = harness.hold(caller, with_json(operation, {"id": fact.id}, body))
    for exchange in (replaced, read_back(harness, caller, fact.id)):
        got = field(exchange.json, "image_origin")
        harness.check(got == origin, exchange, f"image_origin {origin}", repr(got))


@rule("CONTENT-KEEPS-REST")
@over("operation_id", lambda _: [REPLACE, REPLACE_FILE])
@over("visibility", lambda _: ["org", "community"])
def test_other_content_changes_the_content_alone(harness: Harness, operation_id: str, visibility: str) -> None:
    """All other fields stay in the answer, the single read and the list."""
    operation = harness.contract.operations[operation_id]
    caller = harness.able(operation)
    origin = "image_ref" if operation_id == REPLACE else "upload"
    fact = packs.own(harness, caller.org, visibility=visibility, origin=origin)
    before = shown(harness, caller, fact.id).json
    answer = harness.hold(caller, valid(harness, operation, caller, fact=fact))
    in_list = listed(harness, caller)
    read = read_back(harness, caller, fact.id)
    for exchange, pack in ((answer, answer.json), (read, read.json), (in_list, item(in_list, fact.id))):
        for name in KEPT:
            got, kept = field(pack, name), field(before, name)
            harness.check(got == kept, exchange, f"{name} as it was", repr(got))


@rule("CONTENT-UPDATED-AT")
@over("operation_id", lambda _: [REPLACE, REPLACE_FILE])
def test_other_content_moves_updated_at_forward(harness: Harness, operation_id: str) -> None:
    """updated_at is later after a new image or a new file."""
    operation = harness.contract.operations[operation_id]
    caller = harness.able(operation)
    fact = packs.own(harness, caller.org, origin="image_ref" if operation_id == REPLACE else "upload")
    earlier = field(shown(harness, caller, fact.id).json, "updated_at")
    harness.hold(caller, valid(harness, operation, caller, fact=fact))
    read = read_back(harness, caller, fact.id)
    later = field(read.json, "updated_at")
    if not isinstance(earlier, str) or not isinstance(later, str):
        raise NotProvoked("the pack shows no updated_at")
    harness.check(instant(later) > instant(earlier), read, "a later updated_at", "the same or an earlier one")

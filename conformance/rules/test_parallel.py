"""Clause parallel: requests that are under way at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.registry import resource_of
from conformance.oracle.effect import DataEffect
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes import making, reading
from conformance.recipes.about import path_values
from conformance.recipes.reading import changed, field, items
from conformance.recipes.requests import build, with_json
from conformance.recipes.valid import valid
from conformance.resources import packs
from conformance.resources.members import OWNER, UPDATE_ROLE, accepted, invited, of_the_last_owner, owners
from conformance.resources.packs import CREATE, UPLOAD
from conformance.resources.packs.reading import listed, read_back, read_file_back
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import INVALID, RESTART, RESUME, STOP, TAKEN
from conformance.resources.workspaces.recipes import in_one_of, taken_in_some_order
from conformance.results.difference import of_bytes, of_fields
from conformance.rules.checks import check_equal
from conformance.rules.packs.requests import PATCH, creation, own, patch, replace_file, uploader
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

CONTENTS = tuple(bytes([letter]) * 20_000 for letter in b"abcd")  # long enough that a mixture of two would show


def _served(harness: Harness, caller: Caller, requests: list[Request]) -> tuple[Exchange, ...]:
    """The answers to requests that overlap, each a success."""
    answers = harness.send_together([(caller, each) for each in requests])
    for answer in answers:
        harness.check(answer.succeeded, answer, "200 for each write", str(answer))
    return answers


@rule("PARALLEL-WRITES")
def test_one_of_several_visibilities_is_left(harness: Harness) -> None:
    """Four PATCHes run at once; the pack is as one of the answers showed it."""
    caller, fact = own(harness, PATCH)
    asked = ("community", "org", "community", "org")
    answers = _served(harness, caller, [patch(harness, fact, {"visibility": each}) for each in asked])
    read = read_back(harness, caller, fact.id)
    left = any(not changed(harness.contract, answer.json, read.json, ignoring=["updated_at"]) for answer in answers)
    expected, got = "the pack as one of the answers showed it", "a pack that none of them showed"
    evidence = of_fields(changed(harness.contract, answers[-1].json, read.json), answers[-1].json, read.json)
    harness.check(left, read, expected, got, evidence=evidence, effect=DataEffect.LOST)


@rule("PARALLEL-WRITES")
def test_one_of_several_contents_is_left(harness: Harness) -> None:
    """Four contents are put at once; the file is one of them, under the digest of its answer."""
    caller, fact = own(harness, PATCH)
    answers = _served(harness, caller, [replace_file(harness, fact, packs.FILE, content) for content in CONTENTS])
    read, pack = read_file_back(harness, caller, fact.id, packs.FILE), read_back(harness, caller, fact.id)
    said, evidence = ("one of the contents that were sent", "another one"), of_bytes(CONTENTS[-1], read.body)
    harness.check(read.body in CONTENTS, read, *said, evidence=evidence, effect=DataEffect.LOST)
    digest = field(answers[CONTENTS.index(read.body)].json, "image_digest")
    got = field(pack.json, "image_digest")
    check_equal(harness, pack, got, digest, "the image_digest of the content that is read", name="image_digest")


@rule("PARALLEL-WRITES")
def test_writes_to_two_things_are_both_left(harness: Harness) -> None:
    """A file and the visibility are written at once; both writes last."""
    caller, fact = own(harness, PATCH)
    content, visibility = CONTENTS[0], {"visibility": "community"}
    _served(harness, caller, [replace_file(harness, fact, packs.FILE, content), patch(harness, fact, visibility)])
    read, pack = read_file_back(harness, caller, fact.id, packs.FILE), read_back(harness, caller, fact.id)
    said, evidence = ("the content that was sent", "another one"), of_bytes(content, read.body)
    harness.check(read.body == content, read, *said, evidence=evidence, effect=DataEffect.LOST)
    shown, sent = field(pack.json, "visibility"), "the visibility that was sent"
    check_equal(harness, pack, shown, "community", sent, name="visibility", effect=DataEffect.LOST)


@rule("PARALLEL-CREATES")
@over("first, second", lambda _: [(UPLOAD, UPLOAD), (CREATE, UPLOAD), (CREATE, CREATE)])
def test_of_two_creations_of_one_name_one_is_made(harness: Harness, first: str, second: str) -> None:
    """Two creations of one name run at once: one is made, and listed once."""
    caller, name = uploader(harness), harness.fresh_name()
    requests = [creation(harness, made_by, name, f"1.0.{n}") for n, made_by in enumerate((first, second))]
    answers = harness.send_together([(caller, each) for each in requests])
    made = sorted((answer.status, answer.code or "") for answer in answers)
    right = made == [(201, ""), (409, "pack_exists")]
    harness.check(right, answers[1], "one 201 and one 409 pack_exists", " and ".join(map(str, answers)))
    answer = listed(harness, caller)
    count = sum(pack.get("owned") is True and pack.get("name") == name for pack in items(answer))
    harness.check(count == 1, answer, "the pack once in the list", f"{count} times")


def _named_once(scope: Scope) -> Iterator[Operation]:
    """The creations of what has a name, or an address, of its own in an org; those of packs have a rule of theirs."""
    for operation in scope.operations:
        taken = any(cell.status == 409 and (cell.code or "").endswith("_exists") for cell in operation.cells)
        if taken and operation.operation_id not in (CREATE, UPLOAD):
            yield operation


@rule("PARALLEL-NAMES")
@over("operation", _named_once)
def test_of_two_that_are_made_at_once_one_has_the_name(harness: Harness, operation: Operation) -> None:
    """The same creation is sent twice at once: one is made, which is read then, and the other is refused."""
    caller = harness.able(operation)
    request = valid(harness, operation, caller)
    answers = harness.send_together([(caller, request)] * 2)
    made = [answer for answer in answers if answer.succeeded]
    refused = [answer for answer in answers if answer.status == 409 and (answer.code or "").endswith("_exists")]
    if all(400 <= answer.status < 500 and answer not in refused for answer in answers):
        raise NotProvoked(f"{operation} is answered {answers[0]}, whatever else is made")
    right = len(made) == len(refused) == 1
    harness.check(right, answers[1], "one 201 and one 409 that says that it exists", " and ".join(map(str, answers)))
    resource = resource_of(operation)
    if resource is not None and resource.shown_by is not None:
        reading.read_back(harness, resource, caller, str(field(made[0].json, "id")))


@rule("PARALLEL-STEPS")
@over("first, second", lambda _: [(STOP, STOP), (STOP, RESTART), (RESTART, RESTART), (STOP, RESUME), (RESUME, RESUME)])
def test_two_steps_at_once_are_taken_as_one_after_the_other(harness: Harness, first: str, second: str) -> None:
    """A workspace is stopped, restarted or resumed twice at once: what is taken would be in one of the two orders."""
    steps, status = (first, second), TAKEN[first][0]
    operations = [harness.contract.operations[each] for each in steps]
    caller = making.unnarrowed(harness, *operations)
    fact = in_one_of(harness, making.own(harness, WORKSPACE, caller.org), (status,))
    answers = harness.send_together([(caller, build(each, path_values(each, fact))) for each in operations])
    taken = frozenset(place for place, answer in enumerate(answers) if answer.succeeded)
    refused = frozenset(place for place, answer in enumerate(answers) if answer.status == 409)
    if not taken and all(answer.status == 409 and answer.code != INVALID for answer in answers):
        raise NotProvoked(f"neither is taken, whatever else is under way: {answers[0]}")
    foreseen = taken_in_some_order(steps, status)
    right = taken in foreseen and len(taken | refused) == len(steps)
    both = ", or both" if len(steps) in map(len, foreseen) else ""
    harness.check(right, answers[1], f"one step that is taken and one 409{both}", " and ".join(map(str, answers)))


@rule("PARALLEL-LAST-OWNER")
def test_of_two_owners_who_are_to_go_at_once_one_stays(harness: Harness) -> None:
    """The only two owners of an org are made members at once: one change is refused, and an owner is left."""
    operation = harness.contract.operations[UPDATE_ROLE]
    caller, of_oneself = of_the_last_owner(harness, operation)
    other = accepted(harness, invited(harness, caller.org, OWNER))
    of_another = with_json(operation, {"user_id": other.user_id}, {"role": "member"})
    answers = harness.send_together([(caller, of_oneself), (caller, of_another)])
    left = len(owners(harness, caller))
    said = "one change that is refused, and an owner"
    got = f"{' and '.join(map(str, answers))}, and {left} owners"
    harness.check(sum(each.succeeded for each in answers) == left == 1, answers[1], said, got)

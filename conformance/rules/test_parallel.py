"""Clause parallel: requests that are under way at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import Rule
from conformance.explorer.overlaps import judge_pair
from conformance.explorer.pairs import OperationPair, pair_with_reads, pair_writes
from conformance.judging.opinion import TOGETHER
from conformance.recipes.reading import items
from conformance.recipes.requests import with_json
from conformance.resources.members import (
    OWNER,
    UPDATE_ROLE,
    accept,
    build_for_last_owner,
    create_invitation,
    list_owners,
)
from conformance.resources.packs import CREATE, UPLOAD
from conformance.resources.packs.reading import read_list
from conformance.rules.packs.requests import build_creation, find_uploader
from conformance.running.binding import Scope, law, over, rule
from conformance.session.harness import Harness

CLOSER = ("PARALLEL-NAMES", "PARALLEL-STEPS")
"""Rules that say more of some pairs of writes."""


def _list_pairs(scope: Scope, judged: Rule) -> Iterator[OperationPair]:
    """Yield the pairs of writes that the rule is about.

    What a closer rule is about is not judged by the general one too.
    """
    closer = [scope.contract.rules[each] for each in CLOSER if each in scope.contract.rules]
    about = [(each, {it.operation_id for it in scope.contract.list_operations_of(each)}) for each in closer]
    for pair in pair_writes(scope.contract):
        if next((each.id for each, operations in about if pair.operations <= operations), TOGETHER) == judged.id:
            yield pair


@law(TOGETHER, *CLOSER, names="pair", values=_list_pairs)
def test_two_writes_at_once_are_as_one_after_the_other(harness: Harness, pair: OperationPair) -> None:
    """Two writes about one object and a list are sent at once: some order explains the answers and what is left."""
    judge_pair(harness, pair)


@rule("PARALLEL-READS")
@over("pair", lambda scope: pair_with_reads(scope.contract))
def test_what_is_read_beside_a_write_is_of_before_or_after_it(harness: Harness, pair: OperationPair) -> None:
    """A write and a read about one object are sent at once: some order explains both, and what is left."""
    judge_pair(harness, pair)


@rule("PARALLEL-CREATES")
@over("first, second", lambda _: [(UPLOAD, UPLOAD), (CREATE, UPLOAD), (CREATE, CREATE)])
def test_of_two_creations_of_one_name_one_is_made(harness: Harness, first: str, second: str) -> None:
    """Two creations of one name run at once: one is made, and listed once."""
    caller, name = find_uploader(harness), harness.make_fresh_name()
    requests = [build_creation(harness, made_by, name, f"1.0.{n}") for n, made_by in enumerate((first, second))]
    answers = harness.send_together([(caller, each) for each in requests])
    made = sorted((answer.status, answer.code or "") for answer in answers)
    right = made == [(201, ""), (409, "pack_exists")]
    harness.check(right, answers[1], "one 201 and one 409 pack_exists", " and ".join(map(str, answers)))
    answer = read_list(harness, caller)
    count = sum(pack.get("owned") is True and pack.get("name") == name for pack in items(answer))
    harness.check(count == 1, answer, "the pack once in the list", f"{count} times")


@rule("PARALLEL-LAST-OWNER")
def test_of_two_owners_who_are_to_go_at_once_one_stays(harness: Harness) -> None:
    """The only two owners of an org are made members at once: one change is refused, and an owner is left."""
    operation = harness.contract.operations[UPDATE_ROLE]
    caller, of_oneself = build_for_last_owner(harness, operation)
    other = accept(harness, create_invitation(harness, caller.org, OWNER))
    of_another = with_json(operation, {"user_id": other.user_id}, {"role": "member"})
    answers = harness.send_together([(caller, of_oneself), (caller, of_another)])
    left = len(list_owners(harness, caller))
    said = "one change that is refused, and an owner"
    got = f"{' and '.join(map(str, answers))}, and {left} owners"
    harness.check(sum(each.has_succeeded for each in answers) == left == 1, answers[1], said, got)

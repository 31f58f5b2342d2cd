"""Clause creation, of any resource: what was made can be read."""

from __future__ import annotations

from itertools import chain
from typing import Any

from conformance.budget import ValuePart
from conformance.contract.contract import Operation
from conformance.http.exchange import Exchange
from conformance.oracle.bodies import list_fields
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import find_resource_made, list_resources
from conformance.oracle.judging import NotProvoked
from conformance.oracle.served import as_far_as_served
from conformance.recipes import reading
from conformance.recipes.reading import differing_fields, find_item, list_differences, show
from conformance.recipes.valid import build_valid
from conformance.results.difference import from_fields
from conformance.rules.kept_values import parametrize_kept, write_and_read
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness


def _list_creations(scope: Scope) -> list[str]:
    made_by = chain.from_iterable(resource.made_by for resource in list_resources())
    return [operation_id for operation_id in made_by if operation_id in scope.contract.operations]


@rule("CREATE-READABLE")
@over("operation_id", _list_creations)
def test_a_pack_is_read_as_it_was_made(harness: Harness, operation_id: str) -> None:
    """The pack is read alone and in the list, which was read before too."""
    operation = harness.contract.operations[operation_id]
    resource, caller = find_resource_made(operation), harness.able(operation)
    assert resource is not None  # the test is spread over such operations alone
    if resource.listed_by in harness.contract.operations:
        reading.read_list(harness, resource, caller)
    made = harness.judge(caller, build_valid(harness, operation, caller))
    if not made.has_succeeded:
        needed = (resource.fields[name].needs(operation) for name in list_fields(operation) if name in resource.fields)
        raise NotProvoked(f"{operation} answered {made}", *(need for group in needed for need in group))
    object_id = read_id(made.json)

    def read() -> tuple[Exchange, Any]:
        answer = harness.send(caller, show(harness, resource, object_id))
        return answer, answer.json

    def read_list() -> tuple[Exchange, Any]:
        answer = reading.read_list(harness, resource, caller)
        return answer, find_item(answer, object_id)

    looks = [*([read] if resource.shown_by else []), *([read_list] if resource.listed_by else [])]
    for exchange, found in as_far_as_served(*looks):
        # Where the creation alone shows a field its answer is of another kind than what is read.
        compare = differing_fields if resource.shown_once else list_differences
        differing = compare(harness.contract, made.json, found, ignoring=resource.moves)
        got, evidence = f"another {', '.join(differing)}", from_fields(differing, made.json, found)
        lost = resource.find_loss(harness.contract, differing)
        harness.check(not differing, exchange, "what the creation answered", got, evidence=evidence, effect=lost)


@rule("CREATE-READABLE")
@parametrize_kept("CREATE-READABLE")
def test_values_of_every_kind_are_read(harness: Harness, operation: Operation, part: ValuePart) -> None:
    """Each field has a value of one kind after the other; all who may read it, alone and in the list."""
    write_and_read(harness, operation, part)

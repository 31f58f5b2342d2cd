"""Which values of every kind a case sends: its share of what a seed deals, in a small budget and a replay too."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace
from typing import cast

import pytest

from conformance.budget import DEEP, NORMAL, QUICK, Budget
from conformance.contract.contract import Contract
from conformance.recipes.values.value_kinds import ROUNDS, ValueKind, find_kinds_of_field
from conformance.recipes.values.writing import list_tried_fields
from conformance.rules.kept_values import MOST_MEMBERS, deal_rounds
from conformance.session.harness import Harness

CREATE = "agent_roles.create"
LIMITS = 4
"""A field has a lowest and a highest limit, or as many as it enumerates: thinking_effort has most."""


def sent(
    contract: Contract, budget: Budget, seed: int, *, lasting: bool = False
) -> dict[int, list[tuple[dict[str, str], float]]]:
    """By part, the kinds of the fields in each round, and what its source of chance draws first.

    `lasting`: on a server that stays, on which nobody can remove what is made.
    """
    operation = contract.operations[CREATE]
    kinds = {name: find_kinds_of_field(contract, operation, name) for name in list_tried_fields(operation)}
    found: dict[int, list[tuple[dict[str, str], float]]] = {}
    for part in budget.value_parts:
        session = SimpleNamespace(
            seed=seed,
            case=f"{CREATE}-{part.id}]",
            is_in_full=False,
            is_alone=not lasting,
            random=Random(),  # noqa: S311
        )
        found[part.number] = [
            ({name: str(kind) for name, kind in together.items()}, session.random.random())
            for together in deal_rounds(cast("Harness", session), part, kinds, lasting=lasting)
        ]
    return found


def met(contract: Contract, budget: Budget, *seeds: int) -> set[tuple[str, str]]:
    """The kinds of each field that runs with these seeds send."""
    every = (each for seed in seeds for of in sent(contract, budget, seed).values() for each, _ in of)
    return {pair for each in every for pair in each.items()}


def test_three_seeds_send_each_kind_in_each_field(contract: Contract) -> None:
    operation = contract.operations[CREATE]
    every = {
        (name, str(kind))
        for name in list_tried_fields(operation)
        for kind in find_kinds_of_field(contract, operation, name)
    }
    assert met(contract, NORMAL, *range(5, 5 + ROUNDS)) == every
    assert met(contract, NORMAL, 5) < every
    assert met(contract, DEEP, 5) == every


@pytest.mark.parametrize("seed", [1, 8])
def test_what_a_small_budget_sends_is_sent_where_the_case_is_named(contract: Contract, seed: int) -> None:
    few, named = sent(contract, QUICK, seed), sent(contract, QUICK.of_what_is_named, seed)
    assert few.keys() == {1}
    assert len(few[1]) == LIMITS + QUICK.turns
    assert all(each in named[1] for each in few[1])
    assert named == sent(contract, NORMAL, seed)


def test_every_run_meets_each_limit_of_each_field(contract: Contract) -> None:
    at_limits = [together for together, _ in sent(contract, QUICK, 3)[1][:LIMITS]]
    met_of = {name: [each[name] for each in at_limits if name in each] for name in ("pool_max_size", "environment")}
    assert met_of == {"pool_max_size": ["least", "most"], "environment": ["development", "staging", "production"]}
    assert [each["display_name"] for each in at_limits[:2]] == ["limit-1", "limit-2"]
    assert at_limits[1]["capabilities"] == "empty"


def test_what_stays_for_good_meets_each_member_of_an_enum_and_few_limits(contract: Contract) -> None:
    rounds = [sent(contract, QUICK, seed, lasting=True)[1] for seed in range(3)]
    assert [len(each) for each in rounds] == [5, 5, 5]  # four efforts, and what is not at a limit
    for each in rounds:
        written = [fields for fields, *_ in each]
        assert {"development", "staging", "production"} <= {fields.get("environment") for fields in written}
        assert {"high", "medium", "low", "off"} <= {fields.get("thinking_effort") for fields in written}


def test_three_fields_beside_each_other_meet_each_kind_in_one_run() -> None:
    session = SimpleNamespace(seed=3, case="x-1]", is_in_full=False, is_alone=True, random=Random())  # noqa: S311
    kinds = [ValueKind(f"kind-{number}", lambda _random, _most: 1) for number in range(30)]
    every = deal_rounds(cast("Harness", session), NORMAL.value_parts[0].whole, dict.fromkeys("abc", kinds))
    assert {str(kind) for together in every for kind in together.values()} == {str(kind) for kind in kinds}


def test_of_many_members_what_stays_for_good_meets_a_few_and_others_with_the_next_seeds() -> None:
    kinds = [ValueKind(f"kind-{at}", lambda _random, _most: 1, is_limit=True, is_member=True) for at in range(30)]
    met: set[str] = set()
    for seed in range(4):
        session = SimpleNamespace(seed=seed, case="x-1]", is_in_full=False, is_alone=False, random=Random())  # noqa: S311
        rounds = [*deal_rounds(cast("Harness", session), QUICK.value_parts[0], {"a": kinds}, lasting=True)]
        assert len(rounds) <= MOST_MEMBERS + 2
        met |= {str(each["a"]) for each in rounds}
    assert met == {str(kind) for kind in kinds}

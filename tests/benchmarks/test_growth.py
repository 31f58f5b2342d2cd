"""What grows is compared with its smallest size, round by round."""

from __future__ import annotations

import pytest

from benchmarks import load
from benchmarks.load import Call, Measured
from benchmarks.measures import endurance, grown, growth
from benchmarks.promises import ALL, name_cost_of_a_pack, name_linearity
from benchmarks.promises import name_growth as ratio_of
from mock_server.contract.document import load_document
from mock_server.settings import find_own_contract
from tests import plain


def test_more_is_compared_with_the_least_within_a_round() -> None:
    seventy, more = growth.compare_rates("operations", {200: [50, 30], 10: [100, 60], 70: [100, 30]})
    assert (seventy.name, seventy.rounds) == (ratio_of("operations", 70, 10), (1, 0.5))
    assert (more.name, more.rounds) == (ratio_of("operations", 200, 10), (0.5, 0.5))


def test_a_longer_list_costs_so_much_for_each_more_pack() -> None:
    # 100 µs and 1 µs a pack: 210 µs for 110 packs, 1110 µs for 1010.
    cost, change = growth.list_costs({100: 110, 1000: 1010}, {100: [1e6 / 210], 1000: [1e6 / 1110]})
    assert (cost.name, cost.unit) == (name_cost_of_a_pack(1000), "µs")
    assert cost.rounds == pytest.approx((1,))
    assert change.name == name_linearity(1000, 100)
    assert change.rounds == pytest.approx(((1110 / 1010) / (210 / 110),))


def test_sizes_take_turns_one_way_round_and_then_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answered(call: Call, _seconds: float) -> Measured:
        asked.append(call.url)
        return Measured(len(asked), 1, 1, 1)

    monkeypatch.setattr(growth, "load", answered)
    rates = growth.measure_in_turn({1: Call("GET", "one", {}), 2: Call("GET", "two", {})}, 2, 5)
    warm, first, second = asked[:2], asked[2:4], asked[4:]
    assert sorted(warm) == ["one", "two"]
    assert first == second[::-1]
    assert {size: len(each) for size, each in rates.items()} == {1: 2, 2: 2}


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([(50_000, 50.0), (120_000, 60.0), (500_000, 90.0), (1_000_001, 63.0), (2_000_000, 90.0)], 1.05),
        ([(120_000, 60.0), (999_999, 63.0)], None),
        ([], None),
    ],
)
def test_memory_is_compared_at_two_requests(samples: list[endurance.Sample], expected: float | None) -> None:
    grown_by = endurance.compute_growth(samples)
    assert grown_by == (None if expected is None else pytest.approx(expected))


def test_the_operations_of_a_second_set_are_served_as_the_originals_are() -> None:
    headers = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
    with grown.serve(2 * ALL) as url:
        assert url.endswith("/v1/set2")
        copy = plain.get(f"{url}/packs/pack_01HZ", headers=headers)
        original = plain.get(f"{url.removesuffix('/set2')}/packs/pack_01HZ", headers=headers)
        assert copy.json() == original.json()
        assert copy.status_code == 200
        assert plain.get(f"{url}/packs").status_code == 401
        body = {"visibility": "nobody"}
        assert plain.patch(f"{url}/packs/pack_01HZ", headers=headers, json=body).status_code == 400


def test_a_grown_contract_has_as_many_operations_as_whole_sets_come_to() -> None:
    ids = grown.list_ids(grown.build_contract(200))
    assert len(ids) == len(set(ids))
    assert abs(len(ids) - 200) <= ALL / 2


def test_a_short_contract_has_the_first_operations_and_is_served() -> None:
    ids = grown.list_ids(grown.build_contract(10))
    assert ids == grown.list_ids(grown.build_contract(ALL))[:10]
    headers = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
    with grown.serve(10) as url:
        assert plain.get(f"{url}/packs/pack_01HZ", headers=headers).status_code == 200
        assert plain.get(f"{url}/workspaces", headers=headers).status_code == 404


def test_all_operations_are_as_many_as_the_promises_say() -> None:
    assert len(grown.list_ids(load_document(find_own_contract()))) == ALL


def test_a_duration_is_told_as_the_generator_counts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load.shutil, "which", lambda _name: "wrk")
    assert load.describe_load(2.0) == "wrk -t1 -c16 -d2s"

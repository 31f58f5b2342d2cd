"""What is computed from kills, and that the published page is of the catalogue as it is."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from benchmarks.mutants import page, results
from benchmarks.mutants.catalogue import SAMPLE, Planted, draw_sample, list_catalogue
from benchmarks.mutants.first import find_first
from benchmarks.mutants.judge import read
from benchmarks.mutants.power import Kill, count_by_group, count_kills, find_weakened, list_shortfalls
from benchmarks.mutants.table import render

A, B, C = (Planted(name, group, "Wrong.", breaks) for name, group, breaks in (
    ("a", "one", ("R1",)),
    ("b", "one", ("R2", "R1")),
    ("c", "two", ("R3",)),
))  # fmt: skip


def kill(planted: Planted, *rules: str, generated: Sequence[str] = ()) -> Kill:
    return Kill(planted, frozenset(rules), frozenset(rules) - set(generated), frozenset(generated), 1.0)


def test_defects_are_counted_by_group_and_by_what_found_them() -> None:
    kills = [kill(A, "R1", "R9", generated=["R9"]), kill(B, "R1"), kill(C)]
    counted = count_kills(kills)
    assert (counted.planted, counted.killed, counted.named, counted.generated, counted.blamed) == (3, 2, 2, 1, 1)
    assert {name: it.killed for name, it in count_by_group(kills).items()} == {"one": 2, "two": 0}
    assert [line.split()[:3] for line in list(render(kills))[1:]] == [
        ["one", "2", "2"],
        ["two", "1", "0"],
        ["all", "3", "2"],
    ]


def test_what_falls_short_is_said() -> None:
    assert list_shortfalls([kill(A, "R1", generated=["R1"])]) == []
    said = list_shortfalls([kill(A), kill(B, "R9"), kill(C, "R3", "X", "Y", "Z")])
    assert said[0] == "a survives"
    assert said[1] == "b is not blamed on R2 or R1"
    assert said[2] == "c breaks 3 rules that it does not declare: X, Y, Z"
    assert "1.33 undeclared rules a defect" in said[3]
    assert "0 of 3 killed by generated cases alone" in said[4]


def test_a_rule_earns_its_place_by_what_it_alone_finds() -> None:
    kills = [kill(A, "R1"), kill(B, "R1", "R2")]
    assert find_weakened(kills, ["R1", "R2"]) == {"R1": ("a",), "R2": ()}


def test_a_report_says_which_kind_of_case_found_which_rule() -> None:
    report = {
        "findings": [{"fingerprint": "1", "rule": "R1"}, {"fingerprint": "2", "rule": "R2"}],
        "cases": [
            {"kind": "directed", "findings": ["1"]},
            {"kind": "generated", "findings": ["1", "2"]},
            {"kind": "directed", "findings": []},
        ],
    }
    judged = read(report, 2.0)
    assert (judged.rules, judged.directed, judged.generated) == ({"R1", "R2"}, {"R1"}, {"R1", "R2"})


@pytest.fixture(scope="module")
def every() -> tuple[Planted, ...]:
    return list_catalogue()


def test_the_sample_is_fixed_and_of_every_group(every: Sequence[Planted]) -> None:
    assert draw_sample(every) == draw_sample(every)
    assert len(set(draw_sample(every))) == SAMPLE
    assert {it.group for it in draw_sample(every)} == {it.group for it in every}


def test_the_published_figures_are_those_of_the_catalogue(every: Sequence[Planted]) -> None:
    """Each is there as it was judged, or counted as new: `make mutants ARGS="--new --publish"` judges those."""
    published = results.read()
    known, new = {kill.planted.id for kill in published.kills}, results.list_new(every)
    assert known | {it.id for it in new} == {it.id for it in every}
    page_says = (results.DOCS / page.PAGE).read_text(encoding="utf-8")
    assert not new or f" {len(new)} defects are planted and not among these figures yet" in page_says
    assert list_shortfalls(published.kills) == []
    assert set(published.clean.values()) == {0}


def test_the_page_is_made_of_the_published_figures() -> None:
    assert (results.DOCS / page.PAGE).read_text(encoding="utf-8") == page.render(results.read())


def test_what_runs_of_its_operations_find_is_kept_beside_what_they_found_before() -> None:
    before = results.Narrowed(found=("a",), missed=("b",))
    assert before.with_kills([kill(B, "R1"), kill(C)]) == results.Narrowed(
        found=("a", "b"), missed=("c",), first=("c",)
    )


def test_a_run_that_an_error_ended_is_done_again_to_its_end() -> None:
    reports = iter(
        (
            {"errors": [], "unusable": None, "findings": [], "cut_short": "-x: stopped at the first finding"},
            {"errors": [], "unusable": None, "findings": [{"rule": "R", "operation_id": "o"}], "cut_short": ""},
        )
    )
    asked: list[bool] = []

    def suite(arguments: list[str]) -> str:
        asked.append("-x" in arguments)
        path = next(each for each in arguments if each.startswith("json=")).removeprefix("json=")
        Path(path).write_text(json.dumps(next(reports)), encoding="utf-8")
        return ""

    found = find_first(lambda: nullcontext("http://127.0.0.1:1"), 1, suite=suite)
    assert (found.rules, asked) == (("R",), [True, False])

"""What a defect is judged by where its first finding is enough: the least first."""

from __future__ import annotations

from benchmarks.mutants.catalogue import Planted
from benchmarks.mutants.run import is_narrowed, list_stages

IT = Planted("a", "one", "Wrong.", ("R1", "R2"), ("packs.get",))
RULES = ["--rule=R1", "--rule=R2"]
OWN = ["--operation=packs.get"]
TESTS = {("R1", "packs.get"), ("R1", "packs.list"), ("R2", None), ("R3", "packs.get")}


def test_the_rules_at_the_defects_own_operations_come_first_then_its_rules_then_all() -> None:
    assert list_stages(IT, TESTS, quick=True, only=None) == [["-x", *RULES, *OWN], ["-x", *RULES], ["-x"]]


def test_a_stage_that_has_no_test_is_left_out_and_so_is_one_that_leaves_none_out() -> None:
    rules_then_all = [["-x", *RULES], ["-x"]]
    assert list_stages(IT, {("R1", "packs.list"), ("R3", "packs.get")}, quick=True, only=None) == rules_then_all
    assert list_stages(IT, {("R1", "packs.get"), ("R3", "packs.list")}, quick=True, only=None) == rules_then_all


def test_everything_is_judged_at_once_where_every_finding_counts() -> None:
    assert list_stages(IT, TESTS, quick=False, only=None) == [[]]
    assert list_stages(IT, TESTS, quick=False, only="generated") == [["--only", "generated"]]
    assert list_stages(IT, TESTS, quick=True, only="generated") == [["-x", "--only", "generated"]]


def test_a_stage_of_some_rules_may_reach_nothing_and_the_last_one_may_not() -> None:
    *first, last = list_stages(IT, TESTS, quick=True, only=None)
    assert all(is_narrowed(options) for options in first)
    assert not is_narrowed(last)

"""What lies are drawn from, that they are told, and that the published page is of them."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from benchmarks.kinds import draw
from benchmarks.lies import results
from benchmarks.lies.__main__ import main
from benchmarks.lies.contract import load
from benchmarks.lies.draw import Asked, list_lies
from benchmarks.lies.judge import judge, lies, make_truth, read_contract
from benchmarks.lies.lie import Telling
from benchmarks.lies.places import GONE, change_field
from benchmarks.lies.results import Results, Told, count_told, list_survivors
from benchmarks.lies.section import list_lines
from benchmarks.shards.kept import Kept
from tests.openapi import DOCUMENT
from tests.proxy.behaviour import Behaviour
from tests.proxy.messages import Answer, Request

ORIGIN = "http://127.0.0.1:1"
RULES = {"CREATE-SIZE": {"clause": "creation"}}


def asked(method: str, path: str, caller: str = "a") -> Request:
    return Request(method, f"/_worlds/w/v1{path}", {"Authorization": f"Bearer {caller}"})


def shown(status: int = 200, **fields: object) -> Answer:
    return Answer(status, {"X-Request-Id": "r"}).with_json(fields)


@contextmanager
def telling(name: str) -> Iterator[Callable[[Request, Answer], Answer]]:
    behaviour: Behaviour = Telling(read_contract(), lies()[name].teller(), ORIGIN).make_behaviour()
    yield behaviour.replaces


def test_a_seed_draws_the_same_lies_each_time_and_another_seed_others() -> None:
    all_of_them = list_lies(load())
    one, again, other = (draw(all_of_them, seed, 200) for seed in (1, 1, 4))
    assert [it.id for it in one] == [it.id for it in again]
    assert len({it.id for it in one}) == 200
    assert {it.id for it in one} != {it.id for it in other}
    assert {it.kind for it in one} == {it.kind for it in all_of_them}
    assert len({it.id for it in all_of_them}) == len(all_of_them)


def test_lies_are_drawn_about_every_operation_a_new_one_too(tmp_path: Path) -> None:
    document = copy.deepcopy(dict(DOCUMENT))
    document["paths"]["/things/{id}"] = {"get": document["paths"]["/packs/{id}"]["get"] | {"operationId": "things.get"}}
    document["paths"]["/things/{id}"]["parameters"] = document["paths"]["/packs/{id}"]["parameters"]
    path = tmp_path / "contract.yaml"
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper), encoding="utf-8")
    made = load(path)
    assert {it.operation for it in list_lies(made)} == {it.id for it in made.operations}
    assert "things.get" in {it.operation for it in list_lies(made)}


@pytest.mark.parametrize(
    "free",
    [
        "error-other-value:packs.get:404:error.message",
        "error-left-out:packs.get:404:error.details",
        "served-though-refused:packs.upload:413",
        "status-swapped:packs.list:400-401",
        "list-first-twice:session.get:permissions",
        "bytes-read:activity.stream:line-ends",
        "error-body:sandbox.list_files:409:none",
    ],
)
def test_what_the_contract_leaves_free_is_not_drawn(free: str) -> None:
    assert free not in lies()


def test_a_lie_is_told_in_all_answers_that_it_is_about_and_in_no_other() -> None:
    with telling("field-left-out:packs.get:description") as told:
        answer = shown(id="p", description="d")
        for _ in range(2):
            assert told(asked("GET", "/packs/p"), answer).json == {"id": "p"}
        for request in (asked("GET", "/packs"), asked("PATCH", "/packs/p"), asked("GET", "/packs/p/files/a")):
            assert told(request, answer) is answer
        refused = shown(404, description="d")
        assert told(asked("GET", "/packs/p"), refused) is refused


def test_a_read_is_stale_after_the_write_that_it_names_until_another() -> None:
    with telling("stale-after:packs.get:packs.update_visibility") as told:
        read = asked("GET", "/packs/p")
        old, new = shown(visibility="org"), shown(visibility="community")
        assert told(read, old) is old
        told(asked("PATCH", "/packs/q"), shown())
        assert told(read, new) is new
        told(read, old)
        told(asked("PATCH", "/packs/p"), shown())
        assert told(read, new).json == {"visibility": "org"}
        told(asked("PUT", "/packs/p"), shown())
        assert told(read, new) is new


def test_an_answer_is_anothers() -> None:
    with telling("as-to-another:session.get") as told:
        told(asked("GET", "/me/session", "a"), shown(org_id="a"))
        said = told(asked("GET", "/me/session", "b"), shown(org_id="b"))
        assert said.json == {"org_id": "a"}


def test_a_field_is_changed_wherever_it_is() -> None:
    document = {"packs": [{"id": "a", "tier": 1}, {"id": "b"}]}
    assert change_field(document, ("packs", "*", "id"), str.upper)["packs"] == [{"id": "A", "tier": 1}, {"id": "B"}]
    assert change_field(document, ("packs", "*", "tier"), lambda _: GONE)["packs"] == [{"id": "a"}, {"id": "b"}]
    assert change_field(document, ("none", "*", "id"), str.upper) == document


def test_the_command_lists_what_it_would_tell_and_knows_its_ids() -> None:
    listed = CliRunner().invoke(main, ["--list", "--seed", "3", "--count", "7"])
    assert [line.partition(": ")[0] for line in listed.output.splitlines()] == [
        it.id for it in draw(list(lies().values()), 3, 7)
    ]
    wrong = CliRunner().invoke(main, ["--id", "nothing"])
    assert wrong.exit_code == 1
    assert "there is no such lie" in wrong.output


def test_a_lie_on_which_the_suite_gives_no_verdict_is_none_that_survives() -> None:
    told = judge(make_truth(), Asked(1, 1), suite=lambda _: "it broke")
    assert told.rules == ()
    assert told.verdict.startswith("NO VERDICT: ")
    assert "it broke" in told.verdict


def test_who_may_not_for_billing_is_told_what_was_served_last() -> None:
    with telling("served-though-refused:packs.update_visibility:423") as told:
        refused = shown(423, error={"code": "billing_inactive"})
        assert told(asked("PATCH", "/packs/p"), refused) is refused
        served = shown(id="p")
        told(asked("PATCH", "/packs/p"), served)
        assert told(asked("PATCH", "/packs/p"), refused).status == 200
        elsewhere = replace(asked("PATCH", "/packs/p"), target="/_worlds/v/v1/packs/p")
        assert told(elsewhere, refused).status == 200


def test_verdicts_are_kept_for_a_run_that_goes_on(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "reports" / "kept.jsonl", Told)
    assert kept.read() == {}
    found = Told("a", "k", "o", "It lies.", ("CREATE-SIZE",), None, 1, 1.0)
    kept.add(found)
    kept.add(Told("b", "k", "o", "It lies again.", (), None, 0, 1.0, unjudged="it broke"))
    assert Kept(kept.path, Told).read() == {"a": found}


def reporting(budget: str, *, narrowed: bool) -> Callable[[list[str]], str]:
    """Return a suite that finds something with this budget alone, narrowed to an operation or whole."""

    def run(arguments: list[str]) -> str:
        given = dict(pairwise(arguments))
        found = given["--budget"] == budget and ("--operation" in given) is narrowed
        finding = {"rule": "SEVEN", "operation_id": "packs.get", "exchange": {"status": 200}}
        report = {"findings": [finding] if found else [], "errors": [], "unusable": None, "cut_short": None}
        Path(given["--report"].removeprefix("json=")).write_text(json.dumps(report), encoding="utf-8")
        return ""

    return run


@contextmanager
def nothing_served() -> Iterator[str]:
    yield ORIGIN


@pytest.mark.parametrize(
    ("finds", "narrowed", "asked", "verdict"),
    [
        ("quick", True, "normal", "found by SEVEN (quick)"),
        ("quick", False, "quick", "found by SEVEN (quick)"),
        ("normal", True, "normal", "found by SEVEN (normal)"),
        ("normal", False, "normal", "found by SEVEN (normal)"),
        ("normal", False, "quick", "SURVIVES, and no answer was one that it is about"),
    ],
)
def test_a_lie_is_judged_by_quick_and_then_by_normal(finds: str, narrowed: bool, asked: str, verdict: str) -> None:
    suite = reporting(finds, narrowed=narrowed)
    assert judge(make_truth(), Asked(1, 1, budget=asked), suite=suite, mock=nothing_served).verdict == verdict


def test_survivors_are_counted_and_named(tmp_path: Path) -> None:
    found = Told("a", "k", "o", "It lies.", ("CREATE-SIZE",), ("CREATE-SIZE",), 1, 1.0, budget="quick")
    late = Told("c", "k", "o", "It lies late.", ("CREATE-SIZE",), (), 1, 1.0, budget="normal")
    left = Told("b", "k", "o", "It lies again.", (), (), 0, 1.0)
    made = Results(1, 9, (found, late, left), 2.0, "normal")
    results.write(made, tmp_path / "lies.json")
    assert results.read(tmp_path / "lies.json") == made
    assert results.read(tmp_path / "none.json") is None
    assert list_survivors(made.told) == [left]
    counted = count_told(made.told)
    assert (counted.told, counted.quick, counted.found, counted.generated) == (3, 1, 2, 1)
    page = "\n".join(list_lines(made, RULES, [["CREATE-SIZE"], []]))
    assert (
        "Of seed 1, 1 of 3 (33.3%) are found by the quick budget alone, **2 of 3 (66.7%) by quick, then normal" in page
    )
    assert "| creation | 1 | 2 | 1 |" in page
    assert "| k | 3 | 1 | 2 | 1 |" in page
    assert "- `b`: It lies again. No answer was one that it is about." in page


def test_the_page_has_no_column_of_what_was_not_judged() -> None:
    found = Told("a", "k", "o", "It lies.", ("CREATE-SIZE",), None, 1, 1.0, budget="quick")
    page = "\n".join(list_lines(Results(1, 9, (found,), 2.0), RULES, [["CREATE-SIZE"]]))
    assert "Of seed 1, **1 of 1 (100.0%) are found by the quick budget alone**." in page
    assert "| creation | 1 | 1 |" in page.splitlines()
    assert "| k | 1 | 1 | 1 |" in page.splitlines()
    assert "generated alone" not in page

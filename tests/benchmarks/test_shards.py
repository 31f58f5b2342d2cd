"""A run in shards: what each judges, that together they tell what one run tells, and what cannot be merged."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from benchmarks.drawn.run import Means
from benchmarks.lies import __main__ as lies
from benchmarks.lies.draw import Asked as AskedOfLies
from benchmarks.lies.lie import Lie
from benchmarks.lies.results import Told
from benchmarks.mutants import __main__ as mutants
from benchmarks.mutants import results
from benchmarks.mutants.clean import Alarms, CleanRun
from benchmarks.mutants.power import Kill
from benchmarks.mutants.run import Case, Judges, Tests
from benchmarks.shards.file import deal_out, list_of_shard
from benchmarks.source_mutants import __main__ as source_mutants
from benchmarks.source_mutants.asked import Asked
from benchmarks.source_mutants.mutant import Mutant
from benchmarks.source_mutants.verdict import MutantVerdict

SURVIVES = "files-read-once"


class Made(Judges):
    """Verdicts that depend on what is judged alone, in another order than it was asked for."""

    def prepare(self, _: int) -> Tests:
        return set()

    def judge_kills(self, cases: Sequence[Case], _: int | None) -> Iterator[Kill]:
        for it, *_rest in reversed(cases):
            rules = frozenset() if it.id == SURVIVES else frozenset({it.rule, "ANOTHER"})
            yield Kill(it, rules, rules, frozenset(it.id[:1]) & {"c"}, float(len(it.id)))

    def judge_alarms(self, runs: Sequence[CleanRun], _: int | None) -> Iterator[Alarms]:
        for it in reversed(runs):
            yield Alarms(it, int(it.server == "the second server" and it.seed == 2))


def told(chosen: Sequence[Lie], asked: AskedOfLies, _workers: int | None) -> Iterator[Told]:
    """Of each lie a verdict that depends on it alone, in another order than it was asked for."""
    for it in reversed(chosen):
        rules = () if it.kind == "field-null" else ("CREATE-SIZE",)
        alone = rules[: len(it.id) % 2] if asked.generated else None
        budget = asked.budget if rules else ""
        yield Told(it.id, it.kind, it.operation, it.sentence, rules, alone, 1, float(len(it.id)), budget=budget)


@dataclass(frozen=True)
class Bench:
    """A command with made-up verdicts, and folders of its own."""

    command: click.Command
    means: object
    docs: Path

    def __call__(self, *arguments: object) -> Result:
        """Run the command; whatever it is given, it ends in order."""
        ran = CliRunner().invoke(self.command, [str(it) for it in arguments], obj=self.means)
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return ran

    def shards(self, of: int, *options: object, name: str = "s") -> list[Path]:
        """The files of all shards."""
        files = [self.docs.parent / f"{name}{number}.json" for number in range(1, of + 1)]
        for number, path in enumerate(files, start=1):
            ran = self("--shard", f"{number}/{of}", "--judged", path, *options)
            assert ran.exit_code == 0, ran.output
        return files

    @property
    def published(self) -> dict[str, Any]:
        """Every document, but for how long it all took."""
        data = {it.name: it.read_text(encoding="utf-8") for it in self.docs.iterdir()}
        return {
            name: {**json.loads(text), "seconds": 0} if name.endswith(".json") else text for name, text in data.items()
        }


def bench_of_defects(folder: Path) -> Bench:
    (docs := folder / "docs").mkdir(parents=True)
    shutil.copy(results.RESULTS, docs)
    return Bench(mutants.main, mutants.Means(Made(), docs), docs)


def bench_of_lies(folder: Path) -> Bench:
    (docs := folder / "docs").mkdir(parents=True)
    shutil.copy(results.RESULTS, docs)
    return Bench(lies.main, Means(told, docs, folder / "reports"), docs)


def mutants_judged(chosen: Sequence[Mutant], asked: Asked, _workers: int | None) -> Iterator[MutantVerdict]:
    """Of each mutant a verdict that depends on it alone, in another order than it was asked for."""
    for it in reversed(chosen):
        rules = ("CREATE-SIZE",) if not asked.without_worlds and it.kind != "string" else ()
        yield MutantVerdict(it.id, it.kind, it.module, it.diff, rules=rules, seconds=float(len(it.id)))


def bench_of_source_mutants(folder: Path) -> Bench:
    (docs := folder / "docs").mkdir(parents=True)
    shutil.copy(results.RESULTS, docs)
    return Bench(source_mutants.main, Means(mutants_judged, docs, folder / "reports"), docs)


FEW = ("--id", SURVIVES, "--id", "images-any-tag", "--clean-seeds", "0", "--quick")
BENCHES: dict[str, tuple[Callable[[Path], Bench], tuple[str, ...]]] = {
    "defects": (bench_of_defects, ()),
    "some defects": (bench_of_defects, ("--sample", "--clean-seeds", "2")),
    "few defects": (bench_of_defects, FEW),
    "defects, quick": (bench_of_defects, ("--quick",)),
    "defects, generated": (bench_of_defects, ("--only", "generated")),
    "lies": (bench_of_lies, ("--generated",)),
    "other lies": (bench_of_lies, ("--seed", "3", "--count", "30")),
    "mutants of source": (bench_of_source_mutants, ("--seed", "3", "--count", "30")),
    "mutants without worlds": (bench_of_source_mutants, ("--count", "20", "--without-worlds")),
}


PUBLISHED = ("defects", "some defects", "defects, quick", "lies", "mutants of source")


def verdict(output: str) -> list[str]:
    """What is said of all, without the lines of each as it ended, and without how long it took."""
    return [it for it in output.splitlines() if not it.endswith((" s", " s)"))]


@pytest.mark.parametrize("of", [1, 4])
@pytest.mark.parametrize("name", BENCHES)
def test_merged_shards_tell_what_one_run_tells(tmp_path: Path, name: str, of: int) -> None:
    """Of few defects some shards have nothing to judge."""
    make, options = BENCHES[name]
    publish = ("--publish",) if name in PUBLISHED else ()
    one, several = make(tmp_path / "one"), make(tmp_path / "several")
    whole = one(*options, *publish)
    merged = several("--merge", *reversed(several.shards(of, *options)), *publish)
    assert whole.exit_code == merged.exit_code
    assert verdict(merged.output) == verdict(whole.output)
    assert several.published == one.published
    assert len(verdict(whole.output)) > 3


def test_a_survivor_and_a_false_alarm_are_told_by_the_merge(tmp_path: Path) -> None:
    bench = bench_of_defects(tmp_path)
    ran = bench("--merge", *bench.shards(2))
    assert ran.exit_code == 1
    assert f"{SURVIVES} survives" in ran.stderr
    assert "the second server without a defect: 1 findings in 3 seeds" in ran.stdout


def test_a_quick_run_is_published_beside_the_others_and_only_whole(tmp_path: Path) -> None:
    bench = bench_of_defects(tmp_path)
    ran = bench(*FEW, "--publish")
    assert ran.exit_code == 1
    assert "only one over the whole catalogue is published" in ran.stderr
    bench("--quick", "--publish")
    before, after = results.read(), results.read(bench.docs / results.NAME)
    assert after.kills == before.kills
    assert after.quick is not None
    assert after.quick.missed == (SURVIVES,)
    [told] = re.findall(r"found \*\*(\d+) of (\d+)\*\*", (bench.docs / "judging-power.md").read_text(encoding="utf-8"))
    assert [*map(int, told)] == [after.quick.judged - 1, after.quick.judged]


def test_the_longest_are_dealt_first_each_to_the_shard_with_the_least() -> None:
    seconds = {"a": 1.0, "b": 5.0, "c": 4.0, "d": 2.0}
    deal = deal_out("abcd", seconds, 2)
    assert [list_of_shard(deal, number) for number in (1, 2)] == [["a", "b"], ["c", "d"]]
    assert [name for name, _ in deal] == list("abcd")


def test_what_nobody_knows_the_seconds_of_is_as_long_as_the_others_in_the_mean() -> None:
    assert [list_of_shard(deal_out("xabc", {"a": 2.0, "b": 3.0, "c": 4.0}, 2), it) for it in (1, 2)] == [
        ["a", "c"],
        ["x", "b"],
    ]
    assert {number for _, number in deal_out("abcdef", {}, 3)} == {1, 2, 3}
    assert [len(list_of_shard(deal_out("abcdef", {}, 3), number)) for number in (1, 2, 3)] == [2, 2, 2]


@pytest.mark.parametrize("text", ["", "2", "0/8", "9/8", "-1/8", "1/0", "a/8", "1/8/2", "1/99999", "²/8", " 1/8"])
def test_what_is_no_shard_is_a_usage_error(tmp_path: Path, text: str) -> None:
    ran = bench_of_defects(tmp_path)("--shard", text, "--judged", tmp_path / "s.json")
    assert ran.exit_code == 2
    assert "has to be I/N, such as 2/8" in ran.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--shard", "1/2"], "give both"),
        (["--judged", "s.json"], "give both"),
        (["--shard", "1/2", "--judged", "none/s.json"], "--judged none/s.json: no file can be written there"),
        (["--shard", "1/2", "--judged", "."], "--judged .: no file can be written there"),
        (["--shard", "1/2", "--judged", "s.json", "--publish"], "--publish is for a whole run"),
        (["--merge", "--seed", "2", "s.json"], "--seed is not for --merge"),
        (["--merge", "--shard", "1/2", "s.json"], "--shard is not for --merge"),
        (["s.json"], "s.json: files are there to be merged"),
        (["--merge"], "name the files that --judged wrote"),
    ],
)
@pytest.mark.parametrize("make", [bench_of_defects, bench_of_lies])
def test_what_does_not_go_together_is_a_usage_error(
    tmp_path: Path, make: Callable[[Path], Bench], arguments: Sequence[str], said: str
) -> None:
    ran = make(tmp_path)(*arguments)
    assert ran.exit_code == 2
    assert said in ran.output


FOREIGN = {
    "seed": (("--seed", "2"), "it was judged with --seed 2, and {one} with --seed 1"),
    "number": ((), "it is shard 2 of 3, and {one} is shard 1 of 2"),
    "draw": (("--id", "{id}"), "other things were dealt than in {one}"),
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize(
    ("make", "name"),
    [(bench_of_defects, SURVIVES), (bench_of_lies, "field-null:packs.get:id")],
    ids=["defects", "lies"],
)
def test_a_shard_of_another_run_is_refused(tmp_path: Path, make: Callable[[Path], Bench], name: str, kind: str) -> None:
    options, said = FOREIGN[kind]
    bench = make(tmp_path)
    one = bench.shards(2)[0]
    other = bench.shards(3 if kind == "number" else 2, *(it.format(id=name) for it in options), name="o")[1]
    ran = bench("--merge", one, other)
    assert ran.exit_code == 2
    assert f"Error: {other}: {said.format(one=one)}" in ran.output


@pytest.mark.parametrize(
    ("make", "option", "said"),
    [
        (bench_of_defects, ["--quick"], "it was judged with --quick, and {one} with no --quick"),
        (bench_of_defects, ["--only", "directed"], "it was judged with --only directed, and {one} with no --only"),
        (
            bench_of_defects,
            ["--clean-seeds", "1"],
            "it was judged with --clean-seeds 1, and {one} with --clean-seeds 3",
        ),
        (bench_of_lies, ["--budget", "quick"], "it was judged with --budget quick, and {one} with --budget normal"),
        (bench_of_lies, ["--generated"], "it was judged with --generated, and {one} with no --generated"),
        (bench_of_lies, ["--count", "9"], "it was judged with --count 9, and {one} with --count 200"),
    ],
)
def test_a_shard_that_was_judged_with_other_options_is_refused(
    tmp_path: Path, make: Callable[[Path], Bench], option: Sequence[str], said: str
) -> None:
    bench = make(tmp_path)
    one, other = bench.shards(2)[0], bench.shards(2, *option, name="o")[1]
    ran = bench("--merge", one, other)
    assert ran.exit_code == 2
    assert f"Error: {other}: {said.format(one=one)}" in ran.output


def test_a_missing_and_a_doubled_shard_are_named(tmp_path: Path) -> None:
    bench = bench_of_defects(tmp_path)
    files = bench.shards(4)
    ran = bench("--merge", files[0], files[2])
    assert ran.exit_code == 2
    assert "no file is shard 2, 4 of 4: " in ran.output
    ran = bench("--merge", *files, files[1])
    assert ran.exit_code == 2
    assert "shard 2 of 4, as " in ran.output
    again = shutil.copy(files[1], tmp_path / "again.json")
    ran = bench("--merge", *files, again)
    assert ran.exit_code == 2
    assert f"Error: {again}: it is shard 2 of 4, as {files[1]} is" in ran.output


def test_a_shard_of_the_other_command_is_refused(tmp_path: Path) -> None:
    of_lies = bench_of_lies(tmp_path / "lies").shards(1)[0]
    ran = bench_of_defects(tmp_path / "defects")("--merge", of_lies)
    assert ran.exit_code == 2
    assert f"Error: {of_lies}: `python -m benchmarks.lies` wrote it" in ran.output


def changed(file: dict[str, Any], **values: object) -> bytes:
    return json.dumps({**file, **values}).encode()


def verdicts(file: dict[str, Any], change: Callable[[list[Any]], object]) -> bytes:
    change(file["found"]["kills"])
    return json.dumps(file).encode()


SPOILT: dict[str, tuple[Callable[[dict[str, Any]], bytes], str]] = {
    "empty": (lambda _: b"", "it is no file that"),
    "a page": (lambda _: b"<html>", "it is no file that"),
    "a list": (lambda _: b"[]", "it is no file that"),
    "no text": (lambda _: b'{"command": "\xff"}', "it is no file that"),
    "deep": (lambda _: b'{"a":' * 100_000, "it is no file that"),
    "another report": (lambda _: b'{"findings": []}', "it is no file that"),
    "half": (lambda file: json.dumps(file).encode()[:-20], "it is no file that"),
    "a wrong type": (lambda file: changed(file, shard="1/2"), "it is no file that"),
    "no such shard": (lambda file: changed(file, shard={"number": 3, "of": 2}), "another number than 1 to 2"),
    "other sources": (lambda file: changed(file, sources="0" * 12), "other sources than those here"),
    "a verdict less": (lambda file: verdicts(file, lambda it: it.pop()), "it has 0 verdicts on "),
    "a verdict twice": (lambda file: verdicts(file, lambda it: it.append(it[0])), "it has 2 verdicts on "),
    "another catalogue": (
        lambda file: verdicts(file, lambda it: it[0]["planted"].update(text="Otherwise.")),
        "is no defect of the catalogue here",
    ),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_file_that_is_no_shard_is_named_with_the_reason(tmp_path: Path, kind: str) -> None:
    spoil, said = SPOILT[kind]
    bench = bench_of_defects(tmp_path)
    one, other = bench.shards(2)
    other.write_bytes(spoil(json.loads(other.read_bytes())))
    ran = bench("--merge", one, other)
    assert ran.exit_code == 2
    assert ran.output.startswith(f"Error: {other}: ")
    assert said in ran.output


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    bench = bench_of_lies(tmp_path)
    for path in (tmp_path / "none.json", tmp_path):
        ran = bench("--merge", path)
        assert ran.exit_code == 2
        assert ran.output.startswith(f"Error: {path}: ")


def test_lies_that_generated_cases_alone_did_not_judge_are_published_without_that_column(tmp_path: Path) -> None:
    bench = bench_of_lies(tmp_path)
    ran = bench("--merge", *bench.shards(2, "--count", "9"), "--publish")
    assert ran.exit_code in {0, 1}
    page = bench.docs.joinpath("judging-power.md").read_text(encoding="utf-8")
    assert "| kind of lie | told | found by quick | found |" in page.splitlines()


def test_a_shard_without_a_verdict_on_each_of_its_lies_is_not_written(tmp_path: Path) -> None:
    def silent(chosen: Sequence[Lie], asked: AskedOfLies, workers: int | None) -> Iterator[Told]:
        return (replace(it, unjudged="it broke") for it in told(chosen, asked, workers))

    bench = Bench(lies.main, Means(silent, tmp_path, tmp_path), tmp_path)
    ran = bench("--shard", "1/2", "--judged", tmp_path / "s.json", "--count", "4")
    assert ran.exit_code == 2
    assert "no verdict on " in ran.output
    assert not (tmp_path / "s.json").exists()


def test_some_defects_are_published_beside_figures_of_all_others_alone(tmp_path: Path) -> None:
    bench = bench_of_defects(tmp_path)
    figures = json.loads((bench.docs / results.NAME).read_bytes())
    lacking = figures["kills"].pop()["id"]
    (bench.docs / results.NAME).write_text(json.dumps(figures), encoding="utf-8")
    ran = bench("--id", SURVIVES, "--clean-seeds", "0", "--publish")
    assert ran.exit_code == 1
    assert lacking in ran.stderr
    assert "which --new judges" in ran.stderr

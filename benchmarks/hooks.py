"""`python -m benchmarks.hooks`: planted defects for `st run` with our hooks, beside the generated cases of the suite.

Both judge the same mock, each in a world of its own, with the same callers and about as many requests of the phases
examples, coverage and fuzzing, at the defect's own operations. A broken rule that binds nobody does not count.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import click
from msgspec import convert

from benchmarks import servers
from benchmarks.drawn.options import WORKERS
from benchmarks.endless import list_endless
from benchmarks.mutants import results
from benchmarks.mutants.catalogue import Planted, choose, list_catalogue
from benchmarks.mutants.pool import judge_each as side_by_side
from conformance.budget import NORMAL

ROOT = Path(__file__).parents[1]
RESULTS, PAGE = ROOT / "docs/schemathesis.json", ROOT / "docs/schemathesis.md"
SETTINGS = ROOT / "examples/schemathesis/schemathesis.toml"
BEGIN, END = "<!-- measured by `python -m benchmarks.hooks`: begin -->", "<!-- measured: end -->"
FEW = ("packs.list", "packs.get", "packs.update_visibility", "packs.upload")
"""The operations at which a defect is judged that acts at more than these, or names none."""
COUNT, SEEDS, LEAST = 40, 5, 0.8
"""The number of defects that are drawn, that of the seeds, and the share that the hooks have to find."""
MOST_S = 900


@dataclass(frozen=True, slots=True)
class Run:
    """The number of cases that were judged, and the binding rules that were broken in them."""

    cases: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A defect with a seed: the suite's generated cases, and those of `st run` with the hooks."""

    id: str
    seed: int
    ours: Run
    hooks: Run


@dataclass(frozen=True, slots=True)
class Published:
    """The ids of the defects that were drawn, once, and what was judged of them."""

    sample: tuple[str, ...] = ()
    judged: tuple[Judged, ...] = ()


def judge(planted: Planted, seed: int) -> Judged:
    """Judge a defect with both; ServerError where one of them gives no verdict."""
    operations = list_operations(planted)
    with servers.run_mock("--deviation", planted.id) as url:
        ours = _run_ours(url, seed, operations)
        return Judged(
            planted.id, seed, Run(ours["cases"], tuple(ours["rules"])), _run_hooks(url, seed, operations, ours)
        )


@cache
def _list_endless() -> list[str]:
    return list_endless(ROOT / "openapi.yaml")


def list_operations(planted: Planted) -> list[str]:
    """Return the operations at which a defect is judged; none where all of them stream."""
    own = planted.operations if 0 < len(planted.operations) <= len(FEW) else FEW
    return [each for each in own if each not in _list_endless()]


def _run_ours(url: str, seed: int, operations: Sequence[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.generated_run", f"{url}/v1", str(seed), NORMAL.name, *operations]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=MOST_S)
    if done.returncode:
        raise servers.ServerError(f"the suite's generated cases ended with {done.returncode}: {done.stderr[-300:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _run_hooks(url: str, seed: int, operations: Sequence[str], ours: dict[str, Any]) -> Run:
    """Run Schemathesis with as many random cases an operation as the suite has beside examples and boundaries."""
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [str(servers.find_script("st")), "--config-file", str(SETTINGS), "run", str(ROOT / "openapi.yaml")]
        command += ["--url", f"{url}/_worlds/hooks/v1", "--seed", str(seed), "-n", str(max(1, ours["fuzzed"]))]
        command += ["--phases", "examples,coverage,fuzzing", "--report-json-path", str(report)]
        command += [option for each in operations for option in ("--include-operation-id", each)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=MOST_S)
        if done.returncode not in {0, 1} or not report.exists():
            raise servers.ServerError(f"st run ended with {done.returncode}: {(done.stdout + done.stderr)[-300:]}")
        found = json.loads(report.read_text(encoding="utf-8"))
    return Run(found["test_cases"]["generated"], tuple(sorted({each["title"] for each in found["failures"]})))


def draw(whole: results.Results, every: Sequence[Planted]) -> tuple[str, ...]:
    """Return the ids of some defects that generated requests or expeditions of a whole run found."""
    found = {kill.planted.id for kill in whole.kills if kill.generated}
    able = [each.id for each in every if each.id in found and list_operations(each)]
    return tuple(sorted(Random(1).sample(able, COUNT)))  # noqa: S311  # reproducible, not secret


def read(path: Path = RESULTS) -> Published:
    """Return what is published; nothing where there is no such file."""
    return convert(json.loads(path.read_bytes()), Published) if path.exists() else Published()


def shares(judged: Iterable[Judged]) -> list[float]:
    """Return by seed the share that the hooks find of what the suite's generated cases find."""
    seeds: dict[int, list[bool]] = defaultdict(list)
    for each in judged:
        if each.ours.rules:
            seeds[each.seed].append(bool(each.hooks.rules))
    return [sum(found) / len(found) for _, found in sorted(seeds.items())]


def describe(judged: Sequence[Judged]) -> str:
    """Return the outcome as a sentence."""
    defects, seeds = {each.id for each in judged}, {each.seed for each in judged}
    ours, hooks = (
        median(sum(bool(getattr(each, name).rules) for each in judged if each.seed == seed) for seed in seeds)
        for name in ("ours", "hooks")
    )
    cases = " and ".join(f"{sum(getattr(each, name).cases for each in judged):,}" for name in ("ours", "hooks"))
    times = f"median of {len(seeds)} seeds" if len(seeds) > 1 else "one seed"
    return (
        f"Of {len(defects)} defects the suite's generated cases find {ours:g}, `st run` with the hooks {hooks:g}: "
        f"{median(shares(judged) or [0]):.0%} of those that the former find ({times}; {cases} cases, the same callers, "
        "both at operations of the defect alone)."
    )


def publish(published: Published) -> None:
    """Write the results, one line a defect and seed, and the sentence on the page."""
    judged = sorted(published.judged, key=lambda each: (each.seed, each.id))
    lines = ",\n".join(json.dumps(asdict(each)) for each in judged)
    RESULTS.write_text(f'{{"sample": {json.dumps(published.sample)}, "judged": [\n{lines}\n]}}\n', encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{describe(judged)}\n{END}{after}", encoding="utf-8")


@click.command()
@click.option("--id", "ids", multiple=True, metavar="ID", help="Judge this defect only; else those that are published.")
@click.option(
    "--seed", "chosen_seeds", multiple=True, type=click.IntRange(1), help=f"With this seed; else 1 to {SEEDS}."
)
@WORKERS
@click.option(
    "--publish", "is_published", is_flag=True, help="Write docs/schemathesis.json, and the sentence on its page."
)
def main(ids: tuple[str, ...], chosen_seeds: tuple[int, ...], workers: int | None, *, is_published: bool) -> None:
    """Judge, and say what was found; exit 1 where the hooks find too few of those that our generated cases find."""
    every, published = list_catalogue(), read()
    sample = published.sample or draw(results.read(), every)
    kept, names = {(each.id, each.seed): each for each in published.judged}, ids or sample
    judged = []
    for seed in chosen_seeds or range(1, SEEDS + 1):
        planted = choose(every, names, sample=False)
        for _, each in side_by_side(planted, partial(judge, seed=seed), workers):
            judged.append(each)
            click.echo(f"{each.id} {each.seed}: {_tell(each.ours)} | {_tell(each.hooks)}")
            if is_published:
                kept[each.id, each.seed] = each
                publish(Published(sample, tuple(kept.values())))
    click.echo(describe(judged))
    found = shares(judged)
    raise SystemExit(bool(found and median(found) < LEAST))


def _tell(run: Run) -> str:
    return f"{run.cases} cases, {', '.join(run.rules) or '-'}"


if __name__ == "__main__":
    main()

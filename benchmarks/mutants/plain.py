"""`make mutants-compare`: the same defects for plain Schemathesis, as its documentation starts it."""

import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import httpx

from benchmarks import servers
from benchmarks.mutants import page, results
from benchmarks.mutants.catalogue import Planted, catalogue, chosen
from benchmarks.mutants.pool import judged
from benchmarks.mutants.results import ROOT

CALLER = "acme-owner"
TOOL = f"Schemathesis {version('schemathesis')}, default checks, every phase, one valid token"
MOST_S = 300

Failures = frozenset[tuple[str, str]]
"""What fails: the kind of failure by Schemathesis' own code, and the operation."""


def failures(deviations: Sequence[str], seed: int) -> Failures:
    """Of one run of `st run` on a mock with these defects."""
    planted = [option for name in deviations for option in ("--deviation", name)]
    with servers.mock(*planted) as url, TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [str(servers.script("st")), "run", str(ROOT / "openapi.yaml"), "--url", f"{url}/v1"]
        command += ["--header", f"Authorization: Bearer {_token(url)}", "--seed", str(seed)]
        command += ["--report-json-path", str(report)]
        # In a folder of its own: what it remembers of one server is nothing to the next.
        subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=MOST_S)
        if not report.exists():
            raise servers.ServerError(f"st run gave no report on a mock with {', '.join(deviations) or 'no defect'}")
        found = json.loads(report.read_text(encoding="utf-8"))["failures"]
    return frozenset((it["code"], operation) for it in found for operation in it["operations"])


def _token(url: str) -> str:
    personas = httpx.get(f"{url}/_mock/personas").raise_for_status().json()["personas"]
    return next(str(persona["token"]) for persona in personas if persona["name"] == CALLER)


@click.command()
@click.option("--id", "ids", multiple=True, metavar="ID", help="This defect only.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option("--workers", type=click.IntRange(1), help="Runs side by side; as many as there are cores without it.")
@click.option("--publish", is_flag=True, help="Write what it noticed into docs/judging-power.json and its page.")
def main(ids: tuple[str, ...], seed: int, workers: int | None, *, publish: bool) -> None:
    """Judge each defect with plain Schemathesis. Noticed: a failure that the mock without a defect does not give."""
    started = time.perf_counter()
    planted = chosen(catalogue(), ids, sample=False)
    usual = failures((), seed)
    click.echo(f"without a defect: {len(usual)} failures, which do not count")

    def is_noticed(it: Planted) -> bool:
        return bool(failures((it.id,), seed) - usual)

    noticed = set()
    for number, (it, seen) in enumerate(judged(planted, is_noticed, workers or os.cpu_count()), start=1):
        noticed |= {it.id} if seen else set()
        click.echo(f"{number} of {len(planted)}: {it.id} {'noticed' if seen else '-'}")
    seconds = round(time.perf_counter() - started, 1)
    click.echo(f"{TOOL}: {len(noticed)} of {len(planted)}, {seconds:.0f} s")
    if publish:
        before = results.read()
        seen_by = before.plain | {TOOL: [it.id for it in planted if it.id in noticed]}
        results.write(replace(before, plain=seen_by, plain_seconds=before.plain_seconds | {TOOL: seconds}))
        page.PAGE.write_text(page.rendered(results.read()), encoding="utf-8")


if __name__ == "__main__":
    main()

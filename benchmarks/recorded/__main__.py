"""A front end's recording of each defect, judged: `python -m benchmarks.recorded [--count N] [--id ID]`."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import click

from benchmarks.recorded.power import Judged, judge, judge_recording, list_lines
from benchmarks.recorded.record import Recording
from benchmarks.recorded.suite import SERVERS, list_findings, record_suite
from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.declared.compiler import use_contract
from tests.live import served_mock

MOST_FINDINGS = 50


@click.command()
@click.option("--count", type=click.IntRange(min=1), help="So many defects alone, drawn by the seed.")
@click.option("--seed", default=1, show_default=True)
@click.option("--id", "ids", multiple=True, help="This defect alone.")
@click.option("--json", "path", type=click.Path(path_type=Path), help="Write what was found of each.")
def main(count: int | None, seed: int, ids: tuple[str, ...], path: Path | None) -> None:
    """Judge the recording of a front end on each planted defect of the mock.

    Without --count and --id the suite's own traffic on the mock and on the second server is judged too.

    Exit codes: 0; 2 where something is found of a server without a defect, so that the figures mean nothing.
    """
    command = [str(Path(sys.executable).parent / "evershell-mock"), "deviations", "--json"]
    said = subprocess.run(command, capture_output=True, check=True).stdout
    catalogue = json.loads(said)["deviations"]
    chosen = [each for each in catalogue if not ids or each["id"] in ids]
    chosen = random.Random(seed).sample(chosen, min(count or len(chosen), len(chosen)))  # noqa: S311  # no secret
    contract, clean = use_contract(load()), _read_recording()
    for alone in (False, True):
        found = judge(contract, clean.document, alone=alone)
        click.echo(f"no defect, {found.exchanges} exchanges, {found.exchanges / found.seconds:.0f}/s: {found.rules}")
        if found.rules:
            sys.exit(2)
    if not count and not ids:
        _require_clean_suite(contract)
    results: list[Judged] = []
    for defect in chosen:
        results.append(one := judge_recording(contract, defect, clean, _read_recording("--deviation", defect["id"])))
        if one.shows or one.open.rules or one.alone.rules:
            click.echo(f"{one.id}: breaks {one.breaks}; open {one.open.rules}, alone {one.alone.rules}")
    click.echo("\n".join(list_lines(results)))
    if path:
        path.write_text(json.dumps([{**_to_plain(each)} for each in results], indent=1), encoding="utf-8")


def _require_clean_suite(contract: Contract) -> None:
    """Judge the suite's own traffic on servers without a defect; exit 2 where anything is found."""
    for server in SERVERS:
        traffic = record_suite(server)
        for alone in (False, True):
            began = time.process_time()
            gathered = traffic.judge(contract, alone=alone)
            rate = gathered.judged / (time.process_time() - began)
            found = list(list_findings(gathered))
            how = "alone" if alone else "open"
            click.echo(
                f"the suite on {server}, {how}, {gathered.judged} exchanges, {rate:.0f}/s: {len(found)} findings"
            )
            if found:
                click.echo("\n".join(found[:MOST_FINDINGS]))
                sys.exit(2)


def _read_recording(*options: str) -> Recording:
    with served_mock(*options) as origin:
        recording = Recording(origin)
        recording.make()
        return recording


def _to_plain(found: Judged) -> dict[str, object]:
    return {
        "id": found.id,
        "breaks": found.breaks,
        "shows": found.shows,
        "open": found.open.rules,
        "alone": found.alone.rules,
    }


if __name__ == "__main__":
    main()

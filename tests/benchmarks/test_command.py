"""`make bench` in small: real servers, one short round."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import CALLS, COMPILED, CONNEXION, GRANIAN, OURS, STARLETTE, Results, name_ratio


def test_one_short_round_is_measured_judged_and_written(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "peers", "--only", "journal"]
    command += ["--rounds", "1", "--seconds", "0.1", "--into", str(tmp_path)]
    # Without wrk in its way, which measures whole seconds, and without npm.
    done = subprocess.run(command, cwd=root, env={"PATH": ""}, capture_output=True, text=True, timeout=110, check=False)
    # How fast this machine is just now is not this test's business: 1 is "falls short" as well.
    assert done.returncode in {0, 1}, done.stderr
    results = Results.from_json(json.loads((tmp_path / "benchmarks/results.json").read_bytes()))
    assert [row.call for row in results.rows] == list(CALLS)
    assert all(list(row.rates) == [OURS, STARLETTE, CONNEXION] for row in results.rows)
    assert results.left_out == ["Scalar and Prism are left out: npm, which brings them, is not installed"]
    assert results.conditions["load"] == "own generator, 16 connections, 0.1 s"
    page = (tmp_path / "docs/performance.md").read_text(encoding="utf-8")
    assert all(f"| {figure.name} |" in page for figure in results.figures)
    assert "(performance.svg)" in page
    assert (tmp_path / "docs/performance.svg").read_text(encoding="utf-8").startswith("<svg ")
    short = [line for line in page.splitlines() if line.endswith("| FALLS SHORT |")]
    assert done.returncode == bool(short)
    assert done.stderr.count("FALLS SHORT") == len(short)


def test_what_could_stand_in_the_place_of_the_mock_is_measured(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "alternatives"]
    command += ["--rounds", "1", "--seconds", "0.1", "--into", str(tmp_path)]
    done = subprocess.run(command, cwd=root, env={"PATH": ""}, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr  # nothing is promised of them
    measured = Results.from_json(json.loads((tmp_path / "benchmarks/results.json").read_bytes())).figures
    expected = [name_ratio(call, STARLETTE, server) for call in CALLS for server in (GRANIAN, COMPILED)]
    assert [figure.name for figure in measured] == expected
    assert all(figure.median > 0 for figure in measured)


def test_a_part_that_is_not_there_is_refused(root: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "nothing"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "'nothing' is not one of" in done.stderr

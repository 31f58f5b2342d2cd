"""Every two operations of a resource, of which one writes, overlap within three successive seeds."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conformance.targets import judge, profile

PAIR = re.compile(r"test_parallel\.py::\w+\[(?:PARALLEL-[A-Z]+-)?([\w.]+)\+([\w.]+)\]")


def pairs(folder: Path, *options: str) -> set[tuple[str, str]]:
    """What a run would send at once, as a dry run lists it."""
    target = profile(folder / "target.toml", "http://127.0.0.1:9/v1")
    planned = judge("--target", target, "--dry-run", "-v", *options)
    assert planned.code == 0, planned.complained
    return {(first, second) for first, second in PAIR.findall(planned.said)}


def test_three_successive_seeds_take_every_pair(tmp_path: Path) -> None:
    every = pairs(tmp_path, "--seed", "1", "--clause", "parallel")
    dealt = [pairs(tmp_path, "--seed", str(seed)) for seed in (7, 8, 9)]
    assert dealt[0] | dealt[1] | dealt[2] == every
    assert all(len(each) < len(every) / 2 for each in dealt)
    assert 10 < len(pairs(tmp_path, "--seed", "7", "--budget", "quick")) < 25
    assert {
        ("packs.delete", "packs.delete"),
        ("packs.upload", "packs.delete"),
        ("secrets.set", "secrets.list"),
    } <= every
    assert len(every) > 300


def test_a_run_of_an_operation_takes_its_pairs_alone(tmp_path: Path) -> None:
    found = pairs(tmp_path, "--seed", "1", "--clause", "parallel", "--operation", "api_keys.revoke")
    assert len(found) == 3
    assert all("api_keys.revoke" in each for each in found)

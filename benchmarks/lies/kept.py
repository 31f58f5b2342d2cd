"""Verdicts as they come, so that a run that was ended goes on from there."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from benchmarks.lies.contract import ROOT
from benchmarks.lies.results import Told, told_of
from benchmarks.sources import digest

JUDGING = ("benchmarks/lies/*.py", "tests/proxy/*.py")
"""What a verdict on a lie depends on beside what every verdict does."""


class Kept:
    """The file of one seed, and of the sources as they are: what other sources were found to do counts no more."""

    def __init__(self, seed: int, *, generated: bool, folder: Path = ROOT / "reports") -> None:
        kind = "-generated" if generated else ""
        self.path = folder / f"lies-{seed}{kind}-{digest(*JUDGING)}.jsonl"

    def read(self) -> dict[str, Told]:
        """The verdicts that there are, by the id of the lie."""
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        return {told.id: told for line in lines if not (told := told_of(json.loads(line))).unjudged}

    def add(self, told: Told) -> None:
        """Keep one more."""
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(told)) + "\n")

"""Mutants that were read and found to be no mistakes: no client can tell them from the server as it is."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A mutant that no client can tell, its change, and why."""

    mutant: str
    diff: str
    reason: str

    @property
    def digest(self) -> str:
        """Return the digest that names the change."""
        return self.mutant.rpartition(":")[2]


def read(path: Path = TABLE) -> dict[str, Equivalent]:
    """Return those of the table, by their digest."""
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", [])
    return {it.digest: it for it in (Equivalent(**row) for row in rows)}

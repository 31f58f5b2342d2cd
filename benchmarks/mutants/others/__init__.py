"""Other suites, each as its documentation starts it: the contract, a base URL, one valid token, nothing else."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutants.others import dredd, schemathesis, specmatic

Failures = frozenset[tuple[str, str]]
"""The failures and their places, in the tool's own words, without what the server or the tool made up."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One of them."""

    name: str
    needs: tuple[Path | str, ...]
    """Files and commands without which it does not run."""
    failures: Callable[[str, str, int, Path], Failures]
    """The function that runs it on the server below a base URL with a token and a seed.

    It may write into the folder.
    """

    @property
    def missing(self) -> str | None:
        """Return what it lacks here; None where it runs."""
        absent = (it for it in self.needs if not (it.exists() if isinstance(it, Path) else shutil.which(it)))
        return next(map(str, absent), None)


TOOLS = (
    Tool(schemathesis.NAME, (), schemathesis.find_failures),
    Tool(specmatic.NAME, (specmatic.JAR, "java"), specmatic.find_failures),
    Tool(dredd.NAME, (dredd.SCRIPT, "node"), dredd.find_failures),
)

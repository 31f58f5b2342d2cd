"""The pins of a lock, and those of them that some need: `python tools/supply/pins.py LOCK NAME...`.

It imports nothing but the standard library, because action.yml runs it before anything is installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

OURS = "evershell-contract"
"""The name by which a lock calls this distribution."""
_ENTRY = re.compile(
    r"^(?P<name>[A-Za-z0-9_.-]+)==(?P<version>\S+?)(?P<marker> ; [^\\\n]+)?(?P<hashes>(?: \\\n    --hash=\S+)+)\n"
    r"(?P<notes>(?:    #.*\n)*)",
    re.MULTILINE,
)
_NEEDED_BY = re.compile(r"^ +# +(?:via )?([A-Za-z0-9_.-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pin:
    """One release of one package, with the hashes of its files and the packages that need it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    """SHA-256, in hexadecimal."""
    needed_by: frozenset[str]
    entry: str
    """Its lines in the lock, as pip reads them."""


def read_pins(text: str) -> tuple[Pin, ...]:
    """Return every pin of a lock that pip-compile wrote with hashes, in its order."""
    return tuple(
        Pin(
            name=found["name"],
            version=found["version"],
            hashes=tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", found["hashes"])),
            needed_by=frozenset(_NEEDED_BY.findall(found["notes"])) - {"via"},
            entry=found[0].removesuffix(found["notes"]),
        )
        for found in _ENTRY.finditer(text)
    )


def select_pins(pins: Sequence[Pin], roots: Iterable[str]) -> tuple[Pin, ...]:
    """Return the pins that these packages need, directly or not; those of the packages themselves among them."""
    needed = set(roots)
    selected: set[str] = set()
    while more := {pin.name for pin in pins if pin.name in needed or pin.needed_by & needed} - selected:
        selected |= more
        needed |= more
    return tuple(pin for pin in pins if pin.name in selected)


def main(lock: str, *roots: str) -> int:
    """Print what these packages need of the lock, for `pip install --require-hashes --requirement`."""
    pins = read_pins(Path(lock).read_text(encoding="utf-8"))
    unknown = set(roots) - {pin.name for pin in pins} - {OURS}
    if unknown or not roots:
        sys.stderr.write(f"pins: {lock} has no {', '.join(sorted(unknown)) or 'pin without a name'}\n")
        return 2
    sys.stdout.writelines(pin.entry for pin in select_pins(pins, roots))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

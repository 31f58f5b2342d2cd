"""The digest of all that a verdict depends on: what other sources were found to do counts no more."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[1]
JUDGING = (
    "openapi.yaml",
    "benchmarks/mutants/*.py",
    "conformance/**/*.py",
    "mock_server/**/*.py",
    "mock_server/fixtures/*.yaml",
)
"""The sources that every verdict depends on."""


def digest(*others: str, root: Path = ROOT) -> str:
    """Return a digest of these files, and of those that every verdict depends on."""
    found = hashlib.sha256()
    for pattern in (*JUDGING, *others):
        for path in filter(Path.is_file, sorted(root.glob(pattern))):
            if path.parent.name != "__pycache__":  # made by running, and of no meaning
                found.update(path.read_bytes())
    return found.hexdigest()[:12]

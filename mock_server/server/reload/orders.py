"""Messages between the parent and a child."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

READY = "ready"
"""From a child: it has read everything, and could serve."""
SERVING = "serving"
"""From a child: it takes connections."""


@dataclass(frozen=True, slots=True)
class Serve:
    """To a child: serve, with the worlds in this file, or fresh ones; the first child says where."""

    worlds: Path | None = None
    announce: bool = False


@dataclass(frozen=True, slots=True)
class HandOver:
    """To a child: end, and leave the worlds in this file."""

    worlds: Path

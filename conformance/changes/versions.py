"""The step of a version that semantic versioning asks for after a change."""

from __future__ import annotations

import re
from collections.abc import Iterable

from conformance.changes.change import Change, Grade

STEPS = ("", "patch", "minor", "major")
"""From none at all to the largest."""
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
Version = tuple[int, int, int]


def read_version(text: str) -> Version | None:
    """Return the three numbers of a version, what follows them aside; None where there are none."""
    found = _VERSION.match(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def required_step(version: str, changes: Iterable[Change]) -> str:
    """Return the step that changes ask for after a version; empty where nothing has changed.

    What breaks clients asks for a major step, everything else for a minor one. Below 1.0.0 each is one smaller.
    """
    grades = [change.clients for change in changes]
    if not grades:
        return ""
    read = read_version(version)
    below_1 = read is not None and read < (1, 0, 0)
    return STEPS[STEPS.index("major" if Grade.BREAKS in grades else "minor") - below_1]


def made_step(old: str, new: str) -> str:
    """Return the step from one version to a later one; empty where it is none."""
    before, after = read_version(old), read_version(new)
    if before is None or after is None or after <= before:
        return ""
    if after[0] != before[0]:
        return "major"
    return "minor" if after[1] != before[1] else "patch"


def stepped(version: str, step: str) -> str:
    """Return the version after a step."""
    major, minor, patch = read_version(version) or (0, 0, 0)
    numbers = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0), "patch": (major, minor, patch + 1)}
    return ".".join(map(str, numbers.get(step, (major, minor, patch))))


def suffices(made: str, asked: str) -> bool:
    """Whether a step that was made is as large as the one that is asked for."""
    return STEPS.index(made) >= STEPS.index(asked)

"""Words that all reports of a comparison use."""

from __future__ import annotations

from conformance.changes.change import Change
from conformance.changes.outcome import DiffOutcome

MOST_OPERATIONS = 4


def sources(outcome: DiffOutcome) -> str:
    """Return what is compared, with the versions."""
    (old, new), (before, after) = (outcome.diff.old, outcome.diff.new), outcome.versions
    return f"{old.path} ({before or 'no version'}) to {new.path} ({after or 'no version'})"


def asked(outcome: DiffOutcome) -> str:
    """Return which step of the version is asked for."""
    return f"semantic versioning asks for a {outcome.step} step after {outcome.versions[0]}" if outcome.step else ""


def operations(change: Change) -> str:
    """Return the operations that a change is about, the first of them where there are many."""
    shown = ", ".join(change.operations[:MOST_OPERATIONS])
    more = len(change.operations) - MOST_OPERATIONS
    return f"{shown} and {more} more" if more > 0 else shown


def values(change: Change) -> str:
    """Return what was lost and gained, where the text of the change does not say it."""
    told = [f"{what}: {value}" for what, value in (("lost", change.lost), ("new", change.gained)) if value]
    return "; ".join(each for each in told if each.partition(": ")[2] not in change.text)

"""Words that all reports of a comparison use."""

from __future__ import annotations

from conformance.changes.change import Change
from conformance.changes.outcome import DiffOutcome
from conformance.results.difference import same_beginning
from conformance.results.plural import plural

MOST_OPERATIONS = 4
MOST_CHARACTERS = 56
"""Of a long text that takes the place of another."""


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
    both = {"lost": change.lost, "new": change.gained}
    shown = [(what, value) for what, value in both.items() if value and value not in change.text]
    if len(shown) == len(both):
        start = _first_difference(change.lost, change.gained)
        shown = [(what, _from(value, start)) for what, value in shown]
    return "; ".join(f"{what}: {value}" for what, value in shown)


def recorded(change: Change) -> str:
    """Return what of the recordings a change meets, with an example."""
    met, example = change.met, change.met.example
    if example is None:
        return ""
    counts = (f"{plural(met.requests, 'request')} refused", f"{plural(met.answers, 'answer')} ruled out")
    told = " and ".join(text for text, number in zip(counts, (met.requests, met.answers), strict=True) if number)
    return f"recorded: {told}, such as {example.request} of {example.caller} ({example.place}): {example.broken}"


def _first_difference(one: str, other: str) -> int:
    """Return where the word begins in which two texts begin to differ."""
    return one.rfind(" ", 0, same_beginning(one, other)) + 1


def _from(value: str, start: int) -> str:
    """Return a long text from where it differs on, so that both of two are seen in one line."""
    if len(value) <= MOST_CHARACTERS:
        return value
    cut = value[start : start + MOST_CHARACTERS]
    return ("..." if start else "") + cut + ("..." if start + MOST_CHARACTERS < len(value) else "")

"""An entry of the journal as one line of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def line(entry: Mapping[str, Any]) -> str:
    """Return who asked for what, what came of it, what refused it or what it changed."""
    outcome = [answer(entry)]
    if entry["gate"] is not None:
        outcome.append(f"({why(entry)})")
    outcome += [_changed(change) for change in entry["changes"]]
    if entry["undone"]:
        outcome.append("(undone)")
    return f"{entry['id']}  {entry['caller'] or 'nobody'}  {entry['method']} {entry['path']} → {' '.join(outcome)}"


def answer(entry: Mapping[str, Any]) -> str:
    """Return the answer's status and code."""
    if not entry["status"]:
        return "no answer"
    return f"{entry['status']} {entry['code'] or ''}".rstrip()


def why(entry: Mapping[str, Any]) -> str:
    """Return what refused, and for what reason."""
    return ": ".join(filter(None, (entry["gate"], entry["reason"])))


def _changed(change: Mapping[str, Any]) -> str:
    if change["field"] is not None:
        return f"~{change['object']}.{change['field']}"
    return f"{'+' if change['before'] is None else '-'}{change['object']}"

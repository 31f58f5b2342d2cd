"""An entry of the journal as one line of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def line(entry: Mapping[str, Any]) -> str:
    """Return who asked for what, what came of it, what refused it or what it changed."""
    outcome = [str(entry["status"])]
    if entry["code"] is not None:
        outcome.append(entry["code"])
    if entry["gate"] is not None:
        outcome.append(f"({entry['gate']}: {entry['reason']})")
    outcome += [_changed(change) for change in entry["changes"]]
    if entry["undone"]:
        outcome.append("(undone)")
    return f"{entry['id']}  {entry['caller'] or 'nobody'}  {entry['method']} {entry['path']} → {' '.join(outcome)}"


def _changed(change: Mapping[str, Any]) -> str:
    if change["field"] is not None:
        return f"~{change['object']}.{change['field']}"
    return f"{'+' if change['before'] is None else '-'}{change['object']}"

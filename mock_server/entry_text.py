"""An entry of the journal as text: its parts, and all of it on one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def line(entry: Mapping[str, Any]) -> str:
    """Return who asked for what, what came of it, what refused it or what it changed."""
    outcome = [answer(entry)]
    if told := why(entry):
        outcome.append(f"({told})")
    outcome += [_changed(change) for change in entry["changes"]]
    if entry["undone"]:
        outcome.append("(undone)")
    return f"{entry['id']}  {caller(entry)}  {request(entry)} → {' '.join(outcome)}"


def caller(entry: Mapping[str, Any]) -> str:
    """Return whose credential it was, and what is wrong with it where it was not valid."""
    who, standing = entry["caller"], entry["credential"]
    if who is None:
        return "nobody"
    return str(who) if standing in {None, "valid"} else f"{who} ({standing.replace('_', ' ')})"


def request(entry: Mapping[str, Any]) -> str:
    """Return the method and the path."""
    return f"{entry['method']} {entry['path']}"


def answer(entry: Mapping[str, Any]) -> str:
    """Return the answer's status and code."""
    if not entry["status"]:
        return "no answer"
    return f"{entry['status']} {entry['code'] or ''}".rstrip()


def why(entry: Mapping[str, Any]) -> str:
    """Return what faults did to it, and what refused it and for what reason; nothing where neither was so."""
    gate, told = entry["gate"], []
    if entry["faults"]:
        ids = f"fault {' and '.join(map(str, entry['faults']))}"
        told.append(", ".join((ids, *effects(entry["fault_effect"] or {}))))
    if entry["undeclared"] and not entry["faults"]:
        told.append("undeclared")
    if gate == "fault" and told:
        return ": ".join(filter(None, (*told, entry["reason"])))
    if gate is not None:
        told.append(": ".join(filter(None, (gate, entry["reason"]))))
    return "; ".join(told)


def effects(what: Mapping[str, Any]) -> list[str]:
    """Return what a fault does, or did, part by part."""
    error = [str(what[name]) for name in ("status", "code") if what.get(name) is not None]
    error += [text for name, text in (("undeclared", "undeclared"), ("html", "HTML")) if what.get(name)]
    said = [" ".join(error), _late(what)]
    if what.get("drop"):
        said.append("connection dropped")
    if "truncate" in what:
        said.append(f"body cut after {what['truncate']} bytes")
    return [part for part in said if part]


def _late(what: Mapping[str, Any]) -> str:
    least, more = what.get("delay_ms", 0), what.get("jitter_ms", 0)
    if more:
        return f"{least} to {least + more} ms late"
    return f"{least} ms late" if least else ""


def _changed(change: Mapping[str, Any]) -> str:
    if change["field"] is not None:
        return f"~{change['object']}.{change['field']}"
    return f"{'+' if change['before'] is None else '-'}{change['object']}"

"""An entry of the journal as text: its parts, and all of it on one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def write_line(entry: Mapping[str, Any]) -> str:
    """Return an entry on one line: caller, request, answer, the reason of a refusal, and changes."""
    outcome = [describe_answer(entry)]
    if reason := explain_outcome(entry):
        outcome.append(f"({reason})")
    outcome += [_describe_change(change) for change in entry["changes"]]
    if entry["undone"]:
        outcome.append("(undone)")
    return f"{entry['id']}  {describe_caller(entry)}  {describe_request(entry)} → {' '.join(outcome)}"


def describe_caller(entry: Mapping[str, Any]) -> str:
    """Return the caller, what is wrong with the credential where it is not valid, and whether the console asked."""
    who, standing = entry["caller"], entry["credential"]
    if who is None:
        who = "nobody"
    elif standing not in {None, "valid"}:
        who = f"{who} ({standing.replace('_', ' ')})"
    return f"{who} in the console" if entry.get("from_console") else str(who)


def describe_request(entry: Mapping[str, Any]) -> str:
    """Return the method and path of a request."""
    return f"{entry['method']} {entry['path']}"


def describe_answer(entry: Mapping[str, Any]) -> str:
    """Return the status and code of an answer."""
    if not entry["status"]:
        return "no answer"
    return f"{entry['status']} {entry['code'] or ''}".rstrip()


def explain_outcome(entry: Mapping[str, Any]) -> str:
    """Return what faults did to a request, whether no function answered, and what refused it for what reason.

    It is empty where none of that happened.
    """
    gate, parts = entry["gate"], list(describe_passage(entry))
    if entry["faults"]:
        ids = f"fault {' and '.join(map(str, entry['faults']))}"
        parts.append(", ".join((ids, *describe_effects(entry["fault_effect"] or {}))))
    if entry["undeclared"] and not entry["faults"] and not entry["stateless"]:
        parts.append("undeclared")
    if entry["stateless"]:
        parts.append("stateless")
    if gate == "fault" and parts:
        return ": ".join(filter(None, (*parts, entry["reason"])))
    if gate is not None:
        parts.append(": ".join(filter(None, (gate, entry["reason"]))))
    return "; ".join(parts)


def describe_passage(entry: Mapping[str, Any]) -> Iterator[str]:
    """Return where a request was passed on to, what broke the contract, and where the two sides differ."""
    told = entry.get("passage")
    if told is None:
        return
    if told["to"] is not None:
        yield f"passed on to {told['to']}"
        yield from (f"broke the contract: {each}" for each in told["broke"])
    if told["differs"] is not None:
        yield told["differs"].removesuffix(".")


def describe_effects(what: Mapping[str, Any]) -> list[str]:
    """Return the effects of a fault, one text each."""
    error = [str(what[name]) for name in ("status", "code") if what.get(name) is not None]
    error += [text for name, text in (("undeclared", "undeclared"), ("html", "HTML")) if what.get(name)]
    parts = [" ".join(error), _describe_delay(what)]
    if what.get("drop"):
        parts.append("connection dropped")
    if "truncate" in what:
        parts.append(f"body cut after {what['truncate']} bytes")
    return [part for part in parts if part]


def _describe_delay(what: Mapping[str, Any]) -> str:
    least, more = what.get("delay_ms", 0), what.get("jitter_ms", 0)
    if more:
        return f"{least} to {least + more} ms late"
    return f"{least} ms late" if least else ""


def _describe_change(change: Mapping[str, Any]) -> str:
    if change["field"] is not None:
        return f"~{change['object']}.{change['field']}"
    return f"{'+' if change['before'] is None else '-'}{change['object']}"

"""Find out whether a world lost something between two looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

AWAY_S = 8.0
"""Whether a front has waited for a node that was away for longer is not certain."""

Look = Mapping[str, Any]
"""A world as the control API shows it."""


def describe_loss(before: Look, now: Look) -> str | None:
    """Return what was lost of a world since it was looked at, as a sentence; None for nothing."""
    name, node = before["name"], before["node"]
    if now["began"] != before["began"]:
        lost = now["node"] != node or _read_time(now["served_since"]) > _read_time(before["began"])
        why = f"node {node} was lost" if lost else "it was deleted, moved, or dropped for another one"
        return f"the world {name} began anew while the test ran: {why}"
    resumed, resumed_before = now.get("resumed", {}), before.get("resumed", {})
    if resumed.get("changes_lost") != resumed_before.get("changes_lost"):
        since = f"the world {name} went on from how it was at {resumed['since']}"
        return f"{since}, and later changes are lost: node {node} was lost while the test ran"
    if resumed.get("journal_lost") != resumed_before.get("journal_lost"):
        journal = f"the journal of the world {name} of before {resumed['at']} is lost"
        return f"{journal}: node {node} was lost while the test ran"
    if resumed == resumed_before:
        return None
    away = (_read_time(resumed["at"]) - _read_time(resumed["since"])).total_seconds()
    if away <= AWAY_S:
        return None
    others = f"another node may have answered requests of the world {name}"
    return f"node {node} was away for {away:.0f} s while the test ran: {others}"


def _read_time(text: str) -> datetime:
    return datetime.fromisoformat(text)

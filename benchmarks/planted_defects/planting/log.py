"""Scenes for defects of the log: its events, read as somebody."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.scene import Scene

FIRST_DAY = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}


def events(scene: Scene, place: str = "/audit", who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    """Return the events of a page, of the log of the org where no other is named."""
    found: list[dict[str, Any]] = scene.get(place, who, params=query).json().get("events", [])
    return found


def column(scene: Scene, name: str, place: str = "/audit", who: str = "acme-owner", **query: Any) -> list[Any]:
    """Return the values that a page has in a column, each once."""
    return sorted({each.get(name, "") for each in events(scene, place, who, **query)})


def count(scene: Scene, place: str = "/audit", who: str = "acme-owner", **query: Any) -> int:
    """Return how many events a page has."""
    return len(events(scene, place, who, **query))


def times(found: list[dict[str, Any]]) -> list[str]:
    """Return the minutes of events, of which the month is known."""
    return [each["timestamp"][8:16] for each in found]


def buckets(scene: Scene, place: str = "/audit/stats", who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    """Return the buckets of statistics."""
    found: list[dict[str, Any]] = scene.get(place, who, params=query).json()["buckets"]
    return found


def values(scene: Scene, place: str = "/audit/stats", who: str = "acme-owner", **query: Any) -> list[Any]:
    """Return the values of the buckets of statistics."""
    return [each["value"] for each in buckets(scene, place, who, **query)]

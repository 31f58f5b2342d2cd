"""The ledger of a run: each object on disk before it is made, so that a killed run can be cleaned up after."""

from __future__ import annotations

import io
import itertools
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class MadeObject:
    """The resource and the org of an object that the run made."""

    resource: str
    org: str


class Ledger:
    """A file of lines of JSON that every process of a run appends to. Without a path they are kept in memory."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: io.RawIOBase | io.BytesIO = io.BytesIO()
        if path is not None:
            path.touch(mode=0o600)
            self._file = path.open("ab", buffering=0)
        self._numbers = itertools.count(1)

    def begin(self, target: str, url: str, prefix: str, states_url: str | None = None) -> None:
        """Enter the run: what it judges, and how the names of its objects begin."""
        begun = datetime.now(UTC).isoformat(timespec="seconds")
        named = {"target": target, "url": url, "prefix": prefix, "states_url": states_url, "begun": begun}
        self._write(run=named)

    def read_standing(self) -> StandingObjects:
        """Return what all processes entered and nobody has removed."""
        if isinstance(self._file, io.BytesIO):
            return _parse_standing(self._file.getvalue())
        assert self._path is not None  # noqa: S101  # else it is in memory
        return read_standing(self._path)

    def enter_before(self, org: str, resource: str, ids: Iterable[str]) -> None:
        """Enter the objects of a resource that the org had before the first test."""
        self._write(before=org, resource=resource, ids=sorted(ids))

    def announce(self, org: str, resource: str, fields: Mapping[str, str]) -> str:
        """Enter a creation before it is sent; the entry's key. `fields`: what the object will show."""
        return self._write(key=self._make_key(), asks=org, resource=resource, fields=dict(fields))

    def enter_made(self, object_id: str, made: MadeObject) -> None:
        self._write(made=object_id, org=made.org, resource=made.resource)

    def enter_gone(self, object_id: str) -> None:
        self._write(gone=object_id)

    def enter_staying(self, object_id: str) -> None:
        """Enter that an object is archived, which nobody can remove."""
        self._write(stays=object_id)

    def enter_setup(self, state: str, params: Mapping[str, Any]) -> str:
        """Enter a state before it is set up; the entry's key."""
        return self._write(key=self._make_key(), sets=state, params=dict(params))

    def enter_values(self, key: str, values: Mapping[str, Any]) -> None:
        """Enter the values of a state that was set up."""
        self._write(stands=key, values=dict(values))

    def close_entry(self, key: str) -> None:
        """Close an entry: its creation was refused or is entered by id, or its state is torn down."""
        self._write(settled=key)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _make_key(self) -> str:
        return f"{os.getpid()}-{next(self._numbers)}"

    def _write(self, **entry: Any) -> str:
        # One write each: lines of several processes never mix.
        self._file.write(json.dumps(entry).encode() + b"\n")
        return str(entry.get("key", ""))


@dataclass(frozen=True, slots=True)
class AnnouncedCreation:
    """A creation whose object has no known id: its resource, its org, and the fields that the object shows."""

    resource: str
    org: str
    fields: Mapping[str, str]


@dataclass(slots=True)
class StandingState:
    """A state that was set up, or was about to be."""

    state: str
    params: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class StandingObjects:
    """The objects that a ledger names and nobody has removed."""

    target: str = ""
    url: str = ""
    prefix: str = ""
    states_url: str | None = None
    begun: str = ""
    """The time of the beginning, in UTC."""
    objects: dict[str, MadeObject] = field(default_factory=dict)
    """The objects by id."""
    staying: dict[str, MadeObject] = field(default_factory=dict)
    """The objects that are archived and that nobody can remove, by id."""
    announced: dict[str, AnnouncedCreation] = field(default_factory=dict)
    """The creations whose object has no known id, by key."""
    states: dict[str, StandingState] = field(default_factory=dict)
    """The states by key."""
    before: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """The ids of what was there before the first test, by resource and org."""

    def __bool__(self) -> bool:
        return bool(self.objects or self.announced or self.states)


def read_standing(path: Path) -> StandingObjects:
    """Return what a ledger names and nobody has removed; a last line that was cut short is left out."""
    return _parse_standing(path.read_bytes())


def _parse_standing(lines: bytes) -> StandingObjects:
    found = StandingObjects()
    for line in lines.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if run := entry.get("run"):
            found.target, found.url, found.prefix = run["target"], run["url"], run["prefix"]
            found.states_url, found.begun = run.get("states_url"), run.get("begun", "")
        _take_up(found, entry)
    return found


def _take_up(found: StandingObjects, entry: Mapping[str, Any]) -> None:
    match entry:
        case {"before": org, "resource": resource, "ids": ids}:
            found.before[resource, org] = frozenset(ids)
        case {"key": key, "asks": org, "resource": resource, "fields": fields}:
            found.announced[key] = AnnouncedCreation(resource, org, fields)
        case {"key": key, "sets": state, "params": params}:
            found.states[key] = StandingState(state, params)
        case {"stands": key, "values": values} if key in found.states:
            found.states[key].values = values
        case {"settled": key}:
            found.announced.pop(key, None)
            found.states.pop(key, None)
        case _:
            _take_up_object(found, entry)


def _take_up_object(found: StandingObjects, entry: Mapping[str, Any]) -> None:
    match entry:
        case {"made": object_id, "resource": resource, "org": org}:
            found.objects[object_id] = MadeObject(resource, org)
            found.staying.pop(object_id, None)
        case {"gone": object_id}:
            found.objects.pop(object_id, None)
        case {"stays": object_id} if object_id in found.objects:
            found.staying[object_id] = found.objects.pop(object_id)

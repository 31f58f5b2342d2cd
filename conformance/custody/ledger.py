"""What a run makes on somebody's server, on disk before it is made: a killed run can be cleaned up after."""

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


class Ledger:
    """Appends lines of JSON; every process of a run to the same file. Without a path they are kept in memory."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: io.RawIOBase | io.BytesIO = io.BytesIO()
        if path is not None:
            path.touch(mode=0o600)
            self._file = path.open("ab", buffering=0)
        self._numbers = itertools.count(1)

    def begin(self, target: str, url: str, prefix: str, states_url: str | None = None) -> None:
        """The run: what it judges, and how the names of its objects begin."""
        begun = datetime.now(UTC).isoformat(timespec="seconds")
        named = {"target": target, "url": url, "prefix": prefix, "states_url": states_url, "begun": begun}
        self._write(run=named)

    def standing(self) -> Standing:
        """What still stands of what all processes wrote down."""
        if isinstance(self._file, io.BytesIO):
            return _standing(self._file.getvalue())
        assert self._path is not None  # noqa: S101  # else it is in memory
        return standing(self._path)

    def before(self, org: str, pack_ids: Iterable[str]) -> None:
        """The packs that the org had before the first test."""
        self._write(before=org, packs=sorted(pack_ids))

    def asks(self, org: str, image_ref: str | None) -> str:
        """Something is about to be made for the org; the entry's key."""
        return self._write(key=self._key(), asks=org, image_ref=image_ref)

    def made(self, pack_id: str, org: str) -> None:
        self._write(made=pack_id, org=org)

    def gone(self, pack_id: str) -> None:
        self._write(gone=pack_id)

    def sets(self, state: str, params: Mapping[str, Any]) -> str:
        """A state is about to be set up; the entry's key."""
        return self._write(key=self._key(), sets=state, params=dict(params))

    def stands(self, key: str, values: Mapping[str, Any]) -> None:
        """The values of a state that was set up."""
        self._write(stands=key, values=dict(values))

    def settled(self, key: str) -> None:
        """What the entry announced was refused, is told of elsewhere, or is undone."""
        self._write(settled=key)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _key(self) -> str:
        return f"{os.getpid()}-{next(self._numbers)}"

    def _write(self, **entry: Any) -> str:
        # One write each: lines of several processes never mix.
        self._file.write(json.dumps(entry).encode() + b"\n")
        return str(entry.get("key", ""))


@dataclass(slots=True)
class StandingState:
    """A state that was set up, or was about to be."""

    state: str
    params: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Standing:
    """What a ledger has and nobody has removed."""

    target: str = ""
    url: str = ""
    prefix: str = ""
    states_url: str | None = None
    begun: str = ""
    """When, in UTC."""
    packs: dict[str, str] = field(default_factory=dict)
    """Id to org."""
    asked: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """By key, org and image reference of what may have been made without our knowing its id."""
    states: dict[str, StandingState] = field(default_factory=dict)
    """By key."""
    before: dict[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.packs or self.asked or self.states)


def standing(path: Path) -> Standing:
    """What still stands by a ledger; a last line that was cut short says nothing."""
    return _standing(path.read_bytes())


def _standing(lines: bytes) -> Standing:
    found = Standing()
    for line in lines.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        _take_up(found, entry)
    return found


def _take_up(found: Standing, entry: Mapping[str, Any]) -> None:
    if "run" in entry:
        run = entry["run"]
        found.target, found.url, found.prefix = run["target"], run["url"], run["prefix"]
        found.states_url, found.begun = run.get("states_url"), run.get("begun", "")
    elif "before" in entry:
        found.before[entry["before"]] = frozenset(entry["packs"])
    elif "made" in entry:
        found.packs[entry["made"]] = entry["org"]
    elif "gone" in entry:
        found.packs.pop(entry["gone"], None)
    else:
        _announced(found, entry)


def _announced(found: Standing, entry: Mapping[str, Any]) -> None:
    """Entries with a key: what was about to be made, and what became of it."""
    if "asks" in entry:
        found.asked[entry["key"]] = (entry["asks"], entry["image_ref"])
    elif "sets" in entry:
        found.states[entry["key"]] = StandingState(entry["sets"], entry["params"])
    elif entry.get("stands") in found.states:
        found.states[entry["stands"]].values = entry["values"]
    elif "settled" in entry:
        found.asked.pop(entry["settled"], None)
        found.states.pop(entry["settled"], None)

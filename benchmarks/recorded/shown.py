"""Lies that one answer shows: of events, statistics, streams, tasks, files and what was made or taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from benchmarks.lies.contract import Contract, Operation
from benchmarks.lies.lie import Asked, Lie, Teller
from tests.proxy.messages import Answer

Change = Callable[[Asked, Any], Any]
"""Of a request and the document of its answer: another one, or None where there is nothing to lie about."""
_BLOCK = re.compile(r"(?:[^\n]+\n)+\n")
"""A whole event of a stream, or a comment."""


def lies(contract: Contract) -> Iterator[Lie]:
    """Every one."""
    for operation in contract.operations:
        names = {it.path[-1] for it in operation.success.fields}
        for kind, says, holds, change in KINDS:
            if holds(operation, names):
                yield _lie(kind, operation, says, partial(_Shown, operation, change))
        if operation.id in STREAMS:
            for kind, says, stream in OF_STREAMS:
                yield _lie(kind, operation, says, partial(_Stream, operation, stream))
    removal = {it.path: it for it in contract.operations if it.method == "DELETE"}
    for listing in contract.operations:
        removing = next((it for path, it in removal.items() if path.rpartition("/")[0] == listing.path), None)
        if listing.reads and removing is not None:
            says = "has what was removed"
            yield _lie("removed-listed", listing, says, partial(_Removed, listing, removing))


def _lie(kind: str, operation: Operation, says: str, teller: Callable[[], Teller]) -> Lie:
    return Lie(kind, operation.id, "", f"{operation.id} {says}.", teller)


class _Shown(Teller):
    """Changes the document of a success."""

    def __init__(self, operation: Operation, change: Change) -> None:
        self._operation, self._change = operation, change

    def told(self, asked: Asked, answer: Answer) -> Answer | None:
        if asked.operation is not self._operation or answer.status != self._operation.success.status:
            return None
        document = self._change(asked, answer.json)
        return None if document is None else answer.with_json(document)


class _Stream(Teller):
    """Changes the events that came down a stream."""

    def __init__(self, operation: Operation, change: Callable[[list[str]], list[str] | None]) -> None:
        self._operation, self._change = operation, change

    def told(self, asked: Asked, answer: Answer) -> Answer | None:
        if asked.operation is not self._operation or answer.status != self._operation.success.status:
            return None
        blocks = _BLOCK.findall(answer.body.decode())
        changed = self._change(blocks) if sum("data:" in each for each in blocks) > 1 else None
        return None if changed is None else replace(answer, body="".join(changed).encode())


class _Removed(Teller):
    """Lists what was listed before, and was removed since."""

    def __init__(self, listing: Operation, removing: Operation) -> None:
        self._listing, self._removing = listing, removing
        self._seen: dict[str, Any] = {}
        self._gone: dict[str, Any] = {}

    def told(self, asked: Asked, answer: Answer) -> Answer | None:
        if answer.status >= 400:
            return None
        if asked.operation is self._removing:
            name = list(asked.params.values())[-1]
            self._gone |= {name: self._seen[asked.caller + name]} if asked.caller + name in self._seen else {}
        if asked.operation is not self._listing:
            return None
        key, listed = next(((key, it) for key, it in answer.json.items() if isinstance(it, list)), ("", []))
        self._seen |= {asked.caller + str(it.get("id")): it for it in listed}
        org = {it.get("org_id") for it in listed}
        back = [it for it in self._gone.values() if it not in listed and it.get("org_id") in org]
        return answer.with_json({**answer.json, key: [*listed, back[-1]]}) if back else None


def _events(change: Callable[[Asked, list[Any]], list[Any] | None]) -> Change:
    def changed(asked: Asked, document: Any) -> Any:
        found = change(asked, document.get("events", []))
        return None if found is None else {**document, "events": found}

    return changed


def _unfiltered(asked: Asked, events: list[Any]) -> list[Any] | None:
    """An event for which the filter does not hold."""
    query = parse_qs(asked.request.query)
    if not events or not {"filter", "event_type", "task_id"} & query.keys():
        return None
    other = {**events[-1], "event_type": "made_up", "user_id": "usr_made_up", "category": "audit", "task_id": "task_no"}
    return [*events[:-1], other]


def _with(**fields: Any) -> Change:
    def changed(_: Asked, document: Any) -> Any:
        wanted = all(name in document and document[name] != value for name, value in fields.items())
        return {**document, **fields} if wanted else None

    return changed


def _empty_bucket(_: Asked, document: Any) -> Any:
    buckets = document.get("buckets", [])
    return {**document, "buckets": [{**buckets[0], "value": 0}, *buckets[1:]]} if buckets else None


def _fewer(_: Asked, document: Any) -> Any:
    buckets = document.get("buckets", [])
    fewer = [{**it, "value": it["value"] - 1} for it in buckets if it["value"] > 1]
    return {**document, "buckets": fewer} if len(fewer) == len(buckets) > 0 else None


def _too_long(asked: Asked, document: Any) -> Any:
    given = parse_qs(asked.request.query).get("max_bytes", [""])[0]
    content = document.get("content") or ""
    return {**document, "content": content + "x" * (int(given) + 1)} if given.isdigit() else None


def _unended(_: Asked, document: Any) -> Any:
    return {k: v for k, v in document.items() if k != "completed_at"} if document.get("completed_at") else None


def _longer(_: Asked, document: Any) -> Any:
    duration = document.get("duration_seconds")
    return None if duration is None else {**document, "duration_seconds": duration + 60}


def _other_workspace(blocks: list[str]) -> list[str] | None:
    changed = [re.sub(r'("workspace_id": ?")[^"]*', r"\1ws_made_up", it) for it in blocks]
    return changed if changed != blocks else None


STREAMS = ("activity.stream_for_workspace",)
OF_STREAMS: tuple[tuple[str, str, Callable[[list[str]], list[str] | None]], ...] = (
    ("stream-elsewhere", "sends the events of another workspace", _other_workspace),
    ("stream-no-id", "sends events without an id", lambda blocks: [re.sub(r"id:[^\n]*\n", "", it) for it in blocks]),
    ("stream-twice", "sends an event twice", lambda blocks: [*blocks, *(it for it in blocks[-1:] if "data:" in it)]),
)
KINDS: tuple[tuple[str, str, Callable[[Operation, set[str]], bool], Change], ...] = (
    (
        "event-unasked",
        "has an event that was not asked for",
        lambda o, n: "events" in n and o.reads,
        _events(_unfiltered),
    ),
    ("bucket-empty", "has an empty bucket", lambda _, names: "buckets" in names, _empty_bucket),
    ("counted-fewer", "counts one event less", lambda _, names: "buckets" in names, _fewer),
    ("content-longer", "has more of a file than was asked for", lambda _, names: "truncated" in names, _too_long),
    (
        "task-unended",
        "has no time of the end of a task",
        lambda o, n: "completed_at" in n and "{task" in o.path,
        _unended,
    ),
    ("task-longer", "has another duration of a task", lambda o, n: "completed_at" in n and "{task" in o.path, _longer),
    ("made-busy", "makes a workspace that is busy", lambda o, _: o.id == "workspaces.create", _with(status="busy")),
    (
        "made-full",
        "makes a key of full access",
        lambda o, _: o.id == "api_keys.create",
        _with(permission_set="full_access"),
    ),
    ("cascades-none", "archives no role", lambda _, names: "cascaded_roles" in names, _with(cascaded_roles=0)),
    ("unarchived", "has no time of archiving", lambda o, n: "archived_at" in n and o.reads, _with(archived_at=None)),
)

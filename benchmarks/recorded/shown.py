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
from benchmarks.lies.refusals import with_id
from tests.proxy.messages import Answer

Change = Callable[[Asked, Any], Any]
"""The function that changes the document of a request's answer, or gives None where there is nothing to lie about."""
_BLOCK = re.compile(r"(?:[^\n]+\n)+\n")
"""A whole event of a stream, or a comment."""


def lies(contract: Contract) -> Iterator[Lie]:
    """Yield every one."""
    for operation in contract.operations:
        names = {it.path[-1] for it in operation.success.fields}
        for kind, says, holds, change in KINDS:
            if holds(operation, names):
                yield _make_lie(kind, operation, says, partial(_Shown, operation, change))
        if operation.id in STREAMS:
            for kind, says, stream in OF_STREAMS:
                yield _make_lie(kind, operation, says, partial(_Stream, operation, stream))
    yield from _list_remembering(contract)


def _list_remembering(contract: Contract) -> Iterator[Lie]:
    """Yield the lies that are about what was told before."""
    removal = {it.path: it for it in contract.operations if it.method == "DELETE"}
    for it in (each for each in contract.operations if each.reads):
        removing = next((to for path, to in removal.items() if path.rpartition("/")[0] == it.path), None)
        if removing is not None:
            yield _make_lie("removed-listed", it, "has what was removed", partial(_Removed, it, removing))
        if "{" not in it.path and not it.id.endswith("stream"):
            yield _make_lie("revoked-served", it, "serves a key that was revoked", partial(_Revoked, it))
        if it.id in STREAMS:
            yield _make_lie("stream-lacking", it, "lacks an event that was listed", partial(_Lacking, it))
        if it.id == COUNTING:
            yield _make_lie("counted-fewer", it, "counts fewer events than were listed", partial(_CountedFewer, it))


def _make_lie(kind: str, operation: Operation, says: str, teller: Callable[[], Teller]) -> Lie:
    return Lie(kind, operation.id, "", f"{operation.id} {says}.", teller)


class _Shown(Teller):
    """A lie that changes the document of a success."""

    def __init__(self, operation: Operation, change: Change) -> None:
        self._operation, self._change = operation, change

    def tell(self, asked: Asked, answer: Answer) -> Answer | None:
        if asked.operation is not self._operation or answer.status != self._operation.success.status:
            return None
        document = self._change(asked, answer.json)
        return None if document is None else answer.with_json(document)


class _Stream(Teller):
    """A lie that changes the events that came down a stream."""

    def __init__(self, operation: Operation, change: Callable[[list[str]], list[str] | None]) -> None:
        self._operation, self._change = operation, change

    def tell(self, asked: Asked, answer: Answer) -> Answer | None:
        if asked.operation is not self._operation or answer.status != self._operation.success.status:
            return None
        blocks = _BLOCK.findall(answer.body.decode())
        changed = self._change(blocks) if sum("data:" in each for each in blocks) > 1 else None
        return None if changed is None else replace(answer, body="".join(changed).encode())


class _Removed(Teller):
    """A lie that lists what was listed before, and was removed since."""

    def __init__(self, listing: Operation, removing: Operation) -> None:
        self._listing, self._removing = listing, removing
        self._seen: dict[str, Any] = {}
        self._gone: dict[str, Any] = {}

    def tell(self, asked: Asked, answer: Answer) -> Answer | None:
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


class _Revoked(Teller):
    """A lie that serves whoever signs with a revoked key what was served last."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._values: dict[str, str] = {}
        self._revoked: set[str] = set()
        self._last: Answer | None = None

    def tell(self, asked: Asked, answer: Answer) -> Answer | None:
        done = answer.status == asked.operation.success.status
        if done and asked.operation.id == "api_keys.create":
            self._values[answer.json["id"]] = f"Bearer {answer.json['value']}"
        if done and asked.operation.id == "api_keys.revoke":
            self._revoked.add(self._values.get(list(asked.params.values())[-1], ""))
        if asked.operation is not self._operation:
            return None
        self._last = answer if done else self._last
        served = None if done or asked.caller not in self._revoked else self._last
        return served and with_id(served, answer)


class _Listed(Teller):
    """A lie that knows the events that were listed to each caller."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._listed: dict[str, dict[str, str]] = {}

    def tell(self, asked: Asked, answer: Answer) -> Answer | None:
        listed = self._listed.setdefault(asked.caller, {})
        document = answer.json if answer.status == asked.operation.success.status else None
        for it in document.get("events", []) if isinstance(document, dict) else ():
            listed[it["id"]] = it["timestamp"]
        if asked.operation is not self._operation or answer.status != self._operation.success.status:
            return None
        return None if asked.request.query else self._tell_fewer(answer, listed)

    def _tell_fewer(self, answer: Answer, listed: dict[str, str]) -> Answer | None:
        raise NotImplementedError


class _Lacking(_Listed):
    """A lie that leaves an event out of a stream, between two others."""

    def _tell_fewer(self, answer: Answer, listed: dict[str, str]) -> Answer | None:
        blocks = _BLOCK.findall(answer.body.decode())
        events = [it for it in blocks if "data:" in it]
        known = (it for it in events[1:-1] if any(f"id: {name}\n" in it for name in listed))
        left_out = next(known, None)
        kept = "".join(it for it in blocks if it != left_out)
        return replace(answer, body=kept.encode()) if left_out else None


class _CountedFewer(_Listed):
    """A lie that counts fewer events than were listed of the latest day."""

    def _tell_fewer(self, answer: Answer, listed: dict[str, str]) -> Answer | None:
        last = max(listed.values(), default="")
        count = sum(1 for at in listed.values() if at[:10] == last[:10])
        if count < 2:
            return None
        return answer.with_json({**answer.json, "buckets": [{"group": {}, "value": count - 1}]})


def _change_events(change: Callable[[Asked, list[Any]], list[Any] | None]) -> Change:
    def change_document(asked: Asked, document: Any) -> Any:
        found = change(asked, document.get("events", []))
        return None if found is None else {**document, "events": found}

    return change_document


def _find_unfiltered(asked: Asked, events: list[Any]) -> list[Any] | None:
    """Return an event for which the filter does not hold."""
    query = parse_qs(asked.request.query)
    if not events or not {"filter", "event_type", "task_id"} & query.keys():
        return None
    other = {**events[-1], "event_type": "made_up", "user_id": "usr_made_up", "category": "audit", "task_id": "task_no"}
    return [*events[:-1], other]


def _with(**fields: Any) -> Change:
    def change_document(_: Asked, document: Any) -> Any:
        wanted = all(name in document and document[name] != value for name, value in fields.items())
        return {**document, **fields} if wanted else None

    return change_document


def _empty_bucket(_: Asked, document: Any) -> Any:
    buckets = document.get("buckets", [])
    return {**document, "buckets": [{**buckets[0], "value": 0}, *buckets[1:]]} if buckets else None


def _lengthen_page(asked: Asked, document: Any) -> Any:
    given = parse_qs(asked.request.query).get("max_bytes", [""])[0]
    content = document.get("content") or ""
    return {**document, "content": content + "x" * (int(given) + 1)} if given.isdigit() else None


def _drop_end(_: Asked, document: Any) -> Any:
    return {k: v for k, v in document.items() if k != "completed_at"} if document.get("completed_at") else None


def _lengthen(_: Asked, document: Any) -> Any:
    duration = document.get("duration_seconds")
    return None if duration is None else {**document, "duration_seconds": duration + 60}


def _name_other_workspace(blocks: list[str]) -> list[str] | None:
    changed = [re.sub(r'("workspace_id": ?")[^"]*', r"\1ws_made_up", it) for it in blocks]
    return changed if changed != blocks else None


COUNTING = "audit.stats"
STREAMS = ("activity.stream_for_workspace",)
OF_STREAMS: tuple[tuple[str, str, Callable[[list[str]], list[str] | None]], ...] = (
    ("stream-elsewhere", "sends the events of another workspace", _name_other_workspace),
    ("stream-no-id", "sends events without an id", lambda blocks: [re.sub(r"id:[^\n]*\n", "", it) for it in blocks]),
    ("stream-twice", "sends an event twice", lambda blocks: [*blocks, *(it for it in blocks[-1:] if "data:" in it)]),
)
KINDS: tuple[tuple[str, str, Callable[[Operation, set[str]], bool], Change], ...] = (
    (
        "event-unasked",
        "has an event that was not asked for",
        lambda o, n: "events" in n and o.reads,
        _change_events(_find_unfiltered),
    ),
    ("bucket-empty", "has an empty bucket", lambda _, names: "buckets" in names, _empty_bucket),
    ("content-longer", "has more of a file than was asked for", lambda _, names: "truncated" in names, _lengthen_page),
    (
        "task-unended",
        "has no time of the end of a task",
        lambda o, n: "completed_at" in n and "{task" in o.path,
        _drop_end,
    ),
    (
        "task-longer",
        "has another duration of a task",
        lambda o, n: "completed_at" in n and "{task" in o.path,
        _lengthen,
    ),
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

"""Random sessions of several callers: requests over all operations, right and wrong, with ids out of answers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.lies.contract import JSON, Contract, Operation
from benchmarks.recorded.app import LACKING, Ask, Asking, Told, archive

PEOPLE = ("acme-owner", "acme-operator", "acme-member", "acme-read-only", "globex-owner", "umbrella-owner")
LENGTH = 300
_STRANGERS = 3
"""The most callers whom nobody introduces, and one more: in every third session all are introduced."""
_WRONG, _KNOWN, _MINE = 0.12, 0.9, 0.85
_SEVERAL = 12
"""Objects of a kind out of which one is taken, the latest."""
_BY_KEY = 0.08
"""The likelihood that a key asks that was made, and may have been revoked since."""
_SOON, _AGAIN = 0.2, 0.7
"""The likelihoods that a parameter is sent, and that a write is followed by reads of what it is about."""
_OFTEN = {
    "agent_roles.create": 3,
    "workspaces.create": 5,
    "tasks.submit": 5,
    "tasks.submit_to_workspace": 4,
    "api_keys.create": 2,
    "api_keys.revoke": 2,
}
"""Operations that are drawn more often, so that there is something to stop, to ask and to fork."""
_SELDOM = {"workspaces.stop_all": 0.2, "agent_roles.archive": 0.5, "providers.archive": 0.3}
_QUERIES: Mapping[str, Sequence[Any]] = {
    "include_archived": ("true", "false"),
    "role_name": ("drawn-1", "drawn-2", "drawn-3", "none"),
    "max_bytes": (1, 5, 4096),
    "force": ("true", "false"),
    "filter": ("event_type=task.submitted", "user_id!=system", "category=activity", "resource_id=", "nothing"),
    "order": ("asc", "desc"),
    "limit": (1, 2, 3, 5, 100, 0, "many"),
    "group_by": ("event_type", "user_id", "event_type,user_id", "none"),
    "time_bucket": ("1h", "1d", "5m"),
    "bucket_by": ("event_type", "user_id"),
    "metric": ("count", "duration_ms"),
    "top": (1, 2),
    "event_type": ("task.submitted", "task.completed", "none"),
}
_FROM_ANSWERS = {"from": "timestamp", "to": "timestamp", "after": "timestamp", "task_id": "task_id"}
IMAGES = ("slack:1.2.0", "slack:1.3.0", "pack:1.2.0", "pack:1.3.0", "none:1.0.0")
"""The images of a team that the registry of the mock has, and one that it has not."""


@dataclass(slots=True)
class Session:
    """One session of a seed; each request is drawn when the answers before it are there."""

    contract: Contract
    seed: int
    send: Asking
    length: int = LENGTH
    _random: Random = field(init=False)
    _ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The ids by the segment of a path above them, or the name of a field."""
    _cursors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The cursors by path."""
    _keys: list[str] = field(default_factory=list)
    """The values of keys that were made."""

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311  # reproducible, not secret

    def run(self) -> None:
        """Send all requests of the session."""
        asked = 0
        for by in self._random.sample(PEOPLE, len(PEOPLE) - self.seed % _STRANGERS):
            self.send(Ask(by, "GET", "/me/session"))
            asked += 1
        weights = [_OFTEN.get(each.id, _SELDOM.get(each.id, 1)) for each in self.contract.operations]
        while asked < self.length:
            operation = self._random.choices(self.contract.operations, weights)[0]
            for each in self._asks(operation):
                self._learn(each, operation, self.send(each))
                asked += 1

    def _asks(self, operation: Operation) -> Iterator[Ask]:
        by = self._random.choice(PEOPLE[:4] if self._random.random() < _MINE else PEOPLE)
        path = self._build_path(operation, by)
        by = self._random.choice(self._keys) if self._keys and self._random.random() < _BY_KEY else by
        yield self._ask(operation, by, path)
        while path and not operation.reads and self._random.random() < _AGAIN:
            if any(each.reads and each.pattern.fullmatch(path) for each in self.contract.operations):
                yield Ask(by, "GET", path)
            path = path.rpartition("/")[0]

    def _ask(self, operation: Operation, by: str, path: str) -> Ask:
        wrong = self._random.random() < _WRONG
        if wrong and self._random.random() < 0.2:
            by = ""
        query = self._build_query(operation, path)
        body, media_type = self._build_body(operation, wrong=wrong)
        return Ask(by, operation.method, path + (f"?{query}" if query else ""), body, media_type)

    def _build_path(self, operation: Operation, by: str) -> str:
        parts = operation.path.split("/")
        for at, part in enumerate(parts):
            if part.startswith("{"):
                name, above = part.strip("{}"), parts[at - 1]
                kind = above if name == "id" else name
                if name in operation.long:
                    kind = "/".join([*parts[: at - 1], "files"])
                parts[at] = quote(self._choose_value(kind, by), safe="/" if name in operation.long else "")
        return "/".join(parts)

    def _choose_value(self, kind: str, by: str = "") -> str:
        if kind == "orgs":
            return f"org_{by.partition('-')[0]}" if self._random.random() < _KNOWN else "org_globex"
        if kind == "name":
            return self._random.choice(("DRAWN_A", "DRAWN_B", "none"))
        known = self._ids[kind][-_SEVERAL:]
        return self._random.choice(known) if known and self._random.random() < _KNOWN else LACKING

    def _build_query(self, operation: Operation, path: str) -> str:
        fields: list[tuple[str, Any]] = []
        for name in operation.query:
            if self._random.random() < _SOON:
                values = self._cursors[path] if name == "cursor" else _QUERIES.get(name, ())
                values = [self._choose_value(_FROM_ANSWERS[name])] if name in _FROM_ANSWERS else values
                fields += [(name, self._random.choice(values))] if values else []
        fields += [("none", "1")] if self._random.random() < _WRONG / 8 else []
        return urlencode(fields)

    def _build_body(self, operation: Operation, *, wrong: bool) -> tuple[bytes, str]:
        if operation.body_type == "multipart/form-data":
            content = archive(self._name())
            head = b'--part\r\nContent-Disposition: form-data; name="archive"; filename="a.tgz"\r\n\r\n'
            return head + content + b"\r\n--part--\r\n", "multipart/form-data; boundary=part"
        if operation.body is None:
            return (
                (b"drawn content\n" * self._random.randint(1, 4), operation.body_type)
                if operation.body_type
                else (b"", "")
            )
        schema = operation.body
        required = schema.get("required", ())
        names = [each for each in schema.get("properties", {}) if each in required or self._random.random() < _SOON]
        if operation.id in ("workspaces.create", "tasks.submit"):
            names = [each for each in names if each not in ("role_name", "environment")] + ["role_id"]
        if operation.id == "credentials.create":
            names = [*required, "api_key"]
        document = {each: self._choose_field(each, schema["properties"][each]) for each in names}
        if operation.id == "credentials.create":
            document["kind"] = "api_key"
        if wrong and document and self._random.random() < 0.8:
            del document[self._random.choice(list(document))]
        elif wrong:
            document["made_up"] = 1
        return json.dumps(document).encode(), JSON

    def _name(self) -> str:
        return f"drawn-{self._random.randint(1, 9)}"

    def _choose_field(self, name: str, schema: Mapping[str, Any]) -> Any:
        kinds = {"role_id": "agent-roles", "provider_id": "providers"}
        plain: Mapping[str, Any] = {
            "name": self._name(),
            "role_name": self._name(),
            "credential_name": self._name(),
            "provider": "openai",
            "domain": "api.drawn.example",
            "email": f"{self._name()}@example.com",
            "image_ref": f"registry.example.com/team/{self._random.choice(IMAGES)}",
            "fork_point_task_count": self._random.randint(0, 1),
            "made_up": 1,
        }
        if name in kinds:
            return self._choose_value(kinds[name])
        if name in plain:
            return plain[name]
        if schema.get("writeOnly"):
            return f"no-secret-of-anybody-{self._random.getrandbits(64):x}"
        if "enum" in schema:
            return self._random.choice([each for each in schema["enum"] if each])
        made: Mapping[str, Any] = {
            "integer": self._random.randint(1, 9),
            "boolean": self._random.random() < 0.5,
            "object": {},
            "array": [],
        }
        return made.get(schema.get("type", ""), f"a drawn text {self._random.randint(1, 99)}")

    def _learn(self, asked: Ask, operation: Operation, told: Told) -> None:
        try:
            found = json.loads(told.body)
        except ValueError:
            return
        kind = [each for each in operation.path.split("/") if "{" not in each][-1]
        path = asked.path.partition("?")[0]
        if isinstance(found, dict) and isinstance(found.get("cursor"), str):
            self._cursors[path].append(found["cursor"])
        if told.status < 400 and operation.id == "api_keys.create" and asked.method == operation.method:
            self._keys.append(found["value"])
        if told.status < 400:
            kind = {"upload": "packs"}.get(kind, kind)
            of_log = kind in ("audit", "activity", "stats")
            for each in _find_objects(found):
                for name, value in each.items():
                    kinds = {"id": kind, "workspace_id": "workspaces", "path": path}
                    if (name == "timestamp") or not of_log:
                        self._note(kinds.get(name, name), value)

    def _note(self, kind: str, value: Any) -> None:
        if isinstance(value, str) and value and value not in self._ids[kind]:
            self._ids[kind].append(value)


def _find_objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _find_objects(each)

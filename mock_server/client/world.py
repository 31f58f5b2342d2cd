"""A running mock, and a client of one of its worlds."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

import httpx

from mock_server.client.control_api import DEFAULT, ControlApi, Json
from mock_server.client.errors import MockError, Refused, Unreachable, WorldLost
from mock_server.entry_text import write_line as entry_line

_LONGEST_STEM = 50

AWAY_S = 8.0
"""Whether a front has waited for a node that was away for longer is not certain."""

Look = Mapping[str, Any]
"""A world as the control API shows it."""


class MockWorld:
    """One world of a mock: its URL, clients of it, and the control calls on it.

    As a context manager it deletes the world after the block, and raises WorldLost where the node that served it
    was lost meanwhile.
    """

    def __init__(self, mock: ControlApi, name: str, *, fresh: bool = False) -> None:
        self.mock = mock
        self.name = name
        self._fresh = fresh  # the name was made here, so it is not mistyped
        self._clients: list[httpx.Client] = []
        self._seen: Json | None = None  # the world as it was looked at

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            lost = self.describe_loss()
        except MockError as unknown:
            lost = str(unknown)
        self.delete()
        if lost is not None and error is None:
            raise WorldLost(lost)
        if lost is not None and error is not None:
            error.add_note(lost)

    def look(self) -> None:
        """Look at the world, for `describe_loss` to tell what became of it since; it is made if it was never used."""
        self._seen = self.ask("GET")
        self._fresh = False

    def describe_loss(self) -> str | None:
        """Return what was lost of the world since it was looked at, as a sentence; None for nothing.

        A mock on several nodes looks at a fresh world when it makes it.
        """
        return None if self._seen is None else describe_loss(self._seen, self.ask("GET"))

    @property
    def url(self) -> str:
        """The base URL of the API in this world, for the code under test."""
        return f"{self.mock.origin}/_worlds/{quote(self.name, safe='')}{self.mock.base_path}"

    def token(self, persona: str) -> str:
        """Return the token of a persona."""
        return self.mock.token(persona)

    def client(self, persona: str | None = None, **options: Any) -> httpx.Client:
        """Return a client of the API in this world, as a persona or without a credential; options are httpx's own.

        It is closed when the world is deleted.
        """
        client = self.mock.open(self.url, persona and self.token(persona), **options)
        self._clients.append(client)
        return client

    def async_client(self, persona: str | None = None, **options: Any) -> httpx.AsyncClient:
        """Return an asynchronous client of the API in this world; the caller closes it."""
        return self.mock.open_async(self.url, persona and self.token(persona), **options)

    def ask(self, method: str, path: str = "", **options: Any) -> Json:
        """Return the JSON answer of a control call on this world; raises Refused."""
        return self.mock.ask(method, self._path + path, **options)

    def _list(self, key: str, path: str, **options: Any) -> list[Json]:
        found: list[Json] = self.ask("GET", path, **options)[key]
        return found

    @property
    def _path(self) -> str:
        return f"/worlds/{quote(self.name, safe='')}"

    def _make(self) -> None:
        """Make a fresh world that had no request yet, so that it can be forked and verified."""
        fresh, self._fresh = self._fresh, False
        if fresh:
            try:
                self.mock.ask("POST", "/worlds", json={"name": self.name})
            except Refused as refusal:
                if refusal.status != 409:
                    raise

    def reset(self) -> None:
        """Take the world back to the seed data, without faults; snapshots, coverage and the journal stay."""
        self.ask("POST", "/reset")

    def delete(self) -> None:
        """Delete the world, if it was used, and close its clients."""
        while self._clients:
            self.mock.close_client(self._clients.pop())
        try:
            self.ask("DELETE")
        except Refused as refusal:
            if refusal.status != 404:
                raise

    def billing(self, org_id: str, posture: str) -> None:
        """Give an org a billing posture: active, trial, trial_expired, past_due or decommissioning."""
        self.ask("PUT", f"/orgs/{quote(org_id, safe='')}/billing", json={"posture": posture})

    def read_object(self, collection: str, *key: str) -> Json:
        """Return the key and the record of one object, such as `read_object("roles", "role_01HZ")`."""
        return self.ask("GET", _make_object_path(collection, key))

    def edit(self, collection: str, /, *key: str, **fields: Any) -> Json:
        """Change fields of one object from outside and return it; None takes a field away.

        Refused, with each wrong field, where the object would not be as the seed data have to be.
        """
        return self.ask("PATCH", _make_object_path(collection, key), json=fields)

    def provide(self, state: str, /, **params: Any) -> Json:
        """Set a provider state up, such as "workspace is", and return its values: what it made, by name.

        Refused where the state is not known, lacks a parameter or cannot be made. `GET /states` lists all of them.
        """
        return self.ask("POST", "/states", json={"action": "setup", "state": state, "params": params})

    def freeze(self, now: str) -> None:
        """Freeze the clock of the world at a moment, an RFC 3339 date-time."""
        self.ask("PUT", "/clock", json={"mode": "frozen", "now": now})

    def advance(self, seconds: float) -> None:
        """Move the clock of the world; a frozen clock stays frozen, a real one goes on from there."""
        self.ask("PUT", "/clock", json={"advance_seconds": seconds})

    def step(self, count: int = 1) -> Json:
        """Move the clock to when something is due next, so many times, and return it; Refused where nothing is due."""
        return self.ask("PUT", "/clock", json={"advance_steps": count})

    def run_clock(self) -> None:
        """Set the clock of the world to the real time again."""
        self.ask("PUT", "/clock", json={"mode": "real"})

    def clock(self) -> Json:
        """Return the mode and the time of the clock."""
        return self.ask("GET", "/clock")

    def image(self, image_ref: str, archive: bytes) -> None:
        """Put a pack's .tar.gz into the registry under a reference."""
        headers = {"Content-Type": "application/gzip"}
        self.ask("PUT", f"/images/{quote(image_ref, safe='')}", content=archive, headers=headers)

    def fault(self, operation_id: str, **what: Any) -> Json:
        """Arm a fault for the next `times` calls, a number or "always".

        `status`, `code`, `delay_ms`, `jitter_ms`, `drop`, `truncate`; `undeclared=True` for a status that the
        contract does not declare, `html=True` for the page of a gateway.
        """
        return self.ask("POST", "/faults", json={"operation_id": operation_id, **what})

    def faults(self) -> list[Json]:
        """Return the armed faults, oldest first."""
        return self._list("faults", "/faults")

    def remove_fault(self, fault_id: int) -> None:
        """Remove a fault."""
        self.ask("DELETE", f"/faults/{fault_id}")

    def clear_faults(self) -> None:
        """Remove every fault."""
        self.ask("DELETE", "/faults")

    def snapshot(self, name: str) -> None:
        """Save the present state under a name."""
        self.ask("POST", "/snapshots", json={"name": name})

    def snapshots(self) -> list[Json]:
        """Return the snapshots, oldest first."""
        return self._list("snapshots", "/snapshots")

    def restore(self, name: str) -> None:
        """Go back to the state of a snapshot."""
        self.ask("POST", f"/snapshots/{quote(name, safe='')}/restore")

    def diff(self, name: str) -> list[Json]:
        """Return the changes since a snapshot: object, field, before and after of each."""
        return self._list("changes", f"/snapshots/{quote(name, safe='')}/diff")

    def drop_snapshot(self, name: str) -> None:
        """Delete a snapshot."""
        self.ask("DELETE", f"/snapshots/{quote(name, safe='')}")

    def rewind(self, to: int) -> None:
        """Go back to the state right after an entry of the journal."""
        self.ask("POST", "/rewind", json={"to": to})

    def state(self) -> Json:
        """Return the whole state of the world as a document."""
        return self.ask("GET", "/state")

    def export(self) -> bytes:
        """Return the document of the state as bytes: equal bytes for equal states."""
        return self.mock.request("GET", f"{self._path}/state").content

    def load(self, state: Json | bytes) -> None:
        """Replace the state by a document; Refused names each wrong place in it."""
        if isinstance(state, bytes):
            self.ask("PUT", "/state", content=state, headers={"Content-Type": "application/json"})
        else:
            self.ask("PUT", "/state", json=state)

    def fork(self, name: str) -> MockWorld:
        """Return a new world with the state of this one; raises Refused where this one was never used."""
        self._make()
        self.ask("POST", "/fork", json={"name": name})
        return MockWorld(self.mock, name)

    def journal(self, **wanted: Any) -> list[Json]:
        """Return the entries of the journal, oldest first.

        `operation_id`, `status`, `code`, `caller`, `request_id`, `since` and `last` choose. `with_console=True` adds
        what the console read to show its views.
        """
        return self._list("entries", "/journal", params=wanted)

    def har(self, **wanted: Any) -> Json:
        """Return the entries of the journal as an HTTP archive (HAR 1.2), in which callers have names and no tokens.

        The same choose as in `journal`.
        """
        archive: Json = self.ask("GET", "/journal/har", params=wanted)
        return archive

    def story(self, last: int = 50) -> str:
        """Return the latest entries of the journal as text, a line each."""
        return "\n".join(map(entry_line, self.journal()[-last:]))

    def follow(self, after: int | None = None, *, with_console: bool = False) -> Iterator[Json]:
        """Yield the entries of the journal as they come, from this id or from now on; a gap is {"gap": {"from", "to"}}.

        It goes on after a reload of the mock, and raises Unreachable once the mock has ended.
        """
        path = f"{self._path}/journal/stream" + ("?with_console=true" if with_console else "")
        while True:
            headers = {} if after is None else {"Last-Event-ID": str(after)}
            with suppress(httpx.TransportError), self.mock.stream(path, headers) as lines:
                for last, entry in _read_events(lines):
                    after = last
                    yield entry

    def verify(self, **expected: Any) -> list[Json]:
        """Return the entries that match, at least one or `times`; else Refused tells the nearest misses.

        It raises Refused as well where the world was never used, since the requests probably went to another one.
        """
        self._make()
        entries: list[Json] = self.ask("POST", "/journal/verify", json=expected)["entries"]
        return entries

    def clear_journal(self) -> None:
        """Delete the entries of the journal."""
        self.ask("DELETE", "/journal")

    def coverage(self) -> list[Json]:
        """Return each cell of the contract (operation, status, code), with how often it was met here."""
        return self._list("cells", "/coverage")

    def issue(self, **wanted: Any) -> Json:
        """Return a new credential, with its `token`.

        For `persona`, or `org_id` and `scopes`; `expires_in` seconds; `state`: valid, expired or revoked.
        """
        return self.ask("POST", "/tokens", json=wanted)

    def revoke(self, token: str) -> None:
        """Revoke a token in this world."""
        self.ask("POST", "/tokens/revoke", json={"token": token})

    def clear_coverage(self) -> None:
        """Set all counts of the coverage to zero."""
        self.ask("DELETE", "/coverage")


def _make_object_path(collection: str, key: Iterable[str]) -> str:
    return "/".join(["/collections", *(quote(each, safe="") for each in (collection, *key))])


class Mock(ControlApi):
    """A running mock, on a port or in this process.

    `base_path`: that of its API, which the contract of another API says in its first server; empty for the root.
    """

    def create(self, name: str) -> MockWorld:
        """Return a new world of this name; Refused where there is one already."""
        self.ask("POST", "/worlds", json={"name": name})
        return MockWorld(self, name)

    def world(self, name: str = DEFAULT) -> MockWorld:
        """Return the world of this name, which is made at its first use."""
        return MockWorld(self, name)

    def fresh_world(self, about: str = "world") -> MockWorld:
        """Return a new world whose name begins with `about`; of several nodes one makes it at once, if it answers."""
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", about)[:_LONGEST_STEM].strip("._-") or "world"
        world = MockWorld(self, f"{stem}-{secrets.token_hex(4)}", fresh=True)
        with suppress(Unreachable):
            if self.nodes:
                world.look()
        return world


def _read_events(lines: Iterable[str]) -> Iterator[tuple[int, Json]]:
    """Yield the id and the entry of each server-sent event of a journal; a gap is an entry {"gap": {"from", "to"}}."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "data" in fields:
            content = json.loads(fields["data"])
            yield int(fields["id"]), {"gap": content} if fields.get("event") == "gap" else content
        fields = {}


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

"""One world of a mock, from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import httpx

from mock_server.client.errors import Refused
from mock_server.client.events import events
from mock_server.entry_text import line

if TYPE_CHECKING:
    from mock_server.client.mock import Mock

DEFAULT = "default"
BASE_PATH = "/v1"

Json = dict[str, Any]


class MockWorld:
    """One world of a mock: where it is, clients of it, and what can be done to it.

    As a context manager it is there for the block, and gone after it.
    """

    def __init__(self, mock: Mock, name: str, *, fresh: bool = False) -> None:
        self.mock = mock
        self.name = name
        self._fresh = fresh  # its name was made up here: it is not mistyped, used or not
        self._clients: list[httpx.Client] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.delete()

    @property
    def url(self) -> str:
        """The base URL of the API in this world: what code under test is given."""
        return f"{self.mock.origin}/_worlds/{quote(self.name, safe='')}{BASE_PATH}"

    def token(self, persona: str) -> str:
        """Return the token of a persona."""
        return self.mock.token(persona)

    def client(self, persona: str | None = None, **options: Any) -> httpx.Client:
        """Return a client of the API in this world, as a persona or nobody; options are httpx's own.

        It is open as long as the world.
        """
        client = self.mock.open(self.url, persona and self.token(persona), **options)
        self._clients.append(client)
        return client

    def async_client(self, persona: str | None = None, **options: Any) -> httpx.AsyncClient:
        """Return the same for coroutines; to be closed by who asked for it."""
        return self.mock.open_async(self.url, persona and self.token(persona), **options)

    def ask(self, method: str, path: str = "", **options: Any) -> Json:
        """Return what the control API answers about this world; Refused where it does not."""
        return self.mock.ask(method, self._path + path, **options)

    @property
    def _path(self) -> str:
        return f"/worlds/{quote(self.name, safe='')}"

    def _make(self) -> None:
        """Make a fresh world where nothing was asked of it yet, so that it can be forked and verified."""
        fresh, self._fresh = self._fresh, False
        if fresh:
            try:
                self.mock.create(self.name)
            except Refused as refusal:
                if refusal.status != 409:
                    raise

    def reset(self) -> None:
        """Take the world back to the seed data, without faults; snapshots, coverage and the journal stay."""
        self.ask("POST", "/reset")

    def delete(self) -> None:
        """Forget the world, if it was used, and close its clients."""
        while self._clients:
            self.mock.let_go(self._clients.pop())
        try:
            self.ask("DELETE")
        except Refused as refusal:
            if refusal.status != 404:
                raise

    def billing(self, org_id: str, posture: str) -> None:
        """Give an org a billing posture: active, trial, trial_expired, past_due or decommissioning."""
        self.ask("PUT", f"/orgs/{quote(org_id, safe='')}/billing", json={"posture": posture})

    def freeze(self, now: str) -> None:
        """Let the world's clock stand at a moment, an RFC 3339 date-time."""
        self.ask("PUT", "/clock", json={"mode": "frozen", "now": now})

    def advance(self, seconds: float) -> None:
        """Move the world's clock; a frozen one stands at the later moment, a real one goes on from there."""
        self.ask("PUT", "/clock", json={"advance_seconds": seconds})

    def run_clock(self) -> None:
        """Let the world's clock show the real time again."""
        self.ask("PUT", "/clock", json={"mode": "real"})

    def clock(self) -> Json:
        """Return how the clock goes, and what it shows."""
        return self.ask("GET", "/clock")

    def image(self, image_ref: str, archive: bytes) -> None:
        """Put a pack's .tar.gz into the registry under a reference."""
        headers = {"Content-Type": "application/gzip"}
        self.ask("PUT", f"/images/{quote(image_ref, safe='')}", content=archive, headers=headers)

    def fault(self, operation_id: str, **what: Any) -> Json:
        """Let something happen to the next `times` calls, a number or "always".

        `status`, `code`, `delay_ms`, `jitter_ms`, `drop`, `truncate`; `undeclared=True` for a status that the
        contract does not declare, `html=True` for the page of a gateway.
        """
        return self.ask("POST", "/faults", json={"operation_id": operation_id, **what})

    def faults(self) -> list[Json]:
        """Return what is still to happen, oldest first."""
        found: list[Json] = self.ask("GET", "/faults")["faults"]
        return found

    def remove_fault(self, fault_id: int) -> None:
        """Let a fault happen no more."""
        self.ask("DELETE", f"/faults/{fault_id}")

    def clear_faults(self) -> None:
        """Let nothing happen any more."""
        self.ask("DELETE", "/faults")

    def snapshot(self, name: str) -> None:
        """Keep the present state under a name."""
        self.ask("POST", "/snapshots", json={"name": name})

    def snapshots(self) -> list[Json]:
        """Return what was kept, oldest first."""
        found: list[Json] = self.ask("GET", "/snapshots")["snapshots"]
        return found

    def restore(self, name: str) -> None:
        """Go back to the state that was kept under a name."""
        self.ask("POST", f"/snapshots/{quote(name, safe='')}/restore")

    def diff(self, name: str) -> list[Json]:
        """Return what has changed since: object, field, before and after of each."""
        found: list[Json] = self.ask("GET", f"/snapshots/{quote(name, safe='')}/diff")["changes"]
        return found

    def drop_snapshot(self, name: str) -> None:
        """Keep the state of this name no longer."""
        self.ask("DELETE", f"/snapshots/{quote(name, safe='')}")

    def rewind(self, to: int) -> None:
        """Go back to right after an entry of the journal."""
        self.ask("POST", "/rewind", json={"to": to})

    def state(self) -> Json:
        """Return everything that the world holds, as a document."""
        return self.ask("GET", "/state")

    def exported(self) -> bytes:
        """Return the same as it is sent: equal bytes for equal states."""
        return self.mock.asked("GET", f"{self._path}/state").content

    def load(self, state: Json | bytes) -> None:
        """Hold what such a document says; Refused names each place in it that is wrong."""
        if isinstance(state, bytes):
            self.ask("PUT", "/state", content=state, headers={"Content-Type": "application/json"})
        else:
            self.ask("PUT", "/state", json=state)

    def fork(self, name: str) -> MockWorld:
        """Return a new world that stands where this one does; Refused where this one was never used."""
        self._make()
        self.ask("POST", "/fork", json={"name": name})
        return MockWorld(self.mock, name)

    def journal(self, **wanted: Any) -> list[Json]:
        """Return what was asked here, oldest first.

        `operation_id`, `status`, `code`, `caller`, `since` and `last` choose.
        """
        found: list[Json] = self.ask("GET", "/journal", params=wanted)["entries"]
        return found

    def story(self, last: int = 50) -> str:
        """Return the latest of it as text, a line each: what a person wants to see when a test fails."""
        return "\n".join(map(line, self.journal()[-last:]))

    def follow(self, after: int | None = None) -> Iterator[Json]:
        """Give each entry of the journal as it comes, after this id or from now on; a gap is {"gap": {"from", "to"}}.

        It outlives a reload of the mock. Unreachable, once the mock is no more.
        """
        while True:
            headers = {} if after is None else {"Last-Event-ID": str(after)}
            with suppress(httpx.TransportError), self.mock.stream(f"{self._path}/journal/stream", headers) as lines:
                for last, entry in events(lines):
                    after = last
                    yield entry

    def verify(self, **expected: Any) -> list[Json]:
        """Return the entries of which there must be some, or `times`; Refused tells the nearest misses.

        Refused as well where the world was never used: what is verified of it was probably asked of another.
        """
        self._make()
        found: list[Json] = self.ask("POST", "/journal/verify", json=expected)["entries"]
        return found

    def clear_journal(self) -> None:
        """Forget what was asked here."""
        self.ask("DELETE", "/journal")

    def coverage(self) -> list[Json]:
        """Return each cell of the contract (operation, status, code) and how often it was met here."""
        found: list[Json] = self.ask("GET", "/coverage")["cells"]
        return found

    def issue(self, **wanted: Any) -> Json:
        """Return a new credential, its `token` among it.

        For `persona`, or `org_id` and `scopes`; `expires_in` seconds; `state`: valid, expired or revoked.
        """
        return self.ask("POST", "/tokens", json=wanted)

    def revoke(self, token: str) -> None:
        """Let a token open nothing in this world any more."""
        self.ask("POST", "/tokens/revoke", json={"token": token})

    def clear_coverage(self) -> None:
        """Begin to count anew."""
        self.ask("DELETE", "/coverage")

"""A mock seen from outside: its personas, its worlds, and what can be done to them.

What a test and the command line both do to a running mock, through its control API.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Self
from urllib.parse import quote

import httpx

from mock_server.transport import InProcess

DEFAULT = "default"
CONTROL = "/_mock"
BASE_PATH = "/v1"

_LONGEST_STEM = 50

Json = dict[str, Any]


class MockError(Exception):
    """The mock could not do what was asked; the text says why, and what to do."""


class Unreachable(MockError):
    """No mock answers at this URL."""


class Refused(MockError):
    """The control API refused; `status` and `error`, the envelope's content, are its answer."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        fields = error.get("details", {}).get("fields", {})
        said = "; ".join([error["message"], *(f"{name}: {text}" for name, text in fields.items())])
        super().__init__(said)
        self.status = status
        self.error = error


class Mock:
    """A mock that runs: on a port, or in this process."""

    def __init__(self, origin: str, *, transport: InProcess | None = None, control_token: str | None = None) -> None:
        self.origin = origin.rstrip("/")
        self._transport = transport
        self._control = self.open(self.origin + CONTROL, control_token)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections to the control API."""
        self._control.close()

    def open(self, base_url: str, token: str | None = None, **options: Any) -> httpx.Client:
        """Return a client of this mock; nothing in the environment leads it elsewhere."""
        headers = _headers(token, options)
        return httpx.Client(
            base_url=base_url, headers=headers, transport=self._transport, **{"trust_env": False, **options}
        )

    def open_async(self, base_url: str, token: str | None = None, **options: Any) -> httpx.AsyncClient:
        """Return a client of this mock for coroutines."""
        headers = _headers(token, options)
        return httpx.AsyncClient(
            base_url=base_url, headers=headers, transport=self._transport, **{"trust_env": False, **options}
        )

    def ask(self, method: str, path: str, **options: Any) -> Json:
        """Return what the control API answers; Refused or Unreachable where it does not."""
        answer = self.asked(method, path, **options)
        shown: Json = answer.json() if answer.content else {}
        return shown

    def asked(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the answer of the control API as it is; Refused or Unreachable where there is none."""
        try:
            answer = self._control.request(method, path, **options)
        except httpx.TransportError as error:
            raise Unreachable(
                f"no mock answers at {self.origin} ({error}): start one with `evershell-mock serve`, or name another"
            ) from error
        if answer.is_success:
            return answer
        try:
            problem = answer.json()["error"]
            problem["message"]
        except (ValueError, LookupError, TypeError) as error:
            raise Unreachable(
                f"what answers at {self.origin} is no mock of ours: {method} {answer.url.path} is {answer.status_code}"
            ) from error
        raise Refused(answer.status_code, problem)

    @cached_property
    def personas(self) -> Mapping[str, Json]:
        """Everybody whom one can be, by name: what the control API shows of them, their token included."""
        return {persona["name"]: persona for persona in self.ask("GET", "/personas")["personas"]}

    def token(self, persona: str) -> str:
        """Return the token of a persona; MockError, with a near name, where there is no such persona."""
        if persona not in self.personas:
            near = get_close_matches(persona, self.personas, n=1)
            hint = f"did you mean {near[0]}?" if near else "`evershell-mock personas` lists them"
            raise MockError(f"there is no persona {persona}: {hint}")
        token: str = self.personas[persona]["token"]
        return token

    def worlds(self) -> list[Json]:
        """Return the worlds that were used."""
        worlds: list[Json] = self.ask("GET", "/worlds")["worlds"]
        return worlds

    def world(self, name: str = DEFAULT) -> MockWorld:
        """Return the world of this name, which is made at its first use."""
        return MockWorld(self, name)

    def fresh_world(self, about: str = "world") -> MockWorld:
        """Return a world that nobody has used, with a name that says what it is about."""
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", about)[:_LONGEST_STEM].strip("._-") or "world"
        return MockWorld(self, f"{stem}-{secrets.token_hex(4)}")


class MockWorld:
    """One world of a mock: where it is, clients of it, and what can be done to it."""

    def __init__(self, mock: Mock, name: str) -> None:
        self.mock = mock
        self.name = name

    @property
    def url(self) -> str:
        """The base URL of the API in this world: what code under test is given."""
        return f"{self.mock.origin}/_worlds/{quote(self.name, safe='')}{BASE_PATH}"

    def token(self, persona: str) -> str:
        """Return the token of a persona."""
        return self.mock.token(persona)

    def client(self, persona: str | None = None, **options: Any) -> httpx.Client:
        """Return a client of the API in this world, as a persona or nobody; options are httpx's own."""
        return self.mock.open(self.url, persona and self.token(persona), **options)

    def async_client(self, persona: str | None = None, **options: Any) -> httpx.AsyncClient:
        """Return the same for coroutines; to be closed by who asked for it."""
        return self.mock.open_async(self.url, persona and self.token(persona), **options)

    def ask(self, method: str, path: str = "", **options: Any) -> Json:
        """Return what the control API answers about this world; Refused where it does not."""
        return self.mock.ask(method, f"/worlds/{quote(self.name, safe='')}{path}", **options)

    def reset(self) -> None:
        """Take the world back to the seed data."""
        self.ask("POST", "/reset")

    def delete(self) -> None:
        """Forget the world, if it was used."""
        try:
            self.ask("DELETE")
        except Refused as refusal:
            if refusal.status != 404:
                raise

    def billing(self, org_id: str, posture: str) -> None:
        """Give an org a billing posture: active, trial, trial_expired, past_due or decommissioning."""
        self.ask("PUT", f"/orgs/{quote(org_id, safe='')}/billing", json={"posture": posture})


def _headers(token: str | None, options: dict[str, Any]) -> httpx.Headers:
    headers = httpx.Headers(options.pop("headers", None))
    if token is not None:
        headers.setdefault("Authorization", f"Bearer {token}")
    return headers

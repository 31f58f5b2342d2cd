"""The server to judge, named as `mock`, by a URL or by a profile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import conformance.resources  # noqa: F401  # registers what `[known]` may name
from conformance.declared.compiler import read_described
from conformance.errors import TargetError
from conformance.http.client import Client
from conformance.http.connection import Connection
from conformance.http.exchange import Request
from conformance.needs import ENDS_WITHIN_S
from conformance.profile import ANONYMOUS, Caller, Profile, check_base_url
from conformance.target.embedded import MOCK, EmbeddedMock

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Unusable(TargetError):
    """The target cannot be judged at all; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """The profile of a server, and what ends the server where the suite has started it."""

    profile: Profile
    close: Callable[[], None] = lambda: None


def choose_connection(named: str, connection: Connection) -> Connection:
    """Return the connection to the target of --target, without a proxy for the embedded mock."""
    return replace(Connection(timeout_s=connection.timeout_s), is_proxied=False) if named == MOCK else connection


def open_target(
    named: str,
    *,
    seed: int = 0,
    contract: Path | None = None,
    overlay: Path | None = None,
    connection: Connection | None = None,
    ask: bool = True,
) -> Target:
    """Open the target that --target names; ProfileError or Unusable where there is none.

    ask: whether a server may be asked who calls it, where that is all that is known of it.
    """
    connection = choose_connection(named, connection or Connection())
    if named == MOCK:
        mock = EmbeddedMock.start(seed=seed, contract=contract, overlay=overlay)
        try:
            profile = read_mock_profile(mock.origin, connection)
            limits = replace(profile.limits, stream_seconds=ENDS_WITHIN_S + 1)  # its streams are short: see its command
            return Target(replace(profile, name=MOCK, limits=limits), mock.stop)
        except BaseException:
            mock.stop()
            raise
    if "://" in named:
        url = check_base_url(named, "--target")
        return Target(_read_profile_by_url(url, connection) if ask else Profile(name=url, url=url))
    return Target(read_described(Path(named), contract, overlay))


def read_mock_profile(origin: str, connection: Connection) -> Profile:
    """Return the profile of a server that offers personas, worlds and states as the mock does."""
    with closing(Client(connection=connection)) as client:
        answer = client.send(Request(None, "GET", "/_mock/personas", {}), ANONYMOUS, origin)
    if answer.failure:
        raise Unusable(f"{origin}: {answer.failure}")
    try:
        callers = tuple(_build_caller(persona) for persona in answer.json["personas"])
    except (KeyError, TypeError):
        raise Unusable(f"{origin}/_mock/personas: does not list personas") from None
    return Profile(
        name=origin,
        url=f"{origin}/v1",
        callers=callers,
        states_url=f"{origin}/_mock/worlds/{{world}}/states",
        world_url=f"{origin}/_worlds/{{world}}/v1",
        is_self_described=True,
    )


def find_mock(url: str, connection: Connection) -> Profile | None:
    """Return the profile of a mock of this machine at the origin of a URL; None where none is there."""
    parts = urlsplit(url)
    if parts.hostname not in LOOPBACK:
        return None
    try:
        return read_mock_profile(f"{parts.scheme}://{parts.netloc}", connection)
    except Unusable:
        return None


def _read_profile_by_url(url: str, connection: Connection) -> Profile:
    """Return the profile of a URL, without callers unless it is of a mock on this machine, which lists them."""
    parts = urlsplit(url)
    found = find_mock(url, connection) if parts.path == "/v1" else None
    return found or Profile(name=url, url=url)


def _build_caller(persona: dict[str, Any]) -> Caller:
    return Caller(
        name=persona["name"],
        org=persona["org_id"],
        token=persona["token"],
        role=persona.get("role") or None,
        permission_set=persona.get("permission_set") or None,
        scopes=frozenset(persona["permissions"]),
    )

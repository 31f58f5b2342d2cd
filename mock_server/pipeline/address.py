"""The addresses of the mock: what stands where, which contract a request is for, and in which world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from mock_server.bounded_cache import bounded_cache
from mock_server.errors import ValidationFailed
from mock_server.worlds.worlds import DEFAULT, WORLD_NAME

HEADER = "X-Mock-World"
PREFIX = "/_worlds/"
CONTROL = "/_mock"

API = "/v1"
CONSOLE = "/_mock/"
DOCS = "/_mock/docs/"
CLIENT = "/_mock/client.tgz"
PERSONAS = "/_mock/personas"
HEALTH = "/_mock/health"

ENTRY_HEADER = "X-Mock-Journal"
"""Names the entry of the journal that an answer has, as a link to the console."""
ENTRY = b"%b%bjournal?entry=%d"
"""That link, of the console's address, a world's part in it and the entry's id."""


def tell_directions(api: str) -> str:
    """Return where the mock has what, as a sentence."""
    where = f"its contract at {DOCS}, the console at {CONSOLE}, whom one can be at {PERSONAS}"
    return f"The API is at {api or '/'}, {where}."


def split_address(scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> tuple[str, str, str]:
    """Return the first segment of a request's path, what stands below it, and the name of the world.

    Raises ValidationFailed for a world that cannot be, or two different ones.
    """
    base, below, in_path = _split_path(_read_raw(scope).removeprefix(read_mount_path(scope)))
    named = headers.get(b"x-mock-world")
    if named is None:
        return base, below, DEFAULT if in_path is None else in_path
    world = _check_world(named.decode("latin-1"), HEADER)
    if in_path is not None and world != in_path:
        raise ValidationFailed(fields={HEADER: f'It names "{world}", the base URL "{in_path}".'})
    return base, below, world


def read_sent_path(scope: Mapping[str, Any]) -> str:
    """Return the path of a request as it was sent."""
    return _read_raw(scope).decode("latin-1")


def read_mount_path(scope: Mapping[str, Any]) -> bytes:
    """Return the path at which another application has mounted the mock, as it is sent; empty where none has."""
    root: str = scope.get("root_path", "")
    return quote(root).encode("latin-1") if root else b""


def _read_raw(scope: Mapping[str, Any]) -> bytes:
    raw: bytes | None = scope.get("raw_path")
    return quote(scope["path"]).encode("latin-1") if raw is None else raw


@bounded_cache
def _split_path(raw: bytes) -> tuple[str, str, str | None]:
    """Return the first segment of a path, what stands below it, and the world that the base URL names."""
    path = raw.decode("latin-1")
    if not path.startswith(PREFIX):
        return *_split(path), None
    name, slash, rest = path.removeprefix(PREFIX).partition("/")
    in_path = _check_world(unquote(name), "world")
    base, below = _split(slash + rest)
    if base == CONTROL:  # it names its worlds itself, below its own base
        return "", PREFIX + name + base + below, in_path
    return base, below, in_path


def _split(path: str) -> tuple[str, str]:
    end = path.find("/", 1)
    return (path, "") if end < 0 else (path[:end], path[end:])


def _check_world(name: str, field: str) -> str:
    if WORLD_NAME.fullmatch(name) is None:
        raise ValidationFailed(
            fields={
                field: "The name of a world is 1 to 64 letters, digits, '.', '_' and '-', "
                "and begins with a letter or digit."
            }
        )
    return name

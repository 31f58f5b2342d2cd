"""Which contract a request is for, and in which world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from mock_server.errors import ValidationFailed
from mock_server.worlds import DEFAULT, WORLD_NAME

HEADER = "X-Mock-World"
PREFIX = "/_worlds/"
CONTROL = "/_mock"


class Address(NamedTuple):
    """A base path ("" where none of those known fits), the path below it, and the world's name."""

    base: str
    path: str
    world: str


def address(scope: Mapping[str, Any], headers: Mapping[bytes, bytes], bases: Iterable[str]) -> Address:
    """Where a request goes; ValidationFailed for a world that cannot be, or two different ones."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.decode("latin-1") if raw is not None else quote(scope["path"])
    named = headers.get(b"x-mock-world")
    world = None if named is None else _checked(named.decode("latin-1"), HEADER)
    if path.startswith(PREFIX):
        name, slash, rest = path.removeprefix(PREFIX).partition("/")
        in_path = _checked(unquote(name), "world")
        if world not in {None, in_path}:
            raise ValidationFailed(fields={HEADER: f'It names "{world}", the base URL "{in_path}".'})
        world, path = in_path, slash + rest
        bases = [base for base in bases if base != CONTROL]
    for base in bases:
        if path.startswith(base) and path[len(base) : len(base) + 1] in {"", "/"}:
            return Address(base, path[len(base) :], world or DEFAULT)
    return Address("", path, world or DEFAULT)


def _checked(name: str, field: str) -> str:
    if WORLD_NAME.fullmatch(name) is None:
        raise ValidationFailed(
            fields={
                field: "The name of a world is 1 to 64 letters, digits, '.', '_' and '-', "
                "and begins with a letter or digit."
            }
        )
    return name

"""A server in front of a mock whose sessions are opaque tokens that live for a few requests, or for a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.conformance.worldless import CALLERS, personas, profile
from tests.proxy.messages import Request
from tests.proxy.proxy import proxying

COMMAND = """#!/bin/sh
n=0
[ ! -f {folder}/$1.count ] || read n < {folder}/$1.count
n=$((n + 1))
echo $n > {folder}/$1.count
echo opaque-$1-$n-end
"""


@dataclass
class Sessions:
    """What tokens there are, and what is left of each. `alive` says whether a token is still taken."""

    folder: Path
    real: Mapping[str, str]
    """By caller, the credential of the server behind."""
    url: str
    alive: Callable[[int, int], bool]
    """Of a token that took so many requests, the first of them so many ticks ago."""
    clock: int = 0
    """A tick for each request of anybody."""
    born: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    """Requests with a token that had ended."""

    def issued(self, caller: str) -> int:
        """How many tokens the caller got so far."""
        count = self.folder / f"{caller}.count"
        return int(count.read_text()) if count.exists() else 0

    def changed(self, request: Request) -> Request:
        """The request with the real credential in the place of a token that is alive."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        given = given.lstrip(" ")
        self.clock += 1
        token = re.fullmatch(r"opaque-(.+)-(\d+)-end", given)
        if token is None or scheme.lower() != "bearer":
            return request
        before, age = self.taken.get(given, 0), self.clock - self.born.setdefault(given, self.clock)
        if int(token[2]) != self.issued(token[1]) or not self.alive(before, age):
            self.refused += 1
            return request.with_header("Authorization", f"{scheme} over")
        self.taken[given] = before + 1
        return request.with_header("Authorization", f"{scheme} {self.real[token[1]]}")


@contextmanager
def short_sessions(folder: Path, origin: str, alive: Callable[[int, int], bool]) -> Iterator[Sessions]:
    """The server; its profile is `target.toml` in the folder, and each caller has a token_command."""
    command = folder / "sign-in"
    command.write_text(COMMAND.format(folder=folder))
    command.chmod(0o755)
    real = {name: persona["token"] for name, persona in personas(origin).items()}
    with proxying(origin) as target:
        sessions = Sessions(folder, real, f"{target.origin}/v1", alive)
        target.changes = sessions.changed
        tokens = {name: f'token_command = "{command} {name}"' for name in CALLERS}
        profile(folder / "target.toml", origin, states=True, base_url=target.origin, tokens=tokens)
        yield sessions

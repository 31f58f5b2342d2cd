"""Moving worlds between the nodes of a mock, and draining a node of HAProxy."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mock_server.client import DEFAULT, Mock, MockError

_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Moved:
    """A world that was moved, and how many requests the other node had answered before it had its state."""

    world: str
    source: str
    target: str
    early: int

    @property
    def warning(self) -> str:
        """Return what has to be said, after the nodes."""
        return f"  ({self.early} requests were answered there before, from the seed data)" if self.early else ""


def move_worlds(mock: Mock, nodes: Iterable[str]) -> Iterator[Moved]:
    """Move each world of these nodes whose requests go to another one; those in use first."""
    for source in nodes:
        for each in reversed(mock.worlds_at(source)):
            target = mock.node_of(each["name"])
            if target != source and (each["name"] != DEFAULT or each["requests"]):
                yield _moved(mock, each["name"], source, target)


def _moved(mock: Mock, name: str, source: str, target: str) -> Moved:
    state, path = mock.state_at(source, name), f"/worlds/{quote(name, safe='')}"
    early: int = mock.ask("GET", path)["requests"]
    mock.world(name).load(state)
    mock.ask_node(source, "DELETE", path)
    return Moved(name, source, target, early)


def drain(path: Path, server: str) -> None:
    """Let a server of HAProxy take no more worlds; MockError where its socket does not do so."""
    try:
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as asked:
            asked.settimeout(_TIMEOUT_S)
            asked.connect(str(path))
            asked.sendall(f"set server {server} state drain\n".encode())
            said = b"".join(iter(lambda: asked.recv(4096), b"")).decode().strip()
    except OSError as error:
        raise MockError(f"--socket {path}: {error.strerror or error}") from error
    if said:
        raise MockError(f"--socket {path}: {said}")

"""HAProxy with the configuration of `deploy/`, on free ports, before nodes that are processes of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests import plain
from tests.ports import own_ports
from tests.waiting import until

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "haproxy.cfg"
NAMES = ("n1", "n2")
WITHIN_S = 60


def haproxy() -> str | None:
    """The program, which Debian puts where only root looks for one."""
    return shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


def healthy(origin: str) -> bool:
    """Whether a mock answers there."""
    with suppress(httpx.TransportError):
        return plain.get(f"{origin}/_mock/health", timeout=WITHIN_S).status_code == 200
    return False


@dataclass
class MockNode:
    """A node: a mock that keeps its worlds, on a port that stays its own."""

    name: str
    port: int
    folder: Path
    options: tuple[str, ...] = ()
    renewable: bool = False
    process: subprocess.Popen[bytes] | None = None

    @property
    def started(self) -> str:
        """When the process began that serves now, as its health says."""
        answer = plain.get(f"{self.origin}/_mock/health", timeout=WITHIN_S)
        return str(answer.json()["started"])

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        own = ["--port", str(self.port), "--node", self.name, "--keep-worlds", str(self.folder / f"{self.name}.worlds")]
        command = [sys.executable, "-m", "mock_server", "serve", "--quiet", "--log-level", "warning"]
        if self.renewable:
            command.append("--reload-on-signal")
        self.process = subprocess.Popen([*command, *own, *self.options], stdout=subprocess.DEVNULL)
        until(lambda: healthy(self.origin), f"{self.name} does not answer", within_s=WITHIN_S)

    def renew(self) -> None:
        """Have a new process take the place of the one that serves, and wait until it has."""
        assert self.process is not None
        before = self.started
        self.process.send_signal(signal.SIGHUP)
        until(lambda: self.started != before, f"nothing takes the place of {self.name}", within_s=WITHIN_S)

    def end(self, how: signal.Signals) -> None:
        """Send it a signal, and wait for its end."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(WITHIN_S)


@dataclass
class Front:
    """HAProxy, and the nodes behind it."""

    origin: str
    socket: Path
    nodes: dict[str, MockNode] = field(default_factory=dict)

    def restart(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End a node, and start it again at once."""
        self.nodes[name].end(how)
        self.nodes[name].start()


@contextmanager
def front(folder: Path, *options: str, renewable: bool = False) -> Iterator[Front]:
    """Start the nodes and HAProxy, and end them afterwards; the files are in this folder.

    `renewable`: a node does not end when another process takes its place.
    """
    program = haproxy()
    assert program is not None
    at, first, second = own_ports(3)
    made = Front(f"http://127.0.0.1:{at}", folder / "admin.sock")
    made.nodes = {
        name: MockNode(name, port, folder, options, renewable)
        for name, port in zip(NAMES, (first, second), strict=True)
    }
    written = CONFIGURATION.read_text(encoding="utf-8")
    for default, own in {
        "bind :4010": f"bind 127.0.0.1:{at}",
        "127.0.0.1:4111": f"127.0.0.1:{first}",
        "127.0.0.1:4112": f"127.0.0.1:{second}",
        "/run/haproxy/admin.sock": str(made.socket),
    }.items():
        assert written.count(default) == 1
        written = written.replace(default, own)
    configuration = folder / "haproxy.cfg"
    configuration.write_text(written, encoding="utf-8")
    with ExitStack() as ending:
        for node in made.nodes.values():
            ending.callback(_kill, node)
            node.start()
        proxy = subprocess.Popen([program, "-db", "-q", "-f", str(configuration)])
        ending.callback(proxy.wait, WITHIN_S)
        ending.callback(proxy.kill)
        until(lambda: healthy(made.origin), "the front does not answer", within_s=WITHIN_S)
        yield made


def _kill(node: MockNode) -> None:
    if node.process is not None and node.process.poll() is None:
        node.process.kill()
        node.process.wait(WITHIN_S)


def set_state(front: Front, node: str, state: str) -> None:
    """Tell HAProxy what a node is: ready, or drain."""
    with socket.socket(socket.AF_UNIX) as admin:
        admin.connect(str(front.socket))
        admin.sendall(f"set server mock/{node} state {state}\n".encode())
        assert admin.recv(4096).strip() == b""

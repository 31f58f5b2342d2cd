"""Load on servers that reset, hang, answer garbage or change their answers: it ends, says so, and stays small."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import servers
from benchmarks.hardening.faults import HEAD, reset, serve_each
from benchmarks.hardening.suite import Ended, run_suite
from benchmarks.hardening.wire import Place

MOST_MIB, PATIENCE_S, LOAD_S = 512.0, 90.0, 4.0
FAILED, UNUSABLE = 1, 3
_CLEAN = 120
"""The number of answers that pass as they are, by which the target is taken for what it is, and load begins."""
_DIGITS = bytes.maketrans(b"0123456789", b"1234567890")
_NESTED = HEAD + b"content-length: 2000000\r\n\r\n" + b"[" * 2_000_000

Fault = Callable[[bytes, Random], bytes | None]
"""The function that gives what is sent for a piece of an answer; None: a reset. It raises Hang to hang."""


class _Hang(Exception):
    """Raised where nothing more is said on this connection."""


def _reset(_: bytes, __: Random) -> None:
    return None


def _hang(_: bytes, __: Random) -> bytes:
    raise _Hang


def _draw_garbage(piece: bytes, random: Random) -> bytes:
    return random.randbytes(len(piece))


def _change(piece: bytes, _: Random) -> bytes:
    """Return other numbers in the body; as long as it was."""
    head, end, body = piece.partition(b"\r\n\r\n")
    return head + end + body.translate(_DIGITS)


def _cut(piece: bytes, _: Random) -> bytes:
    return piece[: len(piece) // 2]


def _nest(_: bytes, __: Random) -> bytes:
    return _NESTED


def _fail(_: bytes, __: Random) -> bytes:
    return b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"


FAULTS: Mapping[str, tuple[Fault, float, frozenset[int]]] = {
    "resets some": (_reset, 0.05, frozenset({FAILED, UNUSABLE})),
    "resets all": (_reset, 1.0, frozenset({FAILED, UNUSABLE})),
    "hangs at some": (_hang, 0.01, frozenset({FAILED, UNUSABLE})),
    "hangs at all": (_hang, 1.0, frozenset({FAILED, UNUSABLE})),
    "garbage for some": (_draw_garbage, 0.05, frozenset({FAILED, UNUSABLE})),
    "garbage for all": (_draw_garbage, 1.0, frozenset({FAILED, UNUSABLE})),
    "cuts some": (_cut, 0.05, frozenset({FAILED, UNUSABLE})),
    "changes some": (_change, 0.1, frozenset({FAILED})),
    "changes all": (_change, 1.0, frozenset({FAILED})),
    "fails at all": (_fail, 1.0, frozenset({FAILED})),
    "nests some": (_nest, 0.02, frozenset({FAILED, UNUSABLE})),
}
"""The faults by name: what becomes of an answer, of what share of them, and the exit codes that are honest then."""


@dataclass(slots=True)
class _Gateway:
    """A gateway that passes bytes on to a mock, and what the mock says through a fault."""

    origin: str
    fault: Fault
    share: float
    random: Random
    passed: int = 0

    def __call__(self, client: socket.socket, over: threading.Event) -> None:
        place = Place.from_url(self.origin)
        with socket.create_connection((place.host, place.port), timeout=60) as server:
            threading.Thread(target=_pump, args=(client, server), daemon=True).start()
            while piece := server.recv(1024 * 1024):
                self.passed += 1
                if self.passed > _CLEAN and self.random.random() < self.share:
                    try:
                        changed = self.fault(piece, self.random)
                    except _Hang:
                        over.wait()
                        return
                    if changed is None:
                        reset(client)
                        return
                    piece = changed
                client.sendall(piece)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1024 * 1024):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


@dataclass(slots=True)
class Loaded:
    """The end of a load on each server."""

    ended: dict[str, tuple[Ended, Mapping[str, Any]]] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def list_shortfalls(self) -> Iterator[str]:
        """Yield what was promised and is not so."""
        yield from self.findings

    def render(self) -> str:
        """Return the figures, a line each."""
        lines = []
        for name, (ended, report) in self.ended.items():
            load = report.get("load") or {}
            steps = load.get("steps") or [{}]
            counts = f"{load.get('requests', 0)} requests, {steps[-1].get('unanswered', 0)} unanswered"
            findings = f"{len(report.get('findings', ()))} findings"
            lines.append(
                f"{name:18} exit code {ended.code}, {counts}, {findings}, "
                f"{ended.most_mib:.0f} MiB, {ended.seconds:.0f} s"
            )
        return "\n".join([*lines, f"{len(lines)} servers, {len(self.findings)} shortcomings"])


def load_faulty(seed: int, names: frozenset[str] = frozenset()) -> Loaded:
    """Put load on a mock behind each fault, or behind these."""
    done = Loaded()
    for name, (fault, share, codes) in FAULTS.items():
        if names and name not in names:
            continue
        with TemporaryDirectory() as folder, servers.start(servers.build_mock_command("--log-level", "error")) as mock:
            gateway = _Gateway(mock.url, fault, share, Random(f"{seed}/{name}"))  # noqa: S311  # it is to be repeated
            report = Path(folder) / "load.json"
            with serve_each(gateway) as server:
                target = f"http://127.0.0.1:{server.port}/v1"
                options = ["--users", "4", "--duration", f"{LOAD_S:g}", "--timeout", "1", "--seed", str(seed)]
                given = ["load", "--target", target, "--report", f"json={report}", *options]
                ended = run_suite(*given, patience_s=PATIENCE_S)
            written = json.loads(report.read_bytes()) if report.exists() else {}
        done.ended[name] = ended, written
        done.findings += ended.list_shortcomings(name, codes, MOST_MIB)
        if not written:
            done.findings.append(f"{name}: no report: {ended.last_line[:200]}")
        elif written["exit_code"] != ended.code:
            done.findings.append(f"{name}: exit code {ended.code}, in the report {written['exit_code']}")
    return done

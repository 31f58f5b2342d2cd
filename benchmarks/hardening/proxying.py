"""Clients and servers that attack the judging proxy: it must stay, stay small, and keep its report."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks import asking, servers
from benchmarks.hardening.faults import ANSWERS, reset, serve_each
from benchmarks.hardening.fuzz import storm
from benchmarks.hardening.fuzzing import list_server_errors
from benchmarks.hardening.suite import RunningProxy, run_proxy
from benchmarks.hardening.wire import Place, request

MOST_MIB = 512.0
"""The memory that either process of the proxy may need, the one that passes and the one that judges."""
END_S = 120.0
"""Seconds in which it answers that it has ended, all of it judged."""
HELD_OPEN = 200
_PATIENCE_S = 3.0
_POST = b"POST /v1/packs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
_CHUNK = b"%x\r\n%s\r\n" % (65536, b"a" * 65536)

SENT: Mapping[str, bytes] = {
    "a head without end": b"GET /v1/packs HTTP/1.1\r\nx: " + b"y" * 1_000_000,
    "10,000 headers": b"GET /v1/packs HTTP/1.1\r\nhost: localhost\r\n" + b"x: y\r\n" * 10_000 + b"\r\n",
    "32 MiB in chunks": _POST + b"transfer-encoding: chunked\r\n\r\n" + _CHUNK * 512 + b"0\r\n\r\n",
    "a length that is not kept": _POST + b"content-length: 4000000000\r\n\r\n{",
    "a length without end": _POST + b"content-length: " + b"9" * 6000 + b"\r\n\r\n{}",
    "length and chunks": _POST
    + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/me HTTP/1.1\r\n\r\n",
    "two lengths": _POST + b"content-length: 2\r\ncontent-length: 40\r\n\r\n{}GET /v1/packs HTTP/1.1\r\n\r\n",
    "chunks in two spellings": _POST
    + b"transfer-encoding: chunked\r\ntransfer-encoding: x\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "trailers": _POST + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nauthorization: Bearer x\r\nx: y\r\n\r\n",
    "trailers without end": _POST + b"transfer-encoding: chunked\r\n\r\n0\r\n" + b"x: y\r\n" * 200_000,
    "an upgrade": b"GET / HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n\0\1\2",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n",
    "another server": b"GET http://evil.example/v1/packs HTTP/1.1\r\nhost: evil.example\r\n\r\n",
    "empty lines": b"\r\n" * 200_000,
    "500 requests at once": request("GET", "/v1/packs") * 500,
    "deep JSON": request("POST", "/v1/packs", body=b"[" * 900 + b"]" * 900),
    "deeper JSON": request("POST", "/v1/packs", body=b"[" * 100_000 + b"]" * 100_000),
    "a number without end": request("POST", "/v1/packs", body=b"9" * 100_000),
    "halves of characters": request("POST", "/v1/packs", body=b'{"name": "\\ud800", "\\udfff": "\xff"}'),
    "the proxy's own path": b"POST /_conformance/nothing HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n" + b"a" * 100_000,
}
"""The things that a client may send, by name. Each is sent three times: to the end, half-closed, and reset after it."""


@dataclass(slots=True)
class Attacked:
    """The outcome of the attacks."""

    attacks: int = 0
    most_mib: float = 0.0
    codes: list[int] = field(default_factory=list)
    """The exit codes of the proxies, each as it was told."""
    findings: list[str] = field(default_factory=list)

    def list_shortfalls(self) -> Iterator[str]:
        """Yield what was promised and is not so."""
        yield from self.findings
        if self.most_mib > MOST_MIB:
            yield f"memory: {self.most_mib:.0f} MiB, of {MOST_MIB:.0f} that a process may need"

    def render(self) -> str:
        """Return the figures, a line each."""
        return (
            f"attacks    {self.attacks}, {len(self.findings)} findings\n"
            f"memory     {self.most_mib:.0f} MiB at most in one process\n"
            f"ended      {len(self.codes)} proxies, each with its report, exit codes {self.codes}"
        )


def attack_proxy(requests: int, seed: int) -> Attacked:
    """Attack a proxy before a mock by so many requests of a storm and by raw bytes, then one before each bad server."""
    attacked = Attacked()
    with TemporaryDirectory() as folder, servers.start(servers.build_mock_command("--log-level", "error")) as mock:
        with httpx.Client(timeout=30) as client:
            tokens, declared = list(asking.read_tokens(mock.url).values()), list_server_errors(client, mock.url)
        report = Path(folder) / "clients.json"
        options = ("--report", f"json={report}", "--record", str(Path(folder) / "clients.har"))
        with run_proxy(mock.url, Path(folder), *options) as proxy:
            stormed = asyncio.run(storm(proxy.url, requests, seed=seed, tokens=tokens, declared=declared))
            attacked.attacks += stormed.requests
            attacked.findings += stormed.findings
            for name, sent in SENT.items():
                _send(proxy, name, sent, attacked)
            _hold_open(proxy)
            _check_served(proxy, "the clients", tokens[0], attacked)
            _end(proxy, "the clients", report, attacked)
    for name, handle in ANSWERS.items():
        with TemporaryDirectory() as folder, serve_each(handle) as server:
            report = Path(folder) / "servers.json"
            origin = f"http://127.0.0.1:{server.port}"
            with run_proxy(origin, Path(folder), "--report", f"json={report}") as proxy:
                for body in (b"", b"{}"):
                    _exchange(proxy, request("POST" if body else "GET", "/v1/packs", "sk_fake", body), half=False)
                    attacked.attacks += 1
                _end(proxy, f"a server: {name}", report, attacked)
    return attacked


def _send(proxy: RunningProxy, name: str, sent: bytes, attacked: Attacked) -> None:
    """Send it three times, and see that the proxy is still there."""
    for half in (False, True):
        _exchange(proxy, sent, half=half)
    with _connect(proxy) as connection, suppress(OSError):
        connection.sendall(sent)
        reset(connection)
    attacked.attacks += 3
    if proxy.process.poll() is not None:
        attacked.findings.append(f"{name}: the proxy ended")


def _exchange(proxy: RunningProxy, sent: bytes, *, half: bool) -> None:
    """Send this and read what comes, up to a time; whatever that is, it is the server's."""
    with _connect(proxy) as connection, suppress(OSError):
        reading = threading.Thread(target=_read_all, args=(connection,), daemon=True)
        reading.start()  # else neither side would go on where the answer is long
        connection.sendall(sent)
        if half:
            connection.shutdown(socket.SHUT_WR)
        reading.join(_PATIENCE_S if half else 0.2)
        reset(connection)
        reading.join()


def _read_all(connection: socket.socket) -> None:
    with suppress(OSError):
        while connection.recv(65536):
            pass


def _connect(proxy: RunningProxy) -> socket.socket:
    place = Place.from_url(proxy.url)
    return socket.create_connection((place.host, place.port), timeout=_PATIENCE_S)


def _hold_open(proxy: RunningProxy) -> None:
    """Leave heads and bodies unfinished on many connections, and go."""
    held = [_connect(proxy) for _ in range(HELD_OPEN)]
    for number, connection in enumerate(held):
        connection.sendall(_POST if number % 2 else _POST + b"content-length: 1000\r\n\r\n{")
    for connection in held:
        connection.close()


def _check_served(proxy: RunningProxy, name: str, token: str, attacked: Attacked) -> None:
    """Check that somebody who behaves is served as ever."""
    try:
        headers = {"Authorization": f"Bearer {token}"}
        status = httpx.get(f"{proxy.url}/v1/packs", headers=headers, timeout=30).status_code
    except httpx.TransportError as error:
        attacked.findings.append(f"{name}: afterwards nobody is served: {error!r}")
        return
    if status != 200:
        attacked.findings.append(f"{name}: afterwards {status} for what is right")


def _end(proxy: RunningProxy, name: str, report: Path, attacked: Attacked) -> None:
    """End it: its report is there, and says what its exit code does."""
    attacked.most_mib = max(attacked.most_mib, proxy.measure_most_mib())
    try:
        told = httpx.post(f"{proxy.url}/_conformance/end", timeout=END_S).raise_for_status().json()["exit_code"]
        code = proxy.process.wait(END_S)
        written = json.loads(report.read_bytes())["exit_code"]
    except Exception as error:  # noqa: BLE001  # whatever it is, the report is lost or the proxy hangs
        attacked.findings.append(f"{name}: no report: {error!r}")
        return
    finally:
        said = proxy.errors.read_text(encoding="utf-8")
        if "Traceback" in said or "broken down" in said:
            attacked.findings.append(f"{name}: {said[-600:]}")
    attacked.codes.append(code)
    if not told == code == written:
        attacked.findings.append(f"{name}: exit code {code}, told {told}, in the report {written}")

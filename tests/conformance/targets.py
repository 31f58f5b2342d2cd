"""Targets that are no API, or a bad one, on a port of their own; and the command that judges them."""

from __future__ import annotations

import contextlib
import json
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import forked


@contextmanager
def answering(raw: bytes) -> Iterator[str]:
    """A server that answers every request with these bytes, and closes; its base URL."""
    with behaving(lambda connection: connection.wfile.write(raw)) as url:
        yield url


@contextmanager
def behaving(answer: Callable[[socketserver.StreamRequestHandler], object]) -> Iterator[str]:
    """A server that does this with every connection once it has read a request's head; its base URL."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            with contextlib.suppress(OSError):  # the other side may have gone
                answer(self)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        thread.join()


def response(status: str, body: bytes | str | object, *headers: str, media_type: str = "application/json") -> bytes:
    """An HTTP/1.1 answer, byte for byte."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", f"Content-Length: {len(content)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + content


def error(code: str, request_id: str = "7f3a9c2e") -> dict[str, object]:
    return {"error": {"code": code, "message": "No.", "request_id": request_id}}


def profile(path: Path, url: str, extra: str = "") -> Path:
    """A profile with two callers of two orgs, whose tokens nobody knows."""
    path.write_text(
        f'[target]\nurl = "{url}"\n{extra}\n'
        + "".join(
            f'[callers.{org}-owner]\norg = "org_{org}"\nrole = "owner"\ntoken = "sk_fake_{org}"\n'
            f'scopes = ["caps:write"]\n'
            for org in ("acme", "globex")
        )
    )
    return path


@dataclass(frozen=True, slots=True)
class Judged:
    code: int
    said: str
    complained: str

    @property
    def last_line(self) -> str:
        return self.said.strip().splitlines()[-1] if self.said.strip() else ""


def judge(
    *arguments: str | Path, command: str = "run", cwd: Path | None = None, timeout: float = 580, anew: bool = False
) -> Judged:
    """`evershell-conformance`, as its user runs it; anew: in a process of its own from the start, no fork."""
    words = [command, *map(str, arguments)]
    if not anew:
        return Judged(*forked.run(forked.SUITE, words, cwd, timeout))
    script = Path(sys.executable).with_name("evershell-conformance")
    done = subprocess.run([script, *words], capture_output=True, text=True, timeout=timeout, check=False, cwd=cwd)
    return Judged(done.returncode, done.stdout, done.stderr)


def suite(arguments: list[str]) -> str:
    """Run the suite's command for a benchmark; what it said."""
    judged = judge(*arguments[1:], command=arguments[0])
    return judged.said + judged.complained

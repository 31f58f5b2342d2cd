"""A server of TLS 1.2 that asks for one handshake after the other where an answer is due, as openssl(1) can."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from benchmarks.hardening.faults import Handle

_AGAIN = b"R\n"
"""The command to `openssl s_server` for another handshake, with a certificate of the client's."""
_PAUSE_S = 0.05
PROGRAM = shutil.which("openssl")


def renegotiate(certificate: Path) -> Handle:
    """Return what passes each connection to a server of its own, which has this certificate and its key."""
    files = ["-cert", str(certificate), "-key", str(certificate)]
    command = [PROGRAM or "openssl", "s_server", "-tls1_2", "-accept", "127.0.0.1:0", "-naccept", "1", *files]

    def handle(connection: socket.socket, over: threading.Event) -> None:
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT) as process:
            told, said = process.stdin, process.stdout
            if told is None or said is None:  # both are pipes
                return
            port = int(_read_until(said, rb"ACCEPT \S+:(\d+)"))
            with socket.create_connection(("127.0.0.1", port)) as behind:
                for one, other in ((connection, behind), (behind, connection)):
                    threading.Thread(target=_relay, args=(one, other), daemon=True).start()
                _read_until(said, rb"(GET) ")
                with suppress(BrokenPipeError):
                    while not over.wait(_PAUSE_S):
                        told.write(_AGAIN)
                        told.flush()
            process.kill()
            with suppress(BrokenPipeError):
                told.close()

    return handle


def _read_until(said: IO[bytes], pattern: bytes) -> bytes:
    """Return what the pattern finds in one of the next lines; ConnectionError where none has it."""
    for line in said:
        if found := re.search(pattern, line):
            return found[1]
    raise ConnectionError


def _relay(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
        other.shutdown(socket.SHUT_WR)

"""Servers whose TLS is wrong, broken off or stalled, and how the suite ends on each."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.hardening.faults import HEAD, Handle, drip, read_head, reset, serve_each
from benchmarks.hardening.renegotiating import PROGRAM, renegotiate
from benchmarks.hardening.suite import Ended, run_suite

PATIENCE_S, MOST_MIB, UNUSABLE = 60.0, 512.0, 3
_ANSWER = HEAD + b"content-length: 2\r\n\r\n{}"
_HANDSHAKE, _APPLICATION, _ALERT = b"\x16\x03\x03", b"\x17\x03\x03", b"\x15\x03\x03\x00\x02\x02\x28"


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority that certifies servers on loopback; its certificate as a file."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def file(self) -> Path:
        """Return the file of its own certificate."""
        path = self.folder / "authority.pem"
        if not path.exists():
            path.write_bytes(self._sign("an authority", None, self.key.public_key(), (-1, 1), self.key))
        return path

    def make_context(
        self, address: str = "127.0.0.1", days: tuple[int, int] = (-1, 1), *, signs_itself: bool = False
    ) -> ssl.SSLContext:
        """Return the context of a server that is certified for this address, from and to these days from now."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.make_certificate(address, days, signs_itself=signs_itself))
        return context

    def make_certificate(
        self, address: str = "127.0.0.1", days: tuple[int, int] = (-1, 1), *, signs_itself: bool = False
    ) -> Path:
        """Return a file with such a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign("a server", address, key.public_key(), days, key if signs_itself else self.key)
        path = self.folder / f"{address}{days}{signs_itself}.pem"
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(certificate + key.private_bytes(*form))
        return path

    def _sign(
        self,
        name: str,
        address: str | None,
        key: ec.EllipticCurvePublicKey,
        days: tuple[int, int],
        by: ec.EllipticCurvePrivateKey,
    ) -> bytes:
        subject, issuer = (
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)])
            for each in (name, "an authority" if by is self.key else name)
        )
        now = dt.datetime.now(dt.UTC)
        builder = x509.CertificateBuilder(
            issuer_name=issuer,
            subject_name=subject,
            public_key=key,
            serial_number=x509.random_serial_number(),
            not_valid_before=now + dt.timedelta(days=days[0]),
            not_valid_after=now + dt.timedelta(days=days[1]),
        ).add_extension(x509.BasicConstraints(ca=address is None, path_length=None), critical=True)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key())
        builder = builder.add_extension(identifier, critical=False)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        if address is not None:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _serve_secured(context: ssl.SSLContext, then: Handle) -> Handle:
    """Make the handshake with each connection, and then do this with it."""

    def handle(connection: socket.socket, over: threading.Event) -> None:
        with suppress(ssl.SSLError), context.wrap_socket(connection, server_side=True) as secured:
            then(secured, over)

    return handle


def _say_after_hello(raw: bytes, *, resets: bool = False, floods: bool = False) -> Handle:
    """Take the client's first words, and say this."""

    def handle(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(raw)
        while floods and not over.is_set():
            connection.sendall(raw)
        if resets:
            reset(connection)

    return handle


def _answer(connection: socket.socket, _: threading.Event) -> None:
    while read_head(connection):
        connection.sendall(_ANSWER)


def _hang(connection: socket.socket, over: threading.Event) -> None:
    read_head(connection)
    over.wait()


def _drip_answer(connection: socket.socket, over: threading.Event) -> None:
    read_head(connection)
    connection.sendall(HEAD + b"content-length: 100000\r\n\r\n")
    drip(connection, over, b" ")


def _break_off(connection: socket.socket, _: threading.Event) -> None:
    """Close the connection in the middle of an answer, without an end of TLS."""
    read_head(connection)
    connection.sendall(HEAD + b"content-length: 100000\r\n\r\n{")
    connection.shutdown(socket.SHUT_RDWR)


def _send_broken_record(connection: socket.socket, _: threading.Event) -> None:
    read_head(connection)
    with socket.socket(fileno=os.dup(connection.fileno())) as beneath:
        beneath.sendall(_APPLICATION + b"\x00\x20" + os.urandom(32))
        beneath.recv(1)


def _drip_hello(connection: socket.socket, over: threading.Event) -> None:
    drip(connection, over, _HANDSHAKE[:1])


@dataclass(slots=True)
class _Changing:
    """A server that has its right certificate for so many connections, and another's from then on."""

    right: ssl.SSLContext
    wrong: ssl.SSLContext
    left: int = 1

    def __call__(self, connection: socket.socket, over: threading.Event) -> None:
        self.left -= 1
        _serve_secured(self.right if self.left >= 0 else self.wrong, _answer_once)(connection, over)


def _answer_once(connection: socket.socket, _: threading.Event) -> None:
    read_head(connection)
    connection.sendall(_ANSWER.replace(b"content-length", b"connection: close\r\ncontent-length"))


NO_TLS, NOT_TRUSTED, NO_ANSWER = "speaks no TLS that is understood", "its certificate is not trusted", ""


def _list_servers(authority: Authority, other: Authority) -> Mapping[str, tuple[Handle, str]]:
    """Return by name what a server does, and what the suite has to say of it."""
    right = authority.make_context()
    return {
        **({"renegotiates without end": (renegotiate(authority.make_certificate()), "")} if PROGRAM else {}),
        "expired": (_serve_secured(authority.make_context(days=(-9, -1)), _answer), NOT_TRUSTED),
        "not valid yet": (_serve_secured(authority.make_context(days=(1, 9)), _answer), NOT_TRUSTED),
        "another host's": (_serve_secured(authority.make_context("127.0.0.2"), _answer), NOT_TRUSTED),
        "self-signed": (_serve_secured(authority.make_context(signs_itself=True), _answer), NOT_TRUSTED),
        "of another authority": (_serve_secured(other.make_context(), _answer), NOT_TRUSTED),
        "another's after the first": (_Changing(right, other.make_context()), NOT_TRUSTED),
        "plain HTTP": (_say_after_hello(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"), NO_TLS),
        "an alert": (_say_after_hello(_ALERT), NO_TLS),
        "random bytes": (_say_after_hello(b"\x00" + os.urandom(4000)), NO_TLS),
        "closes at the handshake": (_say_after_hello(b""), "no connection"),
        "resets at the handshake": (_say_after_hello(b"", resets=True), "no connection"),
        "half a handshake": (_say_after_hello(_HANDSHAKE + b"\x00\x7a\x02\x00\x00\x76\x03\x03"), "no connection"),
        "handshakes without end": (_say_after_hello(_HANDSHAKE + b"\x40\x00" + b"\0" * 16384, floods=True), ""),
        "says nothing": (lambda _, over: over.wait(), "no connection"),
        "drips a handshake": (_drip_hello, ""),
        "stalls after it": (_serve_secured(right, _hang), "no answer in time"),
        "drips after it": (_serve_secured(right, _drip_answer), "the answer took longer than"),
        "breaks off": (_serve_secured(right, _break_off), "the connection was closed"),
        "a broken record": (_serve_secured(right, _send_broken_record), "the connection was closed"),
    }


@dataclass(slots=True)
class Secured:
    """The end of the suite on each server."""

    ended: dict[str, Ended] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def list_shortfalls(self) -> Iterator[str]:
        """Yield what was promised and is not so."""
        yield from self.findings

    def render(self) -> str:
        """Return the figures, a line each."""
        lines = [f"{name:26} {each.seconds:5.1f} s  {each.last_line}" for name, each in self.ended.items()]
        most = max(each.most_mib for each in self.ended.values())
        return "\n".join([*lines, f"{len(lines)} servers, {len(self.findings)} findings, {most:.0f} MiB at most"])


def judge_secured(names: frozenset[str] = frozenset()) -> Secured:
    """Have the suite judge a server of each kind, or of these: it ends soon, with one sentence and exit code 3."""
    done = Secured()
    with TemporaryDirectory() as ours, TemporaryDirectory() as theirs:
        authority = Authority(Path(ours))
        for name, (handle, reason) in _list_servers(authority, Authority(Path(theirs))).items():
            if names and name not in names:
                continue
            with serve_each(handle) as server:
                target = f"https://127.0.0.1:{server.port}/v1"
                options = ("--cacert", str(authority.file), "--timeout", "1", "--budget", "quick", "--quiet")
                ended = run_suite("run", "--target", target, *options, patience_s=PATIENCE_S)
            done.ended[name] = ended
            done.findings += ended.list_shortcomings(name, {UNUSABLE}, MOST_MIB)
            if not ended.last_line.startswith("not judged: ") or reason not in ended.last_line:
                done.findings.append(f"{name}: does not say {reason!r}: {ended.last_line[:200]}")
            if len(ended.output.splitlines()) != 1:
                done.findings.append(f"{name}: {len(ended.output.splitlines())} lines where one says it")
    return done

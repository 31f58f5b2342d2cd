"""The way to the target: certificates, proxies of the environment, added headers, how long an answer may take."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.certificates import certified
from tests.conformance.targets import judge
from tests.conformance.traffic.proxy.behind import Served, behind
from tests.conformance.worldless import profile
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import Proxy, proxying

SESSION = ("--clause", "session")


@pytest.fixture(autouse=True)
def _no_proxy_of_somebodys_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_a_certificate_of_an_own_authority_is_trusted_when_it_is_named(tmp_path: Path, origin: str) -> None:
    certificates = certified(tmp_path)
    with proxying(origin, certificates.context) as target:
        written = profile(tmp_path / "t.toml", origin, states=False, base_url=target.origin)
        untrusted = judge("--target", written, *SESSION)
        assert untrusted.code == 3
        assert "its certificate is not trusted" in untrusted.last_line
        assert "--cacert" in untrusted.last_line
        assert target.passed == []
        trusted = judge("--target", written, *SESSION, "--cacert", certificates.authority)
        assert trusted.code == 0, trusted.said


def test_any_certificate_is_trusted_on_request_with_a_warning(tmp_path: Path, origin: str) -> None:
    with proxying(origin, certified(tmp_path).context) as target:
        written = profile(tmp_path / "t.toml", origin, states=False, base_url=target.origin)
        judged = judge("--target", written, *SESSION, "--insecure")
    assert judged.code == 0
    assert "--insecure: nobody has checked that this is the target" in judged.said


@pytest.mark.parametrize(
    "said",
    [b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x28"],
    ids=["plain", "alert"],
)
def test_a_server_that_speaks_no_tls_is_named_as_that(said: bytes) -> None:
    def does(served: Served) -> None:
        served.connection.recv(65536)
        served.says(said)

    with behind(does) as server:
        url = server.origin.replace("http:", "https:") + "/v1"
        judged = judge("--target", url)
    assert judged.code == 3
    assert judged.last_line.startswith(f"not judged: {url}: it speaks no TLS that is understood (")
    assert "is it right to say https?" in judged.last_line


@pytest.mark.parametrize(("content", "reason"), [(None, "cannot be read"), (b"no certificate", "holds no certificate")])
def test_a_file_without_certificates_is_one_clear_sentence(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_bytes(content)
    judged = judge("--target", "https://127.0.0.1:9/v1", "--cacert", path)
    assert judged.code == 2
    assert f"--cacert {path}: {reason}" in judged.complained


def test_plain_requests_go_through_the_environments_proxy(
    tmp_path: Path, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the whole address, and every path as it is."""
    with proxying(origin) as proxy:
        written = profile(tmp_path / "t.toml", origin, states=False, base_url="http://target.test")
        monkeypatch.setenv("HTTP_PROXY", proxy.origin)
        asked = (
            "--clause=protocol",
            "--operation=session.get",
            "--operation=packs.get",
            "--operation=packs.list_files",
        )
        judged = judge("--target", written, *SESSION, *asked)
    assert judged.code == 0, judged.said
    assert {passed.target.split("/v1")[0] for passed in proxy.passed} == {"http://target.test"}
    assert any(passed.target.endswith("/me/session/") for passed in proxy.passed)


def test_a_host_may_be_excepted_from_the_proxy(tmp_path: Path, origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxying(origin) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.origin)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        written = profile(tmp_path / "t.toml", origin, states=False)
        assert judge("--target", written, *SESSION).code == 0
        assert proxy.passed == []


def test_the_embedded_mock_is_never_behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert judge("--target", "mock", *SESSION).code == 0


@contextlib.contextmanager
def tunnelling(behind: str) -> Iterator[tuple[str, list[str]]]:
    """A proxy that understands CONNECT alone and leads all of it to one place; its URL, and what it was asked."""
    asked: list[str] = []
    host, port = behind.rpartition("://")[2].split(":")

    def tunnel(client: socket.socket) -> None:
        with client, client.makefile("rb") as lines:
            asked.append(lines.readline().decode())
            while lines.readline().strip():
                pass
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=pipe, args=(server, client), daemon=True)
                back.start()
                pipe(client, server)
                back.join()

    def pipe(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):  # either side may close first
            while content := source.recv(65536):
                sink.sendall(content)
            sink.shutdown(socket.SHUT_WR)

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=tunnel, args=(client,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        listening.shutdown(socket.SHUT_RDWR)


def test_tls_goes_through_the_proxy_end_to_end(tmp_path: Path, origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = certified(tmp_path)
    with proxying(origin, certificates.context) as target, tunnelling(target.origin) as (proxy, asked):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        written = profile(tmp_path / "t.toml", origin, states=False, base_url=target.origin)
        judged = judge("--target", written, *SESSION, "--cacert", certificates.authority)
    assert judged.code == 0, judged.said
    assert asked
    assert {line.split()[0] for line in asked} == {"CONNECT"}


def test_an_added_header_goes_with_every_request_and_into_no_report(tmp_path: Path, origin: str) -> None:
    report, log = tmp_path / "report.json", tmp_path / "requests.log"
    with proxying(origin) as target:
        target.answers = lambda passed: None if "x-gate" in passed.headers else Answer(403)
        written = profile(tmp_path / "t.toml", origin, states=False, base_url=target.origin)
        arguments = ("--target", written, *SESSION, "--report", f"json={report}", "--request-log", log)
        assert judge(*arguments).code == 3
        target.passed.clear()
        assert judge(*arguments, "--header", "X-Gate: sk_fake_gate").code == 0
    assert {passed.headers.get("x-gate") for passed in target.passed} == {"sk_fake_gate"}
    assert "sk_fake_gate" not in report.read_text() + log.read_text()


def test_an_added_header_stays_with_the_target(tmp_path: Path, origin: str) -> None:
    """The endpoint of its states is somebody else's."""
    with proxying(origin) as states:
        written = profile(tmp_path / "t.toml", origin, states=True)
        written.write_text(written.read_text().replace(f'states_url = "{origin}', f'states_url = "{states.origin}'))
        judge("--target", written, "--clause", "billing", "--header", "X-Gate: sk_fake_gate")
    assert states.passed
    assert not [passed for passed in states.passed if "x-gate" in passed.headers or "authorization" in passed.headers]


@pytest.mark.parametrize("given", ["no colon", "Authorization: Bearer x", "Bad Name: x", ": x", "A: b\r\nC: d"])
def test_a_header_that_cannot_be_added(given: str) -> None:
    judged = judge("--target", "http://127.0.0.1:9/v1", "--header", given)
    assert judged.code == 2
    assert "--header" in judged.complained
    assert "Traceback" not in judged.complained


def test_a_longer_timeout_waits_for_slow_answers(tmp_path: Path, origin: str) -> None:
    """What is slow is measured by the timeout that was given."""
    release = threading.Event()

    def wait(_: object) -> None:
        # As long as nobody releases it, this is how slow the target is: more than a quarter of the timeout, and so
        # much less than all of it that a busy machine does not make the difference.
        release.wait(1.2)

    with proxying(origin) as target:
        target.answers = wait
        written = profile(tmp_path / "t.toml", origin, states=False, base_url=target.origin)
        slow = judge("--target", written, *SESSION, "--timeout", "4")
        assert slow.code == 3
        assert "too slow" in slow.last_line
        assert "--timeout" in slow.last_line
        release.set()
        assert judge("--target", written, *SESSION, "--timeout", "60").code == 0


def test_a_session_that_runs_out_is_renewed(tmp_path: Path, origin: str) -> None:
    """Twice in one run, by the caller's token_command; each token is shown by the caller's name."""
    report, written = tmp_path / "report.json", tmp_path / "t.toml"
    with proxying(origin) as target:
        renewing(target, tmp_path, origin, written)
        judged = judge("--target", written, "--clause", "visibility", "--report", f"json={report}")
    assert judged.code == 0, judged.said
    results = json.loads(report.read_text())
    assert results["findings"] == []
    assert int((tmp_path / "count").read_text()) >= 3
    assert "sk_fake_fresh" not in report.read_text()


def renewing(target: Proxy, folder: Path, origin: str, written: Path) -> None:
    """Have the target take each of acme-owner's tokens forty times, and the profile get a new one by a command."""
    command = folder / "token"
    command.write_text(
        f"#!/bin/sh\nn=$(($(cat {folder}/count 2>/dev/null || echo 0) + 1))\n"
        f"echo $n > {folder}/count\necho sk_fake_fresh_$n\n"
    )
    command.chmod(0o755)
    profile(written, origin, states=False, base_url=target.origin)
    text = written.read_text()
    section, _, rest = text.partition("[callers.acme-member]")
    real = section.split('token = "')[1].split('"')[0]
    section = section.replace(f'token = "{real}"', f'token_command = "{command}"')
    written.write_text(f"{section}[callers.acme-member]{rest}")
    taken: dict[str, int] = {}

    def changed(request: Request) -> Request:
        given = request.headers.get("authorization", "").partition(" ")[2]
        if not given.startswith("sk_fake_fresh_"):
            return request
        taken[given] = taken.get(given, 0) + 1
        fresh = given == f"sk_fake_fresh_{(folder / 'count').read_text().strip()}"
        return request.with_header("Authorization", f"Bearer {real}" if fresh and taken[given] <= 40 else "Bearer over")

    target.changes = changed


def test_a_token_command_that_fails_later_ends_the_run(tmp_path: Path, origin: str) -> None:
    written = tmp_path / "t.toml"
    with proxying(origin) as target:
        renewing(target, tmp_path, origin, written)
        command = tmp_path / "token"
        command.write_text(command.read_text() + "[ $n -le 1 ] || exit 7\n")
        judged = judge("--target", written, "--clause", "visibility")
    assert judged.code == 3
    assert "callers.acme-owner.token_command: exit code 7" in judged.last_line

"""What is kept of bodies for judging, and what becomes of the proxy where the judging breaks down."""

from __future__ import annotations

import gzip
import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import plain
from tests.conformance.targets import judge
from tests.conformance.traffic.judging import pack, session
from tests.conformance.traffic.proxy.behind import Served, behind
from tests.conformance.traffic.proxy.proxied import proxied, rules, signed, started
from tests.live import served_mock

TOKEN = "a-token-of-somebody"
WRONG = json.dumps({"packs": [{}]}).encode()


def said(body: bytes, *lines: str) -> bytes:
    """An answer with a JSON body."""
    head = ["HTTP/1.1 200 OK", "Content-Type: application/json", f"Content-Length: {len(body)}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


CODED = {
    "plain": (said(WRONG), True),
    "gzip": (said(gzip.compress(WRONG), "Content-Encoding: gzip"), True),
    "gzip that is none": (said(WRONG, "Content-Encoding: gzip"), False),
    "a coding nobody asked for": (said(b"\x8b\x00", "Content-Encoding: br"), False),
    "longer than any answer": (said(b'{"packs": [{}' + b" " * 9_000_000 + b"]}"), False),
}


@pytest.mark.parametrize(("answer", "found"), CODED.values(), ids=CODED)
def test_a_body_is_judged_where_it_is_known(answer: bytes, found: bool, tmp_path: Path) -> None:
    """And else passes all the same; a recording says the same of it."""

    def does(served: Served) -> None:
        served.until(b"\r\n\r\n")
        served.says(answer)
        served.connection.recv(1)

    record, report = tmp_path / "out.har", tmp_path / "report.json"
    with behind(does) as server, proxied(server.origin, "--record", record) as proxy:
        with plain.Client() as client, client.stream("GET", f"{proxy.url}/v1/packs", headers=signed(TOKEN)) as came:
            assert b"".join(came.iter_raw()) == answer.partition(b"\r\n\r\n")[2]
        live = proxy.report()
        assert (("CONTRACT-BODY-SCHEMA", "packs.list") in [each[:2] for each in rules(live)]) is found
        proxy.end()
    judge(record, "--report", f"json={report}", command="traffic")
    assert rules(json.loads(report.read_text())) == rules(live)


@pytest.mark.parametrize("depth", [300, 400, 450, 900, 100_000])
def test_a_body_that_is_nested_deeply_costs_no_report(depth: int) -> None:
    """Python reads the shallower of them, and comes to its end where it walks through them."""
    nested = b"[" * depth + b"]" * depth

    def does(served: Served) -> None:
        served.until(b"]")
        served.says(said(b"{}").replace(b"200 OK", b"500 Internal Server Error"))
        served.connection.recv(1)

    with behind(does) as server, proxied(server.origin) as proxy:
        headers = {**signed(TOKEN), "Content-Type": "application/json"}
        assert plain.post(f"{proxy.url}/v1/packs", content=nested, headers=headers).status_code == 500
        found = [each[:2] for each in rules(proxy.report())]
        assert ("CONTRACT-NO-SERVER-ERROR", "packs.create") in found
        assert proxy.end() == 1


def test_what_passes_beside_a_write_makes_nothing_certain() -> None:
    """A read that comes while a change is under way may show what was before, or what is after."""
    before, after = json.dumps(pack()).encode(), json.dumps(pack(visibility="community")).encode()
    reads: Iterator[bytes] = iter([before, after, before, after])
    go = threading.Event()

    def does(served: Served) -> None:
        while True:
            served.read = b""
            head = served.until(b"\r\n\r\n")
            if head.startswith(b"GET /v1/me/session"):
                served.says(said(json.dumps(session()).encode()))
            elif head.startswith(b"GET"):
                served.says(said(next(reads)))
            else:
                go.wait(20)
                served.says(said(after))

    with behind(does) as server, proxied(server.origin, "--alone") as proxy:
        with plain.Client(base_url=proxy.url, headers=signed(TOKEN), timeout=20) as client:
            client.get("/v1/me/session")
            client.get("/v1/packs/pack_1")
            change = threading.Thread(target=changed, args=(proxy.url,))
            change.start()
            while len(server.connections) < 2 or b"PATCH" not in server.connections[1].read:
                change.join(0.01)
            client.get("/v1/packs/pack_1")
            client.get("/v1/packs/pack_1")
            go.set()
            change.join()
            client.get("/v1/packs/pack_1")
        assert rules(proxy.report()) == []


def changed(url: str) -> None:
    plain.patch(f"{url}/v1/packs/pack_1", json={"visibility": "community"}, headers=signed(TOKEN), timeout=20)


def test_requests_pass_where_the_judging_has_broken_down() -> None:
    """The exit code is that of an error of the suite, and nothing is said of the server."""
    with served_mock() as origin, started(origin, "--quiet") as (url, process):
        (judging,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(judging), signal.SIGKILL)
        assert plain.get(f"{url}/v1/packs").status_code == 401
        assert plain.get(f"{url}/_conformance/report.json").status_code == 500
        assert plain.get(f"{url}/v1/packs").status_code == 401
        process.send_signal(signal.SIGTERM)
        printed, complained = process.communicate(timeout=60)
    assert (process.returncode, printed) == (5, "")
    assert "the judging has broken down; requests still pass" in complained

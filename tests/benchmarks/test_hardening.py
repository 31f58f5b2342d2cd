"""What tries to break a mock notices when it does; the mock itself is tried in tests/mock_server/hardening."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import servers
from benchmarks.hardening import wire
from benchmarks.hardening.faults import ANSWERS
from benchmarks.hardening.fuzz import draw_case, storm
from benchmarks.hardening.history import Deleted, Read, ReadAll, State, Written, check_history, step
from benchmarks.hardening.loading import load_faulty
from benchmarks.hardening.proxying import attack_proxy
from benchmarks.hardening.slow import measure_beside
from benchmarks.hardening.soak import soak
from benchmarks.hardening.suite import run_suite
from benchmarks.hardening.tls import judge_secured
from benchmarks.hardening.wire import BrokenAnswer, Place, answers, exchange
from benchmarks.peak import read_peak, wrap_command
from conformance.explorer.linear import CompletedOperation, find_impossible
from tests.conformance.targets import answering, behaving, error, response

REQUEST_ID = "X-Request-Id: 7f3a9c2e"
FIRST: State = (("org", "1"), None)


def stormed(url: str) -> list[str]:
    return asyncio.run(storm(url, 20, seed=1, tokens=["sk_fake"] * 6, declared={502})).findings


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (response("500 Internal Server Error", error("x"), REQUEST_ID), "not declared"),
        (response("400 Bad Request", b"no", REQUEST_ID), "outside the envelope"),
        (response("400 Bad Request", error("x", "00000000"), REQUEST_ID), "outside the envelope"),
        (response("200 OK", {}), "without a request id"),
        (response("200 OK", {}, REQUEST_ID)[:-1], "are missing"),
        (response("200 OK", {}, REQUEST_ID).replace(b"close", b"keep-alive"), "1 answers to"),
        (b"220 mail\r\n\r\n", "no status line"),
        (b"", "0 answers to"),
    ],
)
def test_a_wrong_answer_is_a_finding(raw: bytes, told: str) -> None:
    with answering(raw) as url:
        assert any(told in each for each in stormed(url))


def test_answers_that_are_right_are_none() -> None:
    with answering(response("502 Bad Gateway", error("registry_cleanup_failed"), REQUEST_ID)) as url:
        assert stormed(url) == []


def test_a_server_that_neither_answers_nor_ends_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PATIENCE_S", 0.1)
    with behaving(lambda connection: connection.rfile.read()) as url, pytest.raises(wire.Hang):
        asyncio.run(exchange(Place.from_url(url), b"GET / HTTP/1.1\r\n\r\n", says_end=False))


def test_a_case_is_the_same_each_time() -> None:
    assert draw_case(1, 7, ["a"] * 6) == draw_case(1, 7, ["a"] * 6) != draw_case(2, 7, ["a"] * 6)


@pytest.mark.parametrize(
    "raw", [b"HTTP/1.1 200 OK", b"HTTP/1.1 200 OK\r\na: b\r\na: b\r\n\r\n", b"HTTP/1.1 200 OK\r\na\r\n\r\n"]
)
def test_what_is_no_answer_is_not_taken_for_one(raw: bytes) -> None:
    with pytest.raises(BrokenAnswer):
        list(answers(raw))


def test_chunks_and_interim_answers_are_read() -> None:
    interim, head = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    chunks = b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    assert [answer.body for answer in answers(interim + head + chunks)] == [b"abc"]


def checked(*operations: tuple[float, float, Any]) -> Any:
    found = find_impossible([CompletedOperation(*each) for each in operations], FIRST, step)
    return None if found is None else found.what


NEW = ("community", "2")
NEWER = ("org", "3")


def test_overlapping_operations_may_be_swapped() -> None:
    assert (
        checked(
            (0, 5, Written(0, NEW)), (1, 2, Read(0, FIRST[0], stranger=False)), (3, 4, Read(0, NEW, stranger=False))
        )
        is None
    )
    assert checked((0, 9, Written(0, NEWER)), (1, 8, Written(0, NEW)), (9, 10, ReadAll((NEWER, None)))) is None
    assert (
        checked((0, 1, Read(0, None, stranger=True)), (2, 3, Deleted(0, found=True)), (4, 5, Written(0, None))) is None
    )


@pytest.mark.parametrize(
    "operations",
    [
        [(0, 1, Written(0, NEW)), (2, 3, Read(0, FIRST[0], stranger=False))],
        [(0, 9, Written(0, NEW)), (1, 2, Read(0, NEW, stranger=False)), (3, 4, Read(0, FIRST[0], stranger=False))],
        [(0, 1, Written(0, NEW)), (2, 3, Written(0, NEWER)), (4, 5, ReadAll((NEW, None)))],
        [(0, 1, Read(0, FIRST[0], stranger=True))],
        [(0, 1, Deleted(0, found=True)), (2, 3, Deleted(0, found=True))],
        [(0, 1, Written(0, NEWER)), (2, 3, Written(0, NEW))],
        [(0, 1, Read(1, NEW, stranger=False))],
    ],
    ids=["stale", "back again", "lost", "seen by strangers", "deleted twice", "back in time", "of another"],
)
def test_what_no_order_explains_is_found(operations: list[tuple[float, float, Any]]) -> None:
    assert checked(*operations) is not None


@pytest.mark.parametrize("deviation", ["visibility-not-stored", "parallel-write-lost"])
def test_a_mock_that_forgets_what_was_written_is_found(deviation: str) -> None:
    with servers.start(servers.build_mock_command("--deviation", deviation)) as server:
        assert check_history(400, 1, server.url).findings


def test_a_suite_that_ends_otherwise_than_it_should_is_noticed() -> None:
    ended = run_suite("run", "--target", "nowhere.toml", patience_s=60)
    assert list(ended.list_shortcomings("x", {2}, 512)) == []
    code, memory = ended.list_shortcomings("x", {3}, 1)
    assert code.startswith("x: exit code 2, not one of [3]: ")
    assert memory.endswith(" MiB, of 1 that it may need")
    killed = run_suite("proxy", "--to", "http://127.0.0.1:1", "--port", "0", patience_s=0)
    assert [each[:11] for each in killed.list_shortcomings("x", {0}, 512)] == ["x: still ra"]


def test_a_large_process_measures_a_small_one_as_small(tmp_path: Path) -> None:
    """A process takes over the peak of the one that starts it."""
    command = wrap_command([sys.executable, "-S", "-c", "raise SystemExit(3)"], tmp_path / "peak")
    large = f"""
import subprocess, sys
held = bytearray(200 << 20)
sys.exit(subprocess.run({command!r}).returncode)
"""
    assert subprocess.run([sys.executable, "-c", large], check=False).returncode == 3
    assert 1 < read_peak(tmp_path / "peak") < 100


def test_a_server_with_anothers_certificate_is_judged_as_promised() -> None:
    done = judge_secured(frozenset({"of another authority"}))
    assert done.findings == []
    assert "1 servers, 0 findings" in done.render()


@pytest.mark.long
def test_a_load_that_is_reset_and_one_that_is_lied_to_end_as_promised() -> None:
    done = load_faulty(1, frozenset({"resets all", "changes all"}))
    assert done.findings == []
    assert {name: ended.code for name, (ended, _) in done.ended.items()}["changes all"] == 1


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_proxy_stands_what_clients_and_servers_do() -> None:
    done = attack_proxy(500, 1)
    assert list(done.list_shortfalls()) == []
    assert len(done.codes) == 1 + len(ANSWERS)


@pytest.mark.long
def test_slow_clients_are_measured() -> None:
    done = measure_beside(1, 0.3)
    assert done.alone_ms[0] > 0
    assert done.beside_ms[0] > 0
    assert done.most_mib > 0
    assert len(done.render().splitlines()) == 4


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_turn_of_the_soak_finds_nothing() -> None:
    told: list[str] = []
    done = soak(0, 1, told.append)
    assert done.findings == ()
    assert len(told) == len(done.turns) == 1

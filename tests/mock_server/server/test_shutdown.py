"""The end of a mock, and the next one on its port: in processes of their own, as users have them."""

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mock_server import create_app
from mock_server.server import Server, listen, make_url
from tests import plain
from tests.mock_server.server.raw import connected, request, statuses, until_closed
from tests.ports import own_ports

SERVE = [sys.executable, "-m", "mock_server", "serve", "--port"]
LATE_MS = 500
NEVER_MS = 60_000
ENDLESS = request("GET", "/_mock/worlds/default/journal/stream")
PATIENCE_S = 60


@dataclass
class Process:
    url: str
    running: subprocess.Popen[str]

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]

    def asked(self, delay_ms: int) -> socket.socket:
        """A connection that waits for its answer, which comes so late."""
        fault = {"operation_id": "packs.list", "delay_ms": delay_ms}
        plain.post(f"{self.url}/_mock/worlds/default/faults", json=fault).raise_for_status()
        connection = connected(self.url)
        connection.sendall(request("GET", "/v1/packs"))
        while self.left():
            pass
        return connection

    def left(self) -> int:
        """The faults that nobody met yet."""
        return len(plain.get(f"{self.url}/_mock/worlds/default/faults").json()["faults"])

    def end(self, *signals: signal.Signals) -> str:
        """What it says after these signals, the next when it has told of the one before."""
        for number, each in enumerate(signals):
            if number:
                self.heard("Waiting for connections")
            self.running.send_signal(each)
        said, _ = self.running.communicate(timeout=PATIENCE_S)
        return said

    def heard(self, word: str) -> None:
        """Wait until it says this."""
        for line in self.running.stdout or ():
            if word in line:
                return


@contextmanager
def process(port: str = "0", *options: str) -> Iterator[Process]:
    command = [*SERVE, port, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        try:
            for line in running.stdout or ():
                if found := re.search(r"http://[\d.]+:\d+", line):
                    yield Process(found[0], running)
                    break
            else:
                raise AssertionError("it ended before it served")
        finally:
            running.kill()


def test_what_is_in_flight_is_answered_and_the_port_is_free_at_once() -> None:
    with process(str(own_ports(1)[0])) as first:
        answered, idle = first.asked(LATE_MS), connected(first.url)
        said = first.end(signal.SIGTERM)
        assert statuses(until_closed(answered)) == [200]
        assert until_closed(idle) == b""
        assert "Traceback" not in said
        assert first.running.returncode == -signal.SIGTERM
        with process(first.port) as second:
            assert plain.get(f"{second.url}/_mock/health").status_code == 200
            assert second.port == first.port


def test_what_never_ends_does_not_keep_it_from_ending_and_gets_no_answer_of_another_kind() -> None:
    with process() as mock:
        late, following, begun = mock.asked(NEVER_MS), connected(mock.url), connected(mock.url)
        following.sendall(ENDLESS)
        assert statuses(following.recv(1000)) == [200]
        begun.sendall(request("POST", "/v1/packs", b"content-length: 10\r\n") + b"{")
        said = mock.end(signal.SIGTERM)
        assert until_closed(late) == b""
        assert until_closed(begun) == b""
        assert until_closed(following).endswith(b"0\r\n\r\n")
        assert "Traceback" not in said
        assert "gave up 2 requests" in said


@pytest.mark.parametrize("options", [(), ("--reload",)])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_as_soon_as_it_has_said_where_it_is(
    tmp_path: Path, number: signal.Signals, options: tuple[str, ...]
) -> None:
    for attempt in range(3):
        saved = tmp_path / f"{attempt}.json"
        with process("0", "--save-state", str(saved), *options) as mock:
            mock.end(number)
        assert saved.exists()


@pytest.mark.parametrize("options", [(), ("--reload",)])
def test_a_second_interrupt_is_the_last(options: tuple[str, ...]) -> None:
    with process("0", *options) as mock:
        late = mock.asked(NEVER_MS)
        said = mock.end(signal.SIGINT, signal.SIGINT)
        assert until_closed(late) == b""
        assert "Traceback" not in said
        assert "gave up 1 requests" in said


def test_it_ends_so_under_reload_too() -> None:
    with process(str(own_ports(1)[0]), "--reload") as first:
        answered = first.asked(LATE_MS)
        first.end(signal.SIGTERM)
        assert statuses(until_closed(answered)) == [200]
        with process(first.port) as second:
            assert second.port == first.port


def test_a_second_one_on_the_port_says_so_in_one_sentence() -> None:
    with process() as first:
        done = subprocess.run([*SERVE, first.port], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert f"--port {first.port}: cannot listen on 127.0.0.1: Address already in use" in done.stderr
        assert plain.get(f"{first.url}/_mock/health").status_code == 200


def test_where_another_goes_on_who_has_connected_is_answered_though_nobody_took_the_connection_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a proxy has sent a write to nobody, and may not send it again."""
    listener, app, late = listen("127.0.0.1", 0), create_app(), list[socket.socket]()
    started, end = threading.Event(), app.context.worlds.end

    def connect_and_end() -> None:
        late.append(connected(make_url(listener)))
        late[0].sendall(request("GET", "/_mock/health"))
        end()

    monkeypatch.setattr(app.context.worlds, "end", connect_and_end)
    server = Server(app, has_successor=True, at_start=started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert started.wait(PATIENCE_S)
    server.should_exit = True
    thread.join()
    answer = until_closed(late[0])
    assert statuses(answer) == [200]
    assert b"connection: close" in answer.lower()

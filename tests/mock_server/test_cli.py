"""The command `evershell-mock`, as a process of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import forked, plain
from tests.live import served_mock

COMMAND = [sys.executable, "-m", "mock_server"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(arguments, *forked.run(forked.MOCK, arguments, None, 60))


def test_port_0_prints_the_port_that_it_took_and_serves_there() -> None:
    with served_mock() as url:
        assert plain.get(f"{url}/_mock/health").json() == {"status": "ok"}


def test_a_start_says_where_it_listens_and_how_to_be_someone_and_warns_of_nothing() -> None:
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--log-level", "warning"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        told = ""
        while not told.endswith("/_worlds/NAME/v1\n"):
            line = process.stdout.readline()
            assert line, told
            told += line
        process.send_signal(signal.SIGTERM)
        told += process.stdout.read()
    serves = re.fullmatch(r"evershell-mock serves (http://127\.0\.0\.1:\d+)/v1\n", first)
    assert serves
    for persona in ("acme-owner", "hooli-read-only", "cyberdyne-member"):
        assert persona in told
    assert f"curl -H 'Authorization: Bearer sk_mock_acme_full_access_1001' {serves[1]}/v1/packs" in told
    assert f"{serves[1]}/_worlds/NAME/v1" in told
    assert not re.search("warning|error", told, re.IGNORECASE)


@pytest.mark.parametrize(("width", "lines"), [(1, 38), (60, None), (1000, 6)])
def test_a_start_folds_its_table_to_the_width_of_the_terminal_and_cuts_no_name(width: int, lines: int | None) -> None:
    table = []
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": str(width)}
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        while not (line := process.stdout.readline()).startswith("as "):
            table.append(line.rstrip("\n"))
        process.send_signal(signal.SIGTERM)
    heading, *rows = table
    left = heading.index("personas")
    assert heading.split() == ["org", "billing", "personas"]
    assert ["org_hooli", "trial"] in [row[:left].split() for row in rows]
    names = [name for row in rows for name in row[left:].split()]
    assert names[:6] == [
        *("acme-owner", "acme-operator", "acme-member", "acme-full-access", "acme-submit-observe", "acme-read-only")
    ]
    assert len(names) == 38
    assert len(rows) == (lines or len(rows))
    assert max(map(len, rows)) <= max(width, left + len("cyberdyne-submit-observe"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_without_a_traceback(how: signal.Signals) -> None:
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(how)
        _, errors = process.communicate(timeout=30)
    assert b"Traceback" not in errors


def test_the_seed_changes_every_id() -> None:
    ids = []
    for seed in ("1", "2", "1"):
        with served_mock("--seed", seed) as url:
            ids.append(plain.get(f"{url}/v1/packs").json()["error"]["request_id"])
    assert ids[0] == ids[2] != ids[1]


def test_a_deviation_is_planted() -> None:
    with served_mock("--deviation", "envelope-request-id-repeats") as url:
        answers = [plain.get(f"{url}/v1/packs") for _ in range(2)]
    assert len({answer.json()["error"]["request_id"] for answer in answers}) == 1


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_port_in_use_is_one_sentence_and_exit_2(taken: int) -> None:
    ran = run("serve", "--port", str(taken))
    assert ran.returncode == 2
    assert re.fullmatch(rf"evershell-mock: --port {taken}: .*in use.*\n", ran.stderr)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--port", "65536"), "--port"),
        (("--port", "http"), "--port"),
        (("--seed", "x"), "--seed"),
        (("--log-level", "loud"), "--log-level"),
        (("--host", "0.0.0.0"), "--host 0.0.0.0"),  # noqa: S104  (it must be refused)
        (("--host", "no.such.host.invalid"), "--host no.such.host.invalid"),
        (("--contract", "no-such-file.yaml"), "no-such-file.yaml"),
        (("--contract", os.devnull), os.devnull),
        (("--deviation", "no-such-defect"), "--deviation no-such-defect"),
        (("--no-such-option",), "--no-such-option"),
        (("argument",), "argument"),
    ],
)
def test_a_wrong_option_is_named_and_exit_2(arguments: tuple[str, ...], named: str) -> None:
    ran = run("serve", "--port", "0", *arguments)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert named in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_unknown_command_is_exit_2() -> None:
    assert run("fly").returncode == 2


def test_deviations_are_listed_for_people_and_for_programs() -> None:
    listed = json.loads(run("deviations", "--json").stdout)["deviations"]
    assert len(listed) >= 12
    assert all(each.keys() == {"id", "group", "clause", "text", "breaks", "operations"} for each in listed)
    told = run("deviations").stdout
    assert all(each["id"] in told and each["text"] in told for each in listed)


def test_help_names_every_option() -> None:
    told = run("serve", "--help").stdout
    for option in ("--host", "--port", "--seed", "--log-level", "--contract", "--deviation"):
        assert option in told


def test_the_installed_command_is_the_same() -> None:
    installed = Path(sys.executable).with_name("evershell-mock")
    told = subprocess.run([str(installed), "--version"], capture_output=True, text=True, check=True).stdout
    assert told == run("--version").stdout

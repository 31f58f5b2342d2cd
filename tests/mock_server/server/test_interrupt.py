"""Ctrl-C: how a person ends a mock, so no error, whether it was started by hand or by make."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.repo.sources import ROOT

BIN = Path(sys.executable).parent
SERVE = [str(BIN / "evershell-mock"), "serve", "--port", "0"]
MAKE = ["make", "--old-file=.venv/.ready", f"BIN={BIN}", "mock"]
LAST_WORD = "a world of your own"
CTRL_C = b"\x03"
WAYS = pytest.mark.parametrize("options", [(), ("--reload",)])


def interrupted(command: Sequence[str], *, times: int = 1) -> tuple[int, str]:
    """The exit code of a command that serves and gets SIGINT so often, and what it says on stderr from then on."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as running:
        try:
            for line in running.stdout or ():
                if LAST_WORD in line:
                    break
            for _ in range(times):
                running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=60)
        finally:
            running.kill()
    return running.returncode, said


def on_a_terminal(command: Sequence[str], *, times: int = 1) -> tuple[int, str]:
    """The exit code of a command on a terminal where Ctrl-C is pressed so often, and what is shown from then on."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        # As typed: a make that runs the tests would have this one say which folder it leaves.
        alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        os.execvpe(command[0], command, alone)  # noqa: S606 - a shell would be one more to interrupt
    shown, pressed = b"", False
    while True:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # that is how a terminal says that nobody writes any more
            break
        if not pressed and LAST_WORD.encode() in shown:
            pressed, shown = True, b""
            for _ in range(times):
                os.write(terminal, CTRL_C)
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown.decode()


@WAYS
def test_it_ends_well_and_says_so_in_one_line(options: tuple[str, ...]) -> None:
    assert interrupted([*SERVE, *options]) == (0, "evershell-mock: stopped\n")


@WAYS
@pytest.mark.parametrize("times", [1, 2, 20])
def test_the_state_is_saved_however_often_it_is_pressed(tmp_path: Path, options: tuple[str, ...], times: int) -> None:
    saved = tmp_path / "state.json"
    code, said = interrupted([*SERVE, "--save-state", str(saved), *options], times=times)
    assert (code, said) == (0, f"evershell-mock: stopped; the state of the world default is in {saved}\n")
    assert json.loads(saved.read_bytes())["format"] == "evershell-mock-state/1"
    assert list(tmp_path.iterdir()) == [saved]


def test_before_it_serves_it_ends_as_well(tmp_path: Path) -> None:
    state, saved = tmp_path / "state.json", tmp_path / "saved.json"
    os.mkfifo(state)
    command = [*SERVE, "--state", str(state), "--save-state", str(saved)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running,
        state.open("wb"),  # once it reads
    ):
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=60)
    assert (running.returncode, *said) == (0, "", "evershell-mock: stopped before it served\n")
    assert not saved.exists()


@WAYS
@pytest.mark.parametrize("times", [1, 5])
@pytest.mark.parametrize("by_make", [False, True])
def test_on_a_terminal_make_ends_well_too(
    tmp_path: Path, *, options: tuple[str, ...], times: int, by_make: bool
) -> None:
    if by_make and shutil.which("make") is None:
        pytest.skip("make is not installed")
    saved = tmp_path / "state.json"
    own = [*options, "--save-state", str(saved)]
    command = [*MAKE, f"ARGS=--port 0 {' '.join(own)}"] if by_make else [*SERVE, *own]
    code, shown = on_a_terminal(command, times=times)
    assert code == 0, shown
    last = shown.replace("^C", "").strip()
    assert last == f"evershell-mock: stopped; the state of the world default is in {saved}"
    assert saved.exists()


def test_a_whole_group_of_processes_without_a_terminal_is_interrupted_without_a_word_of_make(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    saved = tmp_path / "state.json"
    command = [*MAKE, f"ARGS=--port 0 --save-state {saved}"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    ) as running:
        for line in running.stdout or ():
            if LAST_WORD in line:
                break
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert said == f"evershell-mock: stopped; the state of the world default is in {saved}\n"
    assert running.returncode == -signal.SIGINT  # of make itself, which nothing in a Makefile can change
    assert saved.exists()

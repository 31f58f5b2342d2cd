"""Commands as processes: a terminal, a shell that completes, a journal that is followed, a mock that is not there."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from mock_server import Mock, MockWorld, Settings, live
from tests.mock_server.commands.conftest import Shell

WHY = ["why,", "or", "what", "changed"]
COMMAND = str(Path(sys.executable).with_name("evershell-mock"))
PATH = f"{Path(COMMAND).parent}{os.pathsep}{os.environ['PATH']}"


def complete(shell: Shell, *words: str) -> list[str]:
    """What bash is offered for the last word."""
    done = subprocess.run(
        [COMMAND],
        env=os.environ
        | shell.environment
        | {
            "_EVERSHELL_MOCK_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["evershell-mock", *words]),
            "COMP_CWORD": str(len(words)),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.partition(",")[2] for line in done.stdout.split()]


def test_a_shell_completes_what_the_mock_knows(shell: Shell) -> None:
    shell.world.snapshot("kept")
    assert complete(shell, "bil") == ["billing"]
    assert complete(shell, "billing", "org_a") == ["org_acme"]
    assert complete(shell, "billing", "org_acme", "past") == ["past_due"]
    assert complete(shell, "token", "acme-o") == ["acme-owner", "acme-operator"]
    assert complete(shell, "fault", "add", "packs.up") == ["packs.upload", "packs.update_visibility"]
    assert complete(shell, "snapshot", "restore", "k") == ["kept"]
    assert shell.world.name in complete(shell, "reset", "--world", shell.world.name[:6])
    assert "--last" in complete(shell, "journal", "--l")


def test_without_a_mock_nothing_is_offered_and_nothing_breaks(shell: Shell) -> None:
    with Mock("http://127.0.0.1:1") as nowhere:
        assert complete(Shell(nowhere, shell.world), "token", "acme-o") == []


def test_bash_takes_the_script() -> None:
    script = 'eval "$(evershell-mock completion bash)" && complete -p evershell-mock'
    environment = os.environ | {"PATH": PATH}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert re.search(r"complete .* evershell-mock", done.stdout)
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_other_shells_have_a_script_too(name: str) -> None:
    done = subprocess.run([COMMAND, "completion", name], capture_output=True, text=True, check=True)
    assert "_EVERSHELL_MOCK_COMPLETE" in done.stdout


def test_a_terminal_has_a_table_of_its_own_width(shell: Shell) -> None:
    master, slave = pty.openpty()
    environment = os.environ | shell.environment | {"COLUMNS": "60", "TERM": "xterm", "NO_COLOR": "1"}
    with subprocess.Popen([COMMAND, "coverage"], stdout=slave, stdin=slave, env=environment) as process:
        os.close(slave)
        said = b""
        while True:
            try:
                said += os.read(master, 4096)
            except OSError:  # that is how a terminal says that nobody writes any more
                break
    os.close(master)
    assert process.returncode == 0
    lines = re.sub(r"\x1b\[[0-9;]*m", "", said.decode()).splitlines()
    assert max(map(len, lines)) <= 60
    assert any(line.startswith("packs.list ") for line in lines)


@contextmanager
def following(shell: Shell, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [COMMAND, "journal", "--follow", *options]
    environment = os.environ | shell.environment | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_a_journal_is_followed_from_what_there_was(shell: Shell) -> None:
    shell.publish("acme-read-only")
    with following(shell) as process:
        assert next_line(process).split() == ["id", "time", "caller", "request", "answer", *WHY]
        assert "403 permission_denied" in next_line(process)
        shell.publish()
        assert re.search(r"acme-owner  +PATCH /v1/packs/pack_acme_pager  +200  +packs/", next_line(process))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize("width", [None, 60, 80, 200])
def test_what_is_followed_stands_in_columns_however_long_a_part_is(shell: Shell, width: int | None) -> None:
    """`width` of a terminal, or no terminal: then nothing is folded."""
    expired = shell.world.issue(persona="cyberdyne-submit-observe", state="expired")["token"]
    scoped = shell.world.issue(org_id="org_cyberdyne", scopes=["audit:read"])["token"]
    shell.publish("acme-member")
    with shown(shell, width, "journal", "--follow") as lines:
        head = next(lines)
        starts = [head.index(name) for name in ("time", "caller", "request", "answer", "why")]
        shell.world.client().get("/packs", headers={"Authorization": f"Bearer {expired}"})
        shell.world.client().get("/packs", headers={"Authorization": f"Bearer {scoped}"})
        shell.world.client("acme-owner").put("/packs/pack_cyberdyne_models/files/README.md", content=b"x")
        shell.publish("acme-operator")
        text = []
        while "packs/pack_acme_pager.updated_at" not in re.sub(r"\s", "", cells(text, starts).get("5", "")):
            text.append(next(lines))
        found = cells(text, starts)
    assert sorted(found) == ["1", "2", "3", "4", "5"]
    told = re.sub(r"\s", "", " ".join(found.values()))
    for part in (
        "acme-member",
        "cyberdyne-submit-observe(expired)",
        "PUT/v1/packs/pack_cyberdyne_models/files/README.md",
    ):
        assert part in told
    if width is None:
        assert len(text) == 5
    else:
        assert max(map(len, text)) <= width


def cells(lines: list[str], starts: list[int]) -> dict[str, str]:
    """The text of each entry by its id, column after column; no line has a letter between two columns."""
    found: dict[str, list[list[str]]] = {}
    edges = [0, *starts]
    for line in lines:
        assert all(line[start - 2 : start].strip() == "" for start in starts if len(line) > start - 2), lines
        parts = [line[left:right].strip() for left, right in zip(edges, [*starts, None], strict=True)]
        if parts[0]:
            entry = found[parts[0]] = [[] for _ in parts]
        elif not found:  # the rest of the heading
            continue
        for column, part in zip(entry, parts, strict=True):
            column.append(part)
    return {key: " ".join("".join(column) for column in entry) for key, entry in found.items()}


@contextmanager
def shown(shell: Shell, width: int | None, *words: str) -> Iterator[Iterator[str]]:
    """The lines that a command shows on a terminal so wide, as they come, or on none."""
    sizes = {} if width is None else {"COLUMNS": str(width), "TERM": "xterm", "NO_COLOR": "1"}
    environment = os.environ | shell.environment | {"PYTHONUNBUFFERED": "1"} | sizes
    master, slave = pty.openpty()
    where = subprocess.PIPE if width is None else slave
    with subprocess.Popen([COMMAND, *words], stdout=where, env=environment) as process:
        os.close(slave)
        said = process.stdout or os.fdopen(os.dup(master), "rb")
        try:
            yield (re.sub(r"\x1b\[[0-9;]*m", "", line.decode()).rstrip() for line in said)
        finally:
            process.kill()
            said.close()
            os.close(master)


def test_only_what_was_asked_for_is_followed(shell: Shell) -> None:
    shell.publish()
    with following(shell, "--status", "403", "--json") as process:
        shell.publish()
        shell.publish("acme-read-only")
        assert '"status": 403' in next_line(process)


@pytest.mark.parametrize("options", [[], ["--status", "403"]])
def test_what_comes_while_it_begins_to_follow_is_shown_once(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """A request comes right after each reading of the journal, the first of them into an empty one."""
    read, follow = MockWorld.journal, MockWorld.follow
    came = []

    def read_before_another_comes(world: MockWorld, **wanted: Any) -> list[dict[str, Any]]:
        found = read(world, **wanted)
        came.append(shell.publish("acme-read-only"))
        return found

    def follow_to_the_last(world: MockWorld, *given: Any, **wanted: Any) -> Iterator[dict[str, Any]]:
        for entry in follow(world, *given, **wanted):
            yield entry
            if entry["id"] == len(came):
                return

    monkeypatch.setattr(MockWorld, "journal", read_before_another_comes)
    monkeypatch.setattr(MockWorld, "follow", follow_to_the_last)
    said = shell.says("journal", "--follow", "--json", *options)
    assert [json.loads(line)["id"] for line in said.splitlines()] == list(range(1, len(came) + 1))


def test_the_end_of_the_mock_ends_it() -> None:
    with ExitStack() as running:
        own = Shell(mock := running.enter_context(live()), mock.world())
        own.publish()
        with following(own) as process:
            next_line(process)
            assert "200" in next_line(process)
            running.close()
            assert process.wait(30) == 3
            assert process.stderr is not None
            assert "no mock answers" in process.stderr.read()


def test_where_no_mock_answers_one_sentence_says_what_to_do() -> None:
    for words in (["reset"], ["worlds"], ["journal", "--follow"], ["token", "acme-owner"]):
        done = subprocess.run(
            [COMMAND, *words, "--url", "http://127.0.0.1:1"], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (3, "")
        assert re.fullmatch(r"evershell-mock: no mock answers at .*evershell-mock serve.*\n", done.stderr)


def test_a_url_that_is_none_is_one_sentence() -> None:
    done = subprocess.run([COMMAND, "reset", "--url", ":::"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert ":::" in done.stderr


def test_a_guarded_mock_asks_for_its_token(shell: Shell) -> None:
    with live(Settings(control_token="mine")) as mock:
        guarded = Shell(mock, shell.world)
        assert guarded.run("worlds").exit_code == 1
        assert "default" in guarded.says("worlds", "--control-token", "mine")

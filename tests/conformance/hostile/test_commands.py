"""Nothing that a target says begins a line of what the commands beside `run` print or write, or is no text there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import plain
from tests.conformance.hostile.test_injection import CODE, KINDS, begins_with_a_command
from tests.conformance.targets import Judged, judge
from tests.conformance.traffic.proxy.proxied import proxied, signed, token_of
from tests.conformance.worldless import profile
from tests.live import served_mock
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying

ASKED = ("/me/session", "/packs", "/packs/pack_acme_pager", "/packs/absent", "/providers", "/events?limit=2")
FILES = (
    "target.toml",
    *(f"{command}.{kind}" for command in ("proxy", "traffic", "load") for kind in KINDS),
)
PRINTED = ("init", "init of strangers", "proxy", "traffic", "load", "merge")
EVIL_HEADERS = {"Content-Type": "application/json", "X-Request-Id": "\x9b31m\x85::error::owned"}


def spoiled(value: Any) -> Any:
    """Return what an answer says with something evil behind each text, keys of objects among them."""
    if isinstance(value, dict):
        return {**{key: spoiled(each) for key, each in value.items()}, CODE: CODE}
    if isinstance(value, list):
        return [spoiled(each) for each in value]
    return f"{value}{CODE}" if isinstance(value, str) else value


def spoil(passed: Request, answer: Answer) -> Answer:
    """Spoil every answer in JSON, but for who a caller is: nothing would be asked for somebody of another org."""
    if (
        "json" not in answer.headers.get("content-type", "")
        or passed.path.endswith("/me/session")
        or "/_mock/" in passed.path
    ):
        return answer
    return Answer(answer.status, EVIL_HEADERS if answer.status >= 400 else answer.headers).with_json(
        spoiled(answer.json)
    )


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that commands said of one target, in print and in files."""

    printed: dict[str, str]
    folder: Path

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


def reports(folder: Path, command: str) -> list[str]:
    return [option for kind in KINDS for option in ("--report", f"{kind}={folder / f'{command}.{kind}'}")]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("commands")
    said: dict[str, Judged] = {}
    with served_mock() as origin, proxying(origin) as target, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        patch.setenv("ACME", token := token_of(origin, "acme-full-access"))
        named = ("--target", f"{target.origin}/v1", "--caller", "env:ACME", "--output")
        target.replaces = lambda _, answer: answer.with_json(spoiled(answer.json)) if answer.json else answer
        said["init of strangers"] = judge(*named, folder / "strangers.toml", command="init")
        target.replaces = spoil
        said["init"] = judge(*named, folder / "target.toml", command="init")
        har = folder / "recorded.har"
        with proxied(target.origin, "--record", har, "--report", "github", *reports(folder, "proxy")) as proxy:
            for path in ASKED:
                plain.get(f"{proxy.url}/v1{path}", headers=signed(token))
            proxy.end()
            passed = proxy.said()
        said["traffic"] = judge(
            har, "--show-values", "--report", "github", *reports(folder, "traffic"), command="traffic"
        )
        reads = profile(folder / "load.toml", origin, states=False, base_url=target.origin)
        few = ("--users", "2", "--duration", "2", "--seed", "1", "--operation", "packs.get", "--report", "github")
        said["load"] = judge("--target", reads, *few, *reports(folder, "load"), command="load", anew=True)
        shard = folder / "shard.json"
        one = ("--rule", "ENVELOPE-KEYS", "--operation", "packs.get", "--seed", "1", "--shard", "1/1")
        judge("--target", f"{target.origin}/v1", *one, "--report", f"shard={shard}")
        said["merge"] = judge(shard, "--report", "github", command="merge")
    return Told({"proxy": passed, **{name: each.said + each.complained for name, each in said.items()}}, folder)


@pytest.mark.parametrize("command", PRINTED)
def test_a_terminal_and_a_job_are_told_to_do_nothing(told: Told, command: str) -> None:
    printed = told.printed[command].replace("::error title=Conformance", "").replace("::warning title=Conformance", "")
    assert "Traceback" not in printed, printed
    assert [c for c in printed if not (c.isprintable() or c in "\n\t")] == []
    assert begins_with_a_command(printed) == []


@pytest.mark.parametrize("command", ["init of strangers", "proxy", "traffic", "merge"])
def test_what_was_said_is_shown(told: Told, command: str) -> None:
    assert {"init of strangers": "without an org_id that can be asked for"}.get(command, "owned") in told.printed[
        command
    ]


@pytest.mark.parametrize("name", FILES)
def test_no_file_holds_what_a_terminal_obeys_or_begins_a_line_with_it(told: Told, name: str) -> None:
    text = told.text(name)
    ours = "\n\t\N{ZERO WIDTH NON-JOINER}"
    assert [c for c in text if not (c.isprintable() or c in ours)] == []
    assert begins_with_a_command(text.replace("## Conformance", "")) == []


def test_a_profile_that_was_written_can_be_read(told: Told) -> None:
    assert tomllib.loads(told.text("target.toml"))["callers"]


def test_a_recording_is_a_line_for_each_exchange(told: Told) -> None:
    text = told.text("recorded.har")
    assert text.isascii()
    assert all(line.startswith(("{", "]")) for line in text.splitlines())
    assert len(text.splitlines()) == len(ASKED) + 2

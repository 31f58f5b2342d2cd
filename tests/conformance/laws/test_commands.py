"""Each command with a document that is not ours: it works, or says in one line why not."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests import plain
from tests.conformance.laws.articles_server import Articles
from tests.conformance.laws.test_laws import ARTICLES, HERE, KEYS, THERE, TODOS
from tests.conformance.laws.todo_server import Todos
from tests.conformance.targets import Judged, judge
from tests.conformance.traffic.proxy.proxied import proxied
from tests.listening import running


def init(folder: Path, *options: str) -> Judged:
    return judge("--target", "http://127.0.0.1:9", "--output", folder / "target.toml", *options, command="init")


def test_init_writes_where_a_credential_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks the server nothing: no operation says who a caller is."""
    monkeypatch.setenv("KEY_OF_ADA", "key-of-ada")
    done = init(tmp_path, *TODOS, "--caller", "ada=env:KEY_OF_ADA")
    assert done.code == 0, done.complained
    assert "it lacks a second caller, of another org: ownership cannot be judged without one" in done.said
    written = tomllib.loads((tmp_path / "target.toml").read_text(encoding="utf-8"))
    assert written["target"]["url"] == "http://127.0.0.1:9/api"
    assert written["callers"] == {"ada": {"header": "X-Key", "token": "env:KEY_OF_ADA"}}


@pytest.mark.parametrize(
    ("scheme", "caller"),
    [
        ("type: http, scheme: basic", {"basic": "env:PAIR"}),
        ("type: apiKey, in: query, name: api_key", {"query": "api_key", "token": "env:PAIR"}),
    ],
)
def test_init_writes_a_credential_as_the_document_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, caller: dict[str, str]
) -> None:
    monkeypatch.setenv("PAIR", "ada:secret")
    document = (HERE / "todo.yaml").read_text(encoding="utf-8")
    contract = tmp_path / "todo.yaml"
    contract.write_text(document.replace("type: apiKey, in: header, name: X-Key", scheme))
    assert init(tmp_path, "--contract", str(contract), "--caller", "ada=env:PAIR").code == 0
    written = tomllib.loads((tmp_path / "target.toml").read_text(encoding="utf-8"))
    assert written["callers"] == {"ada": caller}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("cells", *TODOS, "--operation", "POST /todos"), "POST /todos 201"),
        (("cells", *ARTICLES, "--operation", "GetArticle"), "GetArticle 200"),
        (("rules", *TODOS), "OWNERSHIP-PRIVATE-HIDDEN  must, seed"),
        (("rules", "show", "DELETE-GONE", *ARTICLES), "- what was removed is gone: it was there before"),
        (("diff", TODOS[1], TODOS[1]), "no change"),
        (("run", *TODOS, "--target", "http://127.0.0.1:9", "--dry-run"), "it would make todos named conformance-ID-"),
        (("run", *TODOS, "--target", "http://127.0.0.1:9", "--dry-run"), "a caller with a credential: what asks"),
    ],
)
def test_it_tells_of_the_document(command: tuple[str, ...], said: str) -> None:
    done = judge(*command[1:], command=command[0])
    assert (done.code, said in done.said) == (0, True), done.said + done.complained


def test_diff_tells_what_a_change_of_it_breaks(tmp_path: Path) -> None:
    changed = tmp_path / "todo.yaml"
    text = (HERE / "todo.yaml").read_text(encoding="utf-8")
    changed.write_text(text.replace("required: [id, title, done,", "required: [id, title,"), encoding="utf-8")
    done = judge(TODOS[1], changed, command="diff")
    assert done.code == 1
    assert "/todos" in done.said


def test_a_proxy_and_its_recording_judge_what_passes(tmp_path: Path) -> None:
    """A field is left out of what the server shows; a client's requests are right but for one body."""
    recording = tmp_path / "seen.har"
    with running(Todos("leaves a field out").app) as origin:
        with proxied(origin, *TODOS, "--side", "both", "--record", recording) as proxy:
            key = {"X-Key": "key-of-ada"}
            made = plain.post(f"{proxy.url}/api/todos", json={"title": "a"}, headers=key)
            plain.get(f"{proxy.url}/api/todos/{made.json()['id']}", headers=key)
            plain.post(f"{proxy.url}/api/todos", json={"title": 1}, headers=key)
            code, report = proxy.end(), proxy
        assert code == 1
    done = judge(recording, *TODOS, "--side", "both", "--report", f"json={tmp_path / 'r.json'}", command="traffic")
    found = {each["rule"] for each in json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["findings"]}
    assert (done.code, found) == (1, {"CONTRACT-BODY-SCHEMA", "CLIENT-BODY"}), done.said
    assert report.url


def test_a_load_reads_and_judges_each_answer() -> None:
    """Of a server without worlds nothing but reads is asked."""
    there = {"slug": "there", "title": "there", "body": "", "description": None, "tagList": []}
    server = Articles(stored={"there": {**there, "author": {"username": "ada"}}})
    with running(server.app) as origin:
        options = ("--read-only", "--duration", "1", "--users", "1")
        done = judge("--target", origin, *ARTICLES, *options, command="load", anew=True)
    assert "0 violations" in done.said, done.said + done.complained
    assert list(server.stored) == ["there"]


def test_a_finding_is_replayed_and_what_was_left_is_cleaned_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server would not remove is removed once it does, and nothing else."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    server = Todos("deletes nothing", stored={1: {**THERE, "created": "2031-01-01T00:00:00Z"}}, made=1)
    report, profile = tmp_path / "report.json", tmp_path / "target.toml"
    with running(server.app) as origin:
        profile.write_text(f'[target]\nurl = "{origin}"\n[callers.ada]\n{KEYS["ada"]}\n', encoding="utf-8")
        options = ("--target", profile, "--seed", "1", "--rule", "DELETE-GONE", "--report", f"json={report}")
        assert judge(*options, *TODOS).code == 1
        [finding] = json.loads(report.read_text(encoding="utf-8"))["findings"]
        again = judge(report, finding["fingerprint"], *TODOS, command="replay")
        assert (again.code, "still holds" in again.said) == (1, True), again.said
        server.stored, server.defect = {1: server.stored[1]}, "keeps all"
        left = judge("--target", profile, "--seed", "1", "--rule", "CREATE-APPLIES", *TODOS)
        [kept] = server.stored.keys() - {1}
        assert f"left behind: todo {kept} of ada" in left.said, left.said
        server.defect = ""
        cleaned = judge("--target", profile, *TODOS, command="cleanup")
    assert cleaned.code == 0, cleaned.said + cleaned.complained
    assert list(server.stored) == [1]

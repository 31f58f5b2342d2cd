"""A document that has no rules of ours: servers that somebody else could have written are judged by it.

Without a mistake nothing is found, and each mistake is found by the law that it breaks.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import forked
from tests.conformance import targets
from tests.conformance.laws import articles_server, notes_server, todo_server
from tests.conformance.laws.articles_server import Articles
from tests.conformance.laws.notes_server import Notes
from tests.conformance.laws.todo_server import Todos
from tests.judged import Judged
from tests.listening import running
from tests.mock_server.serving import written

HERE = Path(__file__).parent
TODOS = ("--contract", str(HERE / "todo.yaml"))
ARTICLES = ("--contract", str(HERE / "articles.yaml"), "--overlay", str(HERE / "articles.overlay.yaml"))
NOON = "2031-01-01T12:00:00Z"
NOTES = ("--contract", str(notes_server.DOCUMENT))
KEYS = {name: f'header = "X-Key"\ntoken = "key-of-{name}"' for name in ("ada", "bob")}
TOKENS = {name: f'scheme = "Token"\ntoken = "of-{name}"' for name in ("ada", "bob")}


def judge(folder: Path, app: Any, callers: dict[str, str], *options: str) -> Judged:
    """Judge a server as its own team would, with a profile of these callers."""
    report = folder / "report.json"
    with running(app) as origin:
        lines = [f'[target]\nurl = "{origin}"', *(f"[callers.{name}]\n{said}" for name, said in callers.items())]
        profile = folder / "target.toml"
        profile.write_text("\n".join(lines), encoding="utf-8")
        command = ["run", "--target", str(profile), "--seed", "1", "--budget", "quick", *options]
        code, *said = forked.run(forked.SUITE, [*command, "--report", f"json={report}"], folder, 300)
    return Judged(code, "".join(said), json.loads(report.read_text(encoding="utf-8")) if report.exists() else {})


THERE = {"id": 1, "title": "there", "done": False, "priority": "low", "tags": [], "owner": "ada"}


def test_nothing_is_found_of_a_right_server_that_others_use(tmp_path: Path) -> None:
    """All its answers are reached but for what no right request gets; what the run made is gone, the rest stays."""
    there = {1: {**THERE, "created": "2031-01-01T00:00:00Z"}}
    server = Todos(stored=dict(there), made=1)
    judged = judge(tmp_path, server.app, KEYS, *TODOS)
    assert judged.code == 0, judged.said
    assert judged.report["findings"] == judged.report["left_behind"] == []
    assert server.stored == there
    assert {each["verdict"] for each in judged.report["rules"]} == {"PASSED"}
    assert "SCOPE-REQUIRED" in judged.said


def test_nothing_is_found_where_objects_are_wrapped_and_named_by_slugs(tmp_path: Path) -> None:
    """The document is of OpenAPI 3.1, its statuses are ranges, and an overlay says what its resources are."""
    server = Articles()
    judged = judge(tmp_path, server.app, TOKENS, *ARTICLES)
    assert judged.code == 0, judged.said
    assert judged.report["findings"] == judged.report["left_behind"] == []
    verdicts = {each["id"]: each["verdict"] for each in judged.report["rules"]}
    assert {verdicts[f"UPDATE-{name}"] for name in ("APPLIES", "REST")} == {"PASSED"}, "a title moves the slug"
    assert (server.stored, server.made > 20) == ({}, True)
    assert all(cell["declared"] for cell in judged.report["cells"])


@pytest.mark.parametrize(("defect", "found"), [("", set()), ("keeps the body", {"UPDATE-APPLIES"})])
def test_a_slug_that_an_update_moves_without_a_word_is_found_in_the_list(
    tmp_path: Path, defect: str, found: set[str]
) -> None:
    """The answer to an update is a 204."""
    document = yaml.safe_load((HERE / "articles.yaml").read_text(encoding="utf-8"))
    document["paths"]["/articles/{slug}"]["put"]["responses"]["204"] = {"description": "It is changed."}
    del document["paths"]["/articles/{slug}"]["put"]["responses"]["200"]
    contract, server = written(tmp_path, document), Articles(defect, shows_updates=False)
    over = ("--contract", str(contract), *ARTICLES[2:])
    judged = judge(tmp_path, server.app, TOKENS, *over, "--rule", "UPDATE-APPLIES")
    assert (judged.found, judged.report["left_behind"], server.stored) == (found, [], {}), judged.said
    assert judged.report["summary"]["rules"]["judged"] == 1


def test_a_key_in_the_query_is_sent_there_and_shown_nowhere(tmp_path: Path) -> None:
    document = yaml.safe_load((HERE / "todo.yaml").read_text(encoding="utf-8"))
    document["components"]["securitySchemes"]["key"] = {"type": "apiKey", "in": "query", "name": "api_key"}
    contract = written(tmp_path, document)
    callers = {name: f'query = "api_key"\ntoken = "key-of-{name}"' for name in ("ada", "bob")}
    server = Todos("forgets a field", takes_key_in_query=True)
    rules = ("--rule", "CREATE-APPLIES", "--rule", "AUTH-REQUIRED", "--rule", "AUTH-INVALID")
    judged = judge(tmp_path, server.app, callers, "--contract", str(contract), *rules)
    assert (judged.found, judged.report["summary"]["rules"]["judged"]) == ({"CREATE-APPLIES"}, 3), judged.said
    sent = judged.report["findings"][0]["exchange"]
    assert sent["url"].endswith("?api_key=$ADA_TOKEN")
    assert "key-of-ada" not in judged.said + json.dumps(judged.report)


@pytest.mark.parametrize(
    ("defect", "found"),
    [("lists what is another's", set()), ("shows what is another's", {"OWNERSHIP-PRIVATE-HIDDEN"})],
)
def test_what_is_listed_to_all_may_be_shown_to_its_owner_alone(tmp_path: Path, defect: str, found: set[str]) -> None:
    """No operation removes it, which is why it is left behind."""
    document = yaml.safe_load((HERE / "todo.yaml").read_text(encoding="utf-8"))
    document["x-resource-types"]["todo"]["listed"] = "all"
    del document["paths"]["/todos/{todoId}"]["delete"]
    contract, server = written(tmp_path, document), Todos(defect)
    judged = judge(tmp_path, server.app, KEYS, "--contract", str(contract), "--clause", "ownership")
    assert judged.found == found, judged.said
    assert [each.partition(": ")[2] for each in judged.report["left_behind"]] == ["no operation removes one"] * len(
        server.stored
    )


def test_without_a_profile_what_needs_no_credential_is_judged() -> None:
    """By the URL alone, to which the base path of the document's server is added."""
    server = Articles()
    with running(server.app) as origin:
        judged = targets.judge("--target", origin, "--seed", "1", "--budget", "quick", *ARTICLES)
    assert judged.code == 0, judged.said
    assert "11 of 25 rules judged" in judged.said
    assert server.stored == {}


def test_by_scopes_of_the_profile_who_lacks_one_is_refused(tmp_path: Path) -> None:
    """No operation says who a caller is, and `security` names the scope; the server asks nobody for it."""
    document = yaml.safe_load((HERE / "todo.yaml").read_text(encoding="utf-8"))
    document["security"] = [{"key": ["todos"]}]
    contract = written(tmp_path, document)
    callers = {"ada": f'{KEYS["ada"]}\nscopes = ["todos"]', "bob": f"{KEYS['bob']}\nscopes = []"}
    judged = judge(tmp_path, Todos().app, callers, "--contract", str(contract), "--rule", "SCOPE-REQUIRED")
    assert (judged.code, judged.found) == (1, {"SCOPE-REQUIRED"}), judged.said


@pytest.mark.parametrize(("defect", "law"), todo_server.DEFECTS.items())
def test_each_mistake_of_a_todo_api_is_found(tmp_path: Path, defect: str, law: str) -> None:
    judged = judge(tmp_path, Todos(defect).app, KEYS, *TODOS, "--rule", law, "--owned")
    assert (judged.code, law in judged.found) == (1, True), judged.said


@pytest.mark.parametrize(("defect", "law"), articles_server.DEFECTS.items())
def test_each_mistake_of_articles_is_found(tmp_path: Path, defect: str, law: str) -> None:
    judged = judge(tmp_path, Articles(defect).app, TOKENS, *ARTICLES, "--rule", law)
    assert (judged.code, law in judged.found) == (1, True), judged.said


def test_no_convention_is_broken_by_notes_that_a_put_replaces(tmp_path: Path) -> None:
    server = Notes()
    judged = judge(tmp_path, server.app, {}, *NOTES)
    assert (judged.code, judged.report["findings"], server.stored) == (0, [], {}), judged.said
    verdicts = {each["id"]: each["verdict"] for each in judged.report["rules"]}
    assert {verdicts[each] for each in notes_server.DEFECTS.values()} == {"PASSED"}


@pytest.mark.parametrize(("defect", "convention"), notes_server.DEFECTS.items())
def test_each_break_of_a_convention_is_an_advisory_for_the_owner_too(
    tmp_path: Path, defect: str, convention: str
) -> None:
    there = {"old": {"id": "old", "text": "there", "createdAt": NOON, "updatedAt": NOON}}
    judged = judge(tmp_path, Notes(defect, there).app, {}, *NOTES, "--rule", convention, "--owned")
    found = {(each["rule"], each["verdict"]) for each in judged.report["findings"]}
    assert (judged.code, found) == (0, {(convention, "ADVISORY")}), judged.said

"""A new resource: its path in the contract, and one module that registers it in the suite.

Ownership, scopes, billing, validation, reading back, deletion, sweeping and generated cases follow, on a server that
stays; each wrong answer that is planted is found by the rule that it breaks.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from mock_server import Settings, create_app
from mock_server.errors import ApiError
from mock_server.operation import Handler, Reply, Request
from mock_server.state.state import State
from tests.agreement import note_resource
from tests.conformance.worldless import profile
from tests.judged import Judged
from tests.mock_server.serving import DOCUMENT, refusals, served, written

ROOT = Path(__file__).parents[2]
RUN = (
    "import conformance.resources, tests.agreement.note_resource, sys; "
    "from conformance.cli import main; sys.argv[0] = 'evershell-conformance'; main()"
)
OPERATIONS = ("notes.list", "notes.create", "notes.delete")


class NoteNotFound(ApiError, code="note_not_found", status=404):
    """There is no note of this id that the caller's org can see."""


@dataclass
class Notes:
    """Serves the made-up operations. Each defect is one wrong answer."""

    defect: str = ""
    stored: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Org and name, by id."""
    made: int = 0

    def list(self, state: State, request: Request) -> tuple[State, Reply]:
        shown = [
            {"id": key, "name": name}
            for key, (org, name) in self.stored.items()
            if org == request.caller.org_id or self.defect == "lists foreign ones"
        ]
        return state, Reply(200, {"notes": shown})

    def create(self, state: State, request: Request) -> tuple[State, Reply]:
        self.made += 1
        key, name = f"note_{self.made:012d}", request.body["name"]
        if self.defect != "keeps nothing":
            self.stored[key] = (request.caller.org_id, name)
        return state, Reply(201, {"id": key, "name": name})

    def delete(self, state: State, request: Request) -> tuple[State, Reply]:
        key = request.path["note_id"]
        org, _ = self.stored.get(key, (None, ""))
        if org is None or (org != request.caller.org_id and self.defect != "deletes foreign ones"):
            raise NoteNotFound("There is no note of this id.")
        if self.defect == "deletes the others of the org too":
            self.stored = {key: note for key, note in self.stored.items() if note[0] != org}
        elif self.defect != "deletes nothing":
            del self.stored[key]
        return state, Reply(200, {"id": key})


def declared(
    operation_id: str, billing: str, responses: dict[str, Any], *, writes: bool, **more: Any
) -> dict[str, Any]:
    return {
        "operationId": operation_id,
        "tags": ["session"],
        "summary": "Made up",
        "description": "Made up by a test.",
        "x-billing": billing,
        "x-provenance": "seed",
        **({"x-permissions": {"any": ["caps:write"]}} if writes else {}),
        **more,
        "responses": responses,
    }


def answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": "As asked for.",
        "x-provenance": {"response": "seed", "status": "seed"},
        "content": {"application/json": {"schema": schema}},
    }


NAME = {"type": "string", "minLength": 1, "maxLength": 64}
SHOWN = {
    "type": "object",
    "required": ["id", "name"],
    "additionalProperties": False,
    "properties": {"id": {"type": "string"}, "name": NAME},
}
LISTED = {"type": "object", "required": ["notes"], "properties": {"notes": {"type": "array", "items": SHOWN}}}
ASKED = {"type": "object", "required": ["name"], "additionalProperties": False, "properties": {"name": NAME}}
CODE = {"type": "object", "properties": {"code": {"type": "string", "enum": ["note_not_found"]}}}
ABSENT = {"allOf": [{"$ref": "#/components/schemas/Error"}, {"type": "object", "properties": {"error": CODE}}]}
NOTE_ID = {
    "name": "note_id",
    "in": "path",
    "required": True,
    "x-resource": {"name": "note", "not_found": "note_not_found"},
    "schema": {"type": "string", "minLength": 1},
    "example": "note_01HZ",
}
PATHS = {
    "/notes": {
        "get": declared("notes.list", "read", {"200": answer(LISTED), **refusals()}, writes=False),
        "post": declared(
            "notes.create",
            "create",
            {"201": answer(SHOWN), **refusals("403", "413", "415", "423")},
            writes=True,
            **{"x-max-body": 1024},
            requestBody={
                "required": True,
                "content": {"application/json": {"schema": ASKED, "example": {"name": "read me"}}},
            },
        ),
    },
    "/notes/{note_id}": {
        "parameters": [NOTE_ID],
        "delete": declared(
            "notes.delete",
            "wind-down",
            {
                "200": answer({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}),
                "404": answer(ABSENT),
                **refusals("403"),
            },
            writes=True,
        ),
    },
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    document = deepcopy(dict(DOCUMENT))
    document["paths"].update(PATHS)
    document["components"]["schemas"]["ErrorCode"]["enum"].append("note_not_found")
    return written(tmp_path_factory.mktemp("contract"), document)


@pytest.fixture
def judge(contract: Path, tmp_path: Path) -> Callable[..., Judged]:
    """Runs the suite over the made-up operations of a mock that serves them in one world, as a server that stays."""

    def judged(notes: Notes, *options: str) -> Judged:
        handlers = {name: Handler(getattr(notes, name.partition(".")[2])) for name in OPERATIONS}
        with served(create_app(replace(Settings(), contract=contract), handlers)) as origin:
            target = profile(tmp_path / "target.toml", origin, states=True)
            report = tmp_path / "report.json"
            command = [sys.executable, "-c", RUN, "run", "--target", str(target), "--contract", str(contract)]
            command += options or [f"--operation={name}" for name in OPERATIONS]
            ran = subprocess.run(
                [*command, "--seed", "1", "--report", f"json={report}"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
        return Judged(ran.returncode, ran.stdout + ran.stderr, json.loads(report.read_text(encoding="utf-8")))

    return judged


def test_one_short_module_registers_it() -> None:
    assert len(Path(note_resource.__file__).read_text(encoding="utf-8").splitlines()) <= 60


def test_everything_follows_from_its_registration(judge: Callable[..., Judged]) -> None:
    """Every declared answer is reached, the general rules judge it, and nothing is left behind."""
    notes = Notes(stored={"note_theirs": ("org_acme", "somebody's")})
    judged = judge(notes)
    assert judged.code == 0, judged.said
    assert judged.report["left_behind"] == []
    assert notes.made > 100
    assert notes.stored == {"note_theirs": ("org_acme", "somebody's")}
    cells = [cell for cell in judged.report["cells"] if cell["operation_id"] in OPERATIONS]
    assert len(cells) == 15
    assert [cell for cell in cells if not cell["count"]] == []
    rules = {(case["rule"], case["operation_id"]) for case in judged.report["cases"] if case["verdict"] == "PASSED"}
    assert {
        ("OWNERSHIP-OWN-SERVED", "notes.delete"),
        ("OWNERSHIP-PRIVATE-HIDDEN", "notes.delete"),
        ("OWNERSHIP-PRIVATE-INDISTINCT", "notes.delete"),
        ("SCOPE-REQUIRED", "notes.create"),
        ("SCOPE-SUFFICIENT", "notes.delete"),
        ("BILLING-CREATE-REFUSED", "notes.create"),
        ("BILLING-WIND-DOWN-FREE", "notes.delete"),
        ("BILLING-READ-FREE", "notes.list"),
        ("PROTOCOL-BODY-LIMIT", "notes.create"),
        ("CONTRACT-INVALID-REFUSED", "notes.create"),
        ("CONTRACT-RIGHT-ANSWER", "notes.delete"),
        ("DELETE-GONE", "notes.delete"),
    } <= rules


@pytest.mark.parametrize(
    ("defect", "rule"),
    [
        ("lists foreign ones", "OWNERSHIP-NOT-LISTED"),
        ("keeps nothing", "OWNERSHIP-LISTED"),
        ("deletes foreign ones", "OWNERSHIP-PRIVATE-HIDDEN"),
        ("deletes nothing", "DELETE-GONE"),
        ("deletes the others of the org too", "EFFECT-NOTHING-ELSE"),
    ],
)
def test_a_planted_wrong_answer_is_found(judge: Callable[..., Judged], defect: str, rule: str) -> None:
    judged = judge(Notes(defect), "--rule", rule)
    assert judged.code == 1, judged.said
    assert judged.found == {rule}

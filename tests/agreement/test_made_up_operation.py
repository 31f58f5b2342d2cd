"""A new operation on a known resource: its path in the contract and one function, and nothing else.

The mock routes, authenticates, authorises, bills and validates it, and the suite judges it and puts it
into the matrix, by what the copy of the contract says.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mock_server import Settings, create_app
from mock_server.errors import PermissionDenied
from mock_server.operation import Handler, Reply, Request
from mock_server.resources.packs.pack import PACKS
from mock_server.state.state import State
from tests import plain
from tests.mock_server.serving import contract_with, served

KEYS = {
    "acme-full-access": ("org_acme", "full_access", "sk_mock_acme_full_access_1001"),
    "acme-read-only": ("org_acme", "read_only", "sk_mock_acme_read_only_1003"),
    "globex-full-access": ("org_globex", "full_access", "sk_mock_globex_full_access_2001"),
    "initech-full-access": ("org_initech", "full_access", "sk_mock_initech_full_access_4001"),
}


def annotate(state: State, request: Request) -> tuple[State, Reply]:
    """The one function of the made-up operation."""
    pack = request.find(state, PACKS)
    if pack.org_id != request.caller.org_id:
        raise PermissionDenied("The pack belongs to another org.")
    return state, Reply(200, {"pack_id": pack.id, "note": request.body["note"]})


def response(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": "The note.",
        "x-provenance": {"response": "seed", "status": "seed"},
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}},
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def shared(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{name}"}


NOTE = {"type": "string", "minLength": 1, "maxLength": 20}
ANNOTATE = {
    "parameters": [{"$ref": "#/components/parameters/PackId"}],
    "put": {
        "operationId": "packs.annotate",
        "tags": ["packs"],
        "summary": "Annotate a pack",
        "description": "Made up by a test.",
        "x-permissions": {"any": ["caps:write"]},
        "x-billing": "create",
        "x-max-body": 1024,
        "x-provenance": "seed",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["note"],
                        "properties": {"note": NOTE},
                    },
                    "example": {"note": "read me"},
                }
            },
        },
        "responses": {
            "200": response(
                {
                    "type": "object",
                    "required": ["pack_id", "note"],
                    "properties": {"pack_id": {"type": "string"}, "note": NOTE},
                },
                {"pack_id": "pack_01HZ", "note": "read me"},
            ),
            "400": shared("ImageRefused"),
            "401": shared("Unauthenticated"),
            "403": shared("PackNotOwned"),
            "404": shared("PackNotFound"),
            "413": shared("PayloadTooLarge"),
            "415": shared("UnsupportedMediaType"),
            "423": shared("BillingInactive"),
        },
    },
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return contract_with(tmp_path_factory.mktemp("contract"), {"/packs/{id}/note": ANNOTATE})


@pytest.fixture(scope="module")
def origin(contract: Path) -> Iterator[str]:
    settings = replace(Settings(), contract=contract)
    with served(create_app(settings, {"packs.annotate": Handler(annotate)})) as url:
        yield url


ACME = KEYS["acme-full-access"][2]
NOTE_OF = "/v1/packs/pack_01HZ/note"


@pytest.mark.parametrize(
    ("token", "path", "body", "expected"),
    [
        (ACME, NOTE_OF, b'{"note": "read me"}', (200, None)),
        (None, NOTE_OF, b'{"note": "read me"}', (401, "unauthenticated")),
        (KEYS["acme-read-only"][2], NOTE_OF, b'{"note": "read me"}', (403, "permission_denied")),
        (KEYS["initech-full-access"][2], NOTE_OF, b'{"note": "read me"}', (423, "billing_inactive")),
        (ACME, NOTE_OF, b'{"note": ""}', (400, "validation_error")),
        (ACME, NOTE_OF, b" " * 1025, (413, "payload_too_large")),
        (ACME, "/v1/packs/pack_none/note", b'{"note": "read me"}', (404, "pack_not_found")),
    ],
)
def test_the_mock_serves_it(
    origin: str, token: str | None, path: str, body: bytes, expected: tuple[int, str | None]
) -> None:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    answer = plain.put(origin + path, content=body, headers=headers)
    assert (answer.status_code, answer.json().get("error", {}).get("code")) == expected


def test_its_path_has_one_method(origin: str) -> None:
    answer = plain.patch(origin + NOTE_OF)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "PUT")


def test_an_answer_outside_its_schema_does_not_leave(contract: Path) -> None:
    def wrong(state: State, _request: Request) -> tuple[State, Reply]:
        return state, Reply(200, {"pack_id": "pack_01HZ"})

    with served(create_app(replace(Settings(), contract=contract), {"packs.annotate": Handler(wrong)})) as url:
        answer = plain.put(url + NOTE_OF, json={"note": "x"}, headers={"Authorization": f"Bearer {ACME}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "contract_breach")


@pytest.fixture(scope="module")
def profile(origin: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = [
        "[target]",
        f'url = "{origin}/v1"',
        'control = "provider-states"',
        f'states_url = "{origin}/_mock/worlds/{{world}}/states"',
        f'world_url = "{origin}/_worlds/{{world}}/v1"',
    ]
    for name, (org, permission_set, token) in KEYS.items():
        lines += [f"[callers.{name}]", f'org = "{org}"', f'permission_set = "{permission_set}"', f'token = "{token}"']
    path = tmp_path_factory.mktemp("profile") / "copy.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_suite_judges_it(contract: Path, profile: Path, tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("evershell-conformance")), "run", "--target", str(profile)]
    command += ["--contract", str(contract), "--operation", "packs.annotate", "--seed", "1"]
    command += ["--report", f"json={tmp_path / 'report.json'}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    cells = {
        (cell["status"], cell["code"]): cell["count"]
        for cell in report["cells"]
        if cell["operation_id"] == "packs.annotate"
    }
    assert {cell for cell, count in cells.items() if count} == {
        (200, None),
        (400, "validation_error"),
        (401, "unauthenticated"),
        (403, "permission_denied"),
        (404, "pack_not_found"),
        (413, "payload_too_large"),
        (415, "unsupported_media_type"),
        (423, "billing_inactive"),
    }
    judged = {case["rule"] for case in report["cases"] if case["operation_id"] == "packs.annotate"}
    assert {"AUTH-REQUIRED", "SCOPE-REQUIRED", "BILLING-CREATE-REFUSED", "OWNERSHIP-PRIVATE-HIDDEN"} <= judged

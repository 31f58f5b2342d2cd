"""`evershell-mock contract`: what it prints is what the mock serves by, and what the contract takes."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mock_server.cli import main
from tests.mock_server.foreign.mocks import CONTRACTS, asked, write_contract
from tests.openapi import PATH


def printed(*arguments: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["contract", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize(("name", "least"), [("todo.yaml", 100), ("petstore.yaml", 55), ("conduit.yaml", 40)])
def test_the_share_of_operations_that_follow_is_printed(name: str, least: int) -> None:
    found = json.loads(printed(CONTRACTS / name, "--as", "json"))
    share = 100 * found["derived"] / found["operations"]
    assert share >= least
    first = printed(CONTRACTS / name).splitlines()[0]
    counts = f"{found['derived']} of {found['operations']} operations follow ({round(share)} %)"
    assert first == f"# {CONTRACTS / name}: resources inferred from paths, since the contract declares none: {counts}"


def test_why_others_do_not_follow_is_printed() -> None:
    assert "#   getInventory  neither its path nor its method says what it does" in printed(CONTRACTS / "petstore.yaml")


def test_types_can_be_pasted_and_an_overlay_kept_beside_the_contract(tmp_path: Path) -> None:
    contract, pasted, overlay = CONTRACTS / "petstore.yaml", tmp_path / "pasted.yaml", tmp_path / "overlay.yaml"
    types = printed(contract)
    pasted.write_text(contract.read_text(encoding="utf-8") + "\n" + types, encoding="utf-8")
    overlay.write_text(printed(contract, "--as", "overlay"), encoding="utf-8")
    for arguments in ((pasted,), (contract, "--overlay", overlay)):
        found = printed(*arguments)
        assert ": resources declared in x-resource-types: 15 of 19 operations follow (79 %)" in found.splitlines()[0]
        assert yaml.safe_load(found) == yaml.safe_load(types)
    with asked(contract, overlays=(overlay,)) as client:
        pet = client.post("/pet", json={"name": "Rex", "photoUrls": []}).json()
        assert client.get(f"/pet/{pet['id']}").json() == pet


def test_a_schema_without_a_name_gets_one(tmp_path: Path) -> None:
    item: dict[str, Any] = {"type": "object", "properties": {"id": {"type": "integer"}, "size": {"type": "integer"}}}
    media = {"application/json": {"schema": item}}
    responses = {"200": {"description": "One.", "content": media}}
    path = write_contract(
        tmp_path,
        paths={
            "/boxes": {"post": {"requestBody": {"content": media}, "responses": responses}},
            "/boxes/{id}": {"get": {"responses": responses}},
        },
    )
    found = yaml.safe_load(printed(path))
    assert found["x-resource-types"] == {
        "box": {"schema": "Box", "path": "/boxes/{id}", "id": {"field": "id", "is": "integer"}}
    }
    assert found["components"]["schemas"] == {"Box": item}


def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    assert "is a contract of our own API, which declares its resources" in printed(PATH, code=2)
    assert "nothing.yaml: cannot be read" in printed(tmp_path / "nothing.yaml", code=2)
    broken = tmp_path / "ops.py"
    broken.write_text("import nothing_of_this_name\n", encoding="utf-8")
    told = printed(CONTRACTS / "todo.yaml", "--module", broken, code=2)
    assert "ops.py: ModuleNotFoundError: No module named 'nothing_of_this_name'" in told
    strange = tmp_path / "strange.py"
    strange.write_text(
        "from mock_server.operation import Reply, operation\n\n\n"
        "@operation('nobody.knows')\ndef serve(state, _request):\n    return state, Reply(200)\n",
        encoding="utf-8",
    )
    told = printed(CONTRACTS / "todo.yaml", "--module", strange, code=2)
    assert "has no operation nobody.knows, for which there is a function" in told

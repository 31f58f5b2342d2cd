"""Declarations that contradict their contract: refused by the mock and the commands of the suite, in the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.contract import ContractError
from conformance.contract.reader import read
from mock_server import Settings, create_app
from mock_server.errors import StartError
from tests.agreement.labels import Edit, add_labels, edit_labels, of_label
from tests.agreement.test_vocabulary_slips import COMMANDS
from tests.mock_server.serving import written

LABEL = "/x-resource-types/label"


def without(keyword: str) -> Edit:
    return lambda document: document["x-resource-types"]["label"].pop(keyword)


def response(path: str, method: str, status: str) -> Any:
    shared = {"404": "LabelNotFound"}
    return lambda document: document["paths"][path][method]["responses"].update(
        {status: {"$ref": f"#/components/responses/{shared[status]}"}}
    )


SLIPS: dict[str, tuple[Edit, str, str]] = {
    "a 409 and nothing unique": (without("unique"), LABEL, "nothing is unique"),
    "unique and no 409": (
        lambda it: it["paths"]["/labels"]["post"]["responses"].pop("409"),
        f"{LABEL}/unique",
        "declares no 409",
    ),
    "unique in no body": (of_label(unique="created_at"), f"{LABEL}/unique", "no field 'created_at'"),
    "a field that no answer has": (of_label(merged=["size"]), f"{LABEL}/merged", "has no field 'size'"),
    "a field that nothing makes": (
        lambda it: it["components"]["schemas"]["Label"]["required"].append("size"),
        f"{LABEL}/schema",
        "which no body gives",
    ),
    "a schema that there is not": (of_label(schema="Lable"), f"{LABEL}/schema", "is no schema"),
    "a 404 of nothing in the path": (
        response("/labels", "get", "404"),
        "/paths/~1labels/get/responses/404",
        "of no resource",
    ),
    "a type that no path names": (
        lambda it: it["components"]["parameters"]["LabelId"].pop("x-resource"),
        LABEL,
        "no path has a parameter",
    ),
    "one prefix of two": (of_label(id={"prefix": "pack_"}), f"{LABEL}/id/prefix", "as the ids of pack do"),
    "archived by nothing": (of_label(archive={"field": "updated_at"}), f"{LABEL}/archive", "no operations archive"),
    "a reference to nothing": (of_label(refers={"color": {"to": "colour"}}), f"{LABEL}/refers/color/to", "no resource"),
    "a reference by nothing": (
        of_label(refers={"color": {"to": "pack", "by": "colour"}}),
        f"{LABEL}/refers/color/by",
        "has no field 'colour'",
    ),
    "a code of nothing": (
        of_label(switched_off={"subsystem": "labels", "code": "labels_disabled"}),
        f"{LABEL}/switched_off/code",
        "no code of ErrorCode",
    ),
    "code of no operation": (of_label(code=["lables.*"]), f"{LABEL}/code/0", "no operation"),
    "a session that nobody tells": (
        lambda it: it["x-features"]["session"].update(operation="me.get"),
        "/x-features/session/operation",
        "no operation",
    ),
    "a refusal that there is not": (
        lambda it: it["x-features"]["billing"].update(refusal="unpaid"),
        "/x-features/billing/refusal",
        "no code of ErrorCode",
    ),
}


def test_without_a_slip_they_are_read() -> None:
    assert read(Path("openapi.yaml"), add_labels()).types["label"].unique == ("name",)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_contradiction_is_refused_alike_by_both_with_its_place(slip: str, tmp_path: Path) -> None:
    edit, place, said = SLIPS[slip]
    path = written(tmp_path, edit_labels(edit))
    with pytest.raises(ContractError) as refused:
        read(path, edit_labels(edit))
    assert str(refused.value).startswith(f"{path}: {place}: ")
    assert said in str(refused.value)
    with pytest.raises(StartError) as stopped:
        create_app(Settings(contract=path))
    assert str(stopped.value) == str(refused.value)


def test_each_command_refuses_it_in_one_line(tmp_path: Path) -> None:
    edit, place, _ = SLIPS["a 409 and nothing unique"]
    path = written(tmp_path, edit_labels(edit))
    said = set()
    for name, command in COMMANDS.items():
        done = CliRunner().invoke(main, command(str(path)))
        assert done.exit_code == 2, (name, done.output)
        said.add(done.output)
    assert said == {f"evershell-conformance: {path}: {place}: " + next(iter(said)).partition(f"{place}: ")[2]}

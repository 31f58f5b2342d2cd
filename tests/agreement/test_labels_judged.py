"""A plain resource that the contract declares: the suite judges it without a line of Python for it.

The server is made by hand, so what the declaration says is held against somebody else's reading of the contract.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mock_server import Settings, create_app
from tests import forked
from tests.agreement.label_server import DEFECTS, OF_SHARED, OPERATIONS, Labels
from tests.agreement.labels import LABELS, add_labels
from tests.conformance.worldless import profile
from tests.judged import Judged
from tests.mock_server.serving import served, written

ROOT = Path(__file__).parents[2]
BY_HAND = (
    "import conformance.resources, tests.agreement.label_resource, sys; "
    "from conformance.cli import main; sys.argv[0] = 'evershell-conformance'; main()"
)
SHARED = "red"
CELLS = 28
"""The declared answers of the five operations."""


def _document() -> dict[str, Any]:
    """The contract with labels, which write no events: the server by hand keeps them where the mock has none of."""
    document = add_labels()
    for path in LABELS["paths"]:
        for operation in document["paths"][path].values():
            if isinstance(operation, dict):
                operation.pop("x-event", None)
    return document


def _shared() -> dict[str, Any]:
    """The same, with red labels that everybody sees, and nobody else is told whose they are."""
    document = _document()
    document["x-resource-types"]["label"] |= {"visible": ["own", {"color": SHARED}], "owner_only": ["org_id"]}
    document["components"]["schemas"]["Label"]["required"].remove("org_id")
    return document


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """The contracts by which is judged and which are served, in which each operation on labels has code.

    By the color of the labels that everybody sees.
    """

    def pair(document: dict[str, Any]) -> tuple[Path, Path]:
        coded = deepcopy(document)
        coded["x-resource-types"]["label"]["code"] = ["labels.*"]
        folders = (tmp_path_factory.mktemp("judged"), tmp_path_factory.mktemp("served"))
        return written(folders[0], document), written(folders[1], coded)

    return {"": pair(_document()), SHARED: pair(_shared())}


class JudgedLabels(Judged):
    """The same of a run on labels."""

    @property
    def cells(self) -> dict[tuple[str, int, str | None], int]:
        """By operation, status and code: how often it was reached."""
        cells = (each for each in self.report["cells"] if each["operation_id"] in OPERATIONS)
        return {(each["operation_id"], each["status"], each["code"]): each["count"] for each in cells}

    @property
    def cases(self) -> list[tuple[str, str, str]]:
        return sorted((each["id"], each["rule"], each["verdict"]) for each in self.report["cases"])


@pytest.fixture
def judge(contracts: dict[str, tuple[Path, Path]], tmp_path: Path) -> Callable[..., JudgedLabels]:
    """Runs the suite over the labels of a server that stays; by_hand: with a registration of theirs."""

    def judged(labels: Labels, *options: str, by_hand: bool = False) -> JudgedLabels:
        judging, serving = contracts[labels.shared]
        with served(create_app(replace(Settings(), contract=serving), labels.handlers)) as origin:
            target = profile(tmp_path / "target.toml", origin, states=True)
            report = tmp_path / "report.json"
            command = [
                "run",
                "--target",
                str(target),
                "--contract",
                str(judging),
                "--seed",
                "1",
                "--budget",
                "quick",
                *options,
            ]
            command += ["--report", f"json={report}"]
            if by_hand:
                ran = subprocess.run(
                    [sys.executable, "-c", BY_HAND, *command], cwd=ROOT, capture_output=True, text=True, check=False
                )
                code, said = ran.returncode, ran.stdout + ran.stderr
            else:
                code, *outputs = forked.run(forked.SUITE, command, ROOT, 300)
                said = "".join(outputs)
        return JudgedLabels(code, said, json.loads(report.read_text(encoding="utf-8")))

    return judged


OF_EVERY_ANSWER = "EFFECT-NOTHING-ELSE"
"""The rule by which each answer is held against what nothing can have changed, whatever a run is narrowed to."""
ON_LABELS = tuple(f"--operation={name}" for name in OPERATIONS)


def test_by_declaration_they_are_judged_as_by_hand(judge: Callable[..., JudgedLabels]) -> None:
    """Every declared answer is reached, nothing is found, and nothing is left; so it is with a registration by hand."""
    theirs = {"id": "label_theirs", "org_id": "org_acme", "name": "theirs", "color": "red", "position": 0}
    theirs |= dict.fromkeys(("created_at", "updated_at"), "2026-04-15T12:00:00Z")
    labels = Labels(stored={"label_theirs": theirs})
    declared = judge(labels, *ON_LABELS)
    assert declared.code == 0, declared.said
    assert declared.report["findings"] == declared.report["left_behind"] == []
    assert labels.stored == {"label_theirs": theirs}
    assert len(declared.cells) == CELLS
    assert [cell for cell, count in declared.cells.items() if not count] == []
    by_hand = judge(Labels(stored={"label_theirs": theirs}), *ON_LABELS, by_hand=True)
    assert by_hand.code == 0, by_hand.said
    assert declared.cases == by_hand.cases
    assert declared.cells.keys() == by_hand.cells.keys()


def test_without_code_in_either_program_nothing_is_found(tmp_path: Path) -> None:
    """The mock serves them by what the contract declares, and the suite judges them by the same; neither knows them."""
    contract, report = written(tmp_path, add_labels()), tmp_path / "report.json"
    with served(create_app(Settings(contract=contract))) as origin:
        target = profile(tmp_path / "target.toml", origin, states=True)
        options = ["--target", str(target), "--contract", str(contract), "--seed", "1", "--budget", "quick", *ON_LABELS]
        code, *outputs = forked.run(forked.SUITE, ["run", *options, "--report", f"json={report}"], ROOT, 300)
    judged = JudgedLabels(code, "".join(outputs), json.loads(report.read_text(encoding="utf-8")))
    assert judged.code == 0, judged.said
    assert (judged.found, len(judged.cells), min(judged.cells.values()) > 0) == (set(), CELLS, True)


@pytest.mark.parametrize(("defect", "rule"), DEFECTS.items())
def test_a_planted_wrong_answer_is_found(judge: Callable[..., JudgedLabels], defect: str, rule: str) -> None:
    judged = judge(Labels(defect), "--rule", rule, "--owned", *ON_LABELS)
    assert judged.code == 1, judged.said
    assert {rule} <= judged.found <= {rule, OF_EVERY_ANSWER}


def test_those_that_everybody_sees_are_judged_too(judge: Callable[..., JudgedLabels]) -> None:
    judged = judge(Labels(shared=SHARED), *ON_LABELS)
    assert judged.code == 0, judged.said
    assert [cell for cell, count in judged.cells.items() if not count] == []
    passed = {(case["rule"], case["operation_id"]) for case in judged.report["cases"] if case["verdict"] == "PASSED"}
    assert {
        ("OWNERSHIP-SHARED-READABLE", "labels.get"),
        ("OWNERSHIP-SHARED-READ-ONLY", "labels.update"),
        ("OWNERSHIP-SHARED-DELETE", "labels.delete"),
        ("OWNERSHIP-PRIVATE-HIDDEN", "labels.get"),
    } <= passed


@pytest.mark.parametrize(("defect", "rule"), OF_SHARED.items())
def test_a_wrong_answer_about_those_is_found(judge: Callable[..., JudgedLabels], defect: str, rule: str) -> None:
    judged = judge(Labels(defect, shared=SHARED), "--rule", rule, "--owned", *ON_LABELS)
    assert judged.code == 1, judged.said
    assert judged.found == {rule}

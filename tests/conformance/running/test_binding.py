"""Each test cites one rule of the contract, and a rule has one file: held at collection."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.targets import answering, error, response

TEST = """
from conformance.running.binding import rule

@rule("{rule}")
def test_it(harness):
    pass
"""
LAW = """
from conformance.running.binding import law

def of_each(scope, rule):
    return scope.contract.list_operations_of(rule)

@law("SESSION-CALLER", "SESSION-SCOPES", names="operation", values=of_each)
def test_law(harness, operation):
    pass
"""
REFUSAL = response("401 Unauthorized", error("unauthenticated"))


def collected(folder: Path) -> tuple[int, str]:
    """What pytest says of the rule files in a folder."""
    with answering(REFUSAL) as url:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "conformance.options",
            "--target",
            url,
            "--co",
            str(folder),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def test_a_rule_of_the_contract_is_collected(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(TEST.format(rule="AUTH-REQUIRED"))
    code, said = collected(tmp_path)
    assert code == 0, said
    assert "test_one.py::test_it" in said


def test_a_law_has_a_case_for_each_of_its_rules(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(LAW)
    code, said = collected(tmp_path)
    assert code == 0, said
    for rule in ("SESSION-CALLER", "SESSION-SCOPES"):
        assert f"test_one.py::test_law[{rule}-session.get]" in said


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"test_one.py": TEST.format(rule="AUTH-REQUIERD")}, "cites AUTH-REQUIERD"),
        (
            {f"test_{n}.py": TEST.format(rule="AUTH-REQUIRED") for n in ("one", "two")},
            "AUTH-REQUIRED is claimed by test_one.py and test_two.py",
        ),
        (
            {"test_one.py": LAW, "test_two.py": TEST.format(rule="SESSION-SCOPES")},
            "SESSION-SCOPES is claimed by test_one.py and test_two.py",
        ),
        ({"test_one.py": "def test_it(harness):\n    pass\n"}, "cites no rule"),
    ],
    ids=["unknown", "two-files", "two-files-of-a-law", "none"],
)
def test_another_binding_fails_at_collection(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    code, said = collected(tmp_path)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert reason in said

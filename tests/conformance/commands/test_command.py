"""The command: what it refuses before anything is sent, and what it lists."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.contract.contract import Contract
from tests.conformance.targets import judge


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--target", "absent.toml"], "absent.toml: cannot be read"),
        (["--target", "https://"], "--target"),
        (["--target", "mock", "--contract", "absent.yaml"], "absent.yaml: cannot be read"),
        (["--target", "mock", "--report", "pdf=report.pdf"], "KIND=PATH"),
        (["--target", "mock", "--report", "html"], "KIND=PATH"),
        (["--target", "mock", "--request-log", "absent/requests.log"], "--request-log absent/requests.log"),
        (["--target", "mock", "--rule", "NO-SUCH-RULE"], "--rule NO-SUCH-RULE"),
        (["--target", "mock", "--operation", "packs.burn"], "--operation packs.burn"),
        (["--target", "mock", "--clause", "etiquette"], "--clause etiquette"),
        (["--target", "mock", "--seed", "x"], "--seed"),
        ([], "--target"),
    ],
    ids=lambda value: "-".join(value[-2:]) if isinstance(value, list) else "",
)
def test_a_wrong_option_is_one_clear_sentence(tmp_path: Path, arguments: list[str], reason: str) -> None:
    judged = judge(*arguments, cwd=tmp_path)
    assert judged.code == 2
    assert reason in judged.complained
    assert "Traceback" not in judged.complained
    assert list(tmp_path.iterdir()) == []


def test_help_imports_nothing_that_running_needs() -> None:
    code = "import sys, conformance.cli; print(*sys.modules)"
    imported = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pytest", "httpx", "schemathesis", "hypothesis", "rich", "yaml"}.intersection(imported)


def test_help_names_the_exit_codes() -> None:
    judged = judge("--help", command="--help")
    assert judged.code == 0
    assert "130 interrupted" in judged.said


def test_rules_lists_each_with_its_sentence(contract: Contract) -> None:
    judged = judge(command="rules")
    assert judged.code == 0
    for rule in contract.rules.values():
        assert rule.id in judged.said
        assert rule.text in judged.said


def test_cells_lists_each_with_what_it_needs(contract: Contract) -> None:
    judged = judge(command="cells")
    assert judged.code == 0
    lines = judged.said.splitlines()
    assert len(lines) == len(contract.cells)
    assert not [line for line in lines if "no recipe" in line]


@pytest.mark.parametrize("command", ["rules", "cells"])
def test_a_list_of_a_contract_that_is_not_there(command: str) -> None:
    judged = judge("--contract", "absent.yaml", command=command)
    assert judged.code == 2
    assert "absent.yaml" in judged.complained

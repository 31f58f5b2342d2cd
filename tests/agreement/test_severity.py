"""What loses data or shows it to another org is a violation, where the contract only assumes its status or rule too."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from conformance.contract.file import load
from tests.conformance.targets import judge
from tests.live import served_mock
from tests.openapi import DOCUMENT

LOST, LEAKED = "data is lost", "an org is shown what is another's"


def found(tmp_path: Path, deviation: str, rule: str, *options: str) -> list[tuple[str, str]]:
    """The verdicts on the findings of a rule that a defect brings, and what each does."""
    report = tmp_path / "report.json"
    with served_mock("--deviation", deviation) as origin:
        judge("--target", f"{origin}/v1", "--seed", "1", "--rule", rule, "--report", f"json={report}", *options)
    findings = json.loads(report.read_text(encoding="utf-8"))["findings"]
    return sorted({(it["verdict"], it["effect"]) for it in findings if it["rule"] == rule})


@pytest.mark.parametrize(
    ("deviation", "rule", "effect"),
    [
        ("ownership-shared-deleted", "OWNERSHIP-SHARED-DELETE", LOST),
        ("parallel-write-lost", "PARALLEL-WRITES", LOST),
        ("images-taken-back", "CONTENT-KEEPS-REST", LOST),
        ("visibility-in-use-by-whom", "PACK-IN-USE-DETAILS", LEAKED),
    ],
)
def test_an_assumed_rule_makes_no_advisory_of_it(tmp_path: Path, deviation: str, rule: str, effect: str) -> None:
    assert not load().rules[rule].provenance.is_binding
    assert ("FAILED", effect) in found(tmp_path, deviation, rule)


@pytest.mark.parametrize(
    ("deviation", "rule"),
    [
        ("creation-part-ignored", "CREATE-VISIBILITY"),
        ("creation-shared-at-once", "CREATE-VISIBILITY"),
        ("visibility-noop-touches", "PACK-PATCH-NOOP"),
        ("visibility-touches-created-at", "PACK-PATCH-ONLY-VISIBILITY"),
        ("files-manifest-not-reread", "FILE-PACK-YAML"),
        ("ownership-hidden-in-other-words", "OWNERSHIP-PRIVATE-INDISTINCT"),
    ],
)
def test_what_loses_and_shows_nothing_stays_one(tmp_path: Path, deviation: str, rule: str) -> None:
    assert found(tmp_path, deviation, rule) == [("ADVISORY", "")]


def assumed(tmp_path: Path, operation_id: str) -> Path:
    """The contract, in which nothing is known of an operation and its answers."""
    document: dict[str, Any] = copy.deepcopy(dict(DOCUMENT))
    operations = [each for path in document["paths"].values() for each in path.values() if isinstance(each, dict)]
    operation = next(each for each in operations if each.get("operationId") == operation_id)
    operation["x-provenance"] = "assumed"
    for response in operation["responses"].values():
        response["x-provenance"] = "assumed"
    path = tmp_path / "openapi.yaml"
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("deviation", "rule", "effect"),
    [
        ("ownership-private-readable", "OWNERSHIP-PRIVATE-HIDDEN", LEAKED),
        ("ownership-own-hidden-from-keys", "OWNERSHIP-OWN-SERVED", LOST),
    ],
)
def test_an_operation_of_which_nothing_is_known_may_not_do_it(
    tmp_path: Path, deviation: str, rule: str, effect: str
) -> None:
    contract = str(assumed(tmp_path, "packs.get"))
    assert ("FAILED", effect) in found(tmp_path, deviation, rule, "--contract", contract, "--operation", "packs.get")

"""A resource of ours under a name that no home has: what the contract declares of it is enough to judge it."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

from tests import forked
from tests.live import served_mock
from tests.mock_server.serving import written
from tests.openapi import DOCUMENT

CLAUSES = ("ownership", "effects", "creation", "deletion", "subsystems", "contract", "scopes")


def test_secrets_under_another_name_are_judged_by_their_declaration(tmp_path: Path) -> None:
    """They have names in the place of ids, are set by a PUT, and can be switched off."""
    document = deepcopy(dict(DOCUMENT))
    declared = document["x-resource-types"].pop("secret")
    document["x-resource-types"]["stored_value"] = {name: each for name, each in declared.items() if name != "code"}
    document["components"]["parameters"]["SecretName"]["x-resource"]["name"] = "stored_value"
    report = tmp_path / "report.json"
    with served_mock() as origin:
        command = ["run", "--target", f"{origin}/v1", "--contract", str(written(tmp_path, document)), "--seed", "1"]
        command += ["--budget", "quick", "--report", f"json={report}", *(f"--clause={each}" for each in CLAUSES)]
        command += [f"--operation=secrets.{each}" for each in ("list", "set", "delete")]
        code, said, _ = forked.run(forked.SUITE, command, tmp_path, 300)
    assert code == 0, said
    cases = json.loads(report.read_text(encoding="utf-8"))["cases"]
    passed = {case["rule"] for case in cases if case["verdict"] == "PASSED" and "stored_value" in case["id"]}
    assert {"OWNERSHIP-LISTED", "OWNERSHIP-NOT-LISTED", "EFFECT-EVERY-CALLER", "EFFECT-NOTHING-ELSE"} <= passed
    judged = {(case["rule"], case["operation_id"]) for case in cases if case["verdict"] == "PASSED"}
    assert {("SUBSYSTEM-DISABLED", "secrets.set"), ("CONTRACT-RIGHT-ANSWER", "secrets.delete")} <= judged

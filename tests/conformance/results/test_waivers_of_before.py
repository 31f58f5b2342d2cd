"""Waivers written before the suite was laid out anew: each still names the finding that it was written for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.targets import judge
from tests.live import served_mock

FILES = Path(__file__).parent / "files"
BEFORE: dict[str, Any] = json.loads((FILES / "report-before.json").read_text(encoding="utf-8"))
"""What the suite of then found in the mock with these deviations, without the exchanges."""

PART = re.compile(r"\[\d+\]$")
"""The number of a part, which the cases of then had not."""
DRAWN = (
    "test_contract.py::test_linked_requests_are_answered_right",
    "test_contract.py::test_sequences_are_answered_right",
)
"""What these ask is drawn from all operations of the contract, which had fewer."""
LATER = ("test_effects.py::", "test_contract.py::test_hostile_", "test_audit.py::", "test_mounting.py::")
LATER_RESOURCES = re.compile("providers|agent.roles|api.keys|memberships|credentials|secrets|audit")
"""What the cases of resources are called that the contract had not."""


def told(findings: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    """What a waiver names; the case that met it first is another one where a budget generates fewer requests."""
    return {
        (it["fingerprint"], it["rule"], it["operation_id"] or "")
        for it in findings
        if PART.sub("", it["case"]) not in DRAWN
    }


@pytest.mark.timeout(600)
def test_the_waivers_of_before_are_of_what_is_found_now(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    options = ["--seed", str(BEFORE["seed"]), "--budget", BEFORE["budget"], "--report", f"json={report}", "--strict"]
    # A run of then judged every case, whatever its budget, as one does that names what is to be judged.
    options += [f"--rule={rule}" for rule in sorted({it["rule"] for it in BEFORE["findings"]})]
    with served_mock(*(f"--deviation={each}" for each in BEFORE["deviations"])) as origin:
        judged = judge("--target", f"{origin}/v1", "--waivers", FILES / "waivers-before.toml", *options, timeout=600)
    findings = json.loads(report.read_text(encoding="utf-8"))["findings"]
    waived = [it for it in findings if it["verdict"] == "WAIVED"]
    assert told(waived) == told(BEFORE["findings"])
    # What tests of later rules find besides, and of later operations, is no concern of waivers of before.
    others = [it["case"] for it in findings if it not in waived and not LATER_RESOURCES.search(it["case"])]
    assert [case for case in others if not case.startswith((*LATER, *DRAWN))] == []
    assert judged.code == (1 if len(findings) > len(waived) else 0), judged.said
    assert "waiver" not in judged.complained
    assert "is not used" not in judged.said

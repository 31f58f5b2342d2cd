"""What right servers were recorded to answer, of which something was accused once: nothing is found of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import main

RECORDINGS = Path(__file__).with_name("recordings")
"""One file for each mistake of the judge, made on the mock and cut down to what shows it, and random sessions of six
callers as several recorders write them."""


@pytest.mark.parametrize("options", [(), ("--alone",)], ids=["open", "alone"])
def test_nothing_is_found_of_a_right_server(tmp_path: Path, options: tuple[str, ...]) -> None:
    report = tmp_path / "report.json"
    asked = ["traffic", str(RECORDINGS), "--report", f"json={report}", "--quiet", *options]
    result = CliRunner().invoke(main, asked)
    findings = json.loads(report.read_text(encoding="utf-8"))["findings"]
    assert [(each["case"], each["rule"], each["expected"], each["got"]) for each in findings] == []
    assert result.exit_code == 0, result.output

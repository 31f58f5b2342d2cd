"""A recording that Chromium makes itself: nothing that is right is accused, and what its page does wrong is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.recorded.chromium import record
from tests.chromium import chromium
from tests.conformance.targets import judge
from tests.conformance.traffic.page import script
from tests.live import served_mock

pytestmark = pytest.mark.needs_browser

PAGE = script("""
  await ask('GET', '/me/session');
  await ask('GET', '/packs');
  await ask('PATCH', '/packs/pack_01HZ', { visibility: 'community' });
  await ask('GET', '/packs/pack_01HZ');
  await ask('GET', '/packs/none');
  await ask('POST', '/workspaces/ws_01HZ/tasks', { description: 'Look.' });
  await ask('GET', '/workspaces/ws_01HZ/tasks');
  await upload();
  await ask('PATCH', '/packs/pack_01HZ', { visibility: 'nobody' });
  await ask('PATCH', '/packs/pack_01HZ', { visibilty: 'org' });
  await ask('GET', '/packs?limit=3');
  await fetch(`${origin}/v1/packs`);
""")
"""What is right, a form with bytes in it, and four requests that the contract does not allow."""
WRONG = {"CLIENT-BODY", "CLIENT-KEY", "CLIENT-QUERY", "CLIENT-CREDENTIAL-MISSING"}


@pytest.mark.parametrize("name", ["page.har", "page.zip"])
def test_a_recording_by_playwright(tmp_path: Path, name: str) -> None:
    """In one file, and with its bodies in files of their own."""
    with served_mock() as origin, chromium() as browser:
        context = browser.new_context(record_har_path=tmp_path / name)
        page = context.new_page()
        page.goto(f"{origin}/_mock/")
        page.evaluate(PAGE, origin)
        context.close()
    report = tmp_path / "report.json"
    asked = (str(tmp_path / name), "--alone", "--side", "both", "--report", f"json={report}")
    ended = judge(*asked, command="traffic")
    results = json.loads(report.read_text(encoding="utf-8"))
    assert ended.code == 0, ended.said
    assert {each["rule"] for each in results["findings"]} == WRONG
    assert {each["verdict"] for each in results["findings"]} == {"ADVISORY"}
    assert results["traffic"]["judged"] == 12
    assert results["traffic"]["callers"] == ["owner of org_acme", "anonymous"]


def test_a_recording_as_the_network_panel_exports_it(tmp_path: Path) -> None:
    """Of a page of another origin, so that there are preflights."""
    source, report = tmp_path / "page.har", tmp_path / "report.json"
    source.write_text(json.dumps(record(seed=1, length=12)), encoding="utf-8")
    ended = judge(str(source), "--alone", "--report", f"json={report}", command="traffic")
    results = json.loads(report.read_text(encoding="utf-8"))
    assert (ended.code, results["findings"]) == (0, []), ended.said
    assert results["traffic"]["judged"] >= 12
    assert results["traffic"]["skipped"]["preflight"] > 0

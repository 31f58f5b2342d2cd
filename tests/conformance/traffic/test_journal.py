"""The journal of a mock, saved as an HTTP archive, is judged as any other recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import plain
from tests.conformance.targets import judge
from tests.live import served_mock

ASKED: list[tuple[str, str, Any]] = [
    ("GET", "/me/session", None),
    ("GET", "/packs", None),
    ("PATCH", "/packs/pack_01HZ", {"visibility": "community"}),
    ("GET", "/packs/pack_01HZ", None),
    ("GET", "/packs/none", None),
    ("GET", "/workspaces/ws_01HZ/sandbox/files", None),
    ("GET", "/audit?limit=3", None),
]


@pytest.mark.parametrize(
    ("deviation", "found"),
    [(None, set()), ("visibility-not-stored", {"PACK-PATCH-APPLIES"})],
    ids=["right", "with-a-defect"],
)
def test_what_a_client_asked_is_judged(tmp_path: Path, deviation: str | None, found: set[str]) -> None:
    options = ["--deviation", deviation] if deviation else []
    path, report = tmp_path / "journal.har", tmp_path / "report.json"
    with served_mock(*options) as origin:
        personas = plain.get(f"{origin}/_mock/personas").json()["personas"]
        token = next(each["token"] for each in personas if each["name"] == "acme-owner")
        for method, target, body in ASKED:
            plain.request(method, f"{origin}/v1{target}", json=body, headers={"Authorization": f"Bearer {token}"})
        path.write_bytes(plain.get(f"{origin}/_mock/worlds/default/journal/har").content)
    ended = judge(str(path), "--alone", "--report", f"json={report}", command="traffic")
    results = json.loads(report.read_text(encoding="utf-8"))
    assert {each["rule"] for each in results["findings"]} == found
    assert ended.code == (1 if found else 0), ended.said
    assert results["traffic"]["judged"] == len(ASKED)
    assert results["traffic"]["callers"] == ["owner of org_acme"]

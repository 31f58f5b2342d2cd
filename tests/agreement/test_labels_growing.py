"""A field, a code and two operations more of a declared resource: contract alone, and both programs have them."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from mock_server import Settings, create_app
from tests import forked
from tests.agreement.costs import costs
from tests.agreement.labels import GROWING, add_labels
from tests.conformance.worldless import profile
from tests.mock_server.serving import served, written

ROOT = Path(__file__).parents[2]
REACHED = {
    "a field": {("labels.create", 201, None), ("labels.update", 200, None)},
    "a code": {
        ("labels.create", 201, None),
        ("labels.create", 409, "label_exists"),
        ("labels.create", 409, "label_provider_archived"),
    },
    "two operations": {("labels.archive", 200, None), ("labels.unarchive", 409, "not_archived")},
}
"""Answers that have what is added, or that stand beside it."""
KEY = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}


@pytest.mark.parametrize("more", GROWING)
def test_it_is_served_and_judged_without_any_code(more: str, tmp_path: Path) -> None:
    contract, report = written(tmp_path, add_labels(more=more)), tmp_path / "report.json"
    with served(create_app(Settings(contract=contract))) as origin:
        target = profile(tmp_path / "target.toml", origin, states=True)
        options = ["--target", str(target), "--contract", str(contract), "--seed", "1", "--budget", "quick"]
        operations = sorted({f"--operation={name}" for name, _, _ in REACHED[more]})
        code, *said = forked.run(forked.SUITE, ["run", *options, *operations, "--report", f"json={report}"], ROOT, 300)
    found = json.loads(report.read_text(encoding="utf-8"))
    assert (code, found["findings"]) == (0, []), said
    reached = {(each["operation_id"], each["status"], each["code"]) for each in found["cells"] if each["count"]}
    assert reached >= REACHED[more]


def test_the_mock_refuses_with_the_code_that_was_added(tmp_path: Path) -> None:
    app = create_app(Settings(contract=written(tmp_path, add_labels(more="a code"))))
    with served(app) as origin, httpx.Client(base_url=f"{origin}/v1", headers=KEY) as client:
        made = client.post("/providers", json={"name": "put-away", "kind": "openai", "domain": "api.made.example"})
        body = {"name": "late", "color": "red", "provider_id": made.json()["id"]}
        assert client.post(f"/providers/{made.json()['id']}/archive").status_code == 200
        refused = client.post("/labels", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "label_provider_archived")


def test_the_architecture_has_the_lines_that_the_files_have() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert [f"| {what} | {lines} | 0 | 0 |" in text for what, lines in costs()] == [True] * (1 + len(GROWING))

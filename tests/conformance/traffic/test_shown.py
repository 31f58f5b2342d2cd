"""What one answer says of itself, and of whose things are, whatever else the server has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.traffic.har import entry
from tests.conformance.traffic.judging import judged, session
from tests.openapi import DOCUMENT

OWNER = session(role="owner", permissions=tuple(DOCUMENT["x-roles"]["owner"]))
SECRET = "value-4711-of-nobody"  # of nobody


def as_owner(at: float = -1, **changed: Any) -> dict[str, Any]:
    return entry(path="/me/session", answer={**OWNER, **changed}, at=at)


SENT = {"name": "one", "kind": "openai", "domain": "api.one.example"}


def provider(**changed: Any) -> dict[str, Any]:
    shown = {"id": "prov_1", "org_id": "org_acme", "name": "one", "kind": "openai", "domain": "api.one.example"}
    return {**shown, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", **changed}


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (
            entry(path="/providers", answer={"providers": [provider(archived_at="2026-01-02T00:00:00Z")]}, at=1),
            "LIST-ARCHIVED",
        ),
        (entry(path="/providers/prov_1", answer=provider(org_id="org_globex"), at=1), "OWNERSHIP-PRIVATE-HIDDEN"),
        (entry("POST", "/providers/prov_1/archive", answer=provider(), at=1), "ARCHIVE-STAMPS"),
        (as_owner(at=1, org_id="org_globex"), "SESSION-CALLER"),
        (as_owner(at=1, api_key_label="a key"), "SESSION-KEY-LABEL"),
        (as_owner(at=1, permissions=["billing:write"]), "SESSION-SCOPES"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_so_is_named_by_its_rule(tmp_path: Path, answer: Any, rule: str) -> None:
    assert rule in [found for found, _ in judged(tmp_path, as_owner(), answer).found]


@pytest.mark.parametrize(
    "answer",
    [
        as_owner(at=1),
        entry(path="/providers/prov_1", answer=provider(), at=1),
        entry(path="/providers", answer={"providers": [provider()]}, at=1),
        entry("POST", "/providers", 201, provider(), body={**SENT, "id": "prov_of_mine"}, at=1),
    ],
)
def test_what_may_be_so_is_no_finding(tmp_path: Path, answer: Any) -> None:
    said = judged(tmp_path, as_owner(), answer, options=("--strict", "--alone"))
    assert said.found == []


def test_a_secret_that_was_sent_is_in_no_answer_and_in_no_report(tmp_path: Path) -> None:
    shown = {"name": "ONE", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    put = entry("PUT", "/secrets/ONE", body={"value": SECRET}, answer=shown, at=1)
    leak = entry(path="/secrets", answer={"secrets": [{**shown, "note": SECRET}]}, at=2)
    said = judged(tmp_path, as_owner(), put, leak, options=("--show-values",))
    assert ("SECRET-HIDDEN", "secrets.list") in said.found
    assert SECRET not in said.output + (tmp_path / "report.json").read_text()


def test_a_deleted_secret_is_not_listed_where_nobody_else_is_at_work(tmp_path: Path) -> None:
    shown = {"name": "ONE", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    put = entry("PUT", "/secrets/ONE", body={"value": SECRET}, answer=shown, at=1)
    deleted = entry("DELETE", "/secrets/ONE", answer={"status": "deleted"}, at=2)
    listed = entry(path="/secrets", answer={"secrets": [shown]}, at=3)
    assert ("DELETE-GONE", "secrets.list") in judged(
        tmp_path, as_owner(), put, deleted, listed, options=("--alone",)
    ).found
    assert ("DELETE-GONE", "secrets.list") not in judged(tmp_path, as_owner(), put, deleted, listed).found
    assert judged(tmp_path, as_owner(), put, listed, options=("--alone",)).found == []

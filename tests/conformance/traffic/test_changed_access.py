"""What of a recording a change of headers or of billing breaks: `diff OLD NEW --traffic`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.changes.edits import Edit, operation, put
from tests.conformance.traffic.har import entry
from tests.conformance.traffic.judging import introduced, pack, refused, session
from tests.conformance.traffic.test_changed import DELETED, LISTED, compared

PACKS, DELETE = operation("get", "/packs"), operation("delete", "/packs/{id}")
TRACE: dict[str, Any] = {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}


def declared(**changed: Any) -> Edit:
    """The header on the list of packs."""
    return put(*PACKS, "parameters", [{**TRACE, **changed}])


def traced(*values: str) -> dict[str, Any]:
    """The list of packs, asked with the header."""
    return entry(answer={"packs": [pack()]}, sent=dict(zip(("X-Trace", "x-trace"), values, strict=False)), at=1)


NUMBERS = {"type": "array", "items": {"type": "integer"}, "maxItems": 2}
HEADERS: Mapping[str, tuple[Edit, str | None, dict[str, Any]]] = {
    "has to be there": (declared(required=True), "parameter-required", LISTED),
    "has to be there, and is": (declared(required=True), None, traced("a")),
    "has another type": (declared(schema={"type": "integer"}), "request-changed", traced("a")),
    "has another type, and fits": (declared(schema={"type": "integer"}), None, traced("3")),
    "is masked": (declared(schema={"type": "integer"}), None, traced("[Filtered]")),
    "is a list": (declared(schema=NUMBERS), None, traced("1, 2")),
    "is a longer list": (declared(schema=NUMBERS), "request-changed", traced("1, 2", "3")),
}
"""By what the header is now: the edit, the kind of change that is met, and what was recorded."""


@pytest.mark.parametrize(("edit", "kind", "recorded"), HEADERS.values(), ids=HEADERS)
def test_a_header_that_is_refused_now_is_told(
    tmp_path: Path, edit: Edit, kind: str | None, recorded: dict[str, Any]
) -> None:
    said = compared(tmp_path, edit, introduced(), recorded, before=[declared()])
    told = {name: sides for name, sides in said.met.items() if sides != ({}, {})}
    assert told == ({kind: ({"packs.list": 1}, {})} if kind else {})


def test_a_recorder_that_leaves_headers_out_says_nothing_of_them(tmp_path: Path) -> None:
    bare = entry(answer={"packs": [pack()]}, token=None, at=1)
    assert compared(tmp_path, declared(required=True), introduced(), bare, before=[declared()]).met == {}


def told(status: str, at: float) -> dict[str, Any]:
    """A session that says in which posture the caller's org is."""
    membership = {"org_id": "org_acme", "role": "publisher", "billing_status": status}
    return entry(path="/me/session", answer={**session(), "memberships": [membership]}, at=at)


POSTURES: Mapping[str, tuple[tuple[dict[str, Any], ...], bool]] = {
    "told before": ((told("past_due", 0), DELETED), True),
    "told before and after": ((told("past_due", 0), DELETED, told("decommissioning", 9)), True),
    "told by a refusal": ((refused("POST", "/packs", 423, "billing_inactive", body={"a": 1}, at=1), DELETED), True),
    "changed meanwhile": ((told("past_due", 0), DELETED, told("active", 9)), False),
    "told after it alone": ((DELETED, told("past_due", 9)), False),
    "active": ((told("active", 0), DELETED), False),
    "a trial, which may have run out": ((told("trial", 0), DELETED), False),
}


@pytest.mark.parametrize(("recorded", "met"), POSTURES.values(), ids=POSTURES)
def test_what_was_served_to_an_org_that_does_not_pay_may_be_refused(
    tmp_path: Path, recorded: tuple[dict[str, Any], ...], met: bool
) -> None:
    said = compared(tmp_path, put(*DELETE, "x-billing", "create"), introduced(), *recorded)
    assert said.met == ({"billing-tightened": ({"packs.delete": 1}, {})} if met else {})


def test_a_refusal_for_billing_is_ruled_out_where_there_is_none_any_more(tmp_path: Path) -> None:
    unpaid = refused("POST", "/packs", 423, "billing_inactive", body={"a": 1}, at=1)
    said = compared(tmp_path, put(*operation("post", "/packs"), "x-billing", "wind-down"), introduced(), unpaid)
    assert said.met == {"billing-loosened": ({}, {"packs.create": 1})}

"""What no document states is held against answers, and what others keep or round is nobody's mistake."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.contract import Contract, Provenance
from conformance.contract.file import load
from conformance.http.exchange import Exchange, Request
from conformance.judging.laws import ResponseInvariants
from tests.conformance.laws.notes_server import DOCUMENT, TRACE
from tests.mock_server.serving import written
from tests.openapi import DOCUMENT as OURS

NODE = "TypeError: x is undefined\n    at put (/srv/app/notes.js:7:3)\n    at next (/srv/node_modules/router.js:1:1)"
JVM = "java.lang.NullPointerException\n\tat com.acme.Notes.put(Notes.java:7)"
NOON, LATER = "2031-01-01T12:00:00Z", "2031-01-01T13:00:00+00:00"
NOTE = {"id": "1", "text": "a", "createdAt": NOON, "updatedAt": NOON}


@pytest.fixture(scope="module")
def notes() -> Contract:
    return load(DOCUMENT)


def seen(
    status: int,
    body: object,
    *,
    method: str = "GET",
    path: str = "/notes",
    sent: object = None,
    media_type: str = "application/json",
    location: str = "",
) -> Exchange:
    """Return an exchange with notes."""
    content = None if sent is None else json.dumps(sent).encode()
    request = Request(f"{method} {path}", method, path, {}, headers=(("Content-Type", "application/json"),))
    headers = (("content-type", media_type), *((("location", location),) if location else ()))
    shown = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Exchange("ada", replace(request, content=content), f"http://t/api{path}", status, headers, shown, 1.0)


def conventions_broken(contract: Contract, exchange: Exchange) -> set[str]:
    broken = list(ResponseInvariants(contract).find_breaches(exchange))
    return {each.rule for each in broken if not contract.rules[each.rule].is_stated}


def listed(*every: dict[str, Any], count: object) -> dict[str, object]:
    return {"notes": list(every), "notesCount": count}


@pytest.mark.parametrize(
    ("exchange", "broken"),
    [
        (seen(422, {"detail": TRACE}, method="POST"), {"CONTRACT-NO-STACK-TRACE"}),
        (seen(422, {"detail": JVM}, method="POST"), {"CONTRACT-NO-STACK-TRACE"}),
        (seen(404, f"<pre>{NODE}</pre>", media_type="text/html"), {"CONTRACT-NO-STACK-TRACE"}),
        (seen(200, f"<pre>{NODE}</pre>", media_type="text/html"), {"CONTRACT-NO-STACK-TRACE"}),
        (seen(422, {"detail": TRACE}, method="POST", sent={"text": TRACE}), set()),
        (seen(200, {**NOTE, "text": TRACE}, path="/notes/1"), set()),
        (seen(422, {"detail": "You came at noon (12:00)."}, method="POST"), set()),
        (seen(201, NOTE, method="POST", location="/api/nothing/1"), {"CONTRACT-LOCATION"}),
        (seen(201, NOTE, method="POST", location="/notes/1"), {"CONTRACT-LOCATION"}),
        (seen(201, NOTE, method="POST", location="http://t/api/notes/1"), set()),
        (seen(201, NOTE, method="POST", location="notes/1"), set()),
        (seen(201, NOTE, method="POST", location="https://elsewhere.example/1"), set()),
        (seen(200, {**NOTE, "createdAt": LATER}, path="/notes/1"), {"CONTRACT-TIMES"}),
        (seen(200, listed({**NOTE, "createdAt": LATER}, count=1)), {"CONTRACT-TIMES"}),
        (seen(200, {**NOTE, "createdAt": "2031-01-01T12:00:00.9Z"}, path="/notes/1"), set()),
        (seen(200, {**NOTE, "updatedAt": "never"}, path="/notes/1"), set()),
        (seen(200, listed(NOTE, NOTE, count=1)), {"CONTRACT-COUNTS"}),
        (seen(200, listed(NOTE, count=7)), set()),
        (seen(200, {"notes": [NOTE], "notesCount": 1, "marksCount": 0}), set()),
    ],
)
def test_an_answer_keeps_what_nearly_every_api_keeps(notes: Contract, exchange: Exchange, broken: set[str]) -> None:
    assert conventions_broken(notes, exchange) == broken


def test_a_time_that_callers_send_is_nobodys_mistake(tmp_path: Path, notes: Contract) -> None:
    document = json.loads(json.dumps(notes.document))
    document["components"]["schemas"]["NewNote"]["properties"]["createdAt"] = {"type": "string", "format": "date-time"}
    contract = load(written(tmp_path, document))
    assert conventions_broken(contract, seen(200, {**NOTE, "createdAt": LATER}, path="/notes/1")) == set()


def test_a_contract_may_state_a_convention_or_waive_it(tmp_path: Path) -> None:
    """Unstated it binds nobody, the owner of the API either."""
    rule = {"clause": "contract", "level": "must", "provenance": "seed", "text": "Times go on."}
    stated = load(written(tmp_path, {**OURS, "x-rules": {**OURS["x-rules"], "CONTRACT-TIMES": rule}}))
    assert stated.rules["CONTRACT-TIMES"].provenance is Provenance.SEED
    waived = {**OURS["x-rules"], "CONTRACT-TIMES": {**rule, "waived": "It has no clock."}}
    assert "CONTRACT-TIMES" not in load(written(tmp_path, {**OURS, "x-rules": waived})).rules
    ours = load(written(tmp_path, dict(OURS)), owned=True)
    assert not ours.rules["CONTRACT-TIMES"].provenance.is_binding
    assert "CONTRACT-COUNTS" not in ours.rules

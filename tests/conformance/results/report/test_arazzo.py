"""A finding is a workflow where Arazzo can say its requests, and is named with the reason where it cannot."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from conformance.http.exchange import Exchange, Request
from conformance.results.report import arazzo
from conformance.results.verdict import Case, Finding, Run, Verdict

JSON = (("Content-Type", "application/json"),)


@pytest.fixture
def written(make_run: Callable[..., Run], finding: Finding) -> Callable[..., dict[str, Any]]:
    """Return the report of one finding, changed so."""

    def write(**changes: object) -> dict[str, Any]:
        found = replace(finding, **changes)  # type: ignore[arg-type]  # the test names its fields
        document = json.loads(arazzo.render(make_run(Case("c", found.rule, None, Verdict.FAILED, findings=(found,)))))
        assert isinstance(document, dict)
        return document

    return write


def created(exchange: Exchange, answer: dict[str, Any]) -> Exchange:
    """Return the creation of an API key, whose answer is this."""
    request = Request("api_keys.create", "POST", "/api-keys", {}, headers=JSON, content=b'{"label": "CI"}')
    url = exchange.base_url + request.path
    return replace(exchange, request=request, url=url, status=201, body=json.dumps(answer).encode())


def test_what_an_answer_made_and_credentials_stand_by_name(
    written: Callable[..., dict[str, Any]], exchange: Exchange
) -> None:
    made = created(exchange, {"id": "key_1", "value": "$MADE_TOKEN"})
    made = replace(made, authorization="Bearer $ACME_OWNER_TOKEN")
    used = Request("api_keys.revoke", "DELETE", "/api-keys/key_1", {"id": "key_1"})
    last = replace(
        exchange,
        request=used,
        url=exchange.base_url + "/api-keys/key_1",
        authorization="Bearer $MADE_TOKEN",
        status=200,
    )
    document = written(steps=(made,), exchange=last, operation_id="api_keys.revoke", expected="403 permission_denied")
    [workflow] = document["workflows"]
    first, second = workflow["steps"]
    assert workflow["inputs"]["required"] == ["ACME_OWNER_TOKEN"]
    assert first["outputs"] == {"id": "$response.body#/id", "value": "$response.body#/value"}
    assert {it["name"]: it["value"] for it in second["parameters"]} == {
        "Authorization": "Bearer {$steps.step_1.outputs.value}",
        "id": "$steps.step_1.outputs.id",
    }
    assert [it["condition"] for it in second["successCriteria"]] == [
        "$statusCode == 403",
        "$response.body#/error/code == 'permission_denied'",
    ]


def test_what_is_expected_in_words_is_no_criterion(written: Callable[..., dict[str, Any]]) -> None:
    [workflow] = written(expected="display_name as it was")["workflows"]
    assert "successCriteria" not in workflow["steps"][-1]
    assert "display_name as it was" in workflow["steps"][-1]["description"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"content": b"\x1f\x8b", "headers": (("Content-Type", "multipart/form-data"),)}, "no JSON"),
        ({"content": b'{"visibility": "org", "visibility": "org"}'}, "a key twice"),
        ({"content": b'{"visibility": "$url"}'}, "a dollar sign"),
        ({"content": b'"org"'}, "neither an object nor an array"),
        ({"path": "/packs/pack%5F01HZ"}, "in another way"),
        ({"headers": (*JSON, ("X-A", "1"), ("X-A", "2"))}, "twice"),
        ({"operation_id": None}, "no operation of the contract"),
    ],
)
def test_what_cannot_be_said_is_left_out_with_its_reason(
    written: Callable[..., dict[str, Any]], exchange: Exchange, changes: dict[str, Any], reason: str
) -> None:
    document = written(steps=(), exchange=replace(exchange, request=replace(exchange.request, **changes)))
    assert document["workflows"] == []
    assert reason in document["info"]["description"]

"""What stands in the contract alone is done by the mock and judged by the suite as a copy of it says."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server import Settings, create_app
from tests.conformance.targets import judge
from tests.examples.second import judged, profile, serving, sessions
from tests.mock_server.serving import served, written
from tests.openapi import DOCUMENT

OF_GLOBEX = {"Authorization": "Bearer sk_mock_globex_full_access_2001"}
READ_BY_FEW = ("/providers", "/agent-roles", "/credentials")
"""Paths whose objects are read by those alone who may write them, in a copy of the contract."""


def withholding(folder: Path, *names: str) -> Path:
    """A copy of the contract in which these fields of a pack, and no others, are for its own org alone."""
    document = deepcopy(dict(DOCUMENT))
    for name, schema in document["components"]["schemas"]["Pack"]["properties"].items():
        schema.pop("x-shown-to", None)
        if name in names:
            schema["x-shown-to"] = "own-org"
    return written(folder, document)


def read_by_few(folder: Path) -> Path:
    """A copy of the contract in which a scope is asked of those who read what is configured."""
    document = deepcopy(dict(DOCUMENT))
    for path in READ_BY_FEW:
        for place in (path, f"{path}/{{id}}"):
            reading = document["paths"][place]["get"]
            reading["x-permissions"] = document["paths"][path]["post"]["x-permissions"]
            reading["responses"].setdefault("403", {"$ref": "#/components/responses/PermissionDenied"})
    return written(folder, document)


def found(folder: Path, contract: Path, *rules: str) -> list[tuple[str, str, str]]:
    """What the suite finds on the mock that serves a contract, by these rules of it."""
    report = folder / "report.json"
    options = [f"--rule={each}" for each in rules]
    ended = judge(
        "--target=mock", f"--contract={contract}", "--budget=quick", "--strict", f"--report=json={report}", *options
    )
    assert report.exists(), ended.said + ended.complained
    results = json.loads(report.read_text(encoding="utf-8"))
    assert results["errors"] == []
    assert {each["id"] for each in results["rules"] if each["verdict"] == "PASSED"} == {*rules} or results["findings"]
    return [(each["rule"], each["expected"], each["got"]) for each in results["findings"]]


@pytest.mark.parametrize("names", [(), ("org_id",), ("org_id", "category", "image_ref")])
def test_the_mock_withholds_what_the_contract_says(tmp_path: Path, names: tuple[str, ...]) -> None:
    with served(create_app(replace(Settings(), contract=withholding(tmp_path, *names)))) as url:
        packs: list[dict[str, Any]] = httpx.get(f"{url}/v1/packs", headers=OF_GLOBEX).json()["packs"]
        [theirs] = [each for each in packs if each["id"] == "pack_acme_release_notes"]
        alone = httpx.get(f"{url}/v1/packs/pack_acme_release_notes", headers=OF_GLOBEX).json()
    assert theirs == alone
    assert {"org_id", "category", "image_ref"} - theirs.keys() == {*names}


def test_the_suite_asks_for_what_the_contract_withholds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = withholding(tmp_path, "org_id", "category")
    for name, value in sessions().items():
        monkeypatch.setenv(name, value)
    with serving() as origin:
        options = ("--contract", contract, "--budget", "quick", "--rule", "EFFECT-EVERY-CALLER")
        ended, results = judged(tmp_path, profile(tmp_path, origin), *map(str, options))
    assert ended.code == 1
    assert {each["got"] for each in results["findings"]} == {"category"}


@pytest.mark.long
def test_a_mock_that_withholds_it_is_right(tmp_path: Path) -> None:
    assert found(tmp_path, withholding(tmp_path, "org_id", "category"), "EFFECT-EVERY-CALLER") == []


def test_who_may_not_read_is_no_witness(tmp_path: Path) -> None:
    rules = (
        "CONFIG-CREATE-APPLIES",
        "CONFIG-PATCH-APPLIES",
        "CREDENTIAL-APPLIES",
        "CREDENTIAL-ACTIVE",
        "ARCHIVE-ACTIVE-REFUSED",
        "EFFECT-NOTHING-ELSE",
    )
    assert found(tmp_path, read_by_few(tmp_path), *rules) == []

"""A contract that moved on, and a server that did not: advisories to others, violations to the contract's own team."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from mock_server import Settings, create_app
from tests.conformance.targets import Judged, judge
from tests.mock_server.serving import DOCUMENT, served, written

Document = dict[str, Any]


def rename_code(document: Document) -> Document:
    return dict(json.loads(json.dumps(document).replace('"pack_not_found"', '"no_such_pack"')))


def remove_status(document: Document) -> Document:
    del document["paths"]["/packs/{id}"]["get"]["responses"]["404"]
    return document


def require_field(document: Document) -> Document:
    pack = document["components"]["schemas"]["Pack"]
    pack["required"] = [*pack["required"], "licence"]
    pack["properties"]["licence"] = {"type": "string"}
    pack["x-provenance"] = {"required": "assumed"}
    return document


STALE: dict[str, tuple[Callable[[Document], Document], str]] = {
    "a code has another name": (rename_code, "ENVELOPE-CODE-STATUS"),
    "a status is removed": (remove_status, "CONTRACT-STATUS-DECLARED"),
    "a field is required": (require_field, "CONTRACT-BODY-SCHEMA"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with served(create_app(Settings())) as origin:
        yield origin


@pytest.fixture(scope="module", params=STALE)
def moved_on(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A contract that the server does not keep any more, and a rule that says so."""
    change, rule = STALE[request.param]
    return written(tmp_path_factory.mktemp("contract"), change(deepcopy(dict(DOCUMENT)))), rule


def judged(target: str | Path, contract: Path, report: Path, *options: str) -> tuple[Judged, dict[str, Any]]:
    asked = ["--operation", "packs.get", "--budget", "quick", "--seed", "1", "--report", f"json={report}", *options]
    found = judge("--target", target, "--contract", contract, *asked)
    return found, json.loads(report.read_text(encoding="utf-8"))


def test_only_whoever_owns_the_contract_is_bound_by_what_it_assumes(
    server: str, moved_on: tuple[Path, str], tmp_path: Path
) -> None:
    contract, rule = moved_on
    said, report = judged(f"{server}/v1", contract, tmp_path / "report.json")
    assert (said.code, report["contract"]["owned"]) == (0, False), said.said + said.complained
    assert (rule, "ADVISORY", "assumed") in told(report)

    said, report = judged(f"{server}/v1", contract, tmp_path / "report.json", "--owned")
    assert (said.code, report["contract"]["owned"]) == (1, True), said.said + said.complained
    assert (rule, "FAILED", "owned") in told(report)
    assert "owned: each statement binds" in said.said


def told(report: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(each["rule"], each["verdict"], each["provenance"]) for each in report["findings"]}

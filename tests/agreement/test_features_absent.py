"""A contract without a feature of ours, or one of its rules: what asks for it is not applicable, and is counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.targets import judge
from tests.live import served_mock
from tests.mock_server.serving import written
from tests.openapi import DOCUMENT

LACKING: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "billing": (lambda it: it["x-features"].pop("billing"), "the API has no billing", "BILLING-READ-FREE"),
    "session": (lambda it: it["x-features"].pop("session"), "the API has no session", "SESSION-CALLER"),
    "tenancy": (lambda it: it["x-features"].pop("tenancy"), "the API has no tenancy", "OWNERSHIP-LISTED"),
    "all of them": (lambda it: it.pop("x-features"), "the API has no tenancy", "OWNERSHIP-LISTED"),
    "a rule that is waived": (
        lambda it: it["x-rules"]["REFUSED-CHANGES-NOTHING"].update(waived="Refusals are counted."),
        "x-rules waives it: Refusals are counted.",
        "REFUSED-CHANGES-NOTHING",
    ),
    "a rule": (
        lambda it: it["x-rules"].pop("CONFIG-PATCH-APPLIES"),
        "x-rules does not have them",
        "CONFIG-PATCH-APPLIES",
    ),
}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served_mock() as url:
        yield url


@pytest.mark.parametrize("lacking", LACKING)
def test_what_asks_for_it_is_not_applicable(origin: str, tmp_path: Path, lacking: str) -> None:
    edit, why, rule = LACKING[lacking]
    document = deepcopy(dict(DOCUMENT))
    edit(document)
    report = tmp_path / "report.json"
    options = (
        "--contract",
        written(tmp_path, document),
        "--report",
        f"json={report}",
        "--budget",
        "quick",
        "--seed",
        "1",
    )
    judged = judge("--target", f"{origin}/v1", *options, "--rule", "AUTH-REQUIRED", "--operation", "packs.list")
    assert judged.code == 0, judged.said + judged.complained
    notes = json.loads(report.read_text(encoding="utf-8"))["notes"]
    assert [note for note in notes if f"not applicable, since {why}: " in note and rule in note], notes
    assert notes[0].split()[0].isdecimal()


def test_a_rule_that_does_not_apply_is_not_to_be_asked_for(origin: str, tmp_path: Path) -> None:
    document = deepcopy(dict(DOCUMENT))
    del document["x-features"]["billing"]
    judged = judge("--target", f"{origin}/v1", "--contract", written(tmp_path, document), "--rule", "BILLING-READ-FREE")
    assert judged.code == 2
    assert "--rule BILLING-READ-FREE: the contract has no such rule" in judged.said + judged.complained

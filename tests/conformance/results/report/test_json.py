import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.http.exchange import LONGEST_BODY, Exchange
from conformance.results.fault_codes import FAULT_CODES
from conformance.results.report import json_
from conformance.results.verdict import Case, Finding, Run, Verdict

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json_.read_schema())


def test_the_published_schema_is_a_schema() -> None:
    assert jsonschema_rs.meta.is_valid(json_.read_schema())


def test_results_fit_the_published_schema(run: Run, schema: jsonschema_rs.Draft202012Validator) -> None:
    assert [str(error) for error in schema.iter_errors(json.loads(json_.render(run)))] == []


def test_an_unusable_run_fits_it_too(make_run: Callable[..., Run], schema: jsonschema_rs.Draft202012Validator) -> None:
    document = json.loads(json_.render(make_run(unusable="every credential is refused", is_interrupted=True)))
    assert [str(error) for error in schema.iter_errors(document)] == []
    assert document["unusable"] == "every credential is refused"
    assert document["summary"]["cells"]["reached"] == 0


def test_the_schema_is_closed(run: Run, schema: jsonschema_rs.Draft202012Validator) -> None:
    document = json.loads(json_.render(run))
    assert not schema.is_valid({**document, "surprise": 1})
    document["findings"][0]["surprise"] = 1
    assert not schema.is_valid(document)


def test_one_defect_is_one_finding_with_a_count(run: Run) -> None:
    document = json.loads(json_.render(run))
    violations = [f for f in document["findings"] if f["verdict"] == "FAILED"]
    assert [(f["rule"], f["count"]) for f in violations] == [("PACK-PATCH-ONLY-VISIBILITY", 2)]
    assert document["cases"][0]["findings"] == [violations[0]["fingerprint"]]


def test_a_finding_has_the_code_of_its_fault_where_one_fits(run: Run) -> None:
    codes = {each["rule"]: each["fault_code"] for each in json.loads(json_.render(run))["findings"]}
    assert (codes["CONTRACT-HEADERS"], codes["PACK-PATCH-ONLY-VISIBILITY"]) == (200, None)


def test_the_page_has_each_code_and_each_rule_that_has_one(contract: Contract) -> None:
    page = (ROOT / "docs/conventions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([0-9]{3}) \| .* \| (.*) \|$", page, re.MULTILINE)
    told = {name: int(code) for code, names in rows for name in re.findall(r"`([A-Z-]+)`", names)}
    assert told == FAULT_CODES
    plain = load(ROOT / "tests/conformance/laws/todo.yaml")
    assert FAULT_CODES.keys() <= contract.rules.keys() | plain.rules.keys() | plain.inapplicable.keys()


def test_the_ten_slowest_cases_are_named_the_slowest_first(make_run: Callable[..., Run]) -> None:
    cases = [Case(f"case {n}", "AUTH-REQUIRED", None, Verdict.PASSED, duration_ms=n * 7 % 12) for n in range(12)]
    named = json.loads(json_.render(make_run(*cases)))["slowest"]
    assert [each["duration_ms"] for each in named] == [*range(11, 1, -1)]
    assert named[0]["case"] == "case 5"


def test_a_finding_can_be_read_back(run: Run, finding: Finding) -> None:
    document = json.loads(json_.render(run))
    assert Finding.from_json(document["findings"][0]) == finding


def test_every_rule_and_every_cell_is_there(run: Run) -> None:
    document = json.loads(json_.render(run))
    assert [rule["id"] for rule in document["rules"]] == list(run.contract.rules)
    declared = [cell for cell in document["cells"] if cell["declared"]]
    assert len(declared) == len(run.contract.cells)
    assert [c for c in document["cells"] if not c["declared"]] == [
        {"operation_id": "packs.get", "status": 418, "code": "teapot", "declared": False, "count": 1, "by": "failed"}
    ]


def test_a_body_too_long_is_named_by_size_and_digest(
    make_run: Callable[..., Run], finding: Finding, exchange: Exchange, schema: jsonschema_rs.Draft202012Validator
) -> None:
    large = replace(finding, exchange=replace(exchange, body=b"x" * (LONGEST_BODY + 1)))
    text = json_.render(make_run(Case("c", large.rule, None, Verdict.FAILED, findings=(large,))))
    assert len(text) < LONGEST_BODY
    assert schema.is_valid(json.loads(text))
    assert json.loads(text)["findings"][0]["exchange"]["body"]["bytes"] == LONGEST_BODY + 1


def test_the_same_run_gives_the_same_bytes(run: Run) -> None:
    assert json_.render(run) == json_.render(run)
    assert json_.render(run).isascii()

"""Runs to make reports of: one with every verdict, whose target answers with markup and bytes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.contract.contract import Cell, Contract, Provenance
from conformance.http.exchange import Exchange, Request
from conformance.results.verdict import Case, Finding, ReachedCell, Run, Verdict

MARKUP = '<script>alert("pack")</script>'


@pytest.fixture
def exchange() -> Exchange:
    request = Request(
        operation_id="packs.update_visibility",
        method="PATCH",
        path="/packs/pack_01HZ",
        path_values={"id": "pack_01HZ"},
        headers=(("Content-Type", "application/json"),),
        content=b'{"visibility":"community"}',
    )
    return Exchange(
        caller="acme-owner",
        request=request,
        url="http://127.0.0.1:4010/v1/packs/pack_01HZ",
        status=200,
        headers=(("content-type", "application/json"),),
        body=b'{"display_name": "%s"}' % MARKUP.replace('"', "'").encode(),
        elapsed_ms=3.25,
        number=17,
    )


@pytest.fixture
def finding(exchange: Exchange) -> Finding:
    return Finding(
        rule="PACK-PATCH-ONLY-VISIBILITY",
        operation_id="packs.update_visibility",
        caller="acme-owner",
        expected="display_name as it was",
        got=MARKUP,
        provenance=Provenance.SEED,
        exchange=exchange,
        steps=(replace(exchange, number=16),),
        case="test_visibility.py::test_only[acme-owner]",
        seed=42,
    )


@pytest.fixture
def make_run(contract: Contract) -> Callable[..., Run]:
    def made(*cases: Case, **changes: object) -> Run:
        run = Run(
            target="staging",
            base_url="http://127.0.0.1:4010/v1",
            seed=42,
            contract=contract,
            cases=cases,
            reached={},
            requests=120,
            duration_s=1.5,
        )
        return replace(run, **changes)  # type: ignore[arg-type]  # the test names its fields

    return made


@pytest.fixture
def run(make_run: Callable[..., Run], finding: Finding, contract: Contract) -> Run:
    """One case of each verdict, a defect seen twice, an advisory, an undeclared answer."""
    advisory = replace(finding, rule="CONTRACT-HEADERS", got="none\x00\x1b", provenance=Provenance.ASSUMED, steps=())
    rule, operation = finding.rule, finding.operation_id
    cases = (
        Case("failed", rule, operation, Verdict.FAILED, duration_ms=12, findings=(finding, finding)),
        Case("advisory", advisory.rule, operation, Verdict.ADVISORY, findings=(advisory,)),
        Case("passed", "AUTH-REQUIRED", operation, Verdict.PASSED, duration_ms=1500),
        Case("not provoked", "AUTH-REQUIRED", None, Verdict.NOT_PROVOKED, "no states_url"),
        Case("waived", "AUTH-REQUIRED", operation, Verdict.WAIVED, "until summer"),
        Case("errored", "AUTH-REQUIRED", operation, Verdict.ERRORED, "KeyError: 'id' in our code"),
    )
    reached = {cell: ReachedCell(3, "passed") for cell in contract.cells[::2]}
    reached[Cell("packs.get", 418, "teapot")] = ReachedCell(1, "failed")
    return make_run(*cases, reached=reached, left_behind=("pack pack_09HZ",), notes=("no states",))

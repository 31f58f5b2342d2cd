"""Which operation a path means, by the contract's own paths."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.contract.routing import MOST_CONTRACTS, find_route

CONTRACT = load()
VALUES = st.text(min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("method", "path", "operation_id"),
    [
        ("GET", "/packs", "packs.list"),
        ("GET", "/packs/p", "packs.get"),
        ("POST", "/packs/upload", "packs.upload"),
        ("GET", "/packs/p/files/a/b/c", "packs.read_file"),
        ("GET", "/packs/p/files/a%2Fb", "packs.read_file"),
        ("GET", "/packs/upload", None),
        ("HEAD", "/packs", None),
        ("GET", "/packs/", None),
        ("GET", "/packs/p/files", "packs.list_files"),
        ("GET", "/nowhere", None),
        ("get", "/packs", None),
    ],
)
def test_a_request_leads_to_its_operation(contract: Contract, method: str, path: str, operation_id: str | None) -> None:
    operation = find_route(contract, method, path).operation
    assert (operation.operation_id if operation else None) == operation_id


def test_a_path_says_which_methods_it_has(contract: Contract) -> None:
    assert find_route(contract, "GET", "/packs/upload").allowed == ("POST",)
    assert find_route(contract, "GET", "/packs/p").allowed == ("DELETE", "GET", "PATCH", "PUT")
    assert find_route(contract, "GET", "/nowhere").allowed == ()


@given(pack_id=VALUES.filter(lambda value: value != "upload"), file=VALUES.filter(lambda value: value != "/"))
def test_what_is_put_into_a_path_is_read_out_of_it(pack_id: str, file: str) -> None:
    for operation in CONTRACT.operations.values():
        values = {p.name: file if p.spans_segments else pack_id for p in operation.path_parameters}
        led = find_route(CONTRACT, operation.method, operation.fill_path(values))
        assert led.operation is operation
        assert led.values == values


def test_a_contract_goes_after_others_however_few_requests_were_routed_by_it() -> None:
    """What judges many contracts in turn, as a comparison's tests do, would keep hundreds of them."""
    contracts = [replace(CONTRACT) for _ in range(2 * MOST_CONTRACTS)]
    first = weakref.ref(contracts[0])
    while contracts:
        assert find_route(contracts.pop(0), "GET", "/packs").operation is not None
    gc.collect()
    assert first() is None

"""What differs between a list and a single read, of objects that go on by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.contract import Contract
from conformance.recipes.reading import compare_with_listed

LISTED = {"id": "t", "status": "submitted", "description": "Write."}


@pytest.mark.parametrize(
    ("read", "later", "differing"),
    [
        ({}, None, []),
        ({"status": "delivered"}, {"status": "delivered"}, []),
        ({"status": "delivered"}, {"status": "running"}, []),
        ({"status": "delivered"}, {}, ["status"]),
        ({"status": "delivered"}, None, ["status"]),
        ({"status": "delivered", "description": "Read."}, {"status": "running"}, ["description"]),
    ],
)
def test_what_the_list_shows_otherwise_by_then_is_no_difference(
    contract: Contract, read: dict[str, Any], later: dict[str, Any] | None, differing: list[str]
) -> None:
    """`read` and `later` are the fields that differ from those of the list; None: it is in the list no more."""
    again = None if later is None else LISTED | later
    assert compare_with_listed(contract, LISTED, LISTED | read, lambda: again) == differing

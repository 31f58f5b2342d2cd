"""The contract that came along, and requests as a caller of a small made-up world sends them."""

from __future__ import annotations

import pytest

from conformance.contract import Contract
from conformance.contract_file import load


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()

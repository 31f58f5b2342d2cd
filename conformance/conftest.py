"""The options for `pytest --pyargs conformance --target ...`, and an error where no target is named."""

from __future__ import annotations

import pytest

pytest_plugins = ["conformance.options"]


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Stop where no target is named."""
    if not config.getoption("--target"):
        raise pytest.UsageError("name what to judge: --target mock, a base URL or a profile.toml")

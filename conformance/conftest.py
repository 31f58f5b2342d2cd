"""Makes `pytest --pyargs conformance --target ...` work: options, plugin, and a word where no target is named."""

from __future__ import annotations

import pytest

pytest_plugins = ["conformance.options"]


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Without a target there is nothing to judge."""
    if not config.getoption("--target"):
        raise pytest.UsageError("name what to judge: --target mock, a base URL or a profile.toml")

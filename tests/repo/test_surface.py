"""What each package offers: nothing more by accident, and everything that it says."""

import importlib

import pytest

SURFACE = {
    "mock_server": {"Mock", "MockError", "MockWorld", "Settings", "create_app", "in_process", "live"},
}


@pytest.mark.parametrize("package", SURFACE)
def test_a_package_offers_what_it_is_meant_to(package: str) -> None:
    module = importlib.import_module(package)
    assert set(module.__all__) == SURFACE[package]
    assert {name for name in module.__all__ if not hasattr(module, name)} == set()
    assert {name for name in module.__all__ if not getattr(module, name).__doc__} == set()

"""Modules stay small enough to be read at once."""

import pytest

from tests.repo.sources import PACKAGES, modules

LONGEST = 500


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_long(package: str) -> None:
    assert {m.name: m.lines for m in modules(package) if m.lines > LONGEST} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_there_is_no_drawer_for_everything(package: str) -> None:
    drawers = {"utils", "util", "helpers", "common", "misc", "base"}
    assert [module.name for module in modules(package) if module.name.rpartition(".")[2] in drawers] == []

"""Modules stay small enough to be read at once."""

from collections import Counter
from statistics import median

import pytest

from tests.repo.sources import PACKAGES, modules

LONGEST = 300
USUAL = range(40, 151)
MOST_IN_A_FOLDER = 15


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_long(package: str) -> None:
    assert {m.name: m.lines for m in modules(package) if m.lines > LONGEST} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_most_modules_have_the_usual_size(package: str) -> None:
    assert round(median(module.lines for module in modules(package))) in USUAL


@pytest.mark.parametrize("package", PACKAGES)
def test_there_is_no_drawer_for_everything(package: str) -> None:
    drawers = {"utils", "util", "helpers", "common", "misc", "base"}
    assert [module.name for module in modules(package) if module.name.rpartition(".")[2] in drawers] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folder_holds_many_modules(package: str) -> None:
    held = Counter(module.path.parent for module in modules(package) if module.path.name != "__init__.py")
    assert {str(folder): count for folder, count in held.items() if count > MOST_IN_A_FOLDER} == {}

"""One name for one thing: no two classes of a package have the same name."""

import ast
from collections import Counter

import pytest

from tests.repo.sources import PACKAGES, modules

TWICE = {
    "mock_server": {"Value"},
    "conformance": set[str](),
}
"""Names that two classes still have. None is added; whoever renames one takes it out."""


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_classes_of_a_package_have_one_name(package: str) -> None:
    names = Counter(
        node.name.lstrip("_")
        for module in modules(package)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in names.items() if count > 1} <= TWICE[package]

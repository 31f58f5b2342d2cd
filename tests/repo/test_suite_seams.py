"""The suite uses its libraries by their documented names; each library's others stand in its adapter alone."""

from __future__ import annotations

import re

import pytest

from tests.repo.sources import modules

ADAPTERS = {
    "hypothesis": "conformance.recipes.draw",
    "schemathesis": "conformance.generated.schemathesis_adapter",
    "xdist": "conformance.running.distribution",
}
DOCUMENTED = re.compile(
    r"hypothesis\.(?!internal|configuration)(errors\.|strategies\b)?\w+"
    r"|schemathesis\.(APIOperation|AuthContext|Case|CheckContext|GenerationMode|HookContext|Response)"
    r"|(hypothesis|schemathesis|pytest|httpcore|httptools)"
    r"|httptools\.\w+|httpcore\.\w+"
)
"""Modules and names that a documentation has."""
LIBRARIES = ("hypothesis", "schemathesis", "xdist", "pytest", "_pytest", "_hypothesis_globals", "httpcore", "httptools")


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_is_not_documented_stands_in_one_module(library: str) -> None:
    found = {
        module.name
        for module in modules("conformance")
        for _, name in module.imports()
        if name.split(".")[0] == library and not DOCUMENTED.fullmatch(name)
    }
    assert found == ({ADAPTERS[library]} if library in ADAPTERS else set())


def test_no_other_module_reads_a_private_attribute_of_a_library() -> None:
    """`# noqa: SLF001` marks each such use: without it ruff refuses it."""
    marked = {module.name for module in modules("conformance") if "SLF001" in module.text}
    assert marked <= set(ADAPTERS.values())

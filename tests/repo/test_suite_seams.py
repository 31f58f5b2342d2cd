"""The suite uses its libraries by their documented names; each library's others stand in its adapter alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from inspect import getsource
from types import FunctionType

import pytest

from tests.repo.sources import ROOT, modules

ADAPTERS = {
    "hypothesis": "conformance.recipes.draw",
    "schemathesis": "conformance.fuzzing.schemathesis_adapter",
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


def private_names() -> Iterator[str]:
    """Yield the private names of libraries that the adapters read, or override in a class of their own."""
    for name in ADAPTERS.values():
        adapter = import_module(name)
        yield from re.findall(r"\.(_\w+)\b.*# noqa: SLF001", getsource(adapter))
        for each in vars(adapter).values():
            if isinstance(each, type) and each.__module__ == name:
                theirs = {key for base in each.__mro__[1:] if base.__module__ != name for key in vars(base)}
                own = {key for key, value in vars(each).items() if isinstance(value, FunctionType | property)}
                yield from (key for key in own & theirs if not key.startswith("__") and key.startswith("_"))


def test_the_architecture_has_each_private_name_with_its_reason() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `\w+[.](_\w+)`[^|]* \| \S+ .*\|$", text, re.MULTILINE)
    assert sorted(rows) == sorted(private_names())

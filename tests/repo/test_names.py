"""Plain words: a name says what a thing is or does, and a docstring opens with what comes back or is done."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.repo.sources import PACKAGES, ROOT, Module, modules

TWICE = {
    "mock_server": {"Value"},
    "conformance": set[str](),
}
"""Names that two classes still have. None is added; whoever renames one takes it out."""

HELD = ("mock_server", "conformance", "benchmarks")
"""The packages whose functions are held to `words.toml`."""

DEFECTS = "benchmarks.planted_defects"
"""The modules in which a docstring is the sentence of a defect, by which published verdicts know it.

Their functions are read with the declaration of the defect, whose words they go on with.
"""

WORDS = tomllib.loads((ROOT / "tests" / "repo" / "words.toml").read_text(encoding="utf-8"))
OPENINGS = tuple(f"{each.replace('-', ' ')} " for each in WORDS["openings_out"].split())
FIRST_WORDS = {word for kind in ("verbs", "questions", "results") for word in WORDS[kind].split()}
GIVEN = {name for names in WORDS["given"].values() for name in names.split()}
FOR_USERS = re.compile(r"(\.|^)(command|group)\(|^pytest\.(fixture|hookimpl)")
"""The decorators of functions that are named for users: commands of the command line, and fixtures of pytest."""


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_classes_of_a_package_have_one_name(package: str) -> None:
    names = Counter(
        node.name.lstrip("_")
        for module in modules(package)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in names.items() if count > 1} <= TWICE[package]


def docstrings(module: Module) -> Iterator[tuple[int, str]]:
    """Line and text of each string that stands alone: of modules, classes, functions, and names below their value."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


@pytest.mark.parametrize("package", [*PACKAGES, "benchmarks"])
def test_a_docstring_opens_with_what_comes_back_or_is_done(package: str) -> None:
    assert [
        f"{module.path.name}:{line} {text.splitlines()[0]}"
        for module in modules(package)
        for line, text in docstrings(module)
        if text.startswith(OPENINGS) and not module.name.startswith(DEFECTS)
    ] == []


def functions(module: Module) -> Iterator[str]:
    """The names of all functions whose name is ours to choose; a property is named as a field is."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("__"):
            decorators = [ast.unparse(each) for each in node.decorator_list]
            is_property = any(each.rpartition(".")[2] in {"property", "cached_property"} for each in decorators)
            is_given = node.name.startswith(("pytest_", "test_")) or any(FOR_USERS.search(each) for each in decorators)
            if not is_property and not is_given:
                yield node.name


@pytest.mark.parametrize("package", HELD)
def test_the_name_of_a_function_begins_with_a_verb(package: str) -> None:
    assert [
        f"{module.name}.{name}"
        for module in modules(package)
        if not module.name.startswith(DEFECTS)
        for name in functions(module)
        if name not in GIVEN and name.strip("_").split("_")[0] not in FIRST_WORDS
    ] == []

"""One thing stands in one place: searching for an id finds its row in the contract and its one home."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from conformance.contract.conventions import CONVENTIONS
from mock_server.declared.declarations import derive, read_declarations
from mock_server.resources import catalogue
from mock_server.resources.workspaces.life.table import STEPS
from tests.openapi import DOCUMENT, OPERATIONS
from tests.repo.sources import Module, modules

MOCK = modules("mock_server")
RULE_FILES = [module for module in modules("conformance") if module.name.startswith("conformance.rules.")]
ERROR_CODES: list[str] = DOCUMENT["components"]["schemas"]["ErrorCode"]["enum"]
CLAUSES: dict[str, str] = {
    **dict.fromkeys(CONVENTIONS, "contract"),
    **{name: rule["clause"] for name, rule in DOCUMENT["x-rules"].items()},
}


LIVES = ("mock_server.resources.workspaces.life", "mock_server.resources.workspaces.task")
SAID_OF_LIVES = {word for step in STEPS for word in (step.event, step.reason)}
"""Events and reasons of workspaces and tasks, of which some are called as error codes are."""


@cache
def strings() -> tuple[tuple[str, str], ...]:
    """Each string of the mock's code, after the module that it is in. A deliberate defect may name an operation."""
    honest = [module for module in MOCK if not module.name.startswith("mock_server.deviations")]
    return tuple((module.name, string) for module in honest for _, string in module.strings())


def named(value: str) -> list[str]:
    """Where the mock's code says it."""
    others = LIVES if value in SAID_OF_LIVES else ()
    return [name for name, string in strings() if string == value and not name.startswith(others)]


@cache
def decorators() -> tuple[tuple[str, str], ...]:
    """Each decorator of the mock's functions, before the function that it is of."""
    return tuple(
        (ast.unparse(decorator), f"{module.name}.{node.name}")
        for module in MOCK
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
    )


@cache
def codes() -> tuple[tuple[str, str], ...]:
    """Each code that a class of the mock is given, or that is declared in a line, before the class."""
    classes = [
        (ast.unparse(keyword.value), f"{module.name}.{node.name}")
        for module in MOCK
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        for keyword in node.keywords
        if keyword.arg == "code"
    ]
    lines = [
        (ast.unparse(node.value.args[0]), f"{module.name}.{ast.unparse(node.targets[0])}")
        for module in MOCK
        for node in module.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func) == "_declare" and module.name == "mock_server.errors"
    ]
    return (*classes, *lines)


def cited(module: Module, *marks: str) -> Iterator[str]:
    """The rule ids that the module's tests are bound to, by one of these marks."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in (marks or ("rule", "law")):
                    yield from (argument.value for argument in decorator.args if isinstance(argument, ast.Constant))


@cache
def derived() -> frozenset[str]:
    """The operations that follow from the contract's declarations."""
    return frozenset(derive(read_declarations(DOCUMENT, catalogue.list_collections())).handlers)


def test_an_operation_is_one_function_of_the_mock_or_follows_from_the_contract() -> None:
    for operation_id in OPERATIONS:
        functions = [name for text, name in decorators() if text.startswith(f"operation({operation_id!r}")]
        assert len(functions) == (operation_id not in derived()), operation_id
        assert all(each.startswith("mock_server.resources.") for each in functions)
        assert named(operation_id) == [each.rpartition(".")[0] for each in functions]


def test_an_error_code_is_one_class_of_the_mock_or_stands_in_the_contract_alone() -> None:
    for code in ERROR_CODES:
        classes = [name for text, name in codes() if text == repr(code)]
        assert [each.rpartition(".")[0] for each in classes] == named(code)
        assert named(code) in ([], ["mock_server.errors"]), code


def test_no_class_has_a_code_that_the_contract_lacks() -> None:
    known = {ast.literal_eval(code) for code, name in codes() if name.rpartition(".")[0] == "mock_server.errors"}
    # No contract can declare a breach of it by the mock itself, nor what HTTP refuses before there is a request.
    assert known - set(ERROR_CODES) == {"contract_breach", "not_implemented"}


def test_a_rule_is_tested_in_one_file() -> None:
    homes = Counter(rule for module in RULE_FILES for rule in set(cited(module)))
    assert {rule: count for rule, count in homes.items() if count > 1} == {}


def test_every_cited_rule_is_a_rule_of_the_contract() -> None:
    assert {rule for module in RULE_FILES for rule in cited(module)} - CLAUSES.keys() == set()


def test_the_rules_of_a_clause_stand_in_the_file_of_its_name() -> None:
    """A law, which judges several, is of no one clause."""
    wrong = {
        rule: module.name
        for module in RULE_FILES
        for rule in cited(module, "rule")
        if module.name.rpartition("test_")[2] != CLAUSES[rule].replace("-", "_")
    }
    assert wrong == {}


ATTACHING = "conformance.resources.agent_roles"
"""The home of what attaches packs."""
NAMES_A_PACK = re.compile(r"_*packs?(?![a-z]|_status$)|_*Packs?(?![a-z])")  # pack_status is of a workspace


def names_and_strings(module: Module) -> Iterator[str]:
    """Every identifier that the module gives or uses, and every string but the docstrings."""
    for node in ast.walk(module.tree):
        for name in ("id", "name", "arg", "asname", "attr"):
            # A method `pack` is that of a Struct.
            if isinstance(found := getattr(node, name, None), str) and (name, found) != ("attr", "pack"):
                yield found
    yield from (string for _, string in module.strings())


def test_the_suite_names_packs_in_their_home_alone() -> None:
    """What is general asks the registry: it has no word for the first resource that was registered."""
    general = [
        module
        for module in modules("conformance")
        if not module.name.startswith(("conformance.rules", "conformance.resources.packs", ATTACHING))
    ]
    assert [module.name for module in general if any(map(NAMES_A_PACK.match, names_and_strings(module)))] == []


def test_the_home_of_packs_is_imported_by_rules_alone() -> None:
    importing = {
        module.name
        for module in modules("conformance")
        if not module.name.startswith(("conformance.rules", "conformance.resources.packs"))
        and any(name.startswith("conformance.resources.packs") for _, name in module.imports())
    }
    assert importing == set()

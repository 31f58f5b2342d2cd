"""The constants of a module that may decide what is right: numbers, sets and tables, found by their syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

COUNTING = {0, 1, 2}
"""Numbers that count, halve or tell the first from the rest."""
STATUSES = {int(each) for each in HTTPStatus if each >= HTTPStatus.BAD_REQUEST}
"""Those of refusals: what goes with which code, and with which rule, another test holds against the contract."""
_TABLES = (ast.Dict, ast.Set, ast.List, ast.Tuple, ast.DictComp, ast.SetComp, ast.ListComp)
_MAKERS = {"frozenset", "set", "dict", "tuple", "compile", "fromkeys"}


def constants(path: Path, text: str) -> Iterator[str]:
    """Yield the places of a module's constants: a name for a table or number that has one, else the function of it."""
    tree = ast.parse(text)
    for node in tree.body:
        yield from (f"{path}:{name}" for name in _of(node, ""))


def _of(node: ast.stmt, within: str) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        for each in node.body:
            yield from _of(each, f"{within}{node.name}.")
    elif isinstance(node, ast.FunctionDef):
        yield from (f"{within}{node.name} {number}" for number in sorted(set(_numbers(node))))
        yield from (f"{within}{node.name} {ast.unparse(table)}" for table in _plain_tables(node))
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and not _is_a_type(node.value):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        numbers = list(_numbers(node.value))
        if numbers or (_has_table(node.value) and not isinstance(targets[0], ast.Tuple)):
            yield within + ", ".join(ast.unparse(each).strip("()") for each in targets)


def _numbers(node: ast.AST) -> Iterator[int | float]:
    for each in ast.walk(node):
        value = each.value if isinstance(each, ast.Constant) else None
        if isinstance(value, int | float) and not isinstance(value, bool) and value not in COUNTING | STATUSES:
            yield value


def _plain_tables(node: ast.FunctionDef) -> Iterator[ast.expr]:
    """Yield the sets and mappings of a function that are made of several constants."""
    for each in ast.walk(node):
        parts = (
            [*each.keys, *each.values] if isinstance(each, ast.Dict) else each.elts if isinstance(each, ast.Set) else []
        )
        if len(parts) > 1 and all(isinstance(part, ast.Constant) for part in parts):
            yield each


def _has_table(node: ast.AST) -> bool:
    """Whether something in an expression is a table with a text or a number of its own in it."""
    for each in ast.walk(node):
        made = isinstance(each, ast.Call) and getattr(each.func, "attr", getattr(each.func, "id", "")) in _MAKERS
        if (made or isinstance(each, _TABLES)) and any(isinstance(part, ast.Constant) for part in ast.walk(each)):
            return True
    return False


def _is_a_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and ast.unparse(node.value).rpartition(".")[2] in {
        *("tuple", "list", "dict", "Callable", "Mapping", "Sequence"),
    }

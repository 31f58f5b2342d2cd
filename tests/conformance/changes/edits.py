"""Edits of the contract, and what a comparison says of each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from fnmatch import filter as filter_ids
from functools import cache
from pathlib import Path
from typing import Any

from conformance.changes.change import Change, Grade
from conformance.changes.diff import diff
from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.contract.reader import read

Document = dict[str, Any]
Edit = Callable[[Document], object]


PATHS = re.compile(
    r"/(packs|providers|me|audit|agent-roles|secrets|credentials|api-keys)\b.*|/(tasks|workspaces|activity/stream)|.*/"
    r"(stop|fork|cancel|memberships(/\{user_id\})?|sandbox/download/\{path\})"
)
"""The paths that tests edit, those of each resource that the contract declares, and more of their kind."""


@cache
def _text() -> str:
    """A part of our contract: comparing all of it takes three times as long, and says no more of an edit."""
    document = json.loads(json.dumps(load().document))
    document["paths"] = {path: item for path, item in document["paths"].items() if PATHS.fullmatch(path)}
    operations = json.dumps(document["paths"])
    asked = [operations]
    components = document["components"]
    used: set[tuple[str, str]] = set()
    while asked:
        for kind, name in set(re.findall(r'"#/components/(\w+)/(\w+)"', asked.pop())) - used:
            used.add((kind, name))
            asked.append(json.dumps(components[kind][name]))
    for kind in ("schemas", "responses", "parameters", "headers", "examples"):
        components[kind] = {name: each for name, each in components.get(kind, {}).items() if (kind, name) in used}
    drop_what_rules_say_of_others(document)
    return json.dumps(document)


@cache
def contract() -> Contract:
    """The contract that is edited."""
    return read(Path("contract.yaml"), json.loads(_text()))


def drop_what_rules_say_of_others(document: Document) -> None:
    found = (each for item in document["paths"].values() for each in item.values() if "responses" in each)
    ids = [each.get("operationId", "") for each in found]
    for rule in document["x-rules"].values():
        if "operations" in rule:
            rule["operations"] = [each for each in rule["operations"] if filter_ids(ids, each)]


def edited(*edits: Edit) -> Contract:
    """The contract after these edits; what rules say of operations goes with these."""
    document = json.loads(_text())
    for edit in edits:
        edit(document)
    drop_what_rules_say_of_others(document)
    return read(Path("edited.yaml"), document)


def at(document: Document, *keys: str | int) -> Any:
    """What stands at the end of a way through the document."""
    node: Any = document
    for key in keys:
        node = node[key]
    return node


def put(*way: Any) -> Edit:
    """Set what stands at the end of a way to the last of the values."""
    *keys, last, value = way
    return lambda document: at(document, *keys).__setitem__(last, deepcopy(value))


def drop(*way: str | int) -> Edit:
    *keys, last = way
    return lambda document: at(document, *keys).__delitem__(last)


def add(*way: Any) -> Edit:
    """Add the last of the values to a list."""
    *keys, value = way
    return lambda document: at(document, *keys).append(deepcopy(value))


def remove(*way: Any) -> Edit:
    *keys, value = way
    return lambda document: at(document, *keys).remove(value)


def schema(name: str, *way: Any) -> tuple[Any, ...]:
    return ("components", "schemas", name, *way)


def operation(method: str, path: str, *way: Any) -> tuple[Any, ...]:
    return ("paths", path, method, *way)


@dataclass(frozen=True)
class Row:
    """A change, its row of the table, and what it does to clients and to servers."""

    name: str
    kind: str
    grades: str
    edits: tuple[Edit, ...]
    before: tuple[Edit, ...] = ()
    """What the contract that is changed has beside what ours has."""

    def __str__(self) -> str:
        return self.name


def row(name: str, kind: str, grades: str, *edits: Edit, before: tuple[Edit, ...] = ()) -> Row:
    return Row(name, kind, grades, edits, before)


def changes(*edits: Edit, before: tuple[Edit, ...] = ()) -> tuple[Change, ...]:
    """The changes that edits of the contract make."""
    return diff(edited(*before) if before else contract(), edited(*before, *edits)).changes


def worst(found: tuple[Change, ...]) -> str:
    """What changes do to clients and to servers, in the manner of a row."""
    clients, servers = (max((each.grades[side] for each in found), default=Grade.NO) for side in (0, 1))
    return f"{clients} {servers}"


def judged_as_its_row(case: Row) -> None:
    """Assert that a change is told as its row alone, with its grades."""
    found = changes(*case.edits, before=case.before)
    assert {each.kind for each in found} == {case.kind}, found
    assert worst(found) == case.grades, found

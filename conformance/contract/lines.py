"""Where in the text of the contract an operation, a rule or a schema of it stands."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from conformance.contract.contract import METHODS, Contract

WORKSPACES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE")
"""The folder of the repository, as GitHub, GitLab and Jenkins name it to a job."""


@dataclass(frozen=True, slots=True)
class ContractLines:
    """The lines of a contract, by the names of what stands there."""

    path: str
    """The file as a repository names it: relative to its folder, or the bare name of a file elsewhere."""
    lines: Mapping[str, int]
    """The line of each operation by its id, of each rule by its id, and of each schema by its name."""

    def of(self, *names: str | None) -> int:
        """Return the line of the first of the names that the contract has; the first line where it has none."""
        return next((self.lines[name] for name in names if name and name in self.lines), 1)


def lines_of(contract: Contract) -> ContractLines:
    """Return the lines of a contract; none are known of one that was not read from a text."""
    return ContractLines(_named(contract.path), _read(contract.text))


@lru_cache(maxsize=1)  # several reports are of one contract
def _read(text: bytes) -> Mapping[str, int]:
    root = yaml.compose(text, yaml.CSafeLoader) if text else None
    return dict(_lines(root)) if root is not None else {}


def _lines(root: yaml.Node) -> Iterator[tuple[str, int]]:
    """Yield the names of schemas, operations and rules, with their lines."""
    yield from _keys(_below(root, "components", "schemas"))
    for _, item in _pairs(_below(root, "paths")):
        for method, operation in _pairs(item):
            name = _below(operation, "operationId")
            if method.value in METHODS and isinstance(name, yaml.ScalarNode):
                yield name.value, method.start_mark.line + 1
    yield from _keys(_below(root, "x-rules"))


def _keys(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    return ((key.value, key.start_mark.line + 1) for key, _ in _pairs(node))


def _below(node: yaml.Node | None, *names: str) -> yaml.Node | None:
    for name in names:
        node = next((value for key, value in _pairs(node) if key.value == name), None)
    return node


def _pairs(node: yaml.Node | None) -> Iterable[tuple[yaml.ScalarNode, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else ()


def _named(path: Path) -> str:
    given = path if path.is_file() or ":" not in str(path) else Path(str(path).partition(":")[2])  # REV:PATH of git
    full = given.resolve()
    folders = (Path(os.environ[name]) for name in WORKSPACES if os.environ.get(name))
    for folder in (*folders, Path()):
        if full.is_relative_to(folder.resolve()):
            return full.relative_to(folder.resolve()).as_posix()
    return full.name

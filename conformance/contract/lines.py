"""The place of an operation, a rule or a schema in the text of the contract."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from conformance.contract.contract import METHODS, Contract

WORKSPACES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE")
"""The folder of the repository, as GitHub, GitLab and Jenkins name it to a job."""
PACKAGES = frozenset({"site-packages", "dist-packages", "node_modules"})
"""Folders that installed packages are in, outside of a virtual environment too."""
PLACES = ("openapi.yaml", "*/openapi.yaml", "*/*/openapi.yaml")
"""The places where a repository may have a contract of its own, the likeliest first."""


@dataclass(frozen=True, slots=True)
class ContractLines:
    """The lines of a contract, by the names of what stands there."""

    path: str
    """The file as a repository names it: relative to its folder, or the bare name of a file elsewhere."""
    lines: Mapping[str, int]
    """The line of each operation by its id, of each rule by its id, and of each schema by its name."""
    root: yaml.Node | None = None

    def find_line(self, *names: str | None) -> int:
        """Return the line of the first of the names that the contract has; the first line where it has none."""
        return next((self.lines[name] for name in names if name and name in self.lines), 1)

    def find_line_at(self, pointer: Sequence[str | int]) -> int | None:
        """Return the line of a JSON pointer; where nothing stands there, that of the nearest parent.

        None where that is a section of the document at most.
        """
        node, found = self.root, list[int]()
        for key in map(str, pointer):
            at, node = next(((at, value) for name, at, value in _list_items(node) if name == key), (None, None))
            if at is None:
                break
            found.append(at.start_mark.line + 1)
        return found[-1] if found and len(found) >= min(len(pointer), 2) else None


def get_lines(contract: Contract) -> ContractLines:
    """Return the lines of a contract; none are known of one that was not read from a text.

    Of one that came with a package, which no repository has, they are those of the repository's own.
    """
    if is_installed(contract.path) and (own := _read_own_contract()) is not None:
        return own
    return ContractLines(_name_path(contract.path), *_read(contract.text))


def is_installed(path: Path) -> bool:
    """Return whether a file came with a package: it lies in a virtual environment, or where packages are put."""
    full = path.resolve()
    packaged = not PACKAGES.isdisjoint(full.parts)
    return packaged or any((folder / "pyvenv.cfg").is_file() for folder in full.parents)


def _read_own_contract() -> ContractLines | None:
    """Return the contract that the repository itself has, and its lines; None where it has none that can be read."""
    for folder in _list_folders():
        for pattern in PLACES:
            for path in sorted(folder.glob(pattern)):
                with suppress(OSError, yaml.YAMLError):
                    if not is_installed(path) and (read := _read(path.read_bytes()))[0]:
                        return ContractLines(path.relative_to(folder).as_posix(), *read)
    return None


@lru_cache(maxsize=2)  # several reports are of one contract, or of two
def _read(text: bytes) -> tuple[Mapping[str, int], yaml.Node | None]:
    root = yaml.compose(text, yaml.CSafeLoader) if text else None
    return dict(_index_lines(root)) if root is not None else {}, root


def _index_lines(root: yaml.Node) -> Iterator[tuple[str, int]]:
    """Yield the names of schemas, operations and rules, with their lines."""
    yield from _list_keys(_find_below(root, "components", "schemas"))
    for _, item in _list_pairs(_find_below(root, "paths")):
        for method, operation in _list_pairs(item):
            name = _find_below(operation, "operationId")
            if method.value in METHODS and isinstance(name, yaml.ScalarNode):
                yield name.value, method.start_mark.line + 1
    yield from _list_keys(_find_below(root, "x-rules"))


def _list_keys(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    return ((key.value, key.start_mark.line + 1) for key, _ in _list_pairs(node))


def _find_below(node: yaml.Node | None, *names: str) -> yaml.Node | None:
    for name in names:
        node = next((value for key, value in _list_pairs(node) if key.value == name), None)
    return node


def _list_pairs(node: yaml.Node | None) -> Iterable[tuple[yaml.ScalarNode, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else ()


def _list_items(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Yield what stands directly below a node: its key or number, the node that has its line, and its value."""
    yield from ((key.value, key, value) for key, value in _list_pairs(node))
    if isinstance(node, yaml.SequenceNode):
        yield from ((str(number), value, value) for number, value in enumerate(node.value))


def _name_path(path: Path) -> str:
    given = path if path.is_file() or ":" not in str(path) else Path(str(path).partition(":")[2])  # REV:PATH of git
    full = given.resolve()
    for folder in () if is_installed(full) else _list_folders():
        if full.is_relative_to(folder):
            return full.relative_to(folder).as_posix()
    return full.name


def _list_folders() -> Iterator[Path]:
    """Yield the folder of the repository, as a job names it, then the present one."""
    yield from (Path(os.environ[name]).resolve() for name in WORKSPACES if os.environ.get(name))
    yield Path.cwd()

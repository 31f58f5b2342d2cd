"""Which operation a request means, by the contract's own paths: a concrete path wins over a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

from conformance.contract import Contract, Operation


@dataclass(frozen=True, slots=True)
class Route:
    """Where a method and a path lead."""

    operation: Operation | None
    """None: an unknown path, or a method that the path does not have."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Path parameters, decoded."""
    spelt: Mapping[str, str] = field(default_factory=dict)
    """The same as they stood in the path."""
    allowed: tuple[str, ...] = ()
    """Every method of the path; none: there is no such path."""


@lru_cache(maxsize=256)  # asked several times for each exchange
def route(contract: Contract, method: str, path: str) -> Route:
    """The route of a request; path as on the wire, without the base and the query."""
    for pattern, operations in _table(contract):
        if match := pattern.fullmatch(path):
            spelt = {_unslug(name): text for name, text in match.groupdict().items()}
            values = {name: unquote(text) for name, text in spelt.items()}
            return Route(operations.get(method), values, spelt, tuple(sorted(operations)))
    return Route(None)


def paths(contract: Contract) -> Mapping[str, tuple[str, ...]]:
    """Every declared path with its methods."""
    found: dict[str, list[str]] = {}
    for operation in contract.operations.values():
        found.setdefault(operation.path, []).append(operation.method)
    return {path: tuple(sorted(methods)) for path, methods in found.items()}


@lru_cache(maxsize=8)
def _table(contract: Contract) -> tuple[tuple[re.Pattern[str], dict[str, Operation]], ...]:
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in contract.operations.values():
        by_path.setdefault(operation.path, {})[operation.method] = operation
    ordered = sorted(by_path.items(), key=lambda item: (item[0].count("{"), item[0]))
    return tuple((_pattern(path, methods), methods) for path, methods in ordered)


def _pattern(path: str, methods: Mapping[str, Operation]) -> re.Pattern[str]:
    spanning = {p.name for operation in methods.values() for p in operation.path_parameters if p.spans_segments}
    parts = re.split(r"\{([^}]+)\}", path)
    pattern = ""
    for index, part in enumerate(parts):
        if index % 2:
            pattern += f"(?P<{_slug(part)}>{'.+' if part in spanning else '[^/]+'})"
        else:
            pattern += re.escape(part)
    return re.compile(pattern, re.DOTALL)


def _slug(name: str) -> str:
    """A group name for a parameter whose own name may hold what a group's may not."""
    return "p_" + name.encode().hex()


def _unslug(group: str) -> str:
    return bytes.fromhex(group[2:]).decode()

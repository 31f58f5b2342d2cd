"""The operation that a request means, by the contract's own paths, and caches of what follows from a contract."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial, wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote

from conformance.contract.contract import Contract, Operation

P = ParamSpec("P")
R = TypeVar("R")
MOST_CONTRACTS = 8


def cache_by_contract(
    most: int,
) -> Callable[[Callable[Concatenate[Contract, P], R]], Callable[Concatenate[Contract, P], R]]:
    """Cache a function's latest results, so many for each of the contracts that were used last."""

    def decorate(function: Callable[Concatenate[Contract, P], R]) -> Callable[Concatenate[Contract, P], R]:
        @lru_cache(maxsize=MOST_CONTRACTS)
        def get_cache(contract: Contract) -> Callable[..., R]:
            return lru_cache(maxsize=most)(partial(function, contract))

        @wraps(function)
        def call_cached(contract: Contract, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return get_cache(contract)(*args, **kwargs)

        return call_cached

    return decorate


ANY_ORG = "{org}"
DECODINGS = 3  # so often a path may be decoded on its way, by a proxy, a server and an application


@dataclass(frozen=True, slots=True)
class Route:
    """The operation to which a method and a path lead."""

    operation: Operation | None  # None: an unknown path, or a method that the path does not have
    values: Mapping[str, str] = field(default_factory=dict)  # path parameters, decoded
    spelt: Mapping[str, str] = field(default_factory=dict)  # the same as they stood in the path
    allowed: tuple[str, ...] = ()  # every method of the path; none: there is no such path


@cache_by_contract(256)  # asked several times for each exchange
def find_route(contract: Contract, method: str, path: str) -> Route:
    """Return the route of a request; path as on the wire, without the base and the query."""
    for pattern, names, operations in _build_table(contract):
        if match := pattern.fullmatch(path):
            spelt = dict(zip(names, match.groups(), strict=True))
            values = {name: unquote(text) for name, text in spelt.items()}
            return Route(operations.get(method), values, spelt, tuple(sorted(operations)))
    return Route(None)


def read_in_ways(path: str) -> frozenset[tuple[str, ...]]:
    """Return the decoded segments of a path, as servers and what stands before them may read it.

    Decoded before or after it is split, once or several times, with dots and empty segments or without them.
    """
    found = {tuple(unquote(segment) for segment in path.split("/"))}
    for _ in range(DECODINGS):
        path = unquote(path)
        found |= {tuple(path.split("/")), tuple(path.replace("\\", "/").split("/"))}
    return frozenset(found | {_without_dots(segments) for segments in found})


def leads_up(segment: str) -> bool:
    """Return whether somebody may read the segment as one or several that lead out of the path before them."""
    return any(".." in segments for segments in read_in_ways(segment))


def _without_dots(segments: tuple[str, ...]) -> tuple[str, ...]:
    left: list[str] = []
    for segment in segments:
        if segment == "..":
            del left[-1:]
        elif segment not in ("", "."):
            left.append(segment)
    return ("", *left)


def find_named_ids(contract: Contract, segments: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the ids in a path that is, or begins as, one of an object; None where no declared path leads to an object.

    Of several declared paths the longest that fits counts. What a parameter takes with its slashes, such as a
    file's path, is inside the object and no id.
    """
    if any("{" not in path and tuple(path.split("/")) == segments for path in index_paths(contract)):
        return None
    for template in _list_object_paths(contract):
        fits = (a in (None, ANY_ORG, b) for a, b in zip(template, segments, strict=False))
        if len(template) <= len(segments) and all(fits):
            ids = tuple(b for a, b in zip(template, segments, strict=False) if a is None)
            return ids if all(ids) else None
    return None


@lru_cache(maxsize=8)
def _list_object_paths(contract: Contract) -> tuple[tuple[str | None, ...], ...]:
    """Return the declared paths that name an object, None in the place of each id, ANY_ORG of an org's.

    The longest first.
    """
    found = set()
    for operation in contract.operations.values():
        spanning = [p.name for p in operation.path_parameters if p.spans_segments]
        path = operation.path.partition(f"{{{spanning[0]}}}")[0].rstrip("/") if spanning else operation.path
        orgs = {f"{{{p.name}}}" for p in operation.path_parameters if p.is_own_org}
        if operation.names_object:
            named = (ANY_ORG if each in orgs else None if "{" in each else each for each in path.split("/"))
            found.add(tuple(named))
    return tuple(sorted(found, key=lambda template: (-len(template), template.count(None), str(template))))


@lru_cache(maxsize=8)
def index_paths(contract: Contract) -> Mapping[str, Mapping[str, Operation]]:
    """Return every declared path with its operations by method."""
    found: dict[str, dict[str, Operation]] = {}
    for operation in contract.operations.values():
        found.setdefault(operation.path, {})[operation.method] = operation
    return found


@lru_cache(maxsize=8)
def _build_table(contract: Contract) -> list[tuple[re.Pattern[str], list[str], Mapping[str, Operation]]]:
    """Return the pattern of each path, the names of its parameters, and its operations by method."""
    ordered = sorted(index_paths(contract).items(), key=lambda item: (item[0].count("{"), item[0]))
    return [(*_compile_pattern(path, operations), operations) for path, operations in ordered]


def _compile_pattern(path: str, operations: Mapping[str, Operation]) -> tuple[re.Pattern[str], list[str]]:
    spanning = {p.name for operation in operations.values() for p in operation.path_parameters if p.spans_segments}
    literals, names = re.split(r"\{[^}]+\}", path), re.findall(r"\{([^}]+)\}", path)
    groups = ["(.+)" if name in spanning else "([^/]+)" for name in names]
    pattern = "".join(re.escape(literal) + group for literal, group in zip(literals, [*groups, ""], strict=True))
    return re.compile(pattern, re.DOTALL), names

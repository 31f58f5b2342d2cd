"""A trie of segments that leads from a path to the operations that it has.

A concrete path wins over a template, segment by segment. Every segment is compared decoded, so that
an encoded letter is the letter; the values of parameters are handed on as they were sent, since only
who reads them knows whether an encoded slash may stand in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar
from urllib.parse import unquote

from msgspec import Struct, field

from mock_server.bounded_cache import bounded_cache

T = TypeVar("T")


class RouteError(ValueError):
    """Two templates that no request could tell apart, or a template that is not well-formed."""


class Route(Struct, Generic[T], frozen=True):
    """One path of the contract, and what it answers to."""

    template: str
    names: tuple[str, ...]
    methods: Mapping[str, T]
    allow: str


class _Node(Struct, Generic[T]):
    literals: dict[str, _Node[T]] = field(default_factory=dict)
    parameter: _Node[T] | None = None
    route: Route[T] | None = None
    tail: Route[T] | None = None  # a last parameter that takes slashes


class Router(Generic[T]):
    """Finds the route of a path."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        # A path leads to the same place each time, and clients ask for the same ones again and again.
        self._known = bounded_cache(self._find)

    def find(self, path: str) -> tuple[Route[T], Mapping[str, str]] | None:
        """Return the route of a path as it was sent, and its parameters, still encoded; None where it has none."""
        return self._known(path)

    def add(self, template: str, methods: Mapping[str, T], *, tail: bool = False) -> None:
        """Add a path with its methods; `tail`: its last parameter takes slashes.

        Raises RouteError when the path is there already under other parameter names.
        """
        segments = template.split("/")
        names = tuple(s[1:-1] for s in segments if _is_parameter(s))
        route = Route(template, names, methods, ", ".join(sorted(methods)))
        node = self._root
        for segment in segments[:-1] if tail else segments:
            node = _step(node, segment, template)
        taken = node.tail if tail else node.route
        if taken is not None:
            raise RouteError(f"{template} and {taken.template} are the same path")
        if tail:
            node.tail = route
        else:
            node.route = route

    def _find(self, path: str) -> tuple[Route[T], Mapping[str, str]] | None:
        segments = path.split("/")
        values: list[str] = []
        found = _walk(self._root, segments, 0, values)
        return None if found is None else (found, dict(zip(found.names, values, strict=True)))


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")


def _step(node: _Node[T], segment: str, template: str) -> _Node[T]:
    if _is_parameter(segment):
        node.parameter = node.parameter or _Node()
        return node.parameter
    if "{" in segment or "}" in segment:
        raise RouteError(f"{template}: a parameter fills its whole segment, {segment!r} does not")
    return node.literals.setdefault(segment, _Node())


def _walk(node: _Node[T], segments: list[str], at: int, values: list[str]) -> Route[T] | None:
    if at == len(segments):
        return node.route
    segment = segments[at]
    literal = node.literals.get(unquote(segment) if "%" in segment else segment)
    if literal is not None and (found := _walk(literal, segments, at + 1, values)):
        return found
    if node.parameter is not None and segment:
        values.append(segment)
        if found := _walk(node.parameter, segments, at + 1, values):
            return found
        values.pop()
    if node.tail is not None:
        values.append("/".join(segments[at:]))
    return node.tail

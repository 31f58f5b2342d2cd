"""The operations of two contracts, and the media types of their messages, each with what it was before."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from conformance.changes.change import Pointer
from conformance.changes.schemas.comparing import Memo
from conformance.changes.schemas.located import LocatedNode, locate
from conformance.contract.contract import Contract, JsonObject, Operation

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
ParameterKey = tuple[str, str]


def strip_parameter_names(path: str) -> str:
    """Return a path without the names of its parameters."""
    return _PLACEHOLDER.sub("{}", path)


def locate_parameters(path: str) -> dict[str, str]:
    """Return the positions of the parameters of a path, by their names."""
    return {name: str(index) for index, name in enumerate(_PLACEHOLDER.findall(path))}


@dataclass(frozen=True)  # without slots, for what is read once
class Side:
    """An operation in one of the two contracts."""

    contract: Contract
    operation: Operation

    @property
    def document(self) -> JsonObject:
        return self.contract.document

    @cached_property
    def _item(self) -> LocatedNode:
        path = self.operation.path
        return locate(self.document, self.document["paths"][path], path, ("paths", path))

    @property
    def pointer(self) -> Pointer:
        return (*self._item.pointer, self.operation.method.lower())

    @property
    def node(self) -> JsonObject:
        """The operation as it stands in the document."""
        found: JsonObject = self._item.node[self.operation.method.lower()]
        return found

    @property
    def said(self) -> tuple[Any, ...]:
        """The operation's own text in the document, without the components that it refers to."""
        return self.operation.path, self._item.node.get("parameters"), self.node

    @cached_property
    def parameters(self) -> Mapping[ParameterKey, LocatedNode]:
        """The declared parameters by where they are and how they are told apart there.

        That is the position in the path, so that another name is no other parameter, and else the name.
        """
        places = locate_parameters(self.operation.path)
        declared = {}
        given = [(pointer, *each) for pointer, node in self._with_parameters() for each in enumerate(node)]
        for pointer, number, node in given:
            found = locate(self.document, node, "parameter", (*pointer, number))
            location, name = str(found.node.get("in")), str(found.node.get("name"))
            place = f"{location} parameter {name}"
            key = places.get(name, name) if location == "path" else name.lower() if location == "header" else name
            declared[location, key] = replace(found, place=place, used=place if found.used else "", former=place)
        return declared

    def _with_parameters(self) -> Iterator[tuple[Pointer, list[Any]]]:
        for pointer, node in ((self._item.pointer, self._item.node), (self.pointer, self.node)):
            yield (*pointer, "parameters"), node.get("parameters", [])

    @cached_property
    def body(self) -> LocatedNode | None:
        """The request body; None where none is taken."""
        given = self.node.get("requestBody")
        return None if given is None else locate(self.document, given, "body", (*self.pointer, "requestBody"))

    @cached_property
    def answers(self) -> Mapping[str, LocatedNode]:
        """The declared answers by their statuses."""
        given: Mapping[Any, Any] = self.node.get("responses", {})
        pointer = (*self.pointer, "responses")
        return {
            str(status): locate(self.document, each, f"{status}", (*pointer, status)) for status, each in given.items()
        }


@dataclass(frozen=True, slots=True)
class Pair:
    """An operation that both contracts have: the same method on the same path, whatever it is called."""

    old: Side
    new: Side
    memo: Memo
    """The results that comparing both contracts has had so far."""


@dataclass(frozen=True, slots=True)
class PairedOperations:
    """The operations of two contracts, in pairs."""

    both: tuple[Pair, ...]
    removed: tuple[Operation, ...]
    added: tuple[Operation, ...]


def pair_operations(old: Contract, new: Contract) -> PairedOperations:
    """Pair the operations of two contracts by method and path, the names in its braces aside."""
    before, after = (
        {(each.method, strip_parameter_names(each.path)): each for each in contract.operations.values()}
        for contract in (old, new)
    )
    memo = Memo()
    return PairedOperations(
        both=tuple(Pair(Side(old, before[at]), Side(new, after[at]), memo) for at in after if at in before),
        removed=tuple(each for at, each in before.items() if at not in after),
        added=tuple(each for at, each in after.items() if at not in before),
    )


def find_references(node: Any) -> Iterator[str]:
    """Yield each reference in a node."""
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from find_references(each)


@dataclass(frozen=True, slots=True)
class MediaPair:
    """A media type that is in one content, or two of which one is a range that the other is in, or one in both."""

    old: str | None
    new: str | None

    @property
    def is_narrower(self) -> bool:
        """Return whether a range has become what is in it."""
        return self.old is not None and self.new is not None and _is_in(self.new, self.old)

    @property
    def is_wider(self) -> bool:
        """Return whether a range is there in the place of what is in it."""
        return MediaPair(self.new, self.old).is_narrower


def pair_media_types(before: Collection[str], after: Collection[str]) -> Iterator[MediaPair]:
    """Yield each media type of two contents with its counterpart in the other one, if it has one."""
    old, new = ({each.lower(): each for each in sorted(content)} for content in (before, after))
    gone, come = ([one[name] for name in one.keys() - other.keys()] for one, other in ((old, new), (new, old)))
    pairs = [MediaPair(one, other) for one in gone for other in come if _is_in(one, other) or _is_in(other, one)]
    olds, news = {each.old for each in pairs}, {each.new for each in pairs}
    pairs += [MediaPair(old[name], new[name]) for name in old.keys() & new.keys()]
    pairs += [MediaPair(each, None) for each in gone if each not in olds]
    pairs += [MediaPair(None, each) for each in come if each not in news]
    yield from sorted(pairs, key=lambda pair: (pair.new or pair.old or "", pair.old or ""))


def _is_in(media: str, given: str) -> bool:
    """Return whether a media type, or a range, is in a range."""
    media, given = media.lower(), given.lower()
    kind, _, rest = given.partition("/")
    return rest == "*" and media != given and (kind == "*" or media.startswith(f"{kind}/"))

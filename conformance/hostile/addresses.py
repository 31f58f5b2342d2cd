"""Ids, paths inside an object, and queries, each made of what is there by one change, and other hostile texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from urllib.parse import parse_qsl, quote, unquote, urlencode

from conformance.contract.contract import Operation, Parameter
from conformance.hostile.kind import HostileValue, RightAnswers, Spoil
from conformance.http.exchange import Request
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.recipes.values.grammars import NO_INTEGER, ODD_INTEGER, Branch, Grammar
from conformance.session.harness import Harness

_LETTERS = "GHJKMNPQRSTVWXYZghjkmnpqrstvwxyz"  # none of a hexadecimal number, so that no id has eight of them in a row
_LENGTH = 24


def draw_canary(random: Random) -> str:
    """Return letters that stand nowhere else, and no part of them either that is long enough to tell them."""
    return "".join(random.choices(_LETTERS, k=_LENGTH))


PATHS: Mapping[str, tuple[str, str]] = {
    "dot": ("data/./sample.txt", "data/./sample.txt"),
    "parent": ("data/../data/sample.txt", "data/../data/sample.txt"),
    "parent-first": ("../data/sample.txt", "../data/sample.txt"),
    "encoded-parent": ("data/%2e%2e/data/sample.txt", "data/../data/sample.txt"),
    "encoded-dot": ("data/%2e/sample.txt", "data/./sample.txt"),
    "half-encoded-parent": ("data/.%2E/data/sample.txt", "data/../data/sample.txt"),
    "empty-segment": ("data//sample.txt", "data//sample.txt"),
    "slash-first": ("/data/sample.txt", "/data/sample.txt"),
    "slash-last": ("data/sample.txt/", "data/sample.txt/"),
    "nul": ("data/sample.txt%00", "data/sample.txt\0"),
    "encoded-slash": ("data%2Fsample.txt", "data/sample.txt"),
}
"""The paths as they go on the wire, and decoded, by name."""


_RULE = "CONTRACT-RIGHT-ANSWER"
LONG = 1500
"""Characters that are too many for any name, and few enough for every server's request line."""
Change = Callable[[str], str]


def has_object_in_path(operation: Operation) -> bool:
    """Return whether the path names an object of a resource."""
    return find_resource_in_path(operation) is not None


def has_part_in_path(operation: Operation) -> bool:
    """Return whether the path names, with slashes, something inside an object."""
    return any(parameter.spans_segments for parameter in operation.path_parameters)


_SINGLE = ("boolean", "integer")


def _list_parameters(operation: Operation, *types: str) -> list[Parameter]:
    """Return the query parameters that have one of these types."""
    return [each for each in operation.parameters if each.location == "query" and each.schema.get("type") in types]


def has_integer(operation: Operation) -> bool:
    """Return whether a query parameter of the operation is an integer."""
    return bool(_list_parameters(operation, "integer"))


def has_single(operation: Operation) -> bool:
    """Return whether a query parameter of the operation has one value, which is true, false or an integer."""
    return bool(_list_parameters(operation, *_SINGLE))


def _put_in_query(request: Request, name: str, *texts: str) -> Request:
    """Return the request with a query parameter that has these texts, in the place of what it had."""
    others = [each for each in parse_qsl(request.query, keep_blank_values=True) if each[0] != name]
    return replace(request, query=urlencode([*others, *((name, text) for text in texts)]))


def _send_twice(harness: Harness, operation: Operation, request: Request) -> Request:
    """Return the request with a parameter that is there twice, with one right value."""
    parameter = harness.random.choice(_list_parameters(operation, *_SINGLE))
    text = "false" if parameter.schema["type"] == "boolean" else str(parameter.schema.get("maximum", 1))
    return _put_in_query(request, parameter.name, text, text)


def _replace_id(change: Callable[[str], str]) -> Spoil:
    """Return what puts another id into a path, as it goes on the wire; only one that no other object can have."""

    def spoil(harness: Harness, operation: Operation, request: Request) -> Request | None:
        name = next(p.name for p in operation.path_parameters if p.resource)
        usual = request.path_values[name]
        wire = change(usual)
        if wire == quote(usual, safe="") or not _is_absent(harness, usual, unquote(wire)):
            return None
        before = operation.path.partition(f"{{{name}}}")[0]
        after = request.path[len(before) + len(quote(usual, safe="")) :]
        return replace(request, path=f"{before}{wire}{after}", path_values={**request.path_values, name: unquote(wire)})

    return spoil


def _replace_part(change: Callable[[str], str]) -> Spoil:
    """Return what puts another path inside the object into the path, as it goes on the wire."""

    def spoil(_harness: Harness, operation: Operation, request: Request) -> Request | None:
        name = next(p.name for p in operation.path_parameters if p.spans_segments)
        usual = request.path_values[name]
        wire = change(usual)
        values = {**request.path_values, name: unquote(wire)}
        return replace(request, path=request.path.removesuffix(quote(usual)) + wire, path_values=values)

    return spoil


def _replace_query(query: str) -> Spoil:
    return lambda _harness, _operation, request: replace(request, query=query)


def _replace_integer(grammar: Grammar, branch: Branch) -> Spoil:
    """Return what puts a text of this branch in the place of an integer in the query."""

    def spoil(harness: Harness, operation: Operation, request: Request) -> Request:
        parameter = harness.random.choice(_list_parameters(operation, "integer"))
        text, _ = grammar.draw(harness.random, branch)
        return _put_in_query(request, parameter.name, text)

    return spoil


_NEIGHBOURS: Mapping[str, Change] = {
    "cut-short": lambda usual: quote(usual[:-1]),
    "and-more": lambda usual: quote(f"{usual}0"),
}
"""The values of a right form that nothing has, of an id and of a path inside an object, by name."""
_ODD: Mapping[str, Change] = {
    "space-after": lambda usual: quote(usual) + "%20",
    "line-after": lambda usual: quote(usual) + "%0A",
    "nul-after": lambda usual: quote(usual) + "%00",
    "not-utf-8": lambda usual: quote(usual) + "%FF",
    "overlong-utf-8": lambda usual: quote(usual) + "%C0%AF",
    "surrogate": lambda usual: quote(usual) + "%ED%A0%80",
    "zero-width": lambda usual: quote(f"{usual}\u200b"),
    "quote-after": lambda usual: quote(usual) + "'--",
    "parameter": lambda usual: quote(usual) + ";v=1",
    "suffix": lambda usual: quote(usual) + ".json",
    "malformed-escape": lambda usual: quote(usual) + "%zz",
    "half-an-escape": lambda usual: quote(usual) + "%4",
    "percent-encoded-twice": lambda usual: f"%25{ord(usual[0]):02X}{quote(usual[1:])}",
    "long": lambda usual: quote(usual) + "0" * LONG,
}
"""The values that nothing can have, and that somebody before the service may refuse in its own way, by name."""
_QUERIES: Mapping[str, str] = {
    "not-utf-8": "conformance=%FF%C0%AF",
    "nul": "conformance=%00",
    "spoilt": "conformance=%&&=&%zz",
    "many": "&".join(["conformance[]=1"] * 100),
    "method": "_method=DELETE&X-HTTP-Method-Override=DELETE",
}
"""The queries of which no operation asks, by name."""


def _swap_case(text: str) -> str:
    return quote(text.swapcase())


def with_encoded_id(request: Request, template: str = "%{:02X}") -> Request:
    """Return the request with the last letter of the first id in its path percent-encoded (RFC 3986)."""
    value = next(iter(request.path_values.values()), "")
    if not value or not value[-1].isascii() or value not in request.path:
        return request
    return replace(request, path=request.path.replace(value, value[:-1] + template.format(ord(value[-1])), 1))


ENCODED = HostileValue("id-encoded", _RULE, has_object_in_path, lambda _harness, _operation, it: with_encoded_id(it))
"""An id that is the same however it is written, so that the answer is that of the plain one."""
ADDRESSES = [
    *(
        HostileValue(f"id-{name}", _RULE, has_object_in_path, _replace_id(change))
        for name, change in _NEIGHBOURS.items()
    ),
    *(
        HostileValue(f"id-{name}", _RULE, has_object_in_path, _replace_id(change), RightAnswers.REFUSED)
        for name, change in _ODD.items()
    ),
    # An id may be of a form that is read without regard to case, as a UUID is.
    HostileValue("id-other-case", _RULE, has_object_in_path, _replace_id(_swap_case), RightAnswers.EITHER),
    *(
        HostileValue(f"path-{name}", _RULE, has_part_in_path, _replace_part(change))
        for name, change in _NEIGHBOURS.items()
    ),
    *(
        HostileValue(f"path-{name}", _RULE, has_part_in_path, _replace_part(change), RightAnswers.REFUSED)
        for name, change in _ODD.items()
    ),
    HostileValue("path-other-case", _RULE, has_part_in_path, _replace_part(_swap_case)),
    *(
        HostileValue(f"query-{name}", _RULE, lambda _: True, _replace_query(q), RightAnswers.REFUSED)
        for name, q in _QUERIES.items()
    ),
    *(
        HostileValue(str(branch), _RULE, has_integer, _replace_integer(grammar, branch), right)
        for grammar, right in ((NO_INTEGER, RightAnswers.FORESEEN), (ODD_INTEGER, RightAnswers.EITHER))
        for branch in grammar.branches
    ),
    HostileValue("query-twice", _RULE, has_single, _send_twice),
]


def _is_absent(harness: Harness, object_id: str, variant: str) -> bool:
    """Note that no object has an id which is made of that of another by one change.

    False where one may have it: where nobody knows the id to be drawn from so many that its likes are free.
    """
    if not (harness.is_alone or harness.guard.make_absent_id_like(object_id, harness.case)):
        return False
    harness.guard.allow_made(variant)
    harness.knowledge = harness.knowledge.with_absent(variant)
    return True

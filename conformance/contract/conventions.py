"""Rules that no document states and nearly every API keeps: what breaks one is an advisory, whoever owns the API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from conformance.contract.contract import EVERY_OPERATION, JsonObject, Provenance, Rule

NO_STACK_TRACE, LOCATION = "CONTRACT-NO-STACK-TRACE", "CONTRACT-LOCATION"
TIMES, COUNTS = "CONTRACT-TIMES", "CONTRACT-COUNTS"
_CLAUSE = "contract"
_TEXTS: Mapping[str, str] = {
    NO_STACK_TRACE: "No answer shows a stack trace or the page of a debugger.",
    LOCATION: "The Location of what was created is a path of the document.",
    TIMES: "No object was changed before it was created.",
    COUNTS: "The count of a list is the number of what it holds.",
}
CONVENTIONS = _TEXTS.keys()
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_BESIDE_TIMES = frozenset({"at", "on", "time", "date", "timestamp", "last"})
_MADE, _CHANGED = frozenset({"created", "creation"}), frozenset({"updated", "modified", "changed"})
_COUNTING = frozenset({"count", "total", "num"})


def read_conventions(document: JsonObject) -> tuple[dict[str, Rule], dict[str, tuple[str, ...]]]:
    """Return the conventions as rules of every operation, and what is lacking for each that does not apply, by id."""
    fields = [*_list_fields(document)]
    names = [name for name, _ in fields]
    lists = [name for name, is_list in fields if is_list]
    counted = [found for name in names if (found := find_counted(name)) is not None]
    lacking: dict[str, tuple[str, ...]] = {}
    if not (any(_is_made_of(name, _MADE) for name in names) and any(_is_made_of(name, _CHANGED) for name in names)):
        lacking[TIMES] = ("object that says when it was created and changed",)
    if not any(is_counted(name, each) for each in counted for name in lists):
        lacking[COUNTS] = ("count of a list",)
    rules = {
        name: make_convention(name, _CLAUSE, text, EVERY_OPERATION)
        for name, text in _TEXTS.items()
        if name not in lacking
    }
    return rules, lacking


def make_convention(name: str, clause: str, text: str, about: tuple[str, ...]) -> Rule:
    """Return the rule of a convention."""
    return Rule(name, clause, "should", Provenance.ASSUMED, text, about, is_stated=False)


def find_times(names: Iterable[str]) -> tuple[str, str] | None:
    """Return the field of when an object was made and that of when it was changed; None unless it has one of each."""
    every = tuple(names)
    made = [each for each in every if _is_made_of(each, _MADE)]
    changed = [each for each in every if _is_made_of(each, _CHANGED)]
    return (made[0], changed[0]) if len(made) == len(changed) == 1 else None


@lru_cache(maxsize=4096)  # asked for each field of each object that is shown
def find_counted(name: str) -> str | None:
    """Return the word for what a field counts; empty where it does not say what, None where it counts nothing."""
    words = [each.lower() for each in _WORDS.findall(name)]
    if not words or _COUNTING.isdisjoint((words[0], words[-1])):
        return None
    return "".join(each for each in words if each not in _COUNTING and each != "of").removesuffix("s")


def is_counted(name: str, counted: str) -> bool:
    """Return whether a list of this name may be the one that a field counts."""
    return not counted or "".join(_WORDS.findall(name)).lower().removesuffix("s") == counted


@lru_cache(maxsize=4096)
def _is_made_of(name: str, what: frozenset[str]) -> bool:
    words = frozenset(each.lower() for each in _WORDS.findall(name)) - _BESIDE_TIMES
    return bool(words) and words <= what


def _list_fields(node: Any) -> Iterator[tuple[str, bool]]:
    """Yield each field of a schema below a node, and whether it is a list."""
    if isinstance(node, Mapping):
        fields = node.get("properties")
        for name, schema in fields.items() if isinstance(fields, Mapping) else ():
            yield str(name), isinstance(schema, Mapping) and schema.get("type") == "array"
    for each in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _list_fields(each)

"""The parts of a module that are not mutated: no answer of a server can show them, or the contract leaves them free."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import libcst

from benchmarks.source_mutants.mutant import Place

_PROSE = re.compile(r"(?P<quote>['\"])[A-Za-z](?:[\w'.-]*[,;:]? )+[\w'.-]+[;!?]?(?P=quote)")
_VARIANT = re.compile(r"\bVariant\.|\bvariants\b")


def _is_annotation(place: Place) -> bool:
    return isinstance(place.node, libcst.Annotation | libcst.TypeAlias)


def _is_form_of_a_class(place: Place) -> bool:
    node = place.node
    called = node.decorator if isinstance(node, libcst.Decorator) else None
    named = called.func if isinstance(called, libcst.Call) else called
    return isinstance(named, libcst.Name) and named.value == "dataclass"


def _is_alias_of_a_type(place: Place) -> bool:
    node = place.node
    is_named = isinstance(node, libcst.Assign) and isinstance(node.value, libcst.Subscript)
    return place.is_at_the_top and is_named


SKIPPED: Mapping[Callable[[Place], bool], str] = {
    _is_annotation: "types are read by no program that serves",
    _is_form_of_a_class: "whether a value is frozen or has slots shows in no answer",
    _is_alias_of_a_type: "the name of a type is read by no program that serves",
}
"""The names that are left out with all that is in them, each with its reason."""


def _is_wording(place: Place, operator: str, _: Sequence[str]) -> bool:
    node = place.node
    return operator == "string" and isinstance(node, libcst.SimpleString) and bool(_PROSE.fullmatch(node.value))


def _has_variant_name(_: Place, __: str, lines: Sequence[str]) -> bool:
    return any(_VARIANT.search(it) for it in lines)


UNSEEN: Mapping[Callable[[Place, str, Sequence[str]], bool], str] = {
    _is_wording: "the wording of a text of two words or more is the server's own",
    _has_variant_name: "a line that asks for a variant decides between two ways that the contract leaves free",
}
"""Mutants that are left out, by place, operator and the lines that they change, each with its reason."""


def is_skipped(place: Place) -> bool:
    """Return whether nothing that is there is mutated."""
    return any(holds(place) for holds in SKIPPED)


def is_unseen(place: Place, operator: str, lines: Sequence[str]) -> bool:
    """Return whether nobody could see this mutant of the place."""
    return any(holds(place, operator, lines) for holds in UNSEEN)

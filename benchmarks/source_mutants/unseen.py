"""The parts of a module that are not mutated: no answer of a server can show them, or the contract leaves them free."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import libcst

from benchmarks.source_mutants.mutant import Place

_PROSE = re.compile(r"(?P<quote>['\"])[A-Za-z](?:[\w'.-]*[,;:]? )+[\w'.-]+[;!?]?(?P=quote)")
_SENTENCE = re.compile(r"(?P<quote>['\"])[A-Z][^'\"]*(?: [^ '\"]+){3,}\.(?P=quote)")
_VARIANT = re.compile(r"\bVariant\.|\bvariants\b")
_NAME_OF_A_HANDLER = re.compile(r"['\"][a-z_]+\.[a-z_]+['\"]")
_COLUMNS = ("Column", "mapped_column")
_HINT_OF_STORAGE = re.compile(r",? ?\b(?:index|deferred)=\w+")
_IN_MEMORY = re.compile(r"\bSpooledTemporaryFile\(max_size=[^()]+\)")
_FIRST_PART = re.compile(r"(\.split\((?P<first>['\"])[^'\"]+(?P=first)), ?(?:[1-9]\d*)?\)\[0\]")
_LAST_PART = re.compile(r"(\.rsplit\((?P<last>['\"])[^'\"]+(?P=last)), ?(?:[1-9]\d*)?\)\[-1\]")


def _is_annotation(place: Place) -> bool:
    return isinstance(place.node, libcst.Annotation | libcst.TypeAlias)


def _is_form_of_a_class(place: Place) -> bool:
    node = place.node
    called = node.decorator if isinstance(node, libcst.Decorator) else None
    named = called.func if isinstance(called, libcst.Call) else called
    return isinstance(named, libcst.Name) and named.value == "dataclass"


def _is_alias_of_a_type(place: Place) -> bool:
    node = place.node
    value = node.value if isinstance(node, libcst.Assign) else None
    is_variable = isinstance(value, libcst.Call) and _find_name(value.func) == "TypeVar"
    return place.is_at_the_top and (is_variable or isinstance(value, libcst.Subscript))


def _find_name(node: libcst.BaseExpression) -> str:
    """Return the last name of what is called, as it stands behind the last dot."""
    named = node.attr if isinstance(node, libcst.Attribute) else node
    return named.value if isinstance(named, libcst.Name) else ""


def _is_name_of_a_table(place: Place) -> bool:
    targets = place.node.targets if isinstance(place.node, libcst.Assign) else ()
    return any(isinstance(it.target, libcst.Name) and it.target.value == "__tablename__" for it in targets)


SKIPPED: Mapping[Callable[[Place], bool], str] = {
    _is_annotation: "types are read by no program that serves",
    _is_form_of_a_class: "whether a value is frozen or has slots shows in no answer",
    _is_alias_of_a_type: "the name of a type is read by no program that serves",
    _is_name_of_a_table: "the name of a table stays between the server and its database",
}
"""The names that are left out with all that is in them, each with its reason."""


def _is_wording(place: Place, operator: str, _: Sequence[str], __: Sequence[str]) -> bool:
    node = place.node
    if operator != "string" or not isinstance(node, libcst.SimpleString):
        return False
    return any(form.fullmatch(node.value) for form in (_PROSE, _SENTENCE))


def _has_variant_name(_: Place, __: str, before: Sequence[str], ___: Sequence[str]) -> bool:
    return any(_VARIANT.search(it) for it in before)


def _is_name_of_a_handler(place: Place, operator: str, _: Sequence[str], __: Sequence[str]) -> bool:
    node, module = place.node, place.around[0] if place.around else None
    if operator != "string" or not isinstance(node, libcst.SimpleString) or not isinstance(module, libcst.Module):
        return False
    is_registered = any(isinstance(it, libcst.Decorator) for it in place.around)
    return is_registered and bool(_NAME_OF_A_HANDLER.fullmatch(node.value)) and module.code.count(node.value) == 1


def _is_hint_of_storage(place: Place, _: str, before: Sequence[str], after: Sequence[str]) -> bool:
    calls = (it.func for it in (place.node, *place.around) if isinstance(it, libcst.Call))
    in_column = any(isinstance(it, libcst.Name) and it.value in _COLUMNS for it in calls)
    return in_column and _drop_hints(before) == _drop_hints(after)


def _drop_hints(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines without the hints of storage, and without a comma that was before one."""
    return [_HINT_OF_STORAGE.sub("", it).replace(", )", ")") for it in lines]


def _is_case_of_an_encoding(place: Place, _: str, before: Sequence[str], after: Sequence[str]) -> bool:
    call = next((it for it in reversed(place.around) if isinstance(it, libcst.Call)), None)
    is_coded = call is not None and _find_name(call.func) in ("encode", "decode")
    is_first = call is not None and call.args[:1] and call.args[0].value is place.node
    return bool(is_coded and is_first) and [it.casefold() for it in before] == [it.casefold() for it in after]


def _is_room_in_memory(_: Place, __: str, before: Sequence[str], after: Sequence[str]) -> bool:
    return [_IN_MEMORY.sub("", it) for it in before] == [_IN_MEMORY.sub("", it) for it in after]


def _is_number_of_parts(_: Place, __: str, before: Sequence[str], after: Sequence[str]) -> bool:
    return _drop_numbers(before) == _drop_numbers(after)


def _drop_numbers(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines without how often a text is split of which the outermost part alone is taken."""
    return [_LAST_PART.sub(r"\1)[-1]", _FIRST_PART.sub(r"\1)[0]", it)) for it in lines]


UNSEEN: Mapping[Callable[[Place, str, Sequence[str], Sequence[str]], bool], str] = {
    _is_wording: "the wording of a text of two words or more, or of a sentence, is the server's own",
    _has_variant_name: "a line that asks for a variant decides between two ways that the contract leaves free",
    _is_name_of_a_handler: "a name by which a function is registered, and which no other line has, is in no answer",
    _is_case_of_an_encoding: "the name of an encoding is read without regard to case",
    _is_room_in_memory: "how much of a file is kept in memory shows in no answer",
    _is_number_of_parts: "the first or last part of a text is the same however often the rest is split",
    _is_hint_of_storage: "an index, and when a column is read, make an answer sooner or later and no other one",
}
"""Mutants that are left out, by place, operator, and the lines before and after the change, each with its reason."""


def is_skipped(place: Place) -> bool:
    """Return whether nothing that is there is mutated."""
    return any(holds(place) for holds in SKIPPED)


def is_unseen(place: Place, operator: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether nobody could see this mutant of the place."""
    return any(holds(place, operator, before, after) for holds in UNSEEN)

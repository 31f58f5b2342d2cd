"""Names of resources, from their paths, and the field that a parameter of the path names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mock_server.declared.documents.words import flatten

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_PLURALS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("ses", "se"), ("s", ""))
_KEPT = ("ss", "us", "is", "news")
_IDS = ("id", "_id", "uuid", "guid")
_SHORTEST_FIELD = 2


def name_resource(segment: str, taken: Iterable[str], within: str | None) -> str:
    """Return what one object of a path's segment is called: letters and underscores, and no name that is taken."""
    words = [word.lower() for word in _WORD.findall(segment)] or ["thing"]
    name = "_".join([*words[:-1], make_singular(words[-1])])
    if name in taken and within is not None:
        name = f"{within}_{name}"
    while name in taken:
        name += "_too"
    return name


def make_singular(word: str) -> str:
    """Return the singular of an English noun, as far as its end tells."""
    if word.endswith(_KEPT):
        return word
    for plural, singular in _PLURALS:
        if word.endswith(plural) and len(word) > len(plural) + 1:
            return word.removesuffix(plural) + singular
    return word


def find_key(parameter: str, segment: str, fields: Iterable[str]) -> str | None:
    """Return the field that a parameter of a path names, such as `id` for `petId`; None where none seems to be it."""
    plain = {flatten(field): field for field in fields}
    wanted, stems = flatten(parameter), {flatten(segment), flatten(name_resource(segment, (), None))}
    tries = [wanted, *(wanted.removeprefix(stem) for stem in stems if wanted.startswith(stem))]
    for each in tries:
        if each in plain:
            return plain[each]
    ends = [each for each in plain if len(each) >= _SHORTEST_FIELD and wanted.endswith(each)]
    if ends:
        return plain[max(ends, key=len)]
    if wanted.endswith(("id", "key", *stems)):
        return next((plain[flatten(each)] for each in _IDS if flatten(each) in plain), None)
    return None


def is_like_an_id(field: str) -> bool:
    """Whether a field is called as ids are that a server makes."""
    return flatten(field).endswith(("id", "guid"))

"""Queries of lists: which objects they ask for by their fields, and which part of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mock_server.declared.documents.kinds import Kind
from mock_server.declared.documents.stored import StoredDocument
from mock_server.declared.documents.words import flatten

_LIMITS = {"limit", "perpage", "pagesize", "size", "maxresults", "maxpagesize", "take", "count", "top"}
_OFFSETS = {"offset", "skip", "start", "startindex"}
_PAGES = {"page", "pagenumber", "pageindex", "p"}
_ENDS = ("", "s", "es", "list", "id")
_USUAL_PAGE = 20


class ListQuery(NamedTuple):
    """The parameters of a list that are understood, by what each does, and the names of the others."""

    fields: Mapping[str, str]
    limit: str | None
    offset: str | None
    page: str | None
    unknown: tuple[str, ...]


def read_query(kind: Kind, parameters: Iterable[Mapping[str, Any]]) -> ListQuery:
    """Return what the parameters of a list ask for, as their names tell."""
    fields: dict[str, str] = {}
    parts: dict[str, str] = {}
    unknown = []
    for parameter in (each for each in parameters if each.get("in") == "query"):
        name = parameter["name"]
        plain, field = flatten(name), find_field(kind.fields, name)
        if field is not None and not _compare_types(kind.fields[field], parameter.get("schema", {})):
            field = None
        part = next((key for key, names in _PARTS.items() if plain in names), None)
        if field is not None:
            fields[name] = field
        elif part is not None:
            parts.setdefault(part, name)
        else:
            unknown.append(name)
    return ListQuery(fields, parts.get("limit"), parts.get("offset"), parts.get("page"), tuple(unknown))


def _compare_types(field: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether values of a parameter can be those of a field."""
    wanted = asked.get("items", {}).get("type") if asked.get("type") == "array" else asked.get("type")
    has = field.get("type", "object")
    return has in {"array", "object", wanted} or {has, wanted} == {"integer", "number"} or wanted is None


_PARTS: Mapping[str, set[str]] = {"limit": _LIMITS, "offset": _OFFSETS, "page": _PAGES}


def find_field(fields: Iterable[str], name: str) -> str | None:
    """Return the field that a parameter is called as, in the singular or the plural; None where none is."""
    wanted = flatten(name)
    by_name = {flatten(field): field for field in fields}
    tries = [f"{wanted}{end}" for end in _ENDS] + [wanted.removesuffix(end) for end in ("es", "s") if end]
    return next((by_name[each] for each in tries if each in by_name), None)


def make_selection(query: ListQuery) -> Callable[[Sequence[StoredDocument], Mapping[str, Any]], list[StoredDocument]]:
    """Return what selects the objects whose fields have the values that a request asks for."""
    fields = query.fields

    def select(found: Sequence[StoredDocument], asked: Mapping[str, Any]) -> list[StoredDocument]:
        wanted = [(field, asked[name]) for name, field in fields.items() if name in asked]
        return [each for each in found if all(_has(each.content.get(field), value) for field, value in wanted)]

    return select


def _has(value: Any, wanted: Any) -> bool:
    """Whether a field has a value, or one of several; an object does where one of its fields has it."""
    if isinstance(wanted, list):
        return not wanted or any(_has(value, each) for each in wanted)
    if isinstance(value, list):
        return any(_has(each, wanted) for each in value)
    if isinstance(value, Mapping):
        return wanted in [each for each in value.values() if not isinstance(each, list | dict)]
    return (type(value) is type(wanted) and bool(value == wanted)) or (
        isinstance(value, int | float) and not isinstance(value, bool) and value == wanted
    )


def take_part(query: ListQuery, found: list[StoredDocument], asked: Mapping[str, Any]) -> list[StoredDocument]:
    """Return the part of a list that a request asks for."""
    limit = _read_number(asked, query.limit)
    start = _read_number(asked, query.offset) or 0
    page = _read_number(asked, query.page)
    if page is not None:
        limit = _USUAL_PAGE if limit is None else limit
        start += max(page - 1, 0) * limit
    start = max(start, 0)
    return found[start:] if limit is None or limit < 0 else found[start : start + limit]


def _read_number(asked: Mapping[str, Any], name: str | None) -> int | None:
    value = asked.get(name) if name is not None else None
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

"""The fields that a request for an object of a resource takes, and what a creation asks for."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Request
from conformance.needs import Need
from conformance.profile import Caller

_OBJECT = (dict, Mapping)
"""The types of objects, the usual one first: whether a value is of the other takes ten times as long to tell."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request body, or one part of a form, and how it gets a right value."""

    value: Callable[[Any, Caller | None, Any], Any]
    """The function that makes the value from the test session, the caller, and the object that the path names, or None.

    Without a caller: a value that is right in its form, for a request that is refused before it is looked at.
    None: the field is left out.
    """
    needs: Callable[[Operation], tuple[Need, ...]] = lambda _: ()
    """The needs of the value, any one of which the target or its profile has to meet."""
    owner_knows: bool = False
    """Whether the value has to suit something of the object that its owner alone is shown."""
    marked: Callable[[Any, str], str | None] = lambda _, value: value
    """The function that puts the run's mark into a value, where it names something that others may name."""
    is_stored: bool = False
    """Whether a value that fits its schema is right only by what the target has, or by what else it says.

    So a generated one seldom is.
    """
    is_shown_as_sent: bool = True
    """Whether an object shows what was sent for it as it was."""
    alike: Callable[[Any, Any], bool] = operator.eq
    """Whether a value that is shown is the one that was sent."""
    kept_by: str | None = None
    """The rule by which an object shows what was sent for it; None: that of the operation."""
    have: Callable[[Any, Any], bool] = lambda *_: True
    """The function that has the target have what the value names, and says whether that can be had."""


def are_same_but_for_case(shown: object, sent: object) -> bool:
    """Return whether two texts are the same in whatever case, as addresses and domains are."""
    return str(shown).casefold() == str(sent).casefold()


def make_fresh_name(session: Any, _caller: Caller | None, _fact: Any) -> Any:
    """Return a name that nothing has, with the run's mark."""
    return session.make_fresh_name()


def make_two_valued_field(name: str, first: Any, second: Any, **more: Any) -> Field:
    """Return a field with one of two values, not the one that the object has; `more`: what else a field says."""

    def choose_value(_session: Any, _caller: Caller | None, fact: Any) -> Any:
        return second if fact is not None and fact.shown.get(name) == first else first

    return Field(choose_value, **more)


def mark_name(session: Any, value: str) -> str:
    """Return a name that ends like this one, and begins with the run's mark."""
    return f"{session.prefix}{value[len(session.prefix) :] or value}"


@dataclass(frozen=True, slots=True)
class RequestedValues:
    """The values that a creation asks for, by which its object is found in a list where its answer got lost."""

    name: str | None
    fields: Mapping[str, str]
    """Fields of the object by which one is told whose name has no place for the run's mark."""

    def is_shown_by(self, shown: JsonObject) -> bool:
        """Return whether a listed object has all of these fields; False where there is none."""
        return bool(self.fields) and all(shown.get(name) == value for name, value in self.fields.items())


def read_json_text(request: Request, field: str) -> str | None:
    """Return the text of a field of a JSON body; None where there is none."""
    try:
        body = json.loads(request.content or b"")
    except (ValueError, RecursionError):
        return None
    text = body.get(field) if isinstance(body, dict) else None
    return text if isinstance(text, str) else None


def read_id(shown: Any) -> str:
    """Return the id of an object that an answer shows, and of one that has none its name.

    Empty where it shows neither.
    """
    found = shown.get("id", shown.get("name")) if isinstance(shown, _OBJECT) else None
    return found if isinstance(found, str) else ""


def read_path(entry: Any) -> str:
    """Return the path of a file that an answer shows, as it is asked for: a leading slash is left out."""
    found = entry.get("path") if isinstance(entry, Mapping) else None
    return str(found).removeprefix("/")


def list_objects(listing: Any) -> list[JsonObject]:
    """Return the objects in the body of an answer to a list, which are in the one field of it that is an array."""
    fields = listing.values() if isinstance(listing, Mapping) else ()
    found = next((value for value in fields if isinstance(value, list)), [])
    return [each for each in found if isinstance(each, _OBJECT)]

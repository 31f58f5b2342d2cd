"""Slips in the vocabulary that a contract has beside OpenAPI's keywords, found by its JSON Schema."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import orjson
from jsonschema_rs import Draft7Validator, ValidationError

from mock_server.contract.schema import shorten
from mock_server.settings import own_file

NAME = "vocabulary.schema.json"
LIKENESS = 0.8
MOST_LETTERS = 2
"""A slip is as like a keyword as that, and longer or shorter by so many letters at most."""


@lru_cache(maxsize=1)
def vocabulary() -> bytes:
    """The text of the schema of the vocabulary."""
    return own_file(NAME).read_bytes()


def first_slip(document: Any) -> str | None:
    """The JSON pointer of the first slip and what is to be written there; None where there is no slip."""
    finder = _finder()
    try:
        error = finder.first(document)
    except (TypeError, ValueError):  # YAML has keys and values that JSON lacks, such as numbers and dates
        try:
            error = finder.first(orjson.loads(orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS)))
        except (TypeError, ValueError, RecursionError):
            return "holds itself, or a key that JSON cannot have; write it as JSON could"
    return None if error is None else finder.told(error)


@lru_cache(maxsize=1)
def _finder() -> _SlipFinder:
    return _SlipFinder(orjson.loads(vocabulary()))


class _SlipFinder:
    """Finds slips by a schema, and words them by its descriptions."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._definitions: dict[str, Any] = schema["definitions"]
        self._schema = schema
        self._ours = frozenset(self._definitions["keyword"]["enum"])
        self._validator = Draft7Validator(schema, validate_formats=True, formats={"vocabulary-name": self._is_foreign})

    def first(self, document: Any) -> ValidationError | None:
        """The first error of a document."""
        return next(iter(self._validator.iter_errors(document)), None)

    def told(self, error: ValidationError) -> str:
        """A slip as one line: its place, what is wrong, what to write."""
        place = [*error.instance_path]
        details, meaning = error.kind.as_dict(), self._meaning(error)
        if error.kind.name == "propertyNames":
            name = details["error"].instance
            return f"{_pointed(*place, name)}: {self._of_name(name, meaning)}"
        if error.kind.name == "additionalProperties":
            name, known = details["unexpected"][0], sorted(self._at(error)["properties"])
            near = get_close_matches(name, known, n=1)
            return f"{_pointed(*place, name)}: is unknown; " + (
                f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            )
        if error.kind.name == "required":
            return f"{_pointed(*place)}: lacks {details['property']}; write {meaning}"
        return f"{_pointed(*place)}: is {shorten(_as_text(error.instance))}, and has to be {meaning}"

    def _of_name(self, name: str, meaning: str) -> str:
        if name in self._ours:
            return f"does not belong here; {name} is {self._definitions[name]['description']}"
        nearest = self._nearest(name)
        return f"is named wrongly; write {meaning}" if nearest is None else f"is no keyword; did you mean {nearest}?"

    def _is_foreign(self, name: str) -> bool:
        return self._nearest(name) is None

    def _nearest(self, name: str) -> str | None:
        """The keyword for which a name is a slip: `x-permission` is one, `x-logo` is somebody else's."""
        if name in self._ours or name[:2] not in ("x-", "X-"):
            return None
        for near in get_close_matches(name.lower(), self._ours, n=1, cutoff=LIKENESS):
            return near if abs(len(near) - len(name)) <= MOST_LETTERS else None
        return None

    def _meaning(self, error: ValidationError) -> str:
        """Return the text that has to stand at the place of an error, as the innermost description around it says."""
        steps = [*error.schema_path]
        inner = (self._at(error, depth) for depth in range(len(steps), 0, -1))
        return next((each["description"] for each in inner if isinstance(each, dict) and "description" in each), "")

    def _at(self, error: ValidationError, depth: int | None = None) -> Any:
        """Return the schema so many steps down the way to an error's keyword; without depth, beside the keyword."""
        node: Any = self._schema
        for step in [*error.schema_path][: -1 if depth is None else depth]:
            node = node[step]
        return node


def _as_text(value: Any) -> str:
    return json.dumps(value, default=str)


def _pointed(*steps: Any) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)

"""Slips in the vocabulary that a contract has beside OpenAPI's keywords, found by its JSON Schema."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import orjson
from jsonschema_rs import Draft7Validator, ValidationError

from mock_server.contract.schema import shorten
from mock_server.settings import find_own_file

NAME = "vocabulary.schema.json"
LIKENESS = 0.8
MOST_LETTERS = 2
"""A slip is as like a keyword as that, and longer or shorter by so many letters at most."""


@lru_cache(maxsize=1)
def read_vocabulary_schema() -> bytes:
    """The text of the schema of the vocabulary."""
    return find_own_file(NAME).read_bytes()


def find_first_slip(document: Any) -> str | None:
    """The JSON pointer of the first slip and what is to be written there; None where there is no slip."""
    finder = _make_finder()
    try:
        error = finder.find_first(document)
    except (TypeError, ValueError):  # YAML has keys and values that JSON lacks, such as numbers and dates
        try:
            error = finder.find_first(orjson.loads(orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS)))
        except (TypeError, ValueError, RecursionError):
            return "holds itself, or a key that JSON cannot have; write it as JSON could"
    return None if error is None else finder.describe(error)


@lru_cache(maxsize=1)
def _make_finder() -> _SlipFinder:
    return _SlipFinder(orjson.loads(read_vocabulary_schema()))


class _SlipFinder:
    """Finds slips by a schema, and words them by its descriptions."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._definitions: dict[str, Any] = schema["definitions"]
        self._schema = schema
        self._ours = frozenset(self._definitions["keyword"]["enum"])
        self._validator = Draft7Validator(schema, validate_formats=True, formats={"vocabulary-name": self._is_foreign})

    def find_first(self, document: Any) -> ValidationError | None:
        """The first error of a document."""
        return next(iter(self._validator.iter_errors(document)), None)

    def describe(self, error: ValidationError) -> str:
        """A slip as one line: its place, what is wrong, what to write."""
        place = [*error.instance_path]
        details, meaning = error.kind.as_dict(), self._find_meaning(error)
        if error.kind.name == "propertyNames":
            name = details["error"].instance
            return f"{_write_pointer(*place, name)}: {self._describe_name(name, meaning)}"
        if error.kind.name == "additionalProperties":
            name, known = details["unexpected"][0], sorted(self._walk(error)["properties"])
            near = get_close_matches(name, known, n=1)
            return f"{_write_pointer(*place, name)}: is unknown; " + (
                f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            )
        if error.kind.name == "required":
            return f"{_write_pointer(*place)}: lacks {details['property']}; write {meaning}"
        return f"{_write_pointer(*place)}: is {shorten(_as_text(error.instance))}, and has to be {meaning}"

    def _describe_name(self, name: str, meaning: str) -> str:
        if name in self._ours:
            return f"does not belong here; {name} is {self._definitions[name]['description']}"
        nearest = self._find_nearest(name)
        return f"is named wrongly; write {meaning}" if nearest is None else f"is no keyword; did you mean {nearest}?"

    def _is_foreign(self, name: str) -> bool:
        return self._find_nearest(name) is None

    def _find_nearest(self, name: str) -> str | None:
        """The keyword for which a name is a slip: `x-permission` is one, `x-logo` is somebody else's."""
        if name in self._ours or name[:2] not in ("x-", "X-"):
            return None
        for near in get_close_matches(name.lower(), self._ours, n=1, cutoff=LIKENESS):
            return near if abs(len(near) - len(name)) <= MOST_LETTERS else None
        return None

    def _find_meaning(self, error: ValidationError) -> str:
        """Return the text that has to stand at the place of an error, as the innermost description around it says."""
        steps = [*error.schema_path]
        inner = (self._walk(error, depth) for depth in range(len(steps), 0, -1))
        return next((each["description"] for each in inner if isinstance(each, dict) and "description" in each), "")

    def _walk(self, error: ValidationError, depth: int | None = None) -> Any:
        """Return the schema so many steps down the way to an error's keyword; without depth, beside the keyword."""
        node: Any = self._schema
        for step in [*error.schema_path][: -1 if depth is None else depth]:
            node = node[step]
        return node


def _as_text(value: Any) -> str:
    return json.dumps(value, default=str)


def _write_pointer(*steps: Any) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)

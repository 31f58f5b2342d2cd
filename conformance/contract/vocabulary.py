"""The contract's own vocabulary: held against its JSON Schema, with a JSON pointer to the first slip."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from conformance.contract.contract import ContractError, JsonObject


def find_shipped(name: str) -> Path:
    """Return the path of a file that came with the suite, such as openapi.yaml."""
    beside = Path(__file__).resolve().parents[2]
    installed = beside / "evershell_contract" / name
    return installed if installed.is_file() else beside / name


SCHEMA = "vocabulary.schema.json"
_NEARLY = 0.8
_OTHER_LENGTH = 2
"""The number of letters by which something that is nearly a keyword may be longer or shorter than it."""
_MOST_SHOWN = 60


def check_vocabulary(document: Any) -> None:
    """Raise ContractError for the first slip in the vocabulary: where it is, and what has to stand there."""
    if error := next(_find_errors(document), None):
        raise ContractError(_describe_error(error))


def _find_errors(document: Any) -> Iterator[jsonschema_rs.ValidationError]:
    try:
        yield from _compile_validator().iter_errors(document)
    except (ValueError, TypeError):  # YAML has numbers and dates for keys, JSON has not
        yield from _compile_validator().iter_errors(_as_json(document))


def _as_json(document: Any) -> Any:
    try:
        return json.loads(json.dumps(document, default=str))
    except (ValueError, TypeError, RecursionError):
        raise ContractError("holds itself, or a key that JSON cannot have; write it as JSON could") from None


@cache
def _read_schema() -> JsonObject:
    schema: JsonObject = json.loads(find_shipped(SCHEMA).read_bytes())
    return schema


@cache
def _list_keywords() -> tuple[str, ...]:
    return tuple(_read_schema()["definitions"]["keyword"]["enum"])


@cache
def _compile_validator() -> jsonschema_rs.Draft7Validator:
    formats = {"vocabulary-name": lambda name: _guess_keyword(name) is None}
    return jsonschema_rs.Draft7Validator(dict(_read_schema()), validate_formats=True, formats=formats)


def _guess_keyword(name: str) -> str | None:
    """Return the keyword that a name is nearly; None where it is one, or an extension of somebody else's."""
    if not name.lower().startswith("x-") or name in _list_keywords():
        return None
    near = difflib.get_close_matches(name.lower(), _list_keywords(), n=1, cutoff=_NEARLY)
    return next((each for each in near if abs(len(each) - len(name)) <= _OTHER_LENGTH), None)


def _describe_error(error: jsonschema_rs.ValidationError) -> str:
    said: Mapping[str, Any] = error.kind.as_dict()
    wanted, node = _find_description(error.schema_path)
    at = list(error.instance_path)
    if error.kind.name == "propertyNames":
        name = str(said["error"].instance)
        return f"{_format_pointer([*at, name])}: {_describe_misnamed(name, wanted)}"
    if unexpected := said.get("unexpected"):
        name, known = str(unexpected[0]), sorted(node["properties"])
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        return f"{_format_pointer([*at, name])}: is unknown; {hint}"
    if missing := said.get("property"):
        return f"{_format_pointer(at)}: lacks {missing}; write {wanted}"
    shown = json.dumps(error.instance, default=str)
    shown = shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}..."
    return f"{_format_pointer(at)}: is {shown}, and has to be {wanted}"


def _describe_misnamed(name: str, wanted: str) -> str:
    """Return what is wrong with a name: where keywords are looked for, or of a rule."""
    if name in _list_keywords():
        return f"does not belong here; {name} is {_read_schema()['definitions'][name]['description']}"
    meant = _guess_keyword(name)
    return f"is no keyword; did you mean {meant}?" if meant else f"is named wrongly; write {wanted}"


def _find_description(path: Sequence[str | int]) -> tuple[str, JsonObject]:
    """Return the last description on the way to a keyword of the schema, and the schema that has the keyword."""
    node: Any = _read_schema()
    said, holder = "", node
    for step in path:
        holder = node if isinstance(node, Mapping) else holder
        said = holder.get("description", said)
        node = node[step]
    return said, holder


def _format_pointer(path: Sequence[str | int]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)

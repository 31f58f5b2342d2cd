"""JSON and YAML, read as a strict reader of JSON takes them."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import yaml

from mock_server.contract.schema import shorten
from mock_server.errors import ContractError, ValidationFailed


def parse(content: bytes) -> Any:
    """Return the value of a JSON text.

    Raises ValidationFailed for what is no JSON: bytes that are not UTF-8, NaN, half a surrogate,
    numbers beyond a double, nesting without end; and for an object with the same key twice, whose
    meaning no two readers agree on.
    """
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _make_refusal(f"It is not JSON: {error}.") from error
    # Fewer colons than a second key would need: then no key stands there twice.
    if content.count(b":") > (len(value) if isinstance(value, dict) else 0):
        try:
            json.loads(content, object_pairs_hook=_require_unique)
        except RecursionError as error:
            raise _make_refusal("It is nested too deeply.") from error
    return value


def _require_unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _make_refusal(f'It has the key "{shorten(key)}" twice.')
        result[key] = value
    return result


def _make_refusal(text: str) -> ValidationFailed:
    return ValidationFailed(fields={"body": text})


class TextLoader(yaml.CSafeLoader):
    """Reads a date as the text that it is, as JSON does; in C, ten times as fast: a first start waits for it."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML's own name and kind
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def read_content(path: Path) -> bytes:
    """Return what a file holds; ContractError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ContractError(f"{path}: cannot be read: {error.strerror}") from error


def parse_yaml(text: bytes, name: str) -> Any:
    """Return the value of a YAML or JSON text, in which each key is text and no part stands at two places.

    ContractError, which begins with `name` and the line, for what is neither.
    """
    try:
        return _to_tree(_parse(text))
    except RecursionError as error:
        raise ContractError(f"{name}: holds itself, or is nested too deeply; write it as JSON could") from error
    except (yaml.YAMLError, ValueError) as error:
        place = getattr(error, "problem_mark", None)
        where = f"{name}:{place.line + 1}:{place.column + 1}" if place else name
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        raise ContractError(f"{where}: is not YAML: {problem}") from error


def _parse(text: bytes) -> Any:
    # JSON is YAML, and ten times as fast to read as JSON; what only begins like it is a flow mapping.
    if text.lstrip().startswith(b"{"):
        with suppress(ValueError):
            return json.loads(text)
    return yaml.load(text, Loader=TextLoader)  # noqa: S506  # it is a safe one


def _to_tree(node: Any) -> Any:
    """Return a copy in which an alias is a part of its own, and a status such as 200 is a key of text."""
    if isinstance(node, dict):
        return {_to_key(key): _to_tree(part) for key, part in node.items()}
    return [_to_tree(part) for part in node] if isinstance(node, list) else node


def _to_key(key: Any) -> str:
    if isinstance(key, bool) or key is None:  # YAML 1.1 reads `on`, `yes` and an empty key so
        raise ValueError(f"a key is {json.dumps(key)}; put it in quotes")
    return str(key)

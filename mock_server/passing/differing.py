"""Differences of the mock's world and another server: an object that one of them knows and the other does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import orjson

from mock_server.state.collection import Collection
from mock_server.worlds.answer import Answer, read_error_code
from mock_server.worlds.call import Call

_MOST_SEEN = 20_000


class SeenIds:
    """The ids that the other server has answered with, the latest of them."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    def note(self, answer: Answer) -> None:
        """Note the ids in an answer, where it is a success in JSON."""
        if answer.status < 300 and b"json" in answer.headers.get(b"content-type", b""):
            self._seen.update(dict.fromkeys(_find_ids(_parse(answer.body))))
            while len(self._seen) > _MOST_SEEN:
                del self._seen[next(iter(self._seen))]

    def __contains__(self, text: object) -> bool:
        return text in self._seen


def describe_known_there(call: Call, answer: Answer, seen: SeenIds) -> str | None:
    """Return what the other server has told of, and the world that refused a call lacks; None where there is no such.

    It stands in the path of the call, or in its body.
    """
    if answer.status < 400:
        return None
    named = [unquote(each) for each in getattr(call, "raw_path_values", {}).values()]
    texts = [*named, *_find_texts(_parse(call.sent))]
    lacking = [each for each in texts if each in seen and not _is_known(call, each)]
    return f"The backend knows {lacking[0]}, which it has answered with; this world does not." if lacking else None


def describe_known_by_one(call: Call, answer: Answer) -> str | None:
    """Return which object in the path of a call one side knows and the other does not; None where both agree."""
    for noun, resource in call.operation.resources.items():
        collection = next((each for each in call.state.collections if each.noun == noun), None)
        if collection is None or resource.parameter not in call.raw_path_values:
            continue
        name = unquote(call.raw_path_values[resource.parameter])
        here = _read_key(call, collection, name) in call.state.all(collection)
        what = f"{noun.replace('_', ' ')} {name}"
        if here and answer.status == 404 and read_error_code(answer, call.contract.errors) == resource.not_found:
            return f"This world knows the {what}; the backend does not."
        if not here and answer.status < 300 and call.method != "DELETE":
            return f"The backend knows the {what}; this world does not."
    return None


def _read_key(call: Call, collection: Collection[Any], name: str) -> Any:
    return name if len(collection.key) == 1 else (call.caller.org_id, name)


def _is_known(call: Call, name: str) -> bool:
    return any(_read_key(call, each, name) in call.state.all(each) for each in call.state.collections)


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _find_ids(value: Any) -> Iterator[str]:
    """Yield the values of all fields `id`."""
    if isinstance(value, list):
        for each in value:
            yield from _find_ids(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == "id" and isinstance(each, str):
                yield each
            elif isinstance(each, dict | list):
                yield from _find_ids(each)


def _find_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _find_texts(each)

"""The ids that the server gives objects: numbers, UUIDs, texts, and slugs of a title; the same for the same seed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from mock_server.contract.schema import Compiler, Validator, fits
from mock_server.declared.derivation import CannotDeriveError
from mock_server.declared.documents.kinds import Kind
from mock_server.state.state import State

MakeId = Callable[[State, Mapping[str, Any]], tuple[State, Any]]
"""Returns the state that has given out one more id, and an id for an object of this content; it may be taken."""

_LONGEST_SLUG = 80
_MOST_TRIES = 1000
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_TEXTS: tuple[Callable[[str, int, bytes], str], ...] = (
    lambda text, _count, _digest: text,
    lambda _text, _count, digest: str(UUID(bytes=digest[:16], version=4)),
    lambda _text, count, _digest: str(count),
    lambda _text, _count, digest: digest.hex()[:24],
    lambda _text, _count, digest: digest.hex()[:32],
)


def make_id_maker(kind: Kind, schemas: Compiler) -> MakeId:
    """Return what makes the ids of a resource; CannotDeriveError where none fits the schema of its field."""
    said, field = kind.said.get("id", {}), kind.fields.get(kind.key, {})
    form, validator = said.get("is", "text"), schemas.compile(field, side="response")
    if form == "integer":
        return _count_from(kind.name, int(max(field.get("minimum", 1), 1)), validator)
    if form == "slug":
        return _make_slug_from(kind.name, str(said.get("of")), validator)
    name = str(said.get("prefix", f"{kind.name}_")).removesuffix("_")
    choices = _TEXTS[1:2] if form == "uuid" else _TEXTS
    fitting = [each for each in choices if fits(validator, each(f"{name}_0123456789AB", 1, sha256(b"").digest()))]
    if not fitting:
        raise CannotDeriveError(f"no id that the mock makes fits the schema of {kind.key}")
    write = fitting[0]

    def make(state: State, _content: Mapping[str, Any]) -> tuple[State, Any]:
        state, text = state.assign_id_of_kind(name)
        count = state.counters[name]
        return state, write(text, count, sha256(f"{state.seed}:{name}:{count}".encode()).digest())

    return make


def _count_from(name: str, least: int, validator: Validator) -> MakeId:
    if not fits(validator, least):
        raise CannotDeriveError(f"the number {least} is no {name} of this schema")

    def make(state: State, _content: Mapping[str, Any]) -> tuple[State, Any]:
        state, _ = state.assign_id_of_kind(name)
        return state, state.counters[name] + least - 1

    return make


def _make_slug_from(name: str, title: str, validator: Validator) -> MakeId:
    def make(state: State, content: Mapping[str, Any]) -> tuple[State, Any]:
        state, text = state.assign_id_of_kind(name)
        slug = slugify(str(content.get(title, "")))
        if not slug or not fits(validator, slug):
            slug = text.lower().replace("_", "-")
        return state, slug

    return make


def slugify(text: str) -> str:
    """Return a text as a part of a path, of letters, digits and hyphens; empty where it has none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NO_SLUG.sub("-", plain).strip("-")[:_LONGEST_SLUG].strip("-")


def make_free_id(
    make: MakeId, state: State, content: Mapping[str, Any], is_taken: Callable[[Any], bool]
) -> tuple[State, Any]:
    """Return the state and an id that no other object has: a slug that is taken gets a number."""
    state, first = make(state, content)
    found = first
    for count in range(2, _MOST_TRIES):
        if not is_taken(found):
            break
        if isinstance(first, str) and content:
            found = f"{first}-{count}"
        else:
            state, found = make(state, content)
    return state, found

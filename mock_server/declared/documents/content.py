"""The content of an object: what was sent of it, what the server sets, and whether the contract lets it be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from mock_server.contract.made_values import make_value
from mock_server.contract.schema import Compiler, Validator, fits, locate_problems
from mock_server.declared.documents.integers import with_integers
from mock_server.declared.documents.kinds import Kind, Schema
from mock_server.declared.documents.words import flatten
from mock_server.declared.hints import is_time
from mock_server.errors import ValidationFailed
from mock_server.state.clock import write_timestamp

_CREATED = ("creat", "added", "insert", "registered", "posted")
_CHANGED = ("updat", "modif", "chang", "edited")


class ContentRules:
    """Rules for the fields of an object: what they may hold, and what the server puts into those that nobody sends."""

    def __init__(self, document: Mapping[str, Any], kind: Kind, shown_as: Iterable[Schema], schemas: Compiler) -> None:
        """Take the schemas by which answers show an object, beside that of the resource."""
        self._document, self._kind = document, kind
        self._validators: list[Validator] = [schemas.compile(each, side="response") for each in (kind.shown, *shown_as)]
        extra = kind.shown.get("additionalProperties")
        self._is_open = not kind.fields or (extra is not None and extra is not False)
        self._created = self._find_times(_CREATED)
        self._changed = self._find_times(_CHANGED)

    def _find_times(self, words: tuple[str, ...]) -> tuple[str, ...]:
        found = (name for name, each in self._kind.fields.items() if is_time(each))
        return tuple(name for name in found if any(word in flatten(name) for word in words))

    def select(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Return those of the fields that were sent that an object shows, or that it may have beside.

        ValidationFailed for an integer that cannot be kept.
        """
        fields = self._kind.fields
        return {
            name: with_integers(fields.get(name, {}), value, (name,))
            for name, value in sent.items()
            if (name in fields and not fields[name].get("readOnly")) or (name not in fields and self._is_open)
        }

    def begin(self, sent: Mapping[str, Any], now: datetime, taken_by_body: Iterable[str]) -> dict[str, Any]:
        """Return the fields of a new object: what was sent, times, defaults, and what it always has.

        `taken_by_body`: the fields that a body may have, of which nothing but what is always there is made up.
        """
        at = write_timestamp(now)
        content = {**dict.fromkeys((*self._created, *self._changed), at), **sent}
        given = set(taken_by_body)
        for name, each in self._kind.fields.items():
            if name not in content and name != self._kind.key:
                if name in self._kind.required:
                    content[name] = at if is_time(each) else make_value(self._document, each)
                elif "default" in each and name not in given:
                    content[name] = each["default"]
        return content

    def touch(self, content: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Return the content with the time of its last change."""
        return {**content, **dict.fromkeys(self._changed, write_timestamp(now))}

    def require_shown(self, content: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """Return the content as the contract lets it be shown: without optional fields that do not fit.

        ValidationFailed where something that was sent fits the body of the request, and no answer.
        """
        for _ in range(len(content) + 1):
            wrong = self._find_wrong(content)
            if not wrong:
                return content
            refused = {name: text for name, text in wrong.items() if name in sent and sent[name] is not None}
            if refused or not wrong.keys() & content.keys():
                raise ValidationFailed(fields=refused or wrong)
            for name in wrong.keys() & content.keys():
                if name in self._kind.required and content[name] is None:
                    content = {**content, name: make_value(self._document, self._kind.fields[name])}
                elif name in self._kind.required:
                    raise ValidationFailed(fields={name: wrong[name]})
                else:
                    content = {each: value for each, value in content.items() if each != name}
        raise ValidationFailed(fields={"body": "The contract has no answer that shows it."})

    def _find_wrong(self, content: Mapping[str, Any]) -> dict[str, str]:
        plain = orjson.loads(orjson.dumps(content))
        found: dict[str, str] = {}
        for validator in self._validators:
            if not fits(validator, plain):
                for place, text in locate_problems(validator, plain):
                    found.setdefault(place[0] if place else "body", text)
        return found

"""JSON bodies that are none, or none that an operation takes, each made of a right one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from conformance.contract.contract import JsonObject, Operation
from conformance.hostile.kind import HostileValue, RightAnswers, Spoil, takes_json
from conformance.http.exchange import Request
from conformance.oracle.declaration.registry import find_org_field
from conformance.session.harness import Harness

LONG = 5000

Made = Callable[[JsonObject, str], bytes]
"""The function that makes the sent body of a right one and the name of one of its fields."""


def _with(literal: str | bytes) -> Made:
    """Return the body with this text, as it goes on the wire, as the value of the field."""
    wire = literal if isinstance(literal, bytes) else literal.encode()
    return lambda body, name: _encode_members(
        (key, wire if key == name else _encode_json(value)) for key, value in body.items()
    )


def _add_key(key: str, value: Any = None) -> Made:
    """Return the body with one more key."""
    return lambda body, _: _encode_json({**body, key: value})


def _rename_key(rename: Callable[[str], str]) -> Made:
    """Return the body with the field under another key."""
    return lambda body, name: _encode_json(
        {(rename(key) if key == name else key): value for key, value in body.items()}
    )


def _repeat_key(first: bool | None = None, last: bool | None = None) -> Made:  # noqa: FBT001  # values of JSON
    """Return the body with the field twice: with these values, the right one where there is none."""

    def make_body(body: JsonObject, name: str) -> bytes:
        values = [_encode_json(body[name] if value is None else value) for value in (first, last)]
        others = [(key, _encode_json(value)) for key, value in body.items() if key != name]
        return _encode_members([(name, values[0]), *others, (name, values[1])])

    return make_body


def _encode_members(members: Any) -> bytes:
    return b"{" + b", ".join(_encode_json(key) + b": " + value for key, value in members) + b"}"


def _encode_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _replace_first(text: str) -> str:
    """Return the text with the full-width form of its first character."""
    return chr(ord(text[0]) + 0xFEE0) + text[1:]


NO_JSON: Mapping[str, Made] = {
    "empty": lambda *_: b"",
    "text": lambda body, name: f"{name}={body[name]}".encode(),
    "cut-short": lambda body, _: _encode_json(body)[:-1],
    "not-utf-8": _with(b'"\xff"'),
    "array": lambda *_: b"[]",
    "null": lambda *_: b"null",
    "string": lambda body, name: _encode_json(body[name]),
    "number": lambda *_: b"1",
    "utf-16": lambda body, _: json.dumps(body).encode("utf-16"),
    "deep": lambda *_: b"[" * 20_000,
}
"""The bodies that are no JSON objects, by name. They are tried at every operation."""
ODD_JSON: Mapping[str, Made] = {
    "more-after": lambda body, _: _encode_json(body) + b" {}",
    "twice-over": lambda body, _: _encode_json(body) + b"\n" + _encode_json(body),
    "nul-after": lambda body, _: _encode_json(body) + b"\0",
    "single-quotes": lambda body, _: _encode_json(body).replace(b'"', b"'"),
    "bare-key": lambda body, name: _encode_json(body).replace(_encode_json(name), name.encode(), 1),
    "trailing-comma": lambda body, _: _encode_json(body)[:-1] + b",}",
    "comment": lambda body, _: b"/* right */ " + _encode_json(body),
    "nan": _with("NaN"),
    "infinity": _with("-Infinity"),
    "leading-zero": _with("01"),
    "line-break-in-text": _with('"a\nb"'),
    "overlong-utf-8": _with(b'"\xc0\xaf"'),
    "surrogate-in-utf-8": _with(b'"\xed\xa0\x80"'),
    "array-of-it": lambda body, _: _encode_json([body]),
    "true": lambda *_: b"true",
    "utf-32": lambda body, _: json.dumps(body).encode("utf-32"),
}
"""The further bodies that are no JSON object, by name."""
WRONG: Mapping[str, Made] = {
    "no-key": lambda *_: b"{}",
    "true-value": _with("true"),
    "number-value": _with("0"),
    "huge-number": _with("9" * LONG),
    "huge-exponent": _with("1e400"),
    "null-value": _with("null"),
    "array-value": lambda body, name: _encode_json({**body, name: [body[name]]}),
    "object-value": lambda body, name: _encode_json({**body, name: {body[name]: True}}),
    "empty-value": _with('""'),
    "long-value": _with(b'"' + b"a" * 40 * LONG + b'"'),
    "prefix-of-it": lambda body, name: _encode_json({**body, name: str(body[name])[:-1]}),
    "space-before": lambda body, name: _encode_json({**body, name: f" {body[name]}"}),
    "space-after": lambda body, name: _encode_json({**body, name: f"{body[name]} "}),
    "line-break-after": lambda body, name: _encode_json({**body, name: f"{body[name]}\n"}),
    "capital": lambda body, name: _encode_json({**body, name: str(body[name]).capitalize()}),
    "capitals": lambda body, name: _encode_json({**body, name: str(body[name]).upper()}),
    "twice-in-one": lambda body, name: _encode_json({**body, name: f"{body[name]},{body[name]}"}),
    "nul-inside": lambda body, name: _encode_json({**body, name: f"{body[name]}\0"}),
    "zero-width": lambda body, name: _encode_json({**body, name: f"{body[name]}\u200b"}),
    "full-width": lambda body, name: _encode_json({**body, name: _replace_first(str(body[name]))}),
    "lone-surrogate": lambda body, name: _encode_json({**body, name: f"{body[name]}\ud800"}),
    "deep-value": _with(b"[" * LONG + b"]" * LONG),
    "other-key": _rename_key(str.capitalize),
    "key-with-space": _rename_key(lambda key: f"{key} "),
    "key-with-nul": _rename_key(lambda key: f"{key}\0"),
    "surrogate-key": _rename_key(lambda key: f"{key}\udfff"),
    "more-keys": _add_key("note", "more"),
    "null-key-besides": _add_key("note"),
    "empty-key-besides": _add_key("", 1),
    "prototype-besides": _add_key("__proto__", {"admin": True}),
    "id-besides": _add_key("id", "conformance"),
    "org-besides": lambda body, _: _encode_json({**body, find_org_field(): "conformance"}),
    "twice-then-wrong": _repeat_key(last=False),
    "twice-wrong-first": _repeat_key(first=False),
    "twice-both-wrong": _repeat_key(first=False, last=True),
}
"""The JSON objects that an operation may not take, by name. Whether it does is the oracle's to say."""
OPEN: Mapping[str, Made] = {
    "byte-order-mark": lambda body, _: b"\xef\xbb\xbf" + _encode_json(body),
    "twice-the-same": _repeat_key(),
}
"""The bodies of which the standards leave open whether they are read, by name. They are tried at every operation."""


def _spoil_body(made: Made) -> Spoil:
    def spoil(harness: Harness, _operation: Operation, request: Request) -> Request | None:
        body = json.loads(request.content or b"{}")
        texts = [key for key, value in body.items() if isinstance(value, str) and value]
        numbers = [key for key, value in body.items() if isinstance(value, int | float) and not isinstance(value, bool)]
        names = sorted(texts or numbers)
        return replace(request, content=made(body, harness.random.choice(names))) if names else None

    return spoil


def _list_rows() -> list[HostileValue]:
    tables = (
        (NO_JSON, "PROTOCOL-JSON", RightAnswers.FORESEEN, True),
        (ODD_JSON, "PROTOCOL-JSON", RightAnswers.FORESEEN, False),
        (WRONG, "CONTRACT-INVALID-REFUSED", RightAnswers.FORESEEN, False),
        (OPEN, "CONTRACT-VALID-ACCEPTED", RightAnswers.EITHER, True),
    )
    return [
        HostileValue(name, rule, takes_json, _spoil_body(made), right, everywhere)
        for table, rule, right, everywhere in tables
        for name, made in table.items()
    ]


JSON_BODIES = _list_rows()

"""JSON of answers is read as Python's json reads it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.json_values import read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def read_by_python(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def same(one: Any, other: Any) -> bool:
    """Whether two values are alike, types and the order of keys included; NaN is like itself."""
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return isinstance(other, dict) and [*one] == [*other] and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


@given(value=VALUES, encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]), escaped=st.booleans())
def test_what_is_json_is_read_alike(value: Any, encoding: str, *, escaped: bool) -> None:
    body = json.dumps(value, ensure_ascii=escaped).encode(encoding, "surrogatepass")
    assert same(read_json(body), read_by_python(body))


@given(body=st.binary(max_size=40) | st.text('[]{}":,0123456789.eE+-tfn\\u ', max_size=30).map(str.encode))
@example(b'{"a": 1, "a": 2}')
@example(b'"\\ud800"')
@example(b"1" * 5000)
@example(b"[1e400, -0, 0.1e-400]")
@example(b"NaN")
@example(b"\xef\xbb\xbf{}")
@example(b"")
def test_whatever_else_is_sent_is_read_alike(body: bytes) -> None:
    assert same(read_json(body), read_by_python(body))


@pytest.mark.parametrize("depth", [10, 300])
def test_what_is_nested_is_read(depth: int) -> None:
    body = b"[" * depth + b"]" * depth
    assert same(read_json(body), read_by_python(body))

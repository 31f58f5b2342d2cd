"""The plain values of the suite: changed copies of frozen ones, and JSON as Python reads it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.peak import read_peak, wrap_command
from conformance.http.reader import LARGEST_JSON
from conformance.values import MOST_MEMORY, copy_with, read_json, weigh_json


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 2


def test_a_copy_has_the_changes_and_the_value_stays() -> None:
    point = Point(1)
    assert copy_with(point, y=5) == replace(point, y=5) == Point(1, 5)
    assert point == Point(1, 2)
    assert hash(copy_with(point)) == hash(point)


def test_it_has_no_other_fields() -> None:
    with pytest.raises(TypeError, match="Point has no fields z"):
        copy_with(Point(1), z=3)


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


def many(value: bytes, size: int = LARGEST_JSON) -> bytes:
    """Return a list of so many of these values that it is of this size."""
    return b"[" + b",".join([value] * (size // (len(value) + 1) - 1)) + b"]"


DEEP = 400
WORST: Mapping[str, Callable[[], bytes]] = {
    "lists": lambda: many(b"[]"),
    "objects": lambda: many(b"{}"),
    "objects of one key": lambda: many(b'{"":0}'),
    "objects of objects": lambda: many(b'{"":' * DEEP + b"0" + b"}" * DEEP),
    "lists of lists": lambda: many(b"[" * DEEP + b"]" * DEEP),
    "lists that Python alone reads": lambda: many(b"[NaN]"),
    "objects in UTF-16": lambda: many(b"{}", LARGEST_JSON // 2).decode().encode("utf-16"),
}
READ: Mapping[str, Callable[[], bytes]] = {
    "as many lists of lists as are read": lambda: many(b"[" * DEEP + b"]" * DEEP, 3_800_000),
    "as many objects as are read": lambda: many(b'{"":0}', 4_300_000),
    "short keys": lambda: b"{" + b",".join(b'"%x":0' % number for number in range(LARGEST_JSON // 12)) + b"}",
    "floats": lambda: many(b"0.5"),
    "numbers of many digits": lambda: many(b"9" * 40),
    "escapes": lambda: many(b'"\\ud83d\\ude00"'),
    "a character of four bytes": lambda: '"\U0001f600'.encode() + b"a" * (LARGEST_JSON - 10) + b'"',
    "packs": lambda: many(
        json.dumps({"id": "pack_acme_pager", "tags": ["a", "b"], "image": {"ref": "x" * 60}}).encode()
    ),
}


@pytest.mark.parametrize("shape", WORST)
def test_what_takes_too_much_memory_is_not_read(shape: str) -> None:
    body = WORST[shape]()
    assert len(body) <= LARGEST_JSON + 2
    assert read_json(body) is None


MOST_OF_ITS_OWN = 32
"""Bytes that a text with wide characters takes for itself more than an empty one."""


@given(piece=st.text(st.sampled_from("a\\u0é\u4e00\N{GRINNING FACE}"), max_size=12), is_escaped=st.booleans())
@example(piece="\\u", is_escaped=False)
@example(piece="é", is_escaped=True)
def test_a_text_takes_no_more_memory_than_it_is_weighed(*, piece: str, is_escaped: bool) -> None:
    """Backslashes before a letter make no escape, and a character takes four bytes where any of the text does."""
    text = piece * 1000
    taken = sys.getsizeof(text) - sys.getsizeof("")
    assert taken <= weigh_json(json.dumps(text, ensure_ascii=is_escaped).encode()) + MOST_OF_ITS_OWN


def test_escapes_weigh_as_one_character_each() -> None:
    assert weigh_json(json.dumps("é" * 60_000).encode()) < 4.1 * 60_000


@pytest.mark.long
@pytest.mark.parametrize("shape", READ)
def test_what_is_read_takes_no_more_memory_than_a_value_may(tmp_path: Path, shape: str) -> None:
    """Beside what the process takes, and the bytes themselves."""
    (tmp_path / "body").write_bytes(READ[shape]())
    program = "import sys; from conformance.values import read_json; body = open(sys.argv[1], 'rb').read()"
    peaks = []
    for then in ("", "; assert read_json(body) is not None"):
        command = [sys.executable, "-c", program + then, tmp_path / "body"]
        subprocess.run(wrap_command(command, tmp_path / "peak"), check=True)
        peaks.append(read_peak(tmp_path / "peak"))
    assert peaks[1] - peaks[0] <= MOST_MEMORY / 2**20

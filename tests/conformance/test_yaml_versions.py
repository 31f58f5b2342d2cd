"""What a text of YAML is, by either version: right servers write one or the other."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conformance.yaml_versions import are_same_yaml, read_versions


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("yes", True, "yes"),
        ("1e3", "1e3", 1000.0),
        ("0o14", "0o14", 12),
        ("012", 10, 12),
        ("1:30", 90, "1:30"),
        ("1_000", 1000, "1_000"),
        ("a\t\tb", "a\t\tb", "a\t\tb"),
        ('"a\\x85b"', "a\x85b", "a\x85b"),
        ("0x1F", 31, 31),
        ("~", None, None),
        (".5", 0.5, 0.5),
        ("True", True, True),
    ],
)
def test_a_scalar_by_version(text: str, first: Any, second: Any) -> None:
    assert read_versions(f"- {text}\n") == {"1.1": [first], "1.2": [second]}


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029"])
def test_what_ends_a_line_in_one_version_alone(end: str) -> None:
    assert read_versions(f"- a{end}b\n")["1.2"] == [f"a{end}b"]
    assert read_versions(f"- a{end}b\n").get("1.1") != [f"a{end}b"]


@pytest.mark.parametrize("text", ['"\x7f"', '"\x80\x9f"', '"\uffff\ufffe"', "a\ufeffb"])
def test_what_json_has_as_it_is(text: str) -> None:
    assert read_versions(f"- {text}\n")["1.2"] == [text.strip('"')]


@pytest.mark.parametrize("text", ["- [", "- \x00\n", "- @a\n"])
def test_what_is_no_text_of_either(text: str) -> None:
    assert read_versions(text) == {}


@given(st.text())
def test_a_quoted_text_is_the_same_in_both(value: str) -> None:
    assert read_versions(yaml.safe_dump(value, default_style='"')) == {"1.1": value, "1.2": value}


@pytest.mark.parametrize(
    ("shown", "sent", "same"),
    [
        ("- yes\n", "- 'yes'\n", True),
        ("- true\n", "- 'true'\n", False),
        ("[1, a]", "- 1\n- a\n", True),
        ("- a\n", "- b\n", False),
        ("- [", "- [", True),
        ("- [", "- ", False),
        (None, "", False),
        (None, None, True),
    ],
)
def test_whether_two_texts_are_the_same(shown: str | None, sent: str | None, same: bool) -> None:
    assert are_same_yaml(shown, sent) is same

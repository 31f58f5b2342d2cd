"""What differs, cut to what is worth showing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.results.difference import (
    CONTENT,
    LONGEST,
    MOST_NAMES,
    NO_EVIDENCE,
    Evidence,
    cut_texts,
    from_bytes,
    from_field,
    from_fields,
)


def test_fields_are_shown_one_a_line() -> None:
    evidence = from_fields(["name", "tier"], {"name": "a\nb", "tier": None}, {"name": "c"})
    assert evidence == Evidence(("name", "tier"), 'name: "a\\nb"\ntier: null', 'name: "c"\ntier: absent')


def test_a_field_that_is_none_is_absent() -> None:
    assert from_field("org_id", None, "org_acme") == Evidence(("org_id",), "org_id: absent", 'org_id: "org_acme"')


def test_what_is_no_object_is_shown_as_it_is() -> None:
    assert from_fields(["the whole"], [1], None) == Evidence(("the whole",), "the whole: [1]", "the whole: absent")


def test_bytes_are_shown_with_their_size() -> None:
    assert from_bytes(b"a\r\n", b"a\n") == Evidence((CONTENT,), "3 bytes: 'a\\r\\n'", "2 bytes: 'a\\n'")
    assert from_bytes(None, b"").before == "0 bytes: ''"


@pytest.mark.parametrize("place", [0, 100, 5000])
def test_long_values_are_cut_around_what_differs(place: int) -> None:
    before, after = "a" * 10_000, "a" * place + "b" + "a" * (9_999 - place)
    for shown in cut_texts(before, after):
        assert len(shown) <= LONGEST + 6
    assert "b" in cut_texts(before, after)[1]
    assert "b" not in cut_texts(before, after)[0]


@given(st.text(max_size=400), st.text(max_size=400))
def test_two_texts_that_differ_are_shown_differently(before: str, after: str) -> None:
    shown = cut_texts(before, after)
    assert (shown[0] == shown[1]) is (before == after)


def test_many_fields_are_counted() -> None:
    names = [f"field{n}" for n in range(MOST_NAMES + 3)]
    evidence = from_fields(names, {}, dict.fromkeys(names, 1))
    assert evidence.names == tuple(names)
    assert evidence.after.splitlines()[-1] == "and 3 more"


def test_it_survives_the_way_between_processes_and_keeps_no_secret() -> None:
    evidence = from_field("token", "sk_secret", "sk_other")
    assert Evidence.from_json(json.loads(json.dumps(evidence.to_json()))) == evidence
    assert "sk_secret" not in evidence.mask({"sk_secret": "$TOKEN"}).before
    assert evidence
    assert not NO_EVIDENCE

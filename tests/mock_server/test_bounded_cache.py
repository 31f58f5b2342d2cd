"""What a mock remembers of texts that clients send has a bound, however many and however long they are."""

from __future__ import annotations

import pytest

from mock_server.bounded_cache import bounded_cache


def test_a_short_text_is_looked_at_once() -> None:
    seen: list[str] = []
    length = bounded_cache(lambda text: seen.append(text) or len(text))
    assert [length("abc"), length("abc"), length("ab")] == [3, 3, 2]
    assert seen == ["abc", "ab"]


def test_a_long_one_each_time() -> None:
    seen: list[bytes] = []
    length = bounded_cache(lambda text: seen.append(text) or len(text))
    assert [length(b"a" * 1025), length(b"a" * 1025)] == [1025, 1025]
    assert len(seen) == 2


def test_the_oldest_goes_first() -> None:
    seen: list[str] = []
    length = bounded_cache(lambda text: seen.append(text) or len(text))
    for number in range(1025):
        length(str(number))
    length("1024")
    length("0")
    assert len(seen) == 1026


def test_what_it_raises_it_raises_again() -> None:
    seen: list[str] = []

    def refuse(text: str) -> None:
        seen.append(text)
        raise ValueError(text)

    refused = bounded_cache(refuse)
    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            refused("a")
    assert seen == ["a", "a"]

"""A changed copy of a frozen value is what `dataclasses.replace` gives."""

from dataclasses import dataclass, replace

import pytest

from conformance.frozen import copy_with


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

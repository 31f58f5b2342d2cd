"""Values that nothing changes, for those that are made at every write.

A frozen dataclass sets each of its fields by a call, which makes a state of fourteen fields four times
as dear. Here the type checker alone refuses an assignment, and it sees all of the code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen_value(cls: type[T]) -> type[T]:
    """Make a dataclass with slots that is compared and hashed like a frozen one, and may be referred to weakly."""
    return dataclass(slots=True, weakref_slot=True, unsafe_hash=True)(cls)

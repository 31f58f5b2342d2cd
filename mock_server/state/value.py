"""The base of every value that a world holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

import msgspec

V = TypeVar("V")

if TYPE_CHECKING:  # mypy wants `frozen=True` said of each subclass of a frozen Struct

    @dataclass_transform(frozen_default=True)
    class Value:
        """A frozen value."""

        __struct_fields__: ClassVar[tuple[str, ...]]

        def __init_subclass__(cls, *, eq: bool = True) -> None: ...

    def replace(value: V, **changes: Any) -> V:
        """Return the value with other fields."""
        ...

else:

    class Value(msgspec.Struct, frozen=True, weakref=True, dict=True):
        """A frozen value: compared and hashed by its fields, and changed by making another with `replace`.

        What is kept with it beside its fields is no part of it (`dict=True`).
        """

    replace = msgspec.structs.replace

"""The parameters of a provider state; null counts as absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from mock_server.contract.schema import shorten
from mock_server.errors import ValidationFailed

T = TypeVar("T", bound=str)
_MOST_TIMES = 1_000_000


class Params:
    """The parameters of a setup or a teardown; every method raises ValidationFailed for a wrong value."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = {name: value for name, value in raw.items() if value is not None}

    def only(self, *known: str) -> None:
        """Refuse unknown parameters."""
        if unknown := sorted(self.raw.keys() - set(known)):
            raise _refusal(shorten(unknown[0]), "The state has no such parameter.")

    def has(self, name: str) -> bool:
        """Whether the parameter was sent."""
        return name in self.raw

    def text(self, name: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self.raw.get(name, default)
        if value is None:
            raise _refusal(name, "It is required.")
        if not isinstance(value, str) or not value:
            raise _refusal(name, "It is a text that is not empty.")
        return value

    def choice(self, name: str, options: Sequence[T], default: T | None = None) -> T:
        """One of these texts."""
        value = self.text(name, default)
        for option in options:
            if option == value:
                return option
        raise _refusal(name, f"It is one of {', '.join(options)}.")

    def flag(self, name: str) -> bool:
        """True or false; false where it is absent."""
        value = self.raw.get(name, False)
        if not isinstance(value, bool):
            raise _refusal(name, "It is true or false.")
        return value

    def count(self, name: str) -> int:
        """A whole number from 1; 1 where it is absent."""
        value = self.raw.get(name, 1)
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole or not 1 <= value <= _MOST_TIMES:
            raise _refusal(name, f"It is a whole number from 1 to {_MOST_TIMES}.")
        return int(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, which may be empty."""
        value = self.raw.get(name)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _refusal(name, "It is a list of texts.")
        return tuple(value)


def _refusal(name: str, text: str) -> ValidationFailed:
    return ValidationFailed(fields={f"params.{name}": text})

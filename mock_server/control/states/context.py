"""The world, the time and the parameters with which a provider state is made."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from mock_server.contract.archives import ManifestRules
from mock_server.contract.schema import Compiler, problems, shorten
from mock_server.control.errors import OrgNotFound, named
from mock_server.errors import PackNotFound, ValidationFailed
from mock_server.resources.orgs import ORGS, Org
from mock_server.resources.packs.pack import PACKS, Pack
from mock_server.state.state import State

T = TypeVar("T", bound=str)
_MOST_TIMES = 1_000_000


@dataclass(frozen=True, slots=True)
class StateContext:
    """The state and time of a world, the seed data, and the parameters that were sent.

    What reads a parameter raises ValidationFailed for a wrong value.
    """

    state: State
    seed: State
    now: datetime
    params: Mapping[str, Any]  # none is null, which counts as absent
    values: Mapping[str, Any]  # of the setup, at its teardown
    manifest: ManifestRules | None = None  # what the contract says of a pack.yaml

    def only(self, *known: str) -> None:
        """Refuse unknown parameters."""
        if unknown := sorted(self.params.keys() - set(known)):
            raise _refusal(shorten(unknown[0]), "The state has no such parameter.")

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text that is not empty."""
        value = self.params.get(name, default)
        if value is None:
            raise _refusal(name, "It is required.")
        if not isinstance(value, str) or not value:
            raise _refusal(name, "It is a text that is not empty.")
        return value

    def choice(self, name: str, options: Sequence[T], default: T | None = None) -> T:
        """Return one of these texts."""
        value = self.text(name, default)
        for option in options:
            if option == value:
                return option
        raise _refusal(name, f"It is one of {', '.join(options)}.")

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false; the default where it is absent."""
        value = self.params.get(name, default)
        if not isinstance(value, bool):
            raise _refusal(name, "It is true or false.")
        return value

    def count(self, name: str) -> int:
        """Return a whole number from 1; 1 where it is absent."""
        value = self.params.get(name, 1)
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole or not 1 <= value <= _MOST_TIMES:
            raise _refusal(name, f"It is a whole number from 1 to {_MOST_TIMES}.")
        return int(value)

    def seconds(self, name: str) -> float:
        """Return a number of seconds that is not negative."""
        value = self.params.get(name)
        if value is None:
            raise _refusal(name, "It is required.")
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise _refusal(name, "It is a number of seconds, not negative.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, which may be empty."""
        value = self.params.get(name)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _refusal(name, "It is a list of texts.")
        return tuple(value)

    def content(self, name: str) -> bytes:
        """Return the bytes that base64 says; it may be empty."""
        try:
            return base64.b64decode(self.params.get(name), validate=True)  # type: ignore[arg-type]  # what is no text is refused
        except (binascii.Error, TypeError, ValueError) as error:
            raise _refusal(name, "It is base64, which may be empty.") from error

    def record(self, schema: Mapping[str, Any], record: Mapping[str, Any]) -> None:
        """Refuse a record, of the parameters and of what they leave open, that does not fit its schema."""
        if found := problems(Compiler().compile(schema), record, whole=""):
            raise ValidationFailed(fields={f"params.{name}".rstrip("."): text for name, text in found.items()})

    def org(self) -> Org:
        """Return the org that `org_id` names; raises OrgNotFound."""
        return named("org", self.text("org_id"), self.state.all(ORGS), OrgNotFound)

    def pack(self) -> Pack:
        """Return the pack that `pack_id` names; raises PackNotFound."""
        return named("pack", self.text("pack_id"), self.state.all(PACKS), PackNotFound)

    def made(self, name: str) -> str:
        """Return the id or token that the setup answered under this name; empty where the teardown does not send it."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""


def _refusal(name: str, text: str) -> ValidationFailed:
    return ValidationFailed(fields={f"params.{name}": text})

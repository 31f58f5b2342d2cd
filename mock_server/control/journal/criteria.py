"""Criteria of a search in a journal, and how an entry differs from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from mock_server.contract.schema import shorten
from mock_server.control import ControlContext
from mock_server.control.errors import OperationUnknown, PersonaUnknown
from mock_server.control.journal.entries import EntryPresenter
from mock_server.control.similar_names import named, unknown
from mock_server.errors import ValidationFailed
from mock_server.state.clock import moment
from mock_server.worlds.former_entries import FormerEntry
from mock_server.worlds.journal import Entry
from mock_server.worlds.worlds import World


@dataclass(frozen=True, slots=True)
class Criteria:
    """The values that an entry must have, where they are not None."""

    operation_id: str | None = None
    status: int | None = None
    code: str | None = None
    caller: str | None = None

    def differences(self, entry: Entry | FormerEntry, caller: str | None) -> dict[str, str]:
        """Return each criterion that the entry does not meet, with a text that says its value."""
        found = {
            "operation_id": entry.operation_id,
            "status": entry.status,
            "code": entry.code,
            "caller": caller,
        }
        return {
            name: f"It is {_text(found[name])}, not {_text(wanted)}."
            for name, wanted in self.given().items()
            if found[name] != wanted
        }

    def given(self) -> dict[str, Any]:
        """Return the criteria that are not None."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Search:
    """Criteria, and where in the journal a search begins."""

    criteria: Criteria
    after: int = 0
    at_or_later: datetime | None = None

    def candidates(self, world: World) -> Iterator[Entry | FormerEntry]:
        """Yield the entries from the beginning of the search, oldest first."""
        for entry in world.journal:
            if entry.id > self.after and (self.at_or_later is None or entry.now >= self.at_or_later):
                yield entry

    def found(self, world: World, presenter: EntryPresenter) -> list[Entry | FormerEntry]:
        """Return the entries that meet the criteria, oldest first."""
        return [e for e in self.candidates(world) if not self.criteria.differences(e, presenter.caller(e))]


def search(context: ControlContext, presenter: EntryPresenter, asked: Mapping[str, Any]) -> Search:
    """Return the search that a query or a body asks for.

    Raises OperationUnknown and PersonaUnknown with a similar name, and ValidationFailed for an impossible time.
    """
    operation_id, caller, status = asked.get("operation_id"), asked.get("caller"), asked.get("status")
    if operation_id is not None:
        named("operation", operation_id, context.contract.operations, OperationUnknown)
    # A caller who is no persona is named ORG:LABEL.
    if caller is not None and ":" not in caller and caller not in presenter.personas:
        raise PersonaUnknown(unknown("persona", caller, presenter.personas))
    criteria = Criteria(operation_id, None if status is None else int(status), asked.get("code"), caller)
    since = asked.get("since")
    if since is None:
        return Search(criteria)
    if not isinstance(since, str) or since.isdecimal():
        return Search(criteria, after=int(since))
    try:
        return Search(criteria, at_or_later=moment(since))
    except ValueError as error:
        raise ValidationFailed(fields={"since": f"It is not a date-time that can be: {error}."}) from error


def _text(value: Any) -> str:
    return "none" if value is None else shorten(str(value))

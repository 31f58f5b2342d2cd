"""What somebody looks for in a journal, and in what an entry differs from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from mock_server.contract.schema import shorten
from mock_server.control import ControlContext
from mock_server.control.errors import OperationUnknown, PersonaUnknown
from mock_server.control.journal.entries import EntryPresenter
from mock_server.control.similar_names import unknown
from mock_server.errors import ValidationFailed
from mock_server.state.clock import moment
from mock_server.worlds.former_entries import Past
from mock_server.worlds.journal import Entry
from mock_server.worlds.worlds import World


@dataclass(frozen=True, slots=True)
class Criteria:
    """Each that is not None must be so."""

    operation_id: str | None = None
    status: int | None = None
    code: str | None = None
    caller: str | None = None

    def differences(self, entry: Entry | Past, caller: str | None) -> dict[str, str]:
        """Return each criterion that the entry does not meet, and what is there instead."""
        found = {
            "operation_id": entry.operation_id,
            "status": entry.status,
            "code": entry.code,
            "caller": caller,
        }
        return {
            name: f"It is {_said(found[name])}, not {_said(wanted)}."
            for name, wanted in self.asked().items()
            if found[name] != wanted
        }

    def asked(self) -> dict[str, Any]:
        """Return the criteria that there are."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Search:
    """Criteria, and from where on they are looked for."""

    criteria: Criteria
    after: int = 0
    at_or_later: datetime | None = None

    def candidates(self, world: World) -> Iterator[Entry | Past]:
        """Return the entries that are looked at, oldest first."""
        for entry in world.journal:
            if entry.id > self.after and (self.at_or_later is None or entry.now >= self.at_or_later):
                yield entry

    def found(self, world: World, presenter: EntryPresenter) -> list[Entry | Past]:
        """Return the entries that meet the criteria, oldest first."""
        return [e for e in self.candidates(world) if not self.criteria.differences(e, presenter.caller(e))]


def search(context: ControlContext, presenter: EntryPresenter, asked: Mapping[str, Any]) -> Search:
    """Return what a query or a body asks for.

    Raises OperationUnknown and PersonaUnknown, with the name that was probably meant, and ValidationFailed
    for a time that cannot be.
    """
    operation_id, caller, status = asked.get("operation_id"), asked.get("caller"), asked.get("status")
    if operation_id is not None and operation_id not in context.contract.operations:
        raise OperationUnknown(unknown("operation", operation_id, context.contract.operations))
    # The name of somebody else is made of two parts.
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


def _said(value: Any) -> str:
    return "none" if value is None else shorten(str(value))

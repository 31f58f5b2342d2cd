"""A search in a journal, and how an entry differs from what is sought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mock_server.contract.schema import shorten
from mock_server.control import ControlContext
from mock_server.control.errors import OperationUnknown, PersonaUnknown, describe_unknown, require_named
from mock_server.control.journal.entries import EntryPresenter
from mock_server.errors import ValidationFailed
from mock_server.state.clock import parse_moment
from mock_server.worlds.journal import Entry
from mock_server.worlds.world import World

_CRITERIA = ("operation_id", "status", "code", "caller", "request_id")


@dataclass(frozen=True, slots=True)
class Search:
    """The values that an entry must have, and where in the journal the search begins."""

    presenter: EntryPresenter
    criteria: Mapping[str, Any]
    after: int = 0
    at_or_later: datetime | None = None
    with_console: bool = False

    def find_differences(self, entry: Entry) -> dict[str, str]:
        """Return each criterion that the entry does not meet, with a text that says its value."""
        found = {
            "operation_id": entry.operation_id,
            "status": entry.status,
            "code": entry.code,
            "caller": self.presenter.name_caller(entry),
            "request_id": entry.request_id,
        }
        return {
            name: f"It is {_describe(found[name])}, not {_describe(wanted)}."
            for name, wanted in self.criteria.items()
            if found[name] != wanted
        }

    def list_candidates(self, world: World) -> Iterator[Entry]:
        """Yield the entries from the beginning of the search, oldest first.

        What the console reads is not among them, unless it is asked for.
        """
        for entry in world.journal:
            if entry.from_console and not self.with_console:
                continue
            if entry.id > self.after and (self.at_or_later is None or entry.now >= self.at_or_later):
                yield entry

    def find(self, world: World) -> list[Entry]:
        """Return the entries that meet the criteria, oldest first."""
        return [entry for entry in self.list_candidates(world) if not self.find_differences(entry)]


def make_search(context: ControlContext, asked: Mapping[str, Any]) -> Search:
    """Return the search that a query or a body asks for.

    Raises OperationUnknown and PersonaUnknown with a similar name, and ValidationFailed for an impossible time.
    """
    presenter = context.presenter
    criteria = {name: asked[name] for name in _CRITERIA if asked.get(name) is not None}
    if "operation_id" in criteria:
        require_named("operation", criteria["operation_id"], context.contract.operations, OperationUnknown)
    # A caller who is no persona is named ORG:LABEL.
    caller = criteria.get("caller", ":")
    if ":" not in caller and caller not in presenter.personas:
        raise PersonaUnknown(describe_unknown("persona", caller, presenter.personas))
    if "status" in criteria:
        criteria["status"] = int(criteria["status"])  # 404.0 is an integer to JSON Schema
    since, with_console = asked.get("since"), bool(asked.get("with_console"))
    if since is None:
        return Search(presenter, criteria, with_console=with_console)
    if not isinstance(since, str) or since.isdecimal():
        return Search(presenter, criteria, after=int(since), with_console=with_console)
    try:
        return Search(presenter, criteria, at_or_later=parse_moment(since), with_console=with_console)
    except ValueError as error:
        raise ValidationFailed(fields={"since": f"It is not a date-time that can be: {error}."}) from error


def _describe(value: Any) -> str:
    return "none" if value is None else shorten(str(value))

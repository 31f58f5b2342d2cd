"""The sources that list and count events: the log of an org, that of a workspace, or the activity in one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from conformance.contract.contract import Contract, Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import Breach
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.making import own
from conformance.recipes.reading import instant, show
from conformance.recipes.requests import build
from conformance.recipes.valid import valid
from conformance.resources.events import log
from conformance.resources.events.log import FEW, MANY, Event, Query, auditor, column, events, ids
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import ARCHIVING
from conformance.results.difference import of_list
from conformance.session.harness import Harness

WALK = "AUDIT-WALK"
MOMENT_S = 0.002
"""The seconds until a clock that counts milliseconds has moved on."""
TRIED = 3
"""Workspaces that are looked for, the busiest first."""
ENOUGH = 8
"""Events of a workspace from which on what is asked of events can be asked of its own."""


def takes(operation: Operation, *names: str) -> bool:
    """Return whether an operation has all of these query parameters."""
    return {*names} <= {each.name for each in operation.parameters if each.location == "query"}


def lists(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations that list events page by page."""
    return [each for each in operations if takes(each, "order", "limit", "cursor")]


def windows(operations: Iterable[Operation]) -> list[Operation]:
    """Return the lists that take filters and windows of time."""
    return [each for each in lists(operations) if takes(each, "filter", "from", "to")]


def counts(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations that count events."""
    return [each for each in operations if takes(each, "metric", "group_by")]


def list_of(contract: Contract, counting: Operation) -> Operation:
    """Return the list whose events an operation counts: the one above it."""
    above = (each for each in windows(contract.operations.values()) if counting.path.startswith(f"{each.path}/"))
    return max(above, key=lambda each: len(each.path))


@dataclass(frozen=True, slots=True)
class Source:
    """The events that an operation has for a caller who sees them all."""

    harness: Harness
    operation: Operation
    caller: Caller
    workspace: Fact | None = None
    """The workspace in which they happened; None: they are those of the org."""

    def request(self, query: Query) -> Request:
        """Return the request with these parameters."""
        return build(self.operation, self._values, query=urlencode(query))

    @property
    def _values(self) -> dict[str, str]:
        return {} if self.workspace is None else {p.name: self.workspace.id for p in self.operation.path_parameters}

    def read(self, *query: tuple[str, str]) -> Exchange:
        """Return the answer to these parameters; not provoked where it is refused."""
        return self.harness.hold(self.caller, self.request(query))

    def walk(self, page: Exchange, *query: tuple[str, str]) -> Iterator[Exchange]:
        """Yield a page and those that its cursor and theirs lead to; a finding where one is refused or comes again."""
        before = set[tuple[str, ...]]()
        while True:
            yield page
            if "cursor" not in page.json:
                return
            cursor = str(page.json["cursor"])
            shown, said = (cursor, *ids(events(page))), ("a cursor that leads on", "one that leads to a page of before")
            if shown in before:
                self.harness.fail(self.harness.finding(Breach(WALK, *said, evidence=of_list(*said)), page))
            before.add(shown)
            page = self.harness.send(self.caller, self.request((*query, ("cursor", cursor))))
            if not page.succeeded:
                self.harness.fail(self.harness.finding(Breach(WALK, "the next page", str(page)), page))

    def by(self, operation: Operation) -> Source:
        """Return the same events by another operation."""
        return replace(self, operation=operation)

    def write(self, count: int = 1) -> None:
        """Have so many events written."""
        if self.workspace is None:
            log.write(self.harness, self.caller.org, count)
        else:
            happen(self.harness, self.workspace, count)

    @property
    def windowed(self) -> bool:
        """Return whether it can be asked for a window of time."""
        return takes(self.operation, "from", "to")

    def __str__(self) -> str:
        return f"the log of {self.caller.org}" if self.workspace is None else f"{self.operation} of {self.workspace.id}"


def happen(harness: Harness, workspace: Fact, times: int = 1) -> None:
    """Have a workspace of the run archived and taken into use again: so many events of activity are written at least.

    Each is written at a later moment, and whoever may do that does it.
    """
    if not workspace.made:
        raise NotProvoked(f"nothing is done to the workspace {workspace.id}, which the run did not make")
    for _ in range(times):
        known = harness.state.facts(WORKSPACE.name).get(workspace.id, workspace)
        operation = harness.contract.operations[ARCHIVING.undone_by if known.archived else ARCHIVING.by]
        caller = harness.able(operation, workspace.owner)
        harness.hold(caller, valid(harness, operation, caller, fact=known))
        time.sleep(MOMENT_S)


def source_of(harness: Harness, operation: Operation) -> Source:
    """Return what an operation lists or counts, for a caller who sees every event, where enough happened.

    That is the one with most events, or a new one where there are few of them, and one can be made.
    """
    caller = auditor(harness, also=operation)
    if not operation.names_object:
        return Source(harness, operation, caller)
    busiest, happened = _busiest(harness, operation, caller)
    if busiest is None or happened < ENOUGH:
        try:
            return own_source(harness, operation)
        except NotProvoked:
            if busiest is None:
                raise
    return Source(harness, operation, caller, busiest)


def own_source(harness: Harness, operation: Operation, events_before: int = 4) -> Source:
    """Return a source in a new workspace in which something has happened; in the org where the path names none."""
    caller = auditor(harness, also=operation)
    if not operation.names_object:
        return Source(harness, operation, caller)
    workspace = own(harness, WORKSPACE, caller.org)
    happen(harness, workspace, events_before)
    return Source(harness, operation, caller, workspace)


def _busiest(harness: Harness, operation: Operation, caller: Caller) -> tuple[Fact | None, int]:
    """Return the workspace in which most has happened of those that are there, and how many events that were."""
    found = events(log.read(harness, caller, ("limit", str(MANY))))
    acts = Counter(column(each, "workspace_id") for each in found if column(each, "category") == "activity")
    times = Counter(column(each, "workspace_id") for each in found)
    of_both = {name: times[name] > count for name, count in acts.items()}
    counts = acts if operation.tag == "activity" else times
    names = sorted(counts.keys() - {""}, key=lambda name: (of_both.get(name, False), counts[name], name), reverse=True)
    for workspace_id in names[:TRIED]:
        if harness.send(caller, show(harness, WORKSPACE, workspace_id)).succeeded:
            return harness.state.facts(WORKSPACE.name)[workspace_id], counts[workspace_id]
    return None, 0


@dataclass(frozen=True, slots=True)
class Window:
    """Events that are past, so that what is read of them stays."""

    source: Source
    query: Query
    """The window of time; empty where none can be asked for."""
    events: tuple[Event, ...]
    """The events that it holds, oldest first."""

    @property
    def caller(self) -> Caller:
        return self.source.caller

    def read(self, *query: tuple[str, str]) -> Exchange:
        """Return the answer to these parameters in the window."""
        return self.source.read(*self.query, *query)


def recent(source: Source, least: int = 3, most: int = FEW) -> list[Event]:
    """Return the newest events, of more than so many moments, oldest first; what lacks is written before."""
    for _ in range(2):
        found = list(reversed(events(source.read(("limit", str(most))))))
        found.sort(key=lambda each: instant(each.get("timestamp")))
        moments = {instant(each.get("timestamp")) for each in found}
        if len(moments) > least:
            return found
        source.write(least + 2 - len(moments))
    raise NotProvoked(f"{source} has events of {len(moments)} moments, and {least + 1} are needed")


def past(source: Source, least: int = 3, most: int = FEW) -> Window:
    """Return a window that ends before the newest event; not provoked where the target does not keep to windows.

    Where none can be asked for: all that there is.
    """
    if not source.windowed:
        return Window(source, (), tuple(recent(source, least, MANY)))
    found = recent(source, least, most)
    moments = sorted({instant(each.get("timestamp")): str(each.get("timestamp")) for each in found}.items())
    (first, start), (last, end) = moments[len(found) == most], moments[-1]  # of the oldest some may be cut off
    within = [each for each in found if first <= instant(each.get("timestamp")) < last]
    window = Window(source, (("from", start), ("to", end)), tuple(within))
    if sorted(ids(events(window.read(("limit", str(MANY)))))) != sorted(ids(within)):
        raise NotProvoked("its precondition does not hold: from and to do not give the events between them")
    return window

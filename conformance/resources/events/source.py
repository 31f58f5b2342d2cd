"""The sources that list and count events: the log of an org, that of a workspace, or the activity in one."""

from __future__ import annotations

import re
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
from conformance.recipes.making import create_owned
from conformance.recipes.reading import parse_time, show
from conformance.recipes.requests import build
from conformance.recipes.valid import build_valid
from conformance.resources.events import log
from conformance.resources.events.log import FEW, MANY, Event, Query, find_auditor, get_column, list_events, list_ids
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import ARCHIVING
from conformance.results.difference import from_list
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


def list_event_lists(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations that list events page by page."""
    return [each for each in operations if takes(each, "order", "limit", "cursor")]


def list_filtered(operations: Iterable[Operation]) -> list[Operation]:
    """Return the lists that take filters and windows of time."""
    return [each for each in list_event_lists(operations) if takes(each, "filter", "from", "to")]


def list_counting(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations that count events."""
    return [each for each in operations if takes(each, "metric", "group_by")]


def list_columns(operation: Operation) -> list[str]:
    """Return the columns of events by which an operation filters or groups: the words that the pattern begins with."""
    schemas = (each.schema for each in operation.parameters if each.name in ("filter", "group_by"))
    patterns = (each.get("items", each).get("pattern", "") for each in schemas)
    found = next(filter(None, (re.match(r"\^\(([\w|]+)\)", each) for each in patterns)), None)
    return found[1].split("|") if found else []


def find_list(contract: Contract, counting: Operation) -> Operation:
    """Return the list whose events an operation counts: the one above it."""
    above = (each for each in list_filtered(contract.operations.values()) if counting.path.startswith(f"{each.path}/"))
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
            shown, said = (
                (cursor, *list_ids(list_events(page))),
                ("a cursor that leads on", "one that leads to a page of before"),
            )
            if shown in before:
                self.harness.fail(self.harness.build_finding(Breach(WALK, *said, evidence=from_list(*said)), page))
            before.add(shown)
            page = self.harness.send(self.caller, self.request((*query, ("cursor", cursor))))
            if not page.has_succeeded:
                self.harness.fail(self.harness.build_finding(Breach(WALK, "the next page", str(page)), page))

    def with_operation(self, operation: Operation) -> Source:
        """Return the same events by another operation."""
        return replace(self, operation=operation)

    def write(self, count: int = 1) -> None:
        """Have so many events written."""
        if self.workspace is None:
            log.write(self.harness, self.caller.org, count)
        else:
            happen(self.harness, self.workspace, count)

    @property
    def has_windows(self) -> bool:
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
        known = harness.knowledge.get_facts(WORKSPACE.name).get(workspace.id, workspace)
        operation = harness.contract.operations[ARCHIVING.undone_by if known.archived else ARCHIVING.by]
        caller = harness.able(operation, workspace.owner)
        harness.hold(caller, build_valid(harness, operation, caller, fact=known))
        time.sleep(MOMENT_S)


def find_source(harness: Harness, operation: Operation) -> Source:
    """Return what an operation lists or counts, for a caller who sees every event, where enough happened.

    That is the one with most events, or a new one where there are few of them, and one can be made.
    """
    caller = find_auditor(harness, also=operation)
    if not operation.names_object:
        return Source(harness, operation, caller)
    busiest, happened = _find_busiest(harness, operation, caller)
    if busiest is None or happened < ENOUGH:
        try:
            return make_own_source(harness, operation)
        except NotProvoked:
            if busiest is None:
                raise
    return Source(harness, operation, caller, busiest)


def make_own_source(harness: Harness, operation: Operation, events_before: int = 4) -> Source:
    """Return a source in a new workspace in which something has happened; in the org where the path names none."""
    caller = find_auditor(harness, also=operation)
    if not operation.names_object:
        return Source(harness, operation, caller)
    workspace = create_owned(harness, WORKSPACE, caller.org)
    happen(harness, workspace, events_before)
    return Source(harness, operation, caller, workspace)


def _find_busiest(harness: Harness, operation: Operation, caller: Caller) -> tuple[Fact | None, int]:
    """Return the workspace in which most has happened of those that are there, and how many events that were."""
    found = list_events(log.read(harness, caller, ("limit", str(MANY))))
    acts = Counter(get_column(each, "workspace_id") for each in found if get_column(each, "category") == "activity")
    times = Counter(get_column(each, "workspace_id") for each in found)
    of_both = {name: times[name] > count for name, count in acts.items()}
    counts = acts if operation.tag == "activity" else times
    names = sorted(counts.keys() - {""}, key=lambda name: (of_both.get(name, False), counts[name], name), reverse=True)
    for workspace_id in names[:TRIED]:
        if harness.send(caller, show(harness, WORKSPACE, workspace_id)).has_succeeded:
            return harness.knowledge.get_facts(WORKSPACE.name)[workspace_id], counts[workspace_id]
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


def ask_recent(source: Source, least: int = 3, most: int = FEW) -> list[Event]:
    """Return the newest events, of more than so many moments, oldest first; what lacks is written before."""
    for _ in range(2):
        found = list(reversed(list_events(source.read(("limit", str(most))))))
        found.sort(key=lambda each: parse_time(each.get("timestamp")))
        moments = {parse_time(each.get("timestamp")) for each in found}
        if len(moments) > least:
            return found
        source.write(least + 2 - len(moments))
    raise NotProvoked(f"{source} has events of {len(moments)} moments, and {least + 1} are needed")


def ask_past(source: Source, least: int = 3, most: int = FEW) -> Window:
    """Return a window that ends before the newest event; not provoked where the target does not keep to windows.

    Where none can be asked for: all that there is.
    """
    if not source.has_windows:
        return Window(source, (), tuple(ask_recent(source, least, MANY)))
    found = ask_recent(source, least, most)
    moments = sorted({parse_time(each.get("timestamp")): str(each.get("timestamp")) for each in found}.items())
    (first, start), (last, end) = moments[len(found) == most], moments[-1]  # of the oldest some may be cut off
    within = [each for each in found if first <= parse_time(each.get("timestamp")) < last]
    window = Window(source, (("from", start), ("to", end)), tuple(within))
    if sorted(list_ids(list_events(window.read(("limit", str(MANY)))))) != sorted(list_ids(within)):
        raise NotProvoked("its precondition does not hold: from and to do not give the events between them")
    return window

"""The exchanges of recordings, each with who sent it, in the order in which they were sent, as the judge takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from conformance.contract.contract import Contract
from conformance.contract.routing import find_route
from conformance.http.exchange import Exchange, Headers, Request
from conformance.http.variables import name_token_variable
from conformance.judging.objects import find_org
from conformance.judging.observed import (
    ALL_HEADERS,
    ObservedExchange,
    RequestSender,
    Signature,
    World,
    has_mask,
    is_masked,
)
from conformance.judging.overlap import find_overlaps
from conformance.traffic.callers import RecordedCallers
from conformance.traffic.recording.entry import RecordedEntry, Recording
from conformance.traffic.recording.selection import EntrySelection, SelectedEntry

_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, kw_only=True)
class ObservedEntry(ObservedExchange):
    """An exchange that was recorded."""

    entry: RecordedEntry
    base: str

    @property
    def are_headers_known(self) -> bool:
        """Return whether the headers of the request are recorded; the media type stands beside them too."""
        return any(name.lower() != "content-type" for name, _ in self.entry.request.headers)


def observe_entry(
    contract: Contract, selected: SelectedEntry, sender: RequestSender, world: World, number: int
) -> ObservedEntry:
    """Return the exchange of an entry."""
    entry = selected.entry
    where = find_route(contract, entry.method, selected.path)
    masked = frozenset(name.lower() for name, value in entry.answer.headers if is_masked(value))
    masked |= frozenset() if entry.answer.headers else {ALL_HEADERS}
    request = Request(
        operation_id=where.operation.operation_id if where.operation else None,
        method=entry.method,
        path=selected.path,
        path_values=where.values,
        query=selected.query,
        headers=_without(entry.request.headers, _CREDENTIALS),
        content=entry.request.body or None,
    )
    exchange = Exchange(
        caller=sender.name,
        request=request,
        url=entry.url,
        status=entry.status,
        headers=_without(entry.answer.headers, masked),
        body=entry.answer.body or b"",
        elapsed_ms=entry.duration_ms or 0.0,
        number=number,
        authorization=f"Bearer ${name_token_variable(sender.name)}" if sender.signed is Signature.BEARER else None,
        is_reframed=_is_reframed(entry.answer.headers),
    )
    blurred = has_mask(selected.query) or "filtered%5d" in f"{selected.path}?{selected.query}".lower()
    return ObservedEntry(
        exchange,
        sender,
        where.operation,
        where.values,
        entry.place,
        world,
        entry.started,
        entry.ended,
        is_answer_known=entry.answer.body is not None,
        is_request_known=entry.request.body is not None or where.operation is None or where.operation.body is None,
        masked=masked,
        is_blurred=blurred,
        entry=entry,
        base=selected.base,
    )


def _without(headers: Headers, names: frozenset[str]) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() not in names)


def _is_reframed(headers: Headers) -> bool:
    """Return whether something gave the answer another form on its way, so that its length is not the target's."""
    return any(name.lower() in ("content-encoding", "transfer-encoding", "via") for name, _ in headers)


UNSIGNED = (
    "{}: has no Authorization header at all, so who asked is not known; in Chromium's network panel, "
    "allow 'sensitive data' in the settings, and export the HAR with it"
)


@dataclass(slots=True)
class ExchangeReader:
    """The reader of the exchanges of recordings by one contract."""

    contract: Contract
    callers: RecordedCallers
    selection: EntrySelection
    settle_s: float = 0.0
    """The seconds for which a list or read need not show what was written."""
    notes: list[str] = field(default_factory=list)
    read: int = 0

    def read_exchanges(self, recording: Recording) -> Iterator[ObservedEntry | RecordedEntry]:
        """Yield the exchanges of the API, and as they are entries that say nothing and may have changed what it has."""
        found = list(self.selection.select(recording))
        asked = [each for each in found if isinstance(each, SelectedEntry)]
        selected = [each for each in asked if each.is_answered]
        if selected and not recording.has_credentials:
            self.notes.append(UNSIGNED.format(recording.name))
        for one in selected:
            self.introduce(recording, one)
        worlds: dict[tuple[str, str], list[RecordedEntry]] = defaultdict(list)
        for one in asked:
            if one.is_answered or one.entry.ended is not None:
                worlds[one.world].append(one.entry)
        beside = find_overlaps(worlds.values(), self.settle_s)
        for each in found:
            place = each.entry.place if isinstance(each, SelectedEntry) else ""
            yield self.read_exchange(
                recording, each, overlapped=place in beside.met, unsettled=place in beside.unsettled
            )

    def introduce(self, recording: Recording, selected: SelectedEntry) -> None:
        """Learn who asks, where an exchange is about that."""
        operation = find_route(self.contract, selected.entry.method, selected.path).operation
        if operation is not None and self.contract.does_tell_caller(operation.operation_id):
            seen = self._observe_entry(recording, selected)
            if seen.exchange.has_succeeded:
                self.callers.introduce(seen.sender, seen.world, seen.json)

    def read_exchange(
        self, recording: Recording, found: SelectedEntry | RecordedEntry, *, overlapped: bool, unsettled: bool
    ) -> ObservedEntry | RecordedEntry:
        """Return a selected entry as an exchange, by what is known of its sender by now; other things as they are."""
        if isinstance(found, RecordedEntry) or not found.is_answered:
            return found if isinstance(found, RecordedEntry) else found.entry
        seen = self._observe_entry(recording, found)
        if self.callers.assign(seen.sender, seen.world, None if self.contract.is_plain else find_org(seen)):
            seen = self._observe_entry(recording, found)
        self.read += 1
        return replace(seen, is_overlapped=overlapped, is_unsettled=unsettled)

    def _observe_entry(self, recording: Recording, selected: SelectedEntry) -> ObservedEntry:
        world = (recording.name, *selected.world)
        operation = find_route(self.contract, selected.entry.method, selected.path).operation
        sender = self.callers.find_sender(selected.entry, operation, world, recorded=recording.has_credentials)
        return observe_entry(self.contract, selected, sender, world, self.read + 1)

"""A recorded exchange as the judge takes it, with what of it was not recorded."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.contract.contract import Contract
from conformance.contract.routing import find_route
from conformance.http.exchange import Exchange, Headers, Request
from conformance.http.variables import name_token_variable
from conformance.judging.masks import has_mask, is_masked
from conformance.judging.observed import ALL_HEADERS, ObservedExchange
from conformance.judging.sender import RequestSender, Signature, World
from conformance.traffic.recording.entry import RecordedEntry
from conformance.traffic.recording.selection import SelectedEntry

_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, kw_only=True)
class ObservedEntry(ObservedExchange):
    """An exchange that was recorded."""

    entry: RecordedEntry
    base: str

    @property
    def headers_known(self) -> bool:
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
        reframed=_is_reframed(entry.answer.headers),
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
        answer_known=entry.answer.body is not None,
        request_known=entry.request.body is not None or where.operation is None or where.operation.body is None,
        masked=masked,
        blurred=blurred,
        entry=entry,
        base=selected.base,
    )


def _without(headers: Headers, names: frozenset[str]) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() not in names)


def _is_reframed(headers: Headers) -> bool:
    """Return whether something gave the answer another form on its way, so that its length is not the target's."""
    return any(name.lower() in ("content-encoding", "transfer-encoding", "via") for name, _ in headers)

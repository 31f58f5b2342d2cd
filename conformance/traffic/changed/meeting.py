"""The recorded exchanges that changes of a contract meet: counts, an example, the billing postures, and grades."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from conformance.changes.change import (
    Change,
    Grade,
    MetExchanges,
    OperationCounts,
    RecordedExample,
    change,
    sort_worst_first,
)
from conformance.changes.diff import ComparedTraffic, ContractDiff
from conformance.changes.operations.pairs import pair_operations
from conformance.contract.contract import Contract, Provenance
from conformance.http.exchange import Exchange
from conformance.http.variables import mask_text
from conformance.judging.credentials import Secrets, write_only
from conformance.judging.judge import explain_not_judged
from conformance.judging.observed import ObservedExchange, Signature, World
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.registry import find_org_field
from conformance.oracle.facts import INACTIVE, find_posture
from conformance.results.finding import Finding
from conformance.traffic.changed.newly_wrong import ExchangeComparison, NewBreaches, find_reasons
from conformance.traffic.exchanges import ExchangeReader, ObservedEntry
from conformance.traffic.privacy import Privacy
from conformance.traffic.recording.entry import RecordedEntry, Recording, RecordingError


@dataclass(slots=True)
class RecordedPostures:
    """The postures of orgs that sessions and refusals show, by place, in the order of a recording."""

    _told: dict[tuple[World, str], list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))

    @staticmethod
    def from_exchanges(contract: Contract, exchanges: Iterable[ObservedExchange]) -> RecordedPostures:
        """Return what these exchanges say."""
        postures = RecordedPostures()
        for each in exchanges:
            caller, exchange = each.sender.caller, each.exchange
            if caller is None:
                continue
            told = None
            if exchange.code is not None and exchange.code == contract.features.billing:
                told = INACTIVE[0]  # which of them no refusal says, and all are refused alike
            elif (
                contract.does_tell_caller(exchange.operation_id)
                and exchange.has_succeeded
                and isinstance(exchange.json, dict)
            ):
                told = find_posture(exchange.json, caller.org, find_org_field())
            if told is not None:
                postures._told[each.world, caller.org].append((exchange.number, told))
        return postures

    def find_posture(self, place: World, org: str, number: int) -> str | None:
        """Return the posture at an exchange: what was told last, unless another one was told next."""
        told = self._told.get((place, org), [])
        index = bisect_left(told, (number, ""))
        before, after = told[max(index - 1, 0) : index], told[index : index + 1]
        same = before and (not after or (after[0][1] in INACTIVE) is (before[0][1] in INACTIVE))
        return before[0][1] if same else None


NOTHING = "no exchange of the API's is in it; name its base URL by --profile"
REFUSED, FORBIDDEN = "recorded-request-refused", "recorded-answer-forbidden"
ACCESS = frozenset({"scope-tightened", "role-tightened", "org-tightened"})
UNKNOWN_CALLERS = (
    "{}: who sent {} requests is not known, so nobody can say whether a change of scopes or roles refuses them"
)
LONGEST_BODY = 200


@dataclass(slots=True)
class _Meeting:
    """The exchanges that one change meets, counted while the recordings are read."""

    refused: Counter[str] = field(default_factory=Counter)
    forbidden: Counter[str] = field(default_factory=Counter)
    request: tuple[ObservedExchange, Breach] | None = None
    answer: tuple[ObservedExchange, Breach] | None = None
    """The first of either, and what is wrong with it."""
    clients: Grade = Grade.NO
    servers: Grade = Grade.NO


class RecordedComparison:
    """The comparison of recordings with the contracts of a diff."""

    def __init__(self, diff: ContractDiff, reader: ExchangeReader) -> None:
        self._diff, self._reader = diff, reader
        self._exchanges = ExchangeComparison(diff.old, diff.new)
        self._privacy = Privacy(diff.old, reader.callers.masks)
        pairs = pair_operations(diff.old, diff.new).both
        self._ids = {each.old.operation.operation_id: each.new.operation.operation_id for each in pairs}
        self._secrets = Secrets(write_only(diff.old) | write_only(diff.new))
        self._met: dict[Change, _Meeting] = defaultdict(_Meeting)
        self._judged = self._refused = self._forbidden = 0
        self._tightened = {name for each in diff.changes if each.kind in ACCESS for name in each.operations}

    def compare(self, recordings: Sequence[Recording]) -> ContractDiff:
        """Return the comparison with what the recordings show.

        RecordingError where no exchange of the API is in them.
        """
        notes = [note for each in recordings for note in self._read(each)]
        if not self._judged:
            raise RecordingError(f"{', '.join(each.name for each in recordings)}: {NOTHING}")
        unmet = [each for each in self._diff.changes if each not in self._met]
        met = [self._with(each, meeting) for each, meeting in self._met.items()]
        traffic = ComparedTraffic(
            recordings=tuple(each.name for each in recordings),
            exchanges=sum(len(each.entries) for each in recordings),
            judged=self._judged,
            refused=self._refused,
            forbidden=self._forbidden,
            notes=(*self._reader.notes, *notes),
        )
        return replace(self._diff, changes=sort_worst_first([*unmet, *met]), traffic=traffic)

    def _with(self, change: Change, meeting: _Meeting) -> Change:
        """Return the change with what it meets, and the grades that follow from that."""
        example = None
        if found := meeting.request or meeting.answer:
            example = self._build_example(*found, of_request=meeting.request is not None)
        return replace(
            change,
            clients=max(change.clients, meeting.clients),
            servers=max(change.servers, meeting.servers),
            met=MetExchanges(_count_by_operation(meeting.refused), _count_by_operation(meeting.forbidden), example),
        )

    def _read(self, recording: Recording) -> Iterator[str]:
        """Hold every exchange of a recording against the contracts; what is to be said of it."""
        unknown = 0
        exchanges = [each for each in self._reader.read_exchanges(recording) if self._is_judged(each)]
        postures = RecordedPostures.from_exchanges(self._reader.contract, exchanges)
        for seen in exchanges:
            self._judged += 1
            if seen.operation is None:
                continue
            operation_id = seen.operation.operation_id
            self._secrets.judge(seen, Opinion())
            self._reader.callers.mask(self._secrets.every)
            caller = seen.sender.caller
            posture = postures.find_posture(seen.world, caller.org, seen.exchange.number) if caller else None
            if wrong := self._exchanges.compare(seen, self._reader.callers.masks, posture):
                self._note(seen, wrong, self._ids.get(operation_id, operation_id))
            unknown += self._is_of_unknown(seen, self._ids.get(operation_id, operation_id))
        if unknown:
            yield UNKNOWN_CALLERS.format(recording.name, unknown)

    def _is_judged(self, each: ObservedEntry | RecordedEntry) -> TypeGuard[ObservedEntry]:
        return isinstance(each, ObservedEntry) and not explain_not_judged(self._diff.old, each.exchange)

    def _is_of_unknown(self, seen: ObservedExchange, operation_id: str) -> bool:
        """Return whether a request was served that a change may refuse, of somebody whose scopes are not known."""
        known = seen.sender.caller is not None and seen.sender.caller.scopes is not None
        signed = seen.sender.signed in (Signature.BEARER, Signature.UNKNOWN)
        return operation_id in self._tightened and seen.exchange.has_succeeded and signed and not known

    def _note(self, seen: ObservedExchange, wrong: NewBreaches, operation_id: str) -> None:
        self._refused += bool(wrong.request)
        self._forbidden += bool(wrong.answer)
        for found, breach in self._find_reasons(wrong.request, operation_id, of_request=True):
            meeting = self._met[found]
            meeting.refused[operation_id] += 1
            meeting.clients = Grade.BREAKS
            meeting.request = meeting.request or (seen, breach)
        for found, breach in self._find_reasons(wrong.answer, operation_id, of_request=False):
            meeting = self._met[found]
            meeting.forbidden[operation_id] += 1
            meeting.servers = max(meeting.servers, _choose_grade(breach.provenance))
            meeting.answer = meeting.answer or (seen, breach)

    def _find_reasons(
        self, breaches: Sequence[Breach], operation_id: str, *, of_request: bool
    ) -> Iterator[tuple[Change, Breach]]:
        """Yield each change that one exchange meets, once, and what it breaks.

        It is one of its own where none is the reason.
        """
        found: dict[Change, Breach] = {}
        for breach in breaches:
            changes = find_reasons(breach, operation_id, self._diff.changes, of_request=of_request)
            for each in changes or (self._make_untold_change(breach, operation_id, of_request=of_request),):
                found.setdefault(each, breach)
        yield from found.items()

    def _make_untold_change(self, breach: Breach, operation_id: str, *, of_request: bool) -> Change:
        """Return a change for what no change that is told explains."""
        kind = REFUSED if of_request else FORBIDDEN
        text = mask_text(f"expected {breach.expected}, got {breach.got}", self._reader.callers.masks)
        return replace(change(kind, breach.rule, text), operations=(operation_id,))

    def _build_example(self, seen: ObservedExchange, breach: Breach, *, of_request: bool) -> RecordedExample:
        """Return the exchange as reports may have it."""
        shown = self._privacy.hide_in_finding(
            Finding(
                rule=breach.rule,
                operation_id=seen.exchange.operation_id,
                caller=seen.sender.name,
                expected=breach.expected,
                got=breach.got,
                provenance=breach.provenance,
                exchange=seen.exchange,
                evidence=breach.evidence,
            )
        )
        exchange: Exchange = shown.exchange or seen.exchange
        body = (exchange.request.content if of_request else exchange.body) or b""
        return RecordedExample(
            place=seen.place,
            caller=seen.sender.name,
            request=f"{exchange.method} {exchange.request.target}",
            status=exchange.status,
            body=_cut(body.decode("utf-8", "replace")),
            broken=_describe_broken(shown),
        )


def _describe_broken(shown: Finding) -> str:
    """Return what the new contract has against an exchange, with the fields that it is about."""
    said = f"expected {shown.expected}, got {shown.got}"
    unnamed = [name for name in shown.evidence.names if name not in said]
    return f"{said} ({', '.join(unnamed)})" if unnamed else said


def _choose_grade(provenance: Provenance) -> Grade:
    return Grade.BREAKS if provenance.is_binding else Grade.MAY


def _count_by_operation(counted: Counter[str]) -> OperationCounts:
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}..."

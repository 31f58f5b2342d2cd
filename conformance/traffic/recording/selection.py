"""The exchanges of a recording that are judged, and the reasons for which the others are not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from conformance.contract.contract import Contract
from conformance.contract.routing import find_route
from conformance.profile import Profile
from conformance.traffic.recording.entry import RecordedEntry, Recording


class WhySkipped(StrEnum):
    """Reasons why an exchange is not judged."""

    ELSEWHERE = "of another host"
    BESIDE = "of another path than the API's"
    CACHED = "from a cache, or not modified"
    PREFLIGHT = "preflight"
    TUNNEL = "a tunnel, or no longer HTTP"
    UNANSWERED = "without an answer"
    TWIN = "recorded twice, for a service worker"


WORLD_HEADER = "x-mock-world"
"""The header by which a server with several worlds tells them apart; of another world nothing is known."""


@dataclass(frozen=True, slots=True)
class SelectedEntry:
    """An entry that is judged, and the base URL of the API that it is of."""

    entry: RecordedEntry
    base: str

    @property
    def is_answered(self) -> bool:
        """Return whether it is judged: without an answer it only may have changed something."""
        return self.entry.status != 0

    @property
    def world(self) -> tuple[str, str]:
        """The base URL, and the world that a header names: what is done to another one changes nothing here."""
        return self.base, self.entry.request.find_header(WORLD_HEADER) or ""

    @property
    def path(self) -> str:
        """The path below the base URL, as it went on the wire."""
        whole = self.entry.url.partition("#")[0].partition("?")[0]
        return _with_path(whole)[len(self.base) :]

    @property
    def query(self) -> str:
        return self.entry.url.partition("#")[0].partition("?")[2]


@dataclass(slots=True)
class EntrySelection:
    """The entries of recordings that are judged, and the number of the others, by the reason."""

    bases: tuple[str, ...]
    skipped: Counter[WhySkipped] = field(default_factory=Counter)

    def select(self, recording: Recording) -> Iterator[SelectedEntry | RecordedEntry]:
        """Yield the entries to judge, those without an answer, and unselected those outside of the API.

        The last two may have changed what it has.
        """
        twins = _find_twins(recording.entries)
        bases = frozenset(self.bases)  # a recording of many worlds has thousands
        hosts = {urlsplit(base).netloc.lower() for base in self.bases}
        for number, entry in enumerate(recording.entries):
            base = _find_base(entry, bases)
            if reason := _find_skip_reason(entry, base, hosts, twin=number in twins):
                self.skipped[reason] += 1
                if reason is WhySkipped.BESIDE:
                    yield entry
                elif reason is WhySkipped.UNANSWERED and base is not None:
                    yield SelectedEntry(entry, base)
            elif base is not None:
                yield SelectedEntry(entry, base)


def _find_base(entry: RecordedEntry, bases: frozenset[str]) -> str | None:
    """Return the longest base URL that the entry's URL is below."""
    above = _with_path(entry.url.partition("#")[0].partition("?")[0])
    while above and above not in bases:
        above = above.rpartition("/")[0]
    return above or None


def _find_skip_reason(entry: RecordedEntry, base: str | None, hosts: set[str], *, twin: bool) -> WhySkipped | None:
    """Return why an entry is not judged; None where it is."""
    preflight = entry.method == "OPTIONS" and entry.request.find_header("access-control-request-method") is not None
    holding = (
        (WhySkipped.TUNNEL, entry.method == "CONNECT" or entry.status in range(100, 200)),
        (WhySkipped.ELSEWHERE, entry.host not in hosts),
        (WhySkipped.BESIDE, base is None),
        (WhySkipped.PREFLIGHT, preflight),
        (WhySkipped.CACHED, entry.is_cached or entry.status == 304),
        (WhySkipped.TWIN, twin),
        (WhySkipped.UNANSWERED, entry.status == 0),
    )
    return next((reason for reason, holds in holding if holds), None)


def _find_twins(entries: Sequence[RecordedEntry]) -> frozenset[int]:
    """Return the places of entries that another one records better, for a service worker stood between."""
    alike: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        alike[entry.method, entry.url, entry.status].append(number)
    found: set[int] = set()
    for number, entry in enumerate(entries):
        if not entry.is_by_worker or number in found:
            continue
        for other in alike[entry.method, entry.url, entry.status]:
            if other != number and other not in found and _may_be_one_request(entry, entries[other]):
                found.add(other if _count_recorded(entries[other]) < _count_recorded(entry) else number)
                break
    return frozenset(found)


def _count_recorded(entry: RecordedEntry) -> int:
    """Return how much of an entry is recorded."""
    bodies = (entry.request.body, entry.answer.body)
    return sum(body is not None for body in bodies) * 1000 + len(entry.request.headers) + len(entry.answer.headers)


def _may_be_one_request(one: RecordedEntry, other: RecordedEntry) -> bool:
    """Return whether two entries may be of one request: they overlap, or when they were is not recorded."""
    times = one.started, one.ended, other.started, other.ended
    if None in times:
        return True
    return (one.started or 0) <= (other.ended or 0) and (other.started or 0) <= (one.ended or 0)


def find_bases(contract: Contract, recordings: Iterable[Recording], profile: Profile | None) -> tuple[str, ...]:
    """Return the base URLs of the API: those of the profile, else those that the requests show."""
    if profile is not None and profile.world_url is None:
        return (profile.url, *profile.org_urls.values())
    return guess_bases(contract, recordings)


def guess_bases(contract: Contract, recordings: Iterable[Recording]) -> tuple[str, ...]:
    """Return the base URLs below which there are requests of the contract's operations, by the path of its server."""
    ends = {_find_server_path(str(server.get("url", ""))) for server in contract.document.get("servers", [])} or {""}
    found: dict[str, None] = {}
    for entry in (each for recording in recordings for each in recording.entries):
        whole = entry.url.partition("#")[0].partition("?")[0]
        for base in _list_candidates(_with_path(whole), ends):
            if base not in found and _is_operation(contract, entry.method, _with_path(whole)[len(base) :]):
                found[base] = None
    return tuple(found)


def _list_candidates(url: str, ends: Iterable[str]) -> Iterator[str]:
    origin = _find_origin(url)
    path = url[len(origin) :]
    for end in ends:
        at = path.find(f"{end}/")
        if at >= 0:
            yield origin + path[: at + len(end)]


def _is_operation(contract: Contract, method: str, path: str) -> bool:
    return find_route(contract, method, path).operation is not None


def _find_server_path(url: str) -> str:
    path = url.partition("://")[2].partition("/")[2] if "://" in url else url.lstrip("/")
    return f"/{path.rstrip('/')}" if path.strip("/") else ""


def _find_origin(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return scheme + separator + rest.partition("/")[0]


def _with_path(url: str) -> str:
    """Return the URL with a path, and with its host in lower case."""
    origin = _find_origin(url)
    return origin.lower() + (url[len(origin) :] or "/")

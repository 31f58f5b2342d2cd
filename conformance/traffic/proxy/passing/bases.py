"""The base URLs of the API, as far as requests have shown, and how much is judged of each exchange."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.contract.contract import Contract
from conformance.contract.routing import find_route
from conformance.http.reader import LARGEST_ANSWER, LARGEST_JSON
from conformance.traffic.recording.entry import RecordedEntry, RecordedMessage, Recording
from conformance.traffic.recording.selection import EntrySelection, SelectedEntry, guess_bases

LONGEST_STRANGE = 64 * 1024
"""Bytes of the body of a request that no operation takes."""


@dataclass(slots=True)
class Bases:
    """The base URLs of the API."""

    contract: Contract
    given: tuple[str, ...] = ()
    """The bases that count; without any, each below which an operation was asked for."""
    found: dict[str, None] = field(default_factory=dict)

    @property
    def every(self) -> tuple[str, ...]:
        return self.given or tuple(self.found)

    def find_base(self, method: str, url: str) -> str | None:
        """Return the base URL that a request is below; None where it is not of the API."""
        nothing = RecordedMessage((), None)
        recording = Recording("", (RecordedEntry("", method, url, nothing, 200, nothing),))
        if not self.given:
            self.found.update(dict.fromkeys(guess_bases(self.contract, [recording])))
        selected = [each for each in EntrySelection(self.every).select(recording) if isinstance(each, SelectedEntry)]
        return selected[0].base if selected else None

    def limit_request(self, method: str, url: str, base: str | None) -> int:
        """Return bytes of the body of a request that are judged."""
        if base is None:
            return 0
        operation = find_route(self.contract, method, url[len(base) :].partition("?")[0]).operation
        return LONGEST_STRANGE if operation is None or operation.max_body is None else operation.max_body


def limit_answer(media_type: str | None, base: str | None) -> int:
    """Return bytes of the body of an answer that are judged."""
    if base is None:
        return 0
    return LARGEST_JSON if "json" in (media_type or "").lower() else LARGEST_ANSWER

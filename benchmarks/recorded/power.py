"""The findings on a recording of a defect, in an open world and where nobody else is at work."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import conformance.resources  # noqa: F401  # registers what the API is about
from benchmarks.recorded.app import Told
from benchmarks.recorded.record import Recording
from conformance.contract.contract import Contract
from conformance.contract.schemas import list_field_names
from conformance.traffic.callers import RecordedCallers
from conformance.traffic.judged import TrafficJudge
from conformance.traffic.recording.selection import EntrySelection
from conformance.traffic.recording.sources import read_har


@dataclass(frozen=True, slots=True)
class Found:
    """The findings on one recording."""

    rules: tuple[str, ...]
    exchanges: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A defect, and what its recording shows."""

    id: str
    breaks: tuple[str, ...]
    shows: bool
    """Whether an answer differs in status, code or a field of the contract from that of the mock without it."""
    open: Found
    alone: Found

    def blames_declared_alone(self, found: Found) -> bool:
        """Return whether whatever is found names a rule that the defect declares to break."""
        return {*found.rules} <= {*self.breaks}


def judge(contract: Contract, document: Any, *, alone: bool) -> Found:
    """Return what is found of a HAR."""
    recording = read_har("app.har", document, lambda _: None)
    origin = "/".join(recording.entries[0].url.split("/")[:3])
    judge = TrafficJudge(contract, RecordedCallers(), EntrySelection((f"{origin}/v1",)), is_alone=alone)
    began = time.perf_counter()
    gathered = judge.judge([recording])
    took = time.perf_counter() - began
    return Found(tuple(sorted(rule for rule, found in gathered.findings.items() if found)), gathered.judged, took)


def differs(contract: Contract, clean: Sequence[Told], now: Sequence[Told]) -> bool:
    """Return whether an answer differs from the clean mock's in status, code, a field of the contract, or bytes."""
    return any(_read_told(contract, one) != _read_told(contract, other) for one, other in zip(clean, now, strict=True))


def _read_told(contract: Contract, told: Told) -> Any:
    try:
        found = json.loads(told.body)
    except ValueError:
        return told.status, told.body
    return told.status, _read_fields(contract, found)


def _read_fields(contract: Contract, value: Any) -> Any:
    if isinstance(value, dict):
        names = list_field_names(contract) - {"message", "request_id"}
        return {name: _read_fields(contract, each) for name, each in value.items() if name in names}
    return [_read_fields(contract, each) for each in value] if isinstance(value, list) else value


def judge_recording(contract: Contract, defect: Any, clean: Recording, recording: Recording) -> Judged:
    """Return what is found of the recording on a mock with a defect."""
    document = recording.document
    return Judged(
        defect["id"],
        tuple(defect["breaks"]),
        differs(contract, clean.answers, recording.answers),
        judge(contract, document, alone=False),
        judge(contract, document, alone=True),
    )


def list_lines(found: Sequence[Judged]) -> Iterator[str]:
    """Yield the figures in words."""
    shown = [each for each in found if each.shows]
    yield f"{len(found)} defects, of which {len(shown)} show in the recorded answers"
    for name in ("open", "alone"):
        hits = [each for each in shown if getattr(each, name).rules]
        pure = [each for each in hits if each.blames_declared_alone(getattr(each, name))]
        share = 100 * len(hits) / max(len(shown), 1)
        yield f"{name}: found {len(hits)} of {len(shown)} ({share:.0f} %), {len(pure)} blame declared rules only"
    hidden = [each.id for each in found if not each.shows and (each.open.rules or each.alone.rules)]
    yield f"found though no field differs: {len(hidden)}"

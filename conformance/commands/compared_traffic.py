"""The option `--traffic` of the command `diff`: what of a recording the changes of a contract meet."""

from __future__ import annotations

from pathlib import Path

import conformance.resources  # noqa: F401  # registers what the API is about
from conformance.changes.diff import ContractDiff
from conformance.declared.opening import use_contract
from conformance.oracle.declaration.registry import known_keys
from conformance.profile import read_profile
from conformance.traffic.changed.meeting import RecordedComparison
from conformance.traffic.exchanges import ExchangeReader
from conformance.traffic.judging.callers import RecordedCallers
from conformance.traffic.recording.selection import EntrySelection, known_bases
from conformance.traffic.recording.sources import read_recordings


def with_traffic(diff: ContractDiff, source: str, profile: Path | None) -> ContractDiff:
    """The comparison with what the recordings of a source show; SuiteError where they show nothing of the API."""
    use_contract(diff.new)
    described = read_profile(profile, known_keys()) if profile else None
    recordings = read_recordings(source)
    callers = RecordedCallers.of(described.callers if described else ())
    selection = EntrySelection(known_bases(diff.old, recordings, described))
    return RecordedComparison(diff, ExchangeReader(diff.old, callers, selection)).compare(recordings)

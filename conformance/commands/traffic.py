"""The command `traffic`: judge recordings, print what was found, and write reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import conformance.resources  # noqa: F401  # registers what the API is about
from conformance.commands.printing import print_run
from conformance.contract.file import load
from conformance.oracle.declaration.registry import known_keys
from conformance.profile import base_url, read_profile
from conformance.results.report.write import parse, write
from conformance.results.waivers import Waivers, read_waivers
from conformance.traffic.client.rules import with_rules
from conformance.traffic.gathering import About
from conformance.traffic.judged import TrafficJudge
from conformance.traffic.judging.callers import RecordedCallers
from conformance.traffic.privacy import Privacy
from conformance.traffic.recording.selection import EntrySelection, known_bases
from conformance.traffic.recording.sources import read_recordings


def judge_traffic(
    source: str,
    *,
    base: str | None,
    profile: Path | None,
    alone: bool,
    side: str,
    report: Sequence[str],
    waivers: Path | None,
    contract: Path | None,
    show_values: bool,
    strict: bool,
    require_coverage: float | None,
    quiet: bool,
) -> int:
    """Judge the recordings of a source; the exit code."""
    reports = [parse(each) for each in report]
    described = read_profile(profile, known_keys()) if profile else None
    read_contract = with_rules(load(contract or (described.contract if described else None)), side)
    accepted = read_waivers(waivers, datetime.now(UTC).date()) if waivers else Waivers()
    recordings = read_recordings(source)
    callers = RecordedCallers.of(described.callers if described else ())
    bases = (base_url(base, "--base"),) if base is not None else known_bases(read_contract, recordings, described)
    judge = TrafficJudge(read_contract, callers, EntrySelection(bases), alone=alone, side=side)
    gathered = judge.judge(recordings)
    about = About(
        name=source,
        recordings=tuple(each.name for each in recordings),
        bases=bases,
        notes=judge.notes,
        strict=strict,
        require_coverage=require_coverage,
        waivers=accepted,
    )
    run = gathered.run(Privacy(read_contract, callers.masks, show_values), about)
    complaints = accepted.complaints(run.groups, whole=True) if accepted.every else ()
    run = replace(run, notes=(*run.notes, *complaints))
    write(run, reports)
    return print_run(run, quiet=quiet)

"""The commands `traffic` and `proxy`, and `diff --traffic`: judge what was recorded, or what passes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

import conformance.resources  # noqa: F401  # registers what the API is about
from conformance.changes.diff import ContractDiff
from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.declared.compiler import read_described, use_contract
from conformance.http.connection import Connection
from conformance.http.variables import read_profile_variables
from conformance.oracle.declaration.registry import list_known_keys
from conformance.oracle.served import narrow_to_profile
from conformance.profile import Caller, Profile, check_base_url, read_profile
from conformance.results.report.terminal import print_run
from conformance.results.report.write import WantedReport, parse, write
from conformance.results.verdict import Run
from conformance.results.waivers import Waivers, read_waivers_of_today
from conformance.traffic.callers import RecordedCallers
from conformance.traffic.changed.meeting import RecordedComparison
from conformance.traffic.client_judge import with_rules
from conformance.traffic.exchanges import ExchangeReader
from conformance.traffic.gathering import GatheredFindings, TrafficInfo
from conformance.traffic.judged import TrafficJudge
from conformance.traffic.privacy import Privacy, list_secret_fields
from conformance.traffic.proxy.judging.archive import Archive
from conformance.traffic.proxy.judging.live import LiveJudge
from conformance.traffic.proxy.judging.process import JudgingProcess, start
from conformance.traffic.proxy.judging.stand_ins import StandIns
from conformance.traffic.proxy.passing.bases import Bases
from conformance.traffic.proxy.passing.server_behind import ServerBehind
from conformance.traffic.proxy.serving import ProxyServer, open_listener
from conformance.traffic.recording.selection import EntrySelection, find_bases
from conformance.traffic.recording.sources import read_recordings


@dataclass(frozen=True, slots=True)
class TrafficOptions:
    """The options for judging traffic, and of its reports."""

    contract: Contract
    profile: Profile | None
    base: str | None
    alone: bool
    side: str
    reports: list[WantedReport]
    waivers: Waivers
    show_values: bool
    strict: bool
    require_coverage: float | None
    verbose: bool
    quiet: bool

    @staticmethod
    def read(
        *,
        base: str | None,
        profile: Path | None,
        report: Sequence[str],
        waivers: Path | None,
        contract: Path | None,
        overlay: Path | None,
        owned: bool,
        **others: Any,
    ) -> TrafficOptions:
        """Return the options as the user gives them; `others` stay as they are. SuiteError where one is of no use."""
        reports = [parse(each) for each in report]
        described = read_described(profile, contract, overlay) if profile else None
        named = contract or (described.contract if described else None)
        is_owned = owned or (described is not None and described.is_owned)
        judged_by = use_contract(load(named, owned=is_owned, overlay=overlay))
        if described is not None:
            judged_by = narrow_to_profile(judged_by, described)
        return TrafficOptions(
            contract=with_rules(judged_by, others["side"]),
            profile=described,
            base=None if base is None else check_base_url(base, "--base"),
            reports=reports,
            waivers=read_waivers_of_today(waivers),
            **others,
        )

    @property
    def named(self) -> tuple[Caller, ...]:
        """The callers that the profile names."""
        return tuple(self.profile.callers) if self.profile else ()

    @property
    def settle_s(self) -> float:
        """Return the seconds for which a list or read need not show what was written."""
        return self.profile.limits.settle_seconds if self.profile else 0.0

    def run(self, gathered: GatheredFindings, callers: RecordedCallers, about: TrafficInfo) -> Run:
        """Return what was found, as reports show it."""
        waivers = self.waivers
        about = replace(about, is_strict=self.strict, require_coverage=self.require_coverage, waivers=waivers)
        run = gathered.run(Privacy(self.contract, callers.masks, self.show_values), about)
        complaints = waivers.list_complaints(run.groups, whole=True) if waivers.every else ()
        return replace(run, notes=(*run.notes, *complaints), variables=read_profile_variables(self.named))

    def write(self, run: Run) -> None:
        """Write the reports of a run, and print what they print."""
        click.echo(write(run, self.reports), nl=False)

    def show(self, run: Run) -> int:
        """Print a run; its exit code."""
        return print_run(run, quiet=self.quiet, verbose=self.verbose)


def judge_traffic(source: str, **given: Any) -> int:
    """Judge the recordings of a source; given: the options of `TrafficOptions`. The exit code."""
    options = TrafficOptions.read(**given)
    recordings = read_recordings(source)
    callers = RecordedCallers.from_profile(options.named)
    base, profile = options.base, options.profile
    bases = (base,) if base is not None else find_bases(options.contract.whole, recordings, profile)
    selection = EntrySelection(bases)
    judge = TrafficJudge(options.contract, callers, selection, options.alone, options.side, options.settle_s)
    gathered = judge.judge(recordings)
    about = TrafficInfo(source, tuple(each.name for each in recordings), bases, judge.notes)
    run = options.run(gathered, callers, about)
    options.write(run)
    return options.show(run)


def serve_proxy(
    *,
    to: str,
    host: str,
    port: int,
    host_header: str | None,
    record: Path | None,
    cacert: str | None,
    insecure: bool,
    **given: Any,
) -> int:
    """Pass on and judge until somebody ends it; given: the options of `TrafficOptions`. The exit code."""
    options = TrafficOptions.read(**given)
    connection = Connection.from_options(cacert=cacert, insecure=insecure, answer_timeout=None, header=())
    behind = ServerBehind.from_url(to, connection, host_header)
    listener = open_listener(host, port, behind)
    archive = Archive(record) if record else None
    link = start(_build_judging(behind, options, archive))
    here, there = listener.getsockname()[:2]
    shown = f"[{here}]" if ":" in here else here
    _say(f"http://{shown}:{there} passes on to {behind.url} with {behind.names}")
    _say("Ctrl-C or POST /_conformance/end ends it")
    bases = Bases(options.contract.whole, () if options.base is None else (options.base,))
    return asyncio.run(ProxyServer(behind, bases, link, _say).serve(listener))


def with_traffic(diff: ContractDiff, source: str, profile: Path | None) -> ContractDiff:
    """Return a comparison with what recordings show of its changes; SuiteError where they show nothing of the API."""
    use_contract(diff.new)
    described = read_profile(profile, list_known_keys()) if profile else None
    recordings = read_recordings(source)
    callers = RecordedCallers.from_profile(described.callers if described else ())
    selection = EntrySelection(find_bases(diff.old, recordings, described))
    return RecordedComparison(diff, ExchangeReader(diff.old, callers, selection)).compare(recordings)


def _build_judging(behind: ServerBehind, options: TrafficOptions, archive: Archive | None) -> JudgingProcess:
    callers = RecordedCallers.from_profile(options.named)
    stand_ins = StandIns.from_callers(options.named, list_secret_fields(options.contract))
    judge = LiveJudge(options.contract, callers, stand_ins, options.alone, options.side, options.settle_s, archive)

    def run(judge: LiveJudge) -> Run:
        recordings = (str(archive.path),) if archive else ()
        about = TrafficInfo(f"proxy to {behind.url}", recordings, judge.selection.bases, judge.notes)
        return options.run(judge.gathered, callers, about)

    return JudgingProcess(judge, run, options.write, options.show)


def _say(text: str) -> None:
    click.echo(f"evershell-conformance: {text}", err=True)

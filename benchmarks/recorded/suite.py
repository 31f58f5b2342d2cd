"""The suite's own traffic on servers without a defect, recorded: whatever is found in it is a false alarm."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from conformance.contract.contract import Contract
from conformance.profile import Caller
from conformance.traffic.callers import RecordedCallers, introduce_caller
from conformance.traffic.gathering import GatheredFindings
from conformance.traffic.judged import TrafficJudge
from conformance.traffic.recording.entry import Recording
from conformance.traffic.recording.selection import EntrySelection, guess_bases
from conformance.traffic.recording.sources import read_har
from tests.conformance.targets import judge
from tests.examples.second import profile, serving, sessions
from tests.live import served_mock
from tests.proxy.proxy import Proxy, proxying
from tests.proxy.recording import Recorder

MOCK, SECOND, BARE = "the mock", "the second server", "the second server without states"
SERVERS = (MOCK, SECOND, BARE)
"""The last has one world for all tests, so that most is remembered of it."""
LONGEST_S = 1500.0
_SESSION = "/me/session"


@dataclass(frozen=True, slots=True)
class SuiteTraffic:
    """The traffic that passed while the suite judged a server."""

    server: str
    recording: Recording
    callers: tuple[Caller, ...]
    """The callers whom a session introduced, in whichever world: so more is known of each than its own world says."""

    def judge(self, contract: Contract, *, alone: bool) -> GatheredFindings:
        """Return what is found of it."""
        bases = guess_bases(contract, [self.recording])
        callers = RecordedCallers.from_profile(self.callers)
        return TrafficJudge(contract, callers, EntrySelection(bases), is_alone=alone).judge([self.recording])


def record_suite(server: str, *options: str) -> SuiteTraffic:
    """Return the traffic of the suite on a server, with these options for the suite.

    RuntimeError where it is not clean.
    """
    with TemporaryDirectory() as folder, _run_proxy(server) as proxy:
        recorder = Recorder(origin=proxy.origin)
        proxy.add(recorder)
        target = _write_target(server, proxy.origin, Path(folder))
        asked = ("--target", target, "--seed", "5", "--budget", "quick", "--workers", "1", *options)
        ended = judge(*asked, timeout=LONGEST_S)
        if ended.code:
            raise RuntimeError(f"{server} is judged with {ended.code}: {ended.said[-1000:]}{ended.complained[-1000:]}")
        recording = read_har("suite.har", recorder.document, lambda _: None)
    return SuiteTraffic(server, recording, tuple(_introduce_callers(recording)))


@contextmanager
def _run_proxy(server: str) -> Iterator[Proxy]:
    served = served_mock() if server == MOCK else serving(*(["--no-states"] if server == BARE else []))
    with served as origin, proxying(origin) as proxy:
        yield proxy


def _write_target(server: str, origin: str, folder: Path) -> str:
    if server == MOCK:
        return f"{origin}/v1"
    os.environ.update(sessions())
    return str(profile(folder, origin, states=server == SECOND))


def _introduce_callers(recording: Recording) -> Iterator[Caller]:
    """Yield the callers of whom every session of the recording says the same."""
    found: dict[str, set[Caller]] = {}
    for entry in recording.entries:
        scheme, _, token = (entry.request.find_header("authorization") or "").partition(" ")
        if scheme == "Bearer" and entry.url.endswith(_SESSION) and entry.status == 200 and entry.answer.body:
            said = json.loads(entry.answer.body)
            if isinstance(said.get("org_id"), str):
                found.setdefault(token, set()).add(introduce_caller("", said))
    for number, (token, told) in enumerate(found.items()):
        if len(told) == 1:
            yield replace(*told, name=f"introduced-{number}", token=token)


def list_findings(gathered: GatheredFindings) -> Iterator[str]:
    """Yield each finding in a line, with its exchange."""
    for finding in (each for found in gathered.findings.values() for each in found):
        asked = finding.exchange.request.target if finding.exchange else ""
        method = finding.exchange.method if finding.exchange else ""
        yield f"{finding.case}: {method} {asked}: {finding} ({finding.evidence.before} / {finding.evidence.after})"

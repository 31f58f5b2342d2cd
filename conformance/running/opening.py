"""Opening of a suite as the options ask: its target, its connection, and the files that processes share."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from conformance.contract.file import load
from conformance.custody.ledger import Ledger
from conformance.custody.other_runs import made_by_others, others_here
from conformance.custody.run_files import RunFiles, held
from conformance.custody.sweep import Sweep
from conformance.http.connection import BadOption, Connection, read_headers, tls
from conformance.mark import RUN_ID, drawn_id, id_of_seed
from conformance.oracle.resource import resources
from conformance.profile import Profile
from conformance.results.report.write import ReportError
from conformance.results.waivers import Waivers, read_waivers
from conformance.running.suite import Suite
from conformance.target.embedded import MOCK
from conformance.target.target import connection_to, open_target

AGAIN = "`evershell-conformance cleanup` tries again"


@dataclass(slots=True)
class Opened:
    """The suite of one process, and what has to be closed at its end."""

    suite: Suite
    files: RunFiles | None
    stop: Callable[[], None]
    alive: BinaryIO | None = None
    """A locked file that tells other runs that this one goes on."""
    image: BinaryIO | None = None
    """A locked file by which one run alone makes packs of the profile's image, which have no place for a mark."""
    single: bool = False
    """Whether the run needs one process, since nothing can be written that several would share."""
    notes: tuple[str, ...] = ()
    """Remarks on how the run was made, for every report."""

    def for_worker(self) -> str:
        """Return what a worker of pytest-xdist needs of the process that starts it, as JSON."""
        suite, folder = self.suite, str(self.files.folder) if self.files else None
        given = {"profile": suite.profile.to_json(), "seed": suite.seed, "run_id": suite.run_id, "folder": folder}
        return json.dumps(given)

    def use_own_connections(self) -> None:
        """Use new connections from now on, and take turns with other processes where tests share a place."""
        self.suite.client.reconnect()
        if self.files:
            ledger = Ledger(self.files.ledger) if self.suite.ledger else None
            self.suite.share(self.files, ledger=ledger)

    def sweep(self) -> list[str] | None:
        """Remove what the tests of all processes left; return what could not be removed, None without a ledger."""
        ledger = self.suite.ledger
        if ledger is None:
            return None
        left: list[str] = []
        if found := ledger.standing():
            suite, others = self.suite, made_by_others(self.files)
            left = Sweep(suite.contract, suite.profile, suite.client, suite.guard, ledger, found, others).remove()
        if self.files is None:
            return left
        if left:
            return [f"{line}; {AGAIN}" for line in left]
        self.files.remove()
        return []

    def close(self) -> None:
        """Close the connections and end what was started."""
        self.suite.close()
        self.stop()
        if self.files and not self.suite.ledger:
            self.files.remove()
        for held_file in (self.alive, self.image):
            if held_file:
                held_file.close()


def open_suite(config: pytest.Config) -> Opened:
    """Open the suite of this process, with the options checked before anything is started.

    BadOption, ContractError, ProfileError, ReportError, WaiverError, NoMock, Unusable.
    """
    option = config.getoption
    judged_by = load(Path(option("--contract"))) if option("--contract") else None
    _check_run_id(option("--run-id"))
    connection, log, waivers = _connection(config), _request_log(config), _waivers(config)
    from_controller = getattr(config, "workerinput", {}).get("conformance")
    start = _from_controller(json.loads(from_controller), connection) if from_controller else _start(config, connection)
    try:
        start.profile = _limited(start.profile, config)
        suite = Suite.open(
            start.profile,
            judged_by or load(start.profile.contract),
            log=log,
            seed=start.seed,
            run_id=start.run_id or _run_id(config, start),
            # The embedded mock is new each time; another server may still have the worlds of a run before.
            salt="" if option("--target") == MOCK else secrets.token_hex(8),
            connection=start.connection,
            probe_unsafe=bool(option("--probe-unsafe")),
        )
        suite.waivers = waivers
        suite.client.health.limit_s = float(option("--time-limit"))
        suite.client.health.ends_at = time.monotonic() + suite.client.health.limit_s
        opened = Opened(suite, start.files, start.stop)
        if start.connection.insecure:
            opened.notes = ("--insecure: nobody has checked that this is the target and not somebody in between",)
        if not config.option.collectonly:
            several = option("dist", "no") != "no"
            _share(opened, named=str(option("--target")), alone=not hasattr(config, "workerinput"), several=several)
    except BaseException:
        start.stop()
        raise
    return opened


@dataclass(slots=True)
class _Start:
    profile: Profile
    seed: int
    connection: Connection
    stop: Callable[[], None]
    files: RunFiles | None = None
    run_id: str = ""


def _run_id(config: pytest.Config, start: _Start) -> str:
    """Return the id of --run-id; else the seed's where the run has worlds of its own, a random one elsewhere."""
    given = config.getoption("--run-id")
    if given is not None:
        return str(given)
    return id_of_seed(start.seed) if start.profile.world_url else drawn_id()


def _start(config: pytest.Config, connection: Connection) -> _Start:
    seed, contract = config.getoption("--seed"), config.getoption("--contract")
    seed = secrets.randbelow(2**32) if seed is None else seed
    named = config.getoption("--target")
    path = Path(contract) if contract else None
    dry = config.option.collectonly
    target = open_target(named, seed=seed, contract=path, connection=connection, ask=not dry)
    return _Start(target.profile, seed, connection_to(named, connection), target.close)


def _from_controller(data: dict[str, Any], connection: Connection) -> _Start:
    files = RunFiles(Path(data["folder"])) if data["folder"] else None
    profile = Profile.from_json(data["profile"])
    return _Start(profile, data["seed"], connection, lambda: None, files, data["run_id"])


def _limited(profile: Profile, config: pytest.Config) -> Profile:
    """Return the profile with its limits tightened by the options."""
    limits = profile.limits
    rate, most = config.getoption("--requests-per-second"), config.getoption("--max-requests")
    for name, given in (("requests-per-second", rate), ("max-requests", most)):
        if given is not None and given <= 0:
            raise BadOption(f"--{name} {given}: has to be above 0")
    return replace(
        profile,
        limits=replace(
            limits,
            read_only=limits.read_only or bool(config.getoption("--read-only")),
            requests_per_second=min(filter(None, (rate, limits.requests_per_second)), default=None),
            max_requests=min(filter(None, (most, limits.max_requests)), default=None),
        ),
    )


def _share(opened: Opened, *, named: str, alone: bool, several: bool) -> None:
    """Give the suite the ledger and the limits that all processes of the run share."""
    suite, limits = opened.suite, opened.suite.profile.limits
    stays = suite.profile.world_url is None and not limits.read_only
    if alone and (stays or limits.counted):
        try:
            opened.files = RunFiles.create()
        except OSError as error:
            if several:
                raise BadOption(
                    f"-n: what the processes have in common cannot be kept ({error}); leave it out"
                ) from None
            _go_without_files(opened, error, stays=stays)
            return
        opened.alive = opened.files.hold()
    if opened.files is None:
        return
    suite.share(opened.files, ledger=Ledger(opened.files.ledger) if stays else None)
    if suite.ledger and alone:
        target = named
        with suppress(OSError):
            target = named if "://" in named else str(Path(named).resolve())
        suite.ledger.begin(target, suite.profile.url, suite.prefix, suite.profile.states_url)
        try:
            _beside_other_runs(opened, opened.files)
        except BadOption:
            opened.files.remove()
            raise


def _go_without_files(opened: Opened, error: OSError, *, stays: bool) -> None:
    """Judge in one process, with the ledger in memory."""
    opened.single = True
    if stays:
        opened.suite.ledger = Ledger(None)
        opened.notes += (f"no ledger ({error}): nobody knows what this run leaves behind if it is killed",)


def _beside_other_runs(opened: Opened, files: RunFiles) -> None:
    """Warn of other runs on the target, and leave images to them; BadOption where one has the same id."""
    suite = opened.suite
    for other in others_here(files, suite.profile.url, suite.profile.states_url):
        if other.prefix == suite.prefix:
            raise BadOption(f"--run-id {suite.run_id}: a run of this id, begun at {other.begun}, is still going on")
        named = f"what it makes is named {other.prefix}..., it began at {other.begun}"
        opened.notes += (f"another run on this target is still going on: {named}",)
    known = suite.profile.known
    unmarked = {key: str(each) for each in resources() for key in each.known}
    if known.named.keys() & unmarked.keys():
        opened.image = held(files.of_place(suite.profile.url, "image"))
        if opened.image is None:
            left = {key: value for key, value in known.named.items() if key not in unmarked}
            suite.profile = replace(suite.profile, known=replace(known, named=left))
            keys = " and ".join(f"known.{key}" for key in unmarked)
            why = f"a {' or '.join(dict.fromkeys(unmarked.values()))} of it has no place for a run's mark"
            opened.notes += (f"{keys} are left to the other run: {why}",)


def _check_run_id(given: str | None) -> None:
    if given is not None and not RUN_ID.fullmatch(given):
        raise BadOption(f"--run-id {given}: has to be 1 to 16 of the letters a to z and digits, as names of packs are")


def _connection(config: pytest.Config) -> Connection:
    option = config.getoption
    connection = Connection(
        cacert=Path(option("--cacert")) if option("--cacert") else None,
        insecure=bool(option("--insecure")),
        timeout_s=float(option("--answer-timeout")),
        headers=read_headers(option("--header")),
    )
    if connection.cacert:
        tls(connection)
    return connection


def _waivers(config: pytest.Config) -> Waivers:
    given = config.getoption("--waivers")
    return read_waivers(Path(given), datetime.now(UTC).date()) if given else Waivers()


def _request_log(config: pytest.Config) -> Path | None:
    """Return the file of --request-log, emptied unless this is a worker; ReportError where it cannot be written."""
    given = config.getoption("--request-log")
    if given and not hasattr(config, "workerinput"):
        try:
            Path(given).write_bytes(b"")
        except OSError as error:
            raise ReportError(f"--request-log {given}: cannot be written ({error.strerror})") from None
    return Path(given) if given else None

"""Opening of a suite as the options ask: its target, its connection, and the files that processes share."""

from __future__ import annotations

import pickle
import secrets
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.contract.file import load
from conformance.custody.ledger import Ledger
from conformance.custody.run_files import RunFiles, find_runs_here, lock_file
from conformance.declared.compiler import use_contract
from conformance.http.connection import BadOption, Connection
from conformance.mark import RUN_ID, draw_id, make_id_of_seed
from conformance.oracle.declaration.registry import list_resources
from conformance.oracle.served import narrow_to_profile
from conformance.plain.opening import as_plain, list_notes
from conformance.profile import Profile
from conformance.results.report.write import ReportError
from conformance.results.waivers import Waivers, read_waivers_of_today, read_waivers_there
from conformance.running.dealing import check_shardable, read_shard
from conformance.running.suite import Suite
from conformance.target.embedded import MOCK
from conformance.target.target import choose_connection, find_mock, open_target

UNCHECKED = "--insecure: nobody has checked that this is the target and not somebody in between"


def open_suite(config: pytest.Config) -> Suite:
    """Open the suite of this process, with the options checked before anything is started; raises SuiteError."""
    option = config.getoption
    contract, overlay = _read_path(option("--contract")), _read_path(option("--overlay"))
    if contract or overlay:
        use_contract(load(contract, overlay=overlay))  # what is wrong with it is told before anything is started
    run_id = option("--run-id")
    if run_id is not None and not RUN_ID.fullmatch(run_id):
        raise BadOption(f"--run-id {run_id}: has to be 1 to 16 of the letters a to z and digits, as names of packs are")
    options = {
        name: option(f"--{name.replace('_', '-')}") for name in ("cacert", "insecure", "answer_timeout", "header")
    }
    named = str(option("--target"))
    connection = choose_connection(named, Connection.from_options(**options))
    shard, log, waivers = read_shard(option), _request_log(config), _read_waivers(config)
    with ExitStack() as closing:
        files: RunFiles | None = None
        if from_controller := getattr(config, "workerinput", {}).get("conformance"):
            profile, seed, run_id, files = pickle.loads(from_controller)  # noqa: S301  # of this run's first process
        else:
            seed = secrets.randbelow(2**32) if option("--seed") is None else option("--seed")
            asks = not config.option.collectonly
            target = open_target(named, seed=seed, contract=contract, overlay=overlay, connection=connection, ask=asks)
            closing.callback(target.close)
            profile = target.profile
            run_id = run_id or (make_id_of_seed(seed) if profile.world_url else draw_id())
        profile = replace(profile, is_owned=profile.is_owned or bool(option("--owned")))
        if shard:
            check_shardable(shard, profile, config)
        profile = _limit_profile(profile, config, shard.of if shard else 1)
        judged_by = use_contract(load(contract or profile.contract, owned=profile.is_owned, overlay=overlay))
        if judged_by.is_plain:
            asked = "://" in named and not config.option.collectonly and not profile.is_self_described
            profile = as_plain((find_mock(profile.url, connection) if asked else None) or profile, judged_by)
        suite = Suite(
            profile,
            narrow_to_profile(judged_by, profile),
            seed=seed,
            log=log,
            connection=connection,
            run_id=run_id,
            # The embedded mock is new each time; another server may still have the worlds of a run before.
            salt="" if named == MOCK else secrets.token_hex(8),
            probe_unsafe=bool(option("--probe-unsafe")),
        )
        suite.waivers, suite.shard = waivers, shard
        suite.asked = frozenset(option("--operation"))
        suite.in_full = bool(option("--write-waivers"))
        suite.client.health.limit_s = float(option("--time-limit"))
        suite.client.health.ends_at = time.monotonic() + suite.client.health.limit_s
        suite.notes = (*((UNCHECKED,) if connection.is_insecure else ()), *judged_by.remarks, *list_notes(judged_by))
        suite.closing.push(closing.pop_all())
    try:
        if not config.option.collectonly:
            _share(suite, files, config)
    except BaseException:
        suite.closing.close()
        raise
    return suite


def _limit_profile(profile: Profile, config: pytest.Config, machines: int) -> Profile:
    """Return the profile with its limits tightened by the options, and shared out to so many machines."""
    limits = profile.limits
    rate, most = config.getoption("--requests-per-second"), config.getoption("--max-requests")
    for name, given in (("requests-per-second", rate), ("max-requests", most)):
        if given is not None and given <= 0:
            raise BadOption(f"--{name} {given}: has to be above 0")
    slowest = min(filter(None, (rate, limits.requests_per_second)), default=None)
    tightened = replace(
        limits,
        read_only=limits.read_only or bool(config.getoption("--read-only")),
        requests_per_second=slowest / machines if slowest else None,
        max_requests=min(filter(None, (most, limits.max_requests)), default=None),
        stream_seconds=config.getoption("--stream-seconds") or limits.stream_seconds,
    )
    return replace(profile, limits=tightened)


def _share(suite: Suite, files: RunFiles | None, config: pytest.Config) -> None:
    """Give the suite the ledger and the limits that all processes of the run share. `files`: a worker's."""
    stays = suite.profile.world_url is None and not suite.profile.limits.read_only
    first = not hasattr(config, "workerinput")
    if first and (stays or suite.profile.limits.is_counted):
        files = _make_files(suite, config)
    if files is None:
        suite.ledger = Ledger(None) if stays else None
        return
    suite.share(files, ledger=Ledger(files.ledger) if stays else None)
    if suite.ledger and first:
        target = named = str(config.getoption("--target"))
        with suppress(OSError):
            target = named if "://" in named else str(Path(named).resolve())
        suite.ledger.begin(target, suite.profile.url, suite.prefix, suite.profile.states_url)
        try:
            _warn_of_other_runs(suite, files)
        except BadOption:
            files.remove()
            raise


def _make_files(suite: Suite, config: pytest.Config) -> RunFiles | None:
    """Return the files of a new run; None where none can be written, so that one process has to judge."""
    try:
        files = RunFiles.create()
    except OSError as error:
        if config.getoption("dist", "no") != "no":
            raise BadOption(f"-n: what the processes have in common cannot be kept ({error}); leave it out") from None
        suite.single = True
        if not suite.profile.world_url and not suite.profile.limits.read_only:
            suite.notes += (f"no ledger ({error}): nobody knows what this run leaves behind if it is killed",)
        return None
    if alive := files.hold():
        suite.closing.push(alive)
    return files


def _warn_of_other_runs(suite: Suite, files: RunFiles) -> None:
    """Warn of other runs on the target, and leave images to them; BadOption where one has the same id."""
    for other in find_runs_here(files, suite.profile.url, suite.profile.states_url):
        if other.prefix == suite.prefix:
            raise BadOption(f"--run-id {suite.run_id}: a run of this id, begun at {other.begun}, is still going on")
        named = f"what it makes is named {other.prefix}..., it began at {other.begun}"
        suite.notes += (f"another run on this target is still going on: {named}",)
    known = suite.profile.known
    unmarked = {key: str(each) for each in list_resources() for key in each.known}
    if known.named.keys() & unmarked.keys():
        # By this file one run alone makes objects of what the profile names, which have no place for a mark.
        if image := lock_file(files.find_shared_file(suite.profile.url, "image")):
            suite.closing.push(image)
            return
        left = {key: value for key, value in known.named.items() if key not in unmarked}
        suite.profile = replace(suite.profile, known=replace(known, named=left))
        keys = " and ".join(f"known.{key}" for key in unmarked)
        why = f"a {' or '.join(dict.fromkeys(unmarked.values()))} of it has no place for a run's mark"
        suite.notes += (f"{keys} are left to the other run: {why}",)


def _read_path(given: str | None) -> Path | None:
    return Path(given) if given else None


def _read_waivers(config: pytest.Config) -> Waivers:
    """Return the waivers of --waivers; WaiverError where they, or those to be added to, cannot be used."""
    if added_to := _read_path(config.getoption("--write-waivers")):
        read_waivers_there(added_to, datetime.now(UTC).date())
    return read_waivers_of_today(_read_path(config.getoption("--waivers")))


def _request_log(config: pytest.Config) -> Path | None:
    """Return the file of --request-log, emptied unless this is a worker; ReportError where it cannot be written."""
    path = _read_path(config.getoption("--request-log"))
    if path and not hasattr(config, "workerinput"):
        try:
            path.write_bytes(b"")
        except OSError as error:
            raise ReportError(f"--request-log {path}: cannot be written ({error.strerror})") from None
    return path

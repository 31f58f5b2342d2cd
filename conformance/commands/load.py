"""The command `load`: the suite's own cases and walks as load, and what the contract has against the answers."""

# isort: off
import conformance.load.green  # noqa: F401  # before all else: it puts gevent's in the place of what waits
# isort: on

import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

import click

from conformance.commands.command_line import build_pytest_options
from conformance.commands.run import run_pytest
from conformance.contract.contract import Contract
from conformance.contract.file import load as load_contract
from conformance.declared.compiler import read_described
from conformance.errors import CONFORMS, SuiteError
from conformance.http.connection import Connection, is_loopback
from conformance.http.variables import read_profile_variables
from conformance.load.plan import LoadPlan
from conformance.load.processes import LoadOutcome, Master, PytestLoad, quiet_locust, serve_as_worker, take_alone
from conformance.load.run import READS_ALONE, LoadInfo, run_of
from conformance.load.users import Work
from conformance.oracle.served import narrow_to_profile
from conformance.profile import Profile
from conformance.results.load import LoadStep, format_step
from conformance.results.plain_text import escape_lines
from conformance.results.report.terminal import print_run
from conformance.results.report.write import WantedReport, parse, write
from conformance.results.verdict import Run
from conformance.results.waivers import Waivers, read_waivers_of_today
from conformance.running.selection import Selection
from conformance.target.embedded import MOCK
from conformance.target.target import Target, open_target

PROGRAM = (sys.executable, "-m", "conformance.cli")
"""This one, from the start, as a worker of this machine runs it."""
ENDING_S = 15.0
"""Seconds that a worker may take to end after its master."""
NO_WORLDS = "has no worlds, in which cases of a load do not meet each other; --read-only sends reads alone"


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """The options of a load, and of its reports."""

    target: str
    plan: LoadPlan
    workers: int
    seed: int
    contract: Path | None
    reports: list[WantedReport]
    waivers: Waivers
    strict: bool
    quiet: bool
    hosts: frozenset[str]
    """The hosts that may be loaded, beside this machine."""
    given: Mapping[str, Any]
    """The options that choose tests and connect, as the commands have them."""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    err: TextIO = field(default_factory=lambda: sys.stderr)
    """The stream for progress: pytest's output, in which the load is taken, is nobody's."""

    @property
    def for_pytest(self) -> list[str]:
        """The options of the suite under pytest: all directed cases are collected."""
        contract = [] if self.contract is None else [f"--contract={self.contract}"]
        seed = f"--seed={self.seed}"
        return ["--only=directed", "--budget=deep", seed, *contract, *build_pytest_options(dict(self.given))]

    @property
    def asked(self) -> Selection:
        """Return the selection that options make of the suite's cases."""
        rules, operations, clauses, cases = (self.given[name] for name in ("rule", "operation", "clause", "case"))
        return Selection(rules, operations, clauses, cases)

    def adapt_to_target(self) -> "LoadOptions":
        """Return the options as the target allows: where a profile has no worlds, reads alone are sent.

        SuiteError where it may not be loaded, as far as that is known before anything is sent.
        """
        if self.target == MOCK:
            return self
        if "://" in self.target:
            self.check_host(self.target)
            return self
        profile = read_described(Path(self.target), self.contract)
        for url in (profile.url, profile.world_url or "", profile.states_url or ""):
            if url:
                self.check_host(url)
        return self if profile.world_url else replace(self, given={**self.given, "read_only": True})

    def sends_reads_alone(self, profile: Profile) -> bool:
        """Return whether nothing but reads may be sent to the target of this profile."""
        return bool(self.given["read_only"]) or profile.limits.read_only

    def check_worlds(self, profile: Profile) -> None:
        """Raise SuiteError where the cases of a load would meet each other."""
        if profile.world_url is None and not self.sends_reads_alone(profile):
            raise SuiteError(f"{profile.url}: {NO_WORLDS}")

    def check_host(self, url: str) -> None:
        """Raise SuiteError where a server is not this machine's and nobody has said that it may be loaded."""
        host = urlsplit(url).hostname or ""
        if not is_loopback(host) and host not in self.hosts:
            raise SuiteError(
                f"{url}: is not on this machine. A load disturbs whoever uses a server; "
                f"--allow-host {host} says that this one may be loaded"
            )

    def say(self, step: LoadStep) -> None:
        """Tell of a step of a ramp as it comes."""
        if self.plan.ramp and not self.quiet:
            click.echo(f"evershell-conformance: {format_step(step)}", file=self.err)


def take_load(
    *,
    worker: str | None,
    master: int | None,
    workers: int,
    bind: str,
    seed: int | None,
    report: tuple[str, ...],
    **given: Any,
) -> int:
    """Take a load and print what came of it, or serve a master as a worker; the exit code."""
    own = {name: given.pop(name) for name in ("target", "contract", "strict", "quiet")}
    options = LoadOptions(
        plan=LoadPlan(*(given.pop(name) for name in ("users", "rate", "duration", "ramp"))),
        workers=master or workers,
        seed=secrets.randbelow(2**32) if seed is None else seed,
        reports=[parse(each) for each in report],
        waivers=read_waivers_of_today(given.pop("waivers")),
        hosts=frozenset(given.pop("allow_host")),
        given=given,
        **own,
    ).adapt_to_target()
    with quiet_locust():
        if worker is not None:
            host, port = _address(worker, "--worker")
            return _run_in_pytest(options, lambda work: serve_as_worker(host, port, work))
        if master is None and workers == 1:
            return _run_alone(options)
        return _with_workers(options, bind, started_here=master is None)


def _run_alone(options: LoadOptions) -> int:
    """Take the load in this process."""
    runs: list[Run] = []

    def take(work: Work) -> None:
        suite = work.suite
        came = take_alone(options.plan, work, options.say)
        runs.append(_run(options, came, suite.contract, suite.profile))

    code = _run_in_pytest(options, take)
    return _report_run(options, runs[0]) if runs else code


def _run_in_pytest(options: LoadOptions, take: Any) -> int:
    """Have the suite opened and its tests collected, and take them; the exit code where nothing could be taken."""
    errors: list[SuiteError] = []

    def check_work(work: Work) -> None:
        try:
            options.check_worlds(work.suite.profile)
            take(work)
        except SuiteError as error:
            errors.append(error)

    plugin = PytestLoad(check_work)
    ending, output = run_pytest([f"--target={options.target}", *options.for_pytest], [plugin])
    if errors:
        raise errors[0]
    if plugin.is_taken:
        return CONFORMS
    if ending.run is not None and not ending.reason:
        return print_run(ending.run, quiet=options.quiet)  # it says why nothing can be judged
    click.echo(escape_lines(f"evershell-conformance: {ending.reason}" if ending.reason else output), err=True)
    return ending.status


def _with_workers(options: LoadOptions, bind: str, *, started_here: bool) -> int:
    """Have workers take the load: those of this machine, or those that come."""
    host, port = _address(bind, "--bind")
    with _open_target(options) as target:
        profile = target.profile
        options.check_worlds(profile)
        master = Master(options.plan, host, port)
        named = profile.url if options.target == MOCK else options.target
        command = _build_worker_command(options, f"{host}:{master.port}", named)
        if not started_here:
            shown = shlex.join(["evershell-conformance", *command[len(PROGRAM) :]])
            _say(f"waits for {options.workers} workers; on each machine: {shown}")
        with _start_workers(command, options.workers if started_here else 0) as processes:

            def is_waiting() -> bool:
                return all(each.poll() is None for each in processes)

            came = master.take(options.workers, options.say, is_waiting)
        owned = profile.is_owned or options.given["owned"]
        overlay = options.given["overlay"]
        contract = narrow_to_profile(
            load_contract(options.contract or profile.contract, owned=owned, overlay=overlay), profile
        )
        return _report_run(options, _run(options, came, contract, profile))


@contextmanager
def _open_target(options: LoadOptions) -> Iterator[Target]:
    names = ("cacert", "insecure", "answer_timeout", "header")
    connection = Connection.from_options(**{name: options.given[name] for name in names})
    target = open_target(
        options.target,
        seed=options.seed,
        contract=options.contract,
        overlay=options.given["overlay"],
        connection=connection,
    )
    try:
        yield target
    finally:
        target.close()


def _build_worker_command(options: LoadOptions, master: str, target: str) -> list[str]:
    command = [*PROGRAM, "load", "--worker", master, "--target", target]
    command += [f"--seed={options.seed}", *(f"--allow-host={host}" for host in sorted(options.hosts))]
    command += [] if options.contract is None else [f"--contract={options.contract}"]
    given = dict(options.given)
    timeout = given.pop("answer_timeout")
    return command + build_pytest_options(given) + ([] if timeout is None else [f"--timeout={timeout}"])


@contextmanager
def _start_workers(command: list[str], count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Yield processes that take the load, in a session of their own, so that Ctrl-C is the master's alone."""
    processes = [subprocess.Popen(command, start_new_session=True) for _ in range(count)]  # noqa: S603  # our own program
    try:
        yield processes
        for each in processes:  # the master has told them to end
            with suppress(subprocess.TimeoutExpired):
                each.wait(ENDING_S)
    finally:
        for each in processes:
            each.kill()
            each.wait()


def _address(text: str, option: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not separator or not port.isdecimal():
        raise SuiteError(f"{option} {text}: has to be HOST:PORT")
    return host.strip("[]"), int(port)


def _run(options: LoadOptions, came: LoadOutcome, contract: Contract, profile: Profile) -> Run:
    about = LoadInfo(
        named=profile.name,
        base_url=profile.url,
        variables=read_profile_variables(profile.callers),
        seed=options.seed,
        contract=contract,
        is_strict=options.strict,
        waivers=options.waivers,
        is_interrupted=came.is_interrupted,
        notes=(READS_ALONE,) if options.sends_reads_alone(profile) else (),
        started=options.started,
        asked=options.asked,
        has_callers=bool(profile.callers),
    )
    return run_of(about, came.figures, came.gathered)


def _report_run(options: LoadOptions, run: Run) -> int:
    """Write the reports and print the run; the exit code."""
    click.echo(write(run, options.reports), nl=False)
    return print_run(run, quiet=options.quiet)


def _say(text: str) -> None:
    click.echo(f"evershell-conformance: {text}", err=True)

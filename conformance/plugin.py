"""The pytest plugin: opens the target, binds tests to rules, turns outcomes into verdicts, writes reports."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.contract import Cell, ContractError
from conformance.http.connection import BadOption
from conformance.profile import ProfileError
from conformance.recipes.draw import settle, write_elsewhere
from conformance.results.exit_code import exit_code
from conformance.results.report.write import ReportError, parse, write
from conformance.results.waivers import WaiverError
from conformance.running.binding import BindingError, check_bound, rule_of, spread_test
from conformance.running.ending import ENDING, FIRST_FINDING, NO_CASE, UNUSABLE, USAGE, Ending, ended, stop, stopped
from conformance.running.opening import Opened, open_suite
from conformance.running.outcome import Outcome, record
from conformance.running.processes import judge_together, processes
from conformance.running.progress import NOTES
from conformance.running.selection import Selection, case_id, mark, markers, turn
from conformance.running.suite import Suite
from conformance.running.tally import Tally, cells
from conformance.session.harness import Harness
from conformance.target.embedded import NoMock
from conformance.target.target import Unusable

CONDUCTOR = "conformance-conductor"


def pytest_configure(config: pytest.Config) -> None:
    """Open the target and register what runs the tests; a usage error where that fails."""
    if config.pluginmanager.has_plugin(CONDUCTOR):
        return
    write_elsewhere()
    try:
        conductor = Conductor.open(config)
    except (BadOption, ContractError, ProfileError, ReportError, WaiverError) as error:
        stop(config, USAGE, str(error))
    except (NoMock, Unusable) as error:
        stop(config, UNUSABLE, str(error))
    config.stash[NOTES] = conductor.opened.notes
    config.pluginmanager.register(conductor, CONDUCTOR)
    for marker in markers(conductor.suite.contract):
        config.addinivalue_line("markers", marker)


CASE = pytest.StashKey[Outcome]()


@dataclass(slots=True, eq=False)  # pytest keeps plugins by identity
class Conductor:
    """The hooks of one process. Only the one that is no worker gathers a run."""

    config: pytest.Config
    opened: Opened
    reports: list[tuple[str, Path]]
    tally: Tally = field(default_factory=Tally)
    unusable: str | None = None
    interrupted: bool = False
    stopped: str = ""
    """Why pytest ended before its last test, where it was asked to."""

    @classmethod
    def open(cls, config: pytest.Config) -> Conductor:
        """The conductor of this process, with the target open; what is wrong with the options comes first."""
        reports = [parse(given) for given in config.getoption("--report")]
        return cls(config, open_suite(config), reports)

    @property
    def suite(self) -> Suite:
        return self.opened.suite

    @property
    def gathers(self) -> bool:
        """Whether this is the process in which the run comes together."""
        return not hasattr(self.config, "workerinput")

    # Before the first test

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker the target that is already open."""
        node.workerinput["conformance"] = self.opened.for_worker()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> object:
        """How the tests are shared out, unless --dist asks for another way."""
        from conformance.running.distribution import TogetherByValue  # noqa: PLC0415  # only where there are several processes

        return TogetherByValue(config, log) if config.getoption("dist") == "load" else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Before the tests are collected ask the target who the callers are; end where it cannot be judged."""
        if session.config.option.collectonly:
            return
        try:
            self.suite.prepare(first=self.gathers)
        except Unusable as error:
            self.unusable = str(error)
            pytest.exit(f"the target cannot be judged: {error}", returncode=UNUSABLE)
        except ProfileError as error:
            if ending := session.config.stash.get(ENDING, None):
                ending.status, ending.reason = USAGE, f"{session.config.getoption('--target')}: {error}"
            pytest.exit(str(error), returncode=USAGE)
        finally:
            self._count_preparation()

    def _count_preparation(self) -> None:
        exchanges = self.suite.client.take()
        self.tally.requests += self.suite.client.sent
        self.suite.counted = self.suite.client.sent
        for operation_id, status, code, count in cells(self.suite.contract, exchanges, self.suite.client.masks):
            self.tally.reach(Cell(operation_id, status, code), count, "before the first test")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Spread a test over what it names."""
        spread_test(metafunc, self.suite.scope)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Check the binding of every test, then keep what was asked for."""
        contract, selection = self.suite.contract, Selection.of(config)
        try:
            check_bound(items, contract.rules)
            selection.check(contract)
        except BindingError as error:
            stop(config, USAGE, str(error))
        kept = [item for item in items if selection.takes(item, contract)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = sorted(kept, key=turn)
        for item in kept:
            mark(item, contract)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the tests in several processes where that is asked for; nothing more is loaded from here on."""
        settle()
        if (count := processes(session.config, self.opened)) > 1 and not session.config.option.collectonly:
            judge_together(session, self.opened, count, self.tally.errors.append)
            return True
        return None

    # Each test

    @pytest.fixture
    def harness(self, request: pytest.FixtureRequest) -> Iterator[Harness]:
        """The test's hands on the target."""
        outcome = request.node.stash.setdefault(CASE, Outcome())
        hands = self.suite.harness(rule_of(request.node), case_id(request.node))
        outcome.harness = hands
        yield hands
        outcome.left_behind += hands.clean_up()

    @pytest.fixture
    def apart(self, request: pytest.FixtureRequest) -> Callable[[int], AbstractContextManager[Harness]]:
        """Hands of their own for a part of the test, by its number; what they made is removed when they are let go."""
        outcome = request.node.stash.setdefault(CASE, Outcome())
        rule_id, case = rule_of(request.node), case_id(request.node)

        @contextmanager
        def part(number: int) -> Iterator[Harness]:
            hands = self.suite.harness(rule_id, f"{case}#{number}")
            try:
                yield hands
            finally:
                outcome.left_behind += hands.clean_up()

        return part

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what happened into a verdict; with the last phase it goes to whoever gathers."""
        report = yield
        outcome = item.stash.setdefault(CASE, Outcome())
        record(self.suite, item, call, report, outcome, strict=self.strict)
        if report.when == "teardown":
            vars(report)["conformance"] = outcome.data(item)
        if outcome.gone:
            self.unusable = outcome.gone
            item.session.shouldstop = outcome.gone
        if outcome.findings and self.config.option.maxfail == 1:
            item.session.shouldfail = FIRST_FINDING  # an advisory too, which fails no test
        if report.when == "teardown":
            del item.stash[CASE]  # items stay until the end, and with them every answer that their tests got
        return report

    @property
    def strict(self) -> bool:
        return bool(self.config.getoption("--conformance-strict"))

    # The end

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather; the reports of workers come here too."""
        if data := getattr(report, "conformance", None):
            self.tally.add(data)
            if data["gone"]:
                self.unusable = data["gone"]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of ours that cannot be collected is an error of ours."""
        if report.failed:
            self.tally.errors.append(f"{report.nodeid}: {_last_line(report.longreprtext)}")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell Ctrl-C from what pytest and its plugins end early themselves, and report by the same hook."""
        self.interrupted = excinfo.type is KeyboardInterrupt
        self.stopped = "" if self.interrupted else str(excinfo.value)

    def pytest_internalerror(self, excrepr: object) -> None:
        """As is one of pytest itself."""
        self.tally.errors.append(_last_line(str(excrepr)))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Remove what is left, make the run out of what was gathered, write the reports, set the exit code."""
        if not self.gathers or session.config.option.collectonly:
            return
        left = self.opened.sweep()
        if left is not None:
            self.tally.left_behind = left
        if not (self.interrupted or self.unusable or self.tally.errors):
            cut_short = stopped(session, len(self.tally.cases), self.stopped)
            self.tally.cut_short = self.tally.cut_short or cut_short
        run = ended(self.config, self.opened, self.tally, unusable=self.unusable, interrupted=self.interrupted)
        ending = session.config.stash.setdefault(ENDING, Ending())
        ending.run = None if ending.reason else run
        if not ending.reason and run.unusable == NO_CASE:
            ending.status, ending.reason = USAGE, NO_CASE
        try:
            write(run, self.reports)
        except ReportError as error:
            ending.status, ending.reason = USAGE, str(error)
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            session.exitstatus = ending.status or exit_code(run)

    @pytest.hookimpl(optionalhook=True)
    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """Under plain pytest the report stands below its own."""
        from conformance.results.report.terminal import show  # noqa: PLC0415  # rich is needed at the end alone

        ending = config.stash.get(ENDING, None)
        if ending and ending.run:
            terminalreporter.ensure_newline()
            show(ending.run, terminalreporter._tw._file)  # noqa: SLF001  # no public way
        if ending and ending.reason:
            terminalreporter.write_line(ending.reason)

    def pytest_unconfigure(self) -> None:
        """Close the connections and end what was started."""
        self.opened.close()


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"

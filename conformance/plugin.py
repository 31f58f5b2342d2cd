"""The pytest plugin: opens the target, binds tests to rules, turns outcomes into verdicts and writes reports."""

from __future__ import annotations

import gc
import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance import laws, rules
from conformance.budget import BUDGETS, Budget
from conformance.errors import UNUSABLE, USAGE, SuiteError
from conformance.http.variables import mask_text
from conformance.profile import ProfileError
from conformance.recipes.draw import set_up_hypothesis
from conformance.results.plain_text import escape_line
from conformance.results.reading import ResultsError
from conformance.results.report.write import SHARD, ReportError, WantedReport, parse, write
from conformance.results.verdict import Run
from conformance.results.waivers import WaiverError, add_waivers
from conformance.running.binding import (
    BindingError,
    Scope,
    check_bound,
    describe_inapplicable,
    describe_unserved,
    describe_untested,
    find_rule,
    parametrize_test,
)
from conformance.running.dealing import DealtTests, deal, deal_cases, deal_early, note, read_durations
from conformance.running.ending import ENDING, FIRST_FINDING, RunEnding, ended, explain_stop, stop
from conformance.running.opening import open_suite
from conformance.running.outcome import Outcome, record
from conformance.running.processes import count_processes, judge_together
from conformance.running.progress import NOTES
from conformance.running.run_info import RunInfo
from conformance.running.selection import (
    IS_EARLY,
    Selection,
    begins_early,
    judge_early,
    list_markers,
    make_case_id,
    mark,
    place_in_run,
)
from conformance.running.suite import Suite
from conformance.running.tally import Counts, Tally, count_cells
from conformance.session.harness import Harness, NewSession
from conformance.target.target import Unusable

REGISTERED_AS = "conformance-plugin"
RULES, LAWS = (Path(package.__path__[0]) for package in (rules, laws))
"""The tests of the rules of a contract, and those of a document that has no rules of its own."""


def pytest_configure(config: pytest.Config) -> None:
    """Open the target and register what runs the tests; a usage error where that fails."""
    if config.pluginmanager.has_plugin(REGISTERED_AS):
        return
    set_up_hypothesis()
    try:
        reports = [parse(given) for given in config.getoption("--report")]
        plugin = ConformancePlugin(config, open_suite(config), reports)
        plugin.tally.keeps = any(asked.kind == SHARD for asked in reports)
    except SuiteError as error:
        stop(config, error.exit_code, str(error))
    config.args[:] = [each for each in config.args if Path(each) != plugin.left_out]
    config.stash[NOTES] = plugin.suite.notes
    config.pluginmanager.register(plugin, REGISTERED_AS)
    for marker in list_markers(plugin.suite.contract):
        config.addinivalue_line("markers", marker)


CASE = pytest.StashKey[Outcome]()


@dataclass(slots=True, eq=False)  # pytest keeps plugins by identity
class ConformancePlugin:
    """The hooks of one process. Only the process that is no worker gathers a run."""

    config: pytest.Config
    suite: Suite
    reports: list[WantedReport]
    tally: Tally = field(default_factory=Tally)
    dealt: DealtTests | None = None
    """The tests of this shard, where the run is judged in shards."""
    stopped: str = ""
    """The reason for which pytest ended before its last test, where an option asked for that."""
    early: frozenset[str] = frozenset()
    """The node ids of the tests that were judged before the others were collected."""

    @property
    def gathers(self) -> bool:
        """Return whether this process gathers the run, as opposed to a worker."""
        return not hasattr(self.config, "workerinput")

    # Before the first test

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker the target that is already open."""
        node.workerinput["conformance"] = self.suite.encode_for_worker()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> object:
        """Share out the tests by value, unless --dist asks for another way."""
        from conformance.running.distribution import GroupedByParameter  # noqa: PLC0415  # only where there are several processes

        return GroupedByParameter(config, log) if config.getoption("dist") == "load" else None

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out the tests of rules where laws of any document are asked, and the other way round."""
        return True if collection_path == self.left_out else None

    @property
    def left_out(self) -> Path:
        """The folder of tests that the contract is not judged by."""
        return RULES if self.suite.contract.is_plain else LAWS

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Ask the target who the callers are, before tests are collected; end where it cannot be judged.

        Where the first finding ends the run, some tests are judged before the others are collected.
        """
        if session.config.option.collectonly:
            return
        try:
            self.suite.prepare(first=self.gathers)
        except Unusable as error:
            self.tally.unusable = mask_text(str(error), self.suite.client.masks)
            pytest.exit(f"the target cannot be judged: {self.tally.unusable}", returncode=UNUSABLE)
        except ProfileError as error:
            if ending := session.config.stash.get(ENDING, None):
                ending.status, ending.reason = USAGE, f"{session.config.getoption('--target')}: {error}"
            pytest.exit(str(error), returncode=USAGE)
        finally:
            self._count_preparation()
        if begins_early(session.config) and self.left_out != RULES:
            self.early = judge_early(session, RULES)

    def _count_preparation(self) -> None:
        exchanges = self.suite.client.take()
        self.suite.counted = self.suite.client.sent
        reached = count_cells(self.suite.contract, exchanges, self.suite.client.masks)
        self.tally.prepare(Counts(self.suite.counted, tuple((*each,) for each in reached)))

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Parametrize a test by its `over`, unless no case of it is chosen: whole runs have some ten thousand."""
        selection = Selection.from_config(self.config)
        if selection.may_take(metafunc.definition, self.suite.contract):
            budget, most = BUDGETS[self.config.getoption("--budget")], self._count_most_cases(selection)
            budget = budget.of_what_is_named if selection.has_names else budget
            scope = Scope(self.suite.contract, self.suite.profile, budget, selection.operations)
            deal = deal_early(metafunc.definition, self.suite.seed, most) if most else None
            parametrize_test(metafunc, scope, deal)

    def _count_most_cases(self, selection: Selection) -> int | None:
        """Return about how many cases of a test the seed deals; None: all of them."""
        is_in_full = selection.has_names or self.suite.in_full
        return None if is_in_full else BUDGETS[self.config.getoption("--budget")].cases

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Check the binding of every test, then keep those that the options choose."""
        contract, selection = self.suite.contract, Selection.from_config(config)
        try:
            inapplicable = check_bound(items, contract.whole)
            selection.check(contract)
            durations = read_durations(config.getoption("--conformance-durations"))
        except (BindingError, ResultsError) as error:
            stop(config, USAGE, str(error))
        self.suite.notes += describe_inapplicable(contract.whole, inapplicable)
        if selection.is_whole and not config.stash.get(IS_EARLY, False):
            own = any(item.path.is_relative_to(RULES.parent) for item in items)  # not the tests of somebody's own
            self.suite.notes += (*describe_untested(contract, items), *describe_unserved(contract)) if own else ()
        kept = [item for item in items if selection.takes(item, contract)]
        if most := self._count_most_cases(selection):
            kept = deal_cases(kept, self.suite.seed, most)
        if self.suite.shard:
            self.dealt = deal(kept, self.suite.shard, durations)
            kept = [*self.dealt.items]
        chosen = set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = sorted(kept, key=place_in_run)
        for item in kept:
            mark(item, contract)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the tests in several processes where that is asked for."""
        gc.freeze()  # all that is there now stays to the end: to look through it for garbage takes longer than the rest
        if (count := count_processes(session.config, self.suite)) > 1 and not session.config.option.collectonly:
            judge_together(session, self.suite, count, self.tally.errors.append)
            return True
        return None

    # Each test

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Pass over a test that was judged before the others were collected."""
        return True if item.nodeid in self.early else None

    @pytest.fixture
    def harness(self, request: pytest.FixtureRequest) -> Iterator[Harness]:
        """Yield the test's session with the target."""
        outcome = request.node.stash.setdefault(CASE, Outcome())
        session = self.suite.open_session(find_rule(request.node), make_case_id(request.node))
        outcome.harness = session
        yield session
        outcome.left_behind += session.clean_up()

    @pytest.fixture(scope="session")
    def budget(self, pytestconfig: pytest.Config) -> Budget:
        """Return how much is judged."""
        return BUDGETS[pytestconfig.getoption("--budget")]

    @pytest.fixture
    def new_session(self, request: pytest.FixtureRequest) -> NewSession:
        """Return what opens a session for a numbered part of the test, and cleans up at its end."""
        outcome = request.node.stash.setdefault(CASE, Outcome())
        rule_id, case = find_rule(request.node), make_case_id(request.node)

        @contextmanager
        def open_harness(number: int) -> Iterator[Harness]:
            session = self.suite.open_session(rule_id, f"{case}#{number}")
            try:
                yield session
            finally:
                outcome.left_behind += session.clean_up()

        return open_harness

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what happened in a phase into a verdict; the report of the last phase carries it."""
        report = yield
        outcome = item.stash.setdefault(CASE, Outcome())
        record(self.suite, item, call, report, outcome, strict=self.is_strict)
        if report.when == "teardown":
            vars(report)["conformance"] = outcome.to_data(item)
        if outcome.gone:
            self.tally.unusable = outcome.gone
            item.session.shouldstop = outcome.gone
        if outcome.findings and self.config.option.maxfail == 1:
            item.session.shouldfail = FIRST_FINDING  # an advisory too, which fails no test
        if report.when == "teardown":
            del item.stash[CASE]  # it holds every answer of the test, and items stay until the end
        return report

    @property
    def is_strict(self) -> bool:
        return bool(self.config.getoption("--conformance-strict"))

    # The end

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather a report, of a worker too."""
        if data := getattr(report, "conformance", None):
            self.tally.add(data)
            if data["gone"]:
                self.tally.unusable = data["gone"]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take a file of rules that cannot be collected for an error of the suite."""
        if report.failed:
            self.tally.errors.append(f"{report.nodeid}: {_find_last_line(report.longreprtext)}")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Distinguish Ctrl-C from an end that pytest or a plugin asked for, which comes by the same hook."""
        self.tally.is_interrupted = excinfo.type is KeyboardInterrupt
        self.stopped = "" if self.tally.is_interrupted else str(excinfo.value)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Take an internal error of pytest for an error of the suite."""
        self.tally.errors.append(_find_last_line(str(excrepr)))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Remove what is left, make the run of what was gathered, write the reports, set the exit code."""
        if not self.gathers or session.config.option.collectonly:
            return
        left = self.suite.sweep()
        if left is not None:
            self.tally.left_behind = left
        if not (self.tally.is_interrupted or self.tally.unusable or self.tally.errors):
            cut_short = explain_stop(session, len(self.tally.cases), self.stopped)
            self.tally.cut_short = self.tally.cut_short or cut_short
        # The last step before anything is written: what the target says may repeat a credential.
        self.tally.mask(self.suite.client.masks)
        info = RunInfo.from_config(self.config, self.suite)
        part = note(self.suite.shard, self.dealt) if self.suite.shard else ""
        run = ended(info, self.suite.contract, self.tally, part=part)
        ending = session.config.stash.setdefault(ENDING, RunEnding())
        ending.run = None if ending.reason else run
        try:
            ending.printed = write(run, self.reports, self._list_files(info)) + self._add_waivers(run)
        except (ReportError, WaiverError) as error:
            ending.status, ending.reason = USAGE, str(error)
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            session.exitstatus = ending.status or run.exit_code

    def _add_waivers(self, run: Run) -> str:
        """Add waivers of what was found to the file of --write-waivers; return the line that says so."""
        path = self.config.getoption("--write-waivers")
        if not path or (run.unusable and not run.findings):
            return ""
        return f"{escape_line(add_waivers(Path(path), run.groups, datetime.now(UTC).date()))}\n"

    def _list_files(self, info: RunInfo) -> dict[str, str]:
        """Return what is written beside the reports, by kind."""
        if self.suite.shard is None or not self.tally.keeps:
            return {}
        from conformance.running.shards import render_shard  # noqa: PLC0415  # msgspec is needed for it alone

        return {SHARD: render_shard(self.suite.shard, self.dealt, info, self.tally)}

    @pytest.hookimpl(optionalhook=True)
    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """Show the run below pytest's own summary."""
        from conformance.results.report.terminal import show  # noqa: PLC0415  # rich is needed at the end alone

        ending = config.stash.get(ENDING, None)
        if ending and ending.run:
            shown = _Screen(terminal=terminalreporter.isatty)
            show(ending.run, shown, verbose=config.get_verbosity() > 0)
            terminalreporter.ensure_newline()
            terminalreporter.write(ending.printed)
            terminalreporter.write(shown.getvalue())
        if ending and ending.reason:
            terminalreporter.write_line(ending.reason)

    def pytest_unconfigure(self) -> None:
        """Close the connections and end the embedded mock."""
        self.suite.close()


class _Screen(io.StringIO):
    """Text for pytest's terminal reporter."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def _find_last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"

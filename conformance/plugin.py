"""The pytest plugin: opens the target, binds tests to rules, turns outcomes into verdicts, writes reports."""

from __future__ import annotations

import json
import secrets
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance.binding import BindingError, check_bound, operation_of, rule_of, spread_test
from conformance.contract import Cell, ContractError
from conformance.contract_file import load
from conformance.embedded import NoMock
from conformance.harness import Harness
from conformance.outcome import Outcome, record
from conformance.profile import Profile, ProfileError
from conformance.report.write import ReportError, parse, write
from conformance.suite import Suite
from conformance.tally import Tally, cells
from conformance.target import MOCK, Target, Unusable, open_target
from conformance.verdict import Run

CONDUCTOR = "conformance-conductor"
USAGE, UNUSABLE = 2, 3


def pytest_configure(config: pytest.Config) -> None:
    """Open the target and register what runs the tests; a usage error where that fails."""
    if config.pluginmanager.has_plugin(CONDUCTOR):
        return
    try:
        conductor = Conductor.open(config)
    except (ContractError, ProfileError, ReportError) as error:
        stop(config, USAGE, str(error))
    except (NoMock, Unusable) as error:
        stop(config, UNUSABLE, str(error))
    config.pluginmanager.register(conductor, CONDUCTOR)


def stop(config: pytest.Config, status: int, reason: str) -> None:
    """End before the first test; the command learns the status, pytest itself says the reason."""
    if ending := config.stash.get(ENDING, None):
        ending.status, ending.reason = status, reason
    raise pytest.UsageError(reason)


@dataclass(slots=True)
class Ending:
    """How a run ended, for the command that started it."""

    status: int = 0
    """USAGE or UNUSABLE where the run could not even begin."""
    reason: str = ""
    run: Run | None = None


ENDING = pytest.StashKey[Ending]()
CASE = pytest.StashKey[Outcome]()


@dataclass(slots=True, eq=False)  # pytest keeps plugins by identity
class Conductor:
    """The hooks of one process. Only the one that is no worker gathers a run."""

    config: pytest.Config
    suite: Suite
    target: Target
    reports: list[tuple[str, Path]]
    tally: Tally = field(default_factory=Tally)
    unusable: str | None = None

    @classmethod
    def open(cls, config: pytest.Config) -> Conductor:
        """The conductor of this process, with the target open; what is wrong with the options comes first."""
        option = config.getoption
        reports = [parse(given) for given in option("--report")]
        judged_by = load(Path(option("--contract"))) if option("--contract") else None
        log = _request_log(config)
        target, seed = _handed(config) or _opened(config)
        # The embedded mock is new each time; another server may still have the worlds of a run before.
        salt = "" if option("--target") == MOCK else secrets.token_hex(4)
        try:
            contract = judged_by or load(target.profile.contract)
            return cls(config, Suite.open(target.profile, contract, log=log, seed=seed, salt=salt), target, reports)
        except BaseException:
            target.close()
            raise

    # Before the first test

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker the target that is already open."""
        data = {"profile": self.target.profile.to_json(), "seed": self.suite.seed}
        node.workerinput["conformance"] = json.dumps(data)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Before the tests are collected ask the target who the callers are; end where it cannot be judged."""
        try:
            self.suite.prepare()
        except Unusable as error:
            self.unusable = str(error)
            pytest.exit(f"the target cannot be judged: {error}", returncode=UNUSABLE)
        except ProfileError as error:
            if ending := session.config.stash.get(ENDING, None):
                ending.status, ending.reason = USAGE, str(error)
            pytest.exit(str(error), returncode=USAGE)
        finally:
            self._count_preparation()

    def _count_preparation(self) -> None:
        exchanges = self.suite.client.take()
        self.tally.requests += self.suite.client.sent
        self.suite.counted = self.suite.client.sent
        for operation_id, status, code, count in cells(self.suite.contract, exchanges):
            self.tally.reach(Cell(operation_id, status, code), count, "before the first test")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Spread a test over what it names."""
        spread_test(metafunc, self.suite.scope)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Check the binding of every test, then keep what was asked for."""
        try:
            check_bound(items, self.suite.contract.rules)
            self._check_asked()
        except BindingError as error:
            stop(config, USAGE, str(error))
        kept = [item for item in items if self._asked(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept

    def _check_asked(self) -> None:
        contract, option = self.suite.contract, self.config.getoption
        clauses = {rule.clause for rule in contract.rules.values()}
        for name, known in (("rule", contract.rules), ("operation", contract.operations), ("clause", clauses)):
            for asked in option(f"--{name}"):
                if asked not in known:
                    raise BindingError(f"--{name} {asked}: the contract has no such {name}")

    def _asked(self, item: pytest.Item) -> bool:
        rule = self.suite.contract.rules[rule_of(item)]
        option = self.config.getoption
        return (
            (not option("--rule") or rule.id in option("--rule"))
            and (not option("--clause") or rule.clause in option("--clause"))
            and (not option("--operation") or operation_of(item) in option("--operation"))
        )

    # Each test

    @pytest.fixture
    def harness(self, request: pytest.FixtureRequest) -> Iterator[Harness]:
        """The test's hands on the target."""
        outcome = request.node.stash.setdefault(CASE, Outcome())
        hands = self.suite.harness(rule_of(request.node), case_id(request.node))
        outcome.harness = hands
        yield hands
        outcome.left_behind += hands.clean_up()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what happened into a verdict; with the last phase it goes to whoever gathers."""
        report = yield
        outcome = item.stash.setdefault(CASE, Outcome())
        record(self.suite, item, call, report, outcome, strict=self.strict)
        if report.when == "teardown":
            vars(report)["conformance"] = outcome.data(rule_of(item), case_id(item), operation_of(item))
        if outcome.gone:
            self.unusable = outcome.gone
            item.session.shouldstop = outcome.gone
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

    def pytest_internalerror(self, excrepr: object) -> None:
        """As is one of pytest itself."""
        self.tally.errors.append(_last_line(str(excrepr)))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Make the run out of what was gathered, and write the reports."""
        if hasattr(session.config, "workerinput"):
            return
        run = self.tally.run(
            self.suite.contract,
            self.target.profile,
            self.suite.seed,
            unusable=self.unusable,
            interrupted=exitstatus == pytest.ExitCode.INTERRUPTED and not (self.unusable or self.tally.errors),
        )
        ending = session.config.stash.setdefault(ENDING, Ending())
        ending.run = run
        try:
            write(run, self.reports)
        except ReportError as error:
            ending.status, ending.reason = USAGE, str(error)

    @pytest.hookimpl(optionalhook=True)
    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """Under plain pytest the report stands below its own."""
        from conformance.report.terminal import show  # noqa: PLC0415  # rich is needed at the end alone

        ending = config.stash.get(ENDING, None)
        if ending and ending.run:
            terminalreporter.ensure_newline()
            show(ending.run, terminalreporter._tw._file, strict=self.strict)  # noqa: SLF001  # no public way
        if ending and ending.reason:
            terminalreporter.write_line(ending.reason)

    def pytest_unconfigure(self) -> None:
        """Close the connections and end what was started."""
        self.suite.close()
        self.target.close()


def _handed(config: pytest.Config) -> tuple[Target, int] | None:
    """The target and the seed that a worker was handed; None in a process that is no worker."""
    handed = getattr(config, "workerinput", {}).get("conformance")
    if not handed:
        return None
    data = json.loads(handed)
    return Target(Profile.from_json(data["profile"]), lambda: None), data["seed"]


def _opened(config: pytest.Config) -> tuple[Target, int]:
    """The target that --target names, and the seed of --seed or a random one."""
    seed, contract = config.getoption("--seed"), config.getoption("--contract")
    seed = secrets.randbelow(2**32) if seed is None else seed
    return open_target(config.getoption("--target"), seed=seed, contract=Path(contract) if contract else None), seed


def _request_log(config: pytest.Config) -> Path | None:
    """The file of --request-log, emptied by whoever is no worker; ReportError where it cannot be written."""
    given = config.getoption("--request-log")
    if given and not hasattr(config, "workerinput"):
        try:
            Path(given).write_bytes(b"")
        except OSError as error:
            raise ReportError(f"--request-log {given}: cannot be written ({error.strerror})") from None
    return Path(given) if given else None


def case_id(item: pytest.Item) -> str:
    """The same wherever the suite is installed and from wherever it is run."""
    return f"{item.path.name}::{item.name}"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"

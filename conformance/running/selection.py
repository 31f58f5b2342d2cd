"""The tests of a run, chosen by rule, operation, clause and case, and those that are judged before all others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.contract.contract import Contract, Rule, is_named
from conformance.contract.routing import index_paths
from conformance.explorer.pairs import OperationPair
from conformance.oracle.declaration.registry import concerns, find_resource_of
from conformance.oracle.declaration.resource import Resource
from conformance.running.binding import (
    ABOUT,
    OPERATION,
    OVER,
    RULE,
    WHOLE_PATH,
    BindingError,
    find_operation,
    find_rule,
    is_long,
    is_spread,
    list_operations_beside,
    read_parameters,
    split_names,
)

GENERATED, DIRECTED = "generated", "directed"
KINDS = (GENERATED, DIRECTED)
_RULE_OF_LAW = re.compile(r"^(?:[A-Z0-9]+-){2,}")
"""The rule at the beginning of the parameters of a law."""
BUDGET, RUNS = "budget", "runs"
"""The fixtures of generated requests: how many there are, which each such test takes, and those of operations."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The choice of tests by the options; what is empty chooses all."""

    rules: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    only: str | None = None
    has_tests: bool = False
    """Whether tests are chosen by pytest's own ways: node ids, and an expression for -k or -m."""

    @staticmethod
    def from_config(config: pytest.Config) -> Selection:
        """Return the choice that the options make."""
        option = config.getoption
        rules, operations, clauses, cases = (
            tuple(option(f"--{name}")) for name in ("rule", "operation", "clause", "case")
        )
        tests = option("keyword") or option("markexpr") or any("::" in each for each in config.args)
        return Selection(rules, operations, clauses, cases, option("--only"), bool(tests))

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is left out."""
        return self == Selection()

    @property
    def has_names(self) -> bool:
        """Return whether it names what is to be judged, which is then judged in full."""
        return bool(self.rules or self.operations or self.clauses or self.cases or self.has_tests)

    def check(self, contract: Contract) -> None:
        """Raise BindingError for a name that the contract does not have."""
        declared = contract.whole
        clauses = {rule.clause for rule in declared.rules.values()}
        asked = (
            ("rule", self.rules, declared.rules),
            ("operation", self.operations, declared.operations),
            ("clause", self.clauses, clauses),
        )
        for kind, names, known in asked:
            for name in names:
                if name not in known:
                    raise BindingError(f"--{kind} {name}: the contract has no such {kind}")

    def may_take(self, test: pytest.Item, contract: Contract) -> bool:
        """Return whether a case of a test may be chosen, as far as its rule and its name tell before it has any."""
        marker = test.get_closest_marker(RULE)
        rules = (found for each in (marker.args if marker else ()) if (found := contract.rules.get(each)))
        name = f"{test.path.name}::{test.name}"
        named = not self.cases or any(name == case.partition("[")[0] for case in self.cases)
        return named and any(self._is_judge(rule) and self._may_concern(test, rule, contract) for rule in rules)

    def takes(self, item: pytest.Item, contract: Contract) -> bool:
        """Return whether a test was chosen."""
        return (
            (rule := contract.rules.get(find_rule(item))) is not None
            and self._is_judge(rule)
            and (not self.operations or (is_spread(item) and self._concerns(find_operations_about(item, contract))))
            and (not self.cases or make_case_id(item) in self.cases)
            and (self.only is None or find_kind(item) == self.only)
        )

    def _concerns(self, operations: Collection[str]) -> bool:
        return not self.operations or any(each in self.operations for each in operations)

    def _may_concern(self, test: pytest.Item, rule: Rule, contract: Contract) -> bool:
        spread = any(OPERATION in split_names(marker) for marker in test.iter_markers(OVER))
        return spread or self._concerns({each.operation_id for each in contract.list_operations_of(rule)})

    def _is_judge(self, rule: Rule) -> bool:
        return (not self.rules or rule.id in self.rules) and (not self.clauses or rule.clause in self.clauses)


def find_operations_about(item: pytest.Item, contract: Contract) -> frozenset[str]:
    """Return the ids of the operations that a case is about.

    The one that it is parametrized by; else those of its rule, less what its other parameters, such as a path, a
    resource or the id of an operation, or its mark rule out.
    """
    if operation := find_operation(item):
        whole = item.get_closest_marker(WHOLE_PATH)
        return list_operations_beside(contract, {operation}) if whole else frozenset({operation})
    found = {each.operation_id for each in contract.list_operations_of(contract.rules[find_rule(item)])}
    for narrower in _find_narrowings(item, contract):
        found = found & narrower or found
    return frozenset(found)


def _find_narrowings(item: pytest.Item, contract: Contract) -> Iterator[set[str]]:
    """Yield sets of operations, of which each is all that a case is about, where its rule is about any of them."""
    if marked := item.get_closest_marker(ABOUT):
        yield {name for name in contract.operations if is_named(name, marked.args[0])}
    values = read_parameters(item).values()
    texts = [value for value in values if isinstance(value, str)]
    declared = index_paths(contract)
    yield _with_its_reads({text for text in texts if text in contract.operations}, contract)
    yield {each.operation_id for text in texts for each in declared.get(text, {}).values()}
    for value in values:
        if isinstance(value, OperationPair):
            yield {*value.operations}
        if isinstance(value, Resource):
            yield {name for name, operation in contract.operations.items() if concerns(operation, value)}


def _with_its_reads(named: set[str], contract: Contract) -> set[str]:
    """Return these operations, and those that show what they are about: a rule may be about both."""
    every = contract.operations
    resources = [found for each in named if (found := find_resource_of(every[each]))]
    return named | {name for name, it in every.items() if it.is_safe and any(concerns(it, each) for each in resources)}


def find_kind(item: pytest.Item) -> str:
    """Return whether a test judges generated requests or has its own."""
    return GENERATED if BUDGET in getattr(item, "fixturenames", ()) else DIRECTED


def place_in_run(item: pytest.Item) -> int:
    """Return a test's place in the order: directed tests, which find most, then generated ones, then long ones.

    Where several processes judge, the others begin at the end. So long tests, expeditions, and all of what is generated
    for the operations, which takes some preparation, are with them, and what is left when they meet is short.
    """
    if find_kind(item) == GENERATED:
        return 1 if shares_requests(item) else 2
    return 3 if is_long(item) else 0


def shares_requests(item: pytest.Item) -> bool:
    """Return whether a test judges requests that are generated once for it and others."""
    return RUNS in getattr(item, "fixturenames", ())


def group_items(items: Iterable[pytest.Item]) -> list[list[pytest.Item]]:
    """Return tests in groups, of which each has to be judged by one process; most stand alone."""
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        groups.setdefault(find_value(item.nodeid) if shares_requests(item) else item.nodeid, []).append(item)
    return list(groups.values())


def find_value(nodeid: str) -> str:
    """Return the file and the parameter of a test, without the rule of a law; its node id where it has no parameter.

    What one test had made for a value, as the requests that are generated for an operation, is there for the others in
    the same process alone: another one would send all of them again.
    """
    file, _, name = nodeid.partition("::")
    _, spread, value = name.partition("[")
    return f"{file}::[{_RULE_OF_LAW.sub('', value)}" if spread else nodeid


def make_case_id(item: pytest.Item) -> str:
    """Return a test's id, which does not depend on where the suite is installed or run."""
    return f"{item.path.name}::{item.name}"


def mark(item: pytest.Item, contract: Contract) -> None:
    """Give a test the markers for pytest's -m: clause, level, and generated or directed."""
    rule = contract.rules[find_rule(item)]
    for name in (rule.clause, rule.level, find_kind(item)):
        item.add_marker(name)


def list_markers(contract: Contract) -> list[str]:
    """Return the markers with their meaning, as pytest --markers lists them."""
    rules = contract.rules.values()
    clauses = [f"{name}: judges a rule of the clause {name}" for name in dict.fromkeys(r.clause for r in rules)]
    levels = [f"{name}: judges a rule of the level {name}" for name in dict.fromkeys(r.level for r in rules)]
    return [*clauses, *levels, f"{GENERATED}: judges generated requests", f"{DIRECTED}: directs its own requests"]


FIRST = (
    "test_configuration.py::test_what_was_sent_is_shown",
    "test_creation.py::test_a_pack_is_read_as_it_was_made",
    "test_configuration.py::test_of_one_name_there_is_one_in_an_org",
    "test_configuration.py::test_a_changed_field_is_shown",
)
"""The tests by which what is wrong at a write, or at a refusal of one, is found with the fewest requests."""
IS_EARLY = pytest.StashKey[bool]()
"""Whether the tests that are collected just now are those that are judged before the others are collected."""


def begins_early(config: pytest.Config) -> bool:
    """Return whether a run begins so: one of the whole suite in this process, which ends at its first finding."""
    option = config.getoption
    in_workers = option("dist", "no") != "no" or hasattr(config, "workerinput")
    return option("maxfail") == 1 and Selection.from_config(config).is_whole and not (in_workers or option("--shard"))


def judge_early(session: pytest.Session, folder: Path) -> frozenset[str]:
    """Judge the first tests of a folder, and return their node ids; raises session.Failed where one found something."""
    stash = session.config.stash
    stash[IS_EARLY] = True
    items = [*session.perform_collect([f"{folder / each}" for each in FIRST])]
    stash[IS_EARLY] = False
    for place, item in enumerate(items):
        following = next(iter(items[place + 1 :]), None)
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail or session.shouldstop:
            session.items.clear()  # the others have not been collected, so nobody knows how many are left
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
    return frozenset(item.nodeid for item in items)

"""What of the operations that `x-rules` names for each rule does not agree with what a run sends and judges."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.contract.contract import Contract
from conformance.running.suite import name_world

WORLD = re.compile(r"/_worlds/(conformance-[0-9a-f]{16})/")
ON_THE_WAY: Mapping[str, frozenset[str]] = {
    "ARCHIVE-CASCADES": frozenset({"agent_roles.archive"}),
    "ARCHIVE-NOT-ARCHIVED": frozenset({"providers.archive", "agent_roles.archive", "workspaces.archive"}),
    "ARCHIVE-PARENT-FIRST": frozenset({"providers.archive", "providers.unarchive"}),
    "ARCHIVE-ROLES-STAY": frozenset({"providers.archive"}),
    "CREDENTIAL-DELETED": frozenset({"credentials.create"}),
    "DELETE-IMAGE-LEFT": frozenset({"packs.create"}),
    "MEMBER-REMOVED": frozenset({"memberships.invite"}),
    "ROLE-PACKS-REPLACED": frozenset({"agent_roles.create"}),
}
"""Writes that a case judges on its way: they make what the rule is about, or show what came of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A directed case that passed: what it asked for, and whose answers it held against its rule."""

    id: str
    rule: str
    asked: frozenset[str]
    judged: frozenset[str]


def cases_of(results: Mapping[str, Any], log: Path) -> list[Case]:
    """The cases of a run on the embedded mock, by its JSON report and its request log."""
    asked: dict[str, set[str]] = defaultdict(set)
    for line in log.read_text().splitlines():
        entry = json.loads(line)
        if (world := WORLD.match(entry["target"])) and entry["operation_id"]:
            asked[world[1]].add(entry["operation_id"])
    return [
        Case(it["id"], it["rule"], frozenset(asked[name_world(it["id"], results["seed"])]), frozenset(it["judged"]))
        for it in results["cases"]
        if (it["verdict"], it["kind"]) == ("PASSED", "directed")
    ]


def operations_of(contract: Contract) -> dict[str, frozenset[str]]:
    """The operations of each rule that is not about every one."""
    found = {rule.id: frozenset(map(str, contract.list_operations_of(rule))) for rule in contract.rules.values()}
    return {rule: ids for rule, ids in found.items() if len(ids) < len(contract.operations)}


@dataclass(frozen=True, slots=True)
class Planned:
    """What a dry run plans for a rule."""

    spread: frozenset[str] = frozenset()
    """The operations that its tests are spread over, as far as these are what it is about."""
    cases: int = 0


def planned(said: str, contract: Contract, named: Mapping[str, frozenset[str]]) -> dict[str, Planned]:
    """What the lines of a dry run with every case plan for each rule.

    Of a test that is spread over operations of which its rule is about none, these are ways to something else.
    """
    tests: dict[tuple[str, str], set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for rule, test, value in re.findall(r"^    ([A-Z0-9-]+): (\S+?::\w+)(\[.*)?$", said, re.MULTILINE):
        counts[rule] += 1
        tests[rule, test] |= {each for each in re.findall(r"[a-z_]+\.[a-z_]+", value) if each in contract.operations}
    spread: dict[str, set[str]] = defaultdict(set)
    for (rule, _), ids in tests.items():
        if not ids.isdisjoint(named.get(rule, ids)):
            spread[rule] |= ids
    return {rule: Planned(frozenset(spread[rule]), count) for rule, count in counts.items()}


def disagreements(
    contract: Contract, named: Mapping[str, frozenset[str]], cases: Iterable[Case], plans: Mapping[str, Planned]
) -> Iterator[str]:
    """What is wrong with the operations that are named for the rules, a sentence each."""
    asked: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for case in cases:
        asked[case.rule] |= case.asked
        counts[case.rule] += 1
        about = named.get(case.rule)
        if about is None or not case.asked:
            continue
        if case.asked.isdisjoint(about):
            yield f"{case.rule}: {case.id} asks for none of {sorted(about)}, but for {sorted(case.asked)}"
        writes = {each for each in case.judged if not contract.operations[each].is_safe}
        if other := writes - about - ON_THE_WAY.get(case.rule, frozenset()):
            yield f"{case.rule}: {case.id} judges the answers of {sorted(other)}, which it is not about"
    for rule, about in named.items():
        plan = plans.get(rule, Planned())
        if other := plan.spread - about:
            yield f"{rule}: has cases of {sorted(other)}, which it is not about"
        # Where a run has not all cases, others of them may ask for it.
        if counts[rule] >= plan.cases and asked[rule] and (other := about - plan.spread - asked[rule]):
            yield f"{rule}: is about {sorted(other)}, for which no case of it asks"

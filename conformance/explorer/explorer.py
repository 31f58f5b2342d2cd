"""The explorer, which sends expeditions out, each in a place of its own, and tells what one found as a short story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import NoReturn

from conformance.budget import Budget, BudgetPart
from conformance.contract.contract import Contract
from conformance.explorer.cast import COLLEAGUE, KEY, LEAD, NOBODY, OUTSIDER, POWERLESS, REVOKED
from conformance.explorer.expedition import Aim, Expedition, ExpeditionPlan, choose_neighbour
from conformance.explorer.looks import TargetBroke
from conformance.explorer.moves import find_writes
from conformance.explorer.population import ALIKE, OTHER_KIND, find_kinds
from conformance.explorer.shortening import shorten
from conformance.http.client import LimitReached
from conformance.oracle.declaration.registry import list_resources
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.judging import NotProvoked, Violation
from conformance.oracle.law import Kind
from conformance.recipes.draw import derive_seed
from conformance.results.explored import ExploredPairs
from conformance.results.finding import Finding
from conformance.session.harness import Harness, NewSession
from conformance.session.provider_states import SetupError
from conformance.session.rereading import check_unchanged

SOURCE = "explored"
MOVES_OF_A_WALK = 12
EVERYTHING = Aim(who=(LEAD, COLLEAGUE, KEY, POWERLESS, OUTSIDER, NOBODY), looks=3)
"""The aim in which every class of callers does whatever can be done; a few looks follow each move."""
LET_IN_BEFORE = replace(EVERYTHING, who=(*EVERYTHING.who[:-1], REVOKED))
"""The explorer's aim with a bearer of a revoked key in the place of nobody."""
SEEN_BY_ALL = Aim(who=(LEAD,), beside=(), times=(1, 2), others=False, all_ready=True)
"""One object lives through every write; every viewer looks at it after each."""
NOTHING_ELSE = Aim(who=(LEAD, OUTSIDER), beside=(ALIKE, OTHER_KIND), times=(1,), others=False)
"""Strangers try every write, then its org does; objects like it stand beside it."""


class ExplorerFinding(AssertionError):
    """An expedition that found something."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def explore_kind(harness: Harness, resource: Resource, kind: Kind, aim: Aim) -> None:
    """Go on one expedition with one object of a kind, in the test's own session; what it finds is the test's."""
    random = Random(derive_seed(harness.seed, "explorer", harness.case))  # noqa: S311  # reproducible, not secret
    expedition = Expedition(harness, resource, kind, aim, random, harness.explored, harness.fail)
    moves = len(aim.times) * len(find_writes(harness, resource)) + 3
    expedition.explore(moves)


def explore(harness: Harness, new_session: NewSession, budget: Budget, part: BudgetPart) -> None:
    """Go on the expeditions of a part about each resource, and file what one found."""
    explorer = _Explorer(harness, new_session, budget, part)
    for resource in find_explored(harness):
        explorer.explore(resource)
    if explorer.stopped is not None:
        raise explorer.stopped
    if not explorer.ended:
        raise explorer.lacking or NotProvoked("nothing that the run is to judge is made by a request")
    if explorer.found is not None:
        harness.findings.append(explorer.found)
        raise Violation(str(explorer.found))


def find_explored(harness: Harness) -> Iterator[Resource]:
    """Yield the resources that are explored: what nobody can remove is not made by the dozen."""
    for resource in list_resources():
        made = any(operation_id in harness.contract.operations for operation_id in resource.made_by)
        if made and (harness.is_alone or not resource.lasts) and harness.is_asked_about(resource):
            yield resource


def walk(harness: Harness, resource: Resource, random: Random) -> Finding | None:
    """Go on one expedition in the session, on which nothing is written where that may not be; return what it found.

    NotProvoked where the target lacks what it needs.
    """
    kinds = find_kinds(resource)

    def fail(finding: Finding) -> NoReturn:
        raise ExplorerFinding(replace(finding, case=harness.case, source=SOURCE))

    expedition = Expedition(harness, resource, kinds[0], EVERYTHING, random, ExploredPairs(), fail)
    try:
        if harness.profile.limits.read_only:
            expedition.look_around(MOVES_OF_A_WALK)
        else:
            expedition.explore(MOVES_OF_A_WALK)
    except ExplorerFinding as found:
        return found.finding
    except TargetBroke:
        return None
    return None


def find_walked(contract: Contract, *, reads_alone: bool = False) -> list[Resource]:
    """Return the resources that walks are about: those that a request makes, or that one lists.

    By a plain document there are none: nothing says of each answer of a walk what is right.
    """
    if contract.is_plain:
        return []
    return [
        each
        for each in list_resources()
        if any(name in contract.operations for name in ((each.listed_by,) if reads_alone else each.made_by))
    ]


@dataclass(slots=True)
class _Explorer:
    harness: Harness
    new_session: NewSession
    budget: Budget
    part: BudgetPart
    gone: int = 0
    """Expeditions so far."""
    found: Finding | None = None
    """The first finding, as short as it gets."""
    ended: int = 0
    """Expeditions that had objects, and came to their end."""
    stopped: Exception | None = None
    """The reason for which nothing more can be explored."""
    lacking: NotProvoked | None = None
    """The reason for which the last expedition that had no objects had none."""

    def explore(self, resource: Resource) -> None:
        """Go on the part's expeditions about a resource, until one finds something."""
        kinds = find_kinds(resource)
        for number in range(self.part.count):
            if self.stopped is not None or self.found is not None:
                return
            first = number + derive_seed(self.harness.seed, resource.name, *self.part.drawn_by)
            for place in range(len(kinds)):
                kind = kinds[(first + place) % len(kinds)]
                if kind.is_owned and self._go(resource, kind, number):
                    break

    def _go(self, resource: Resource, kind: Kind, number: int) -> bool:
        """Go on an expedition, and shorten it if it finds something; whether there are objects of this kind."""
        ended = self.ended
        plan, finding = self._attempt_expedition(resource, kind, number, None)
        if finding is None or plan is None:
            return self.ended > ended
        self.found = finding

        def finds(shorter: ExpeditionPlan) -> bool:
            _, again = self._attempt_expedition(resource, kind, number, shorter)
            same = again is not None and (again.rule, again.operation_id) == (finding.rule, finding.operation_id)
            if again is not None and same:
                self.found = again
            return same

        shorten(plan, finds, self.budget.shrinking)
        return True

    def _attempt_expedition(
        self, resource: Resource, kind: Kind, number: int, plan: ExpeditionPlan | None
    ) -> tuple[ExpeditionPlan | None, Finding | None]:
        """Go on one expedition, by this plan where one is given; return the plan taken and the finding, if any."""
        self.gone += 1
        try:
            with self.new_session(self.gone) as harness:
                expedition = self._prepare(harness, resource, kind, number, plan)
                finding = self._follow(expedition, plan)
        except NotProvoked as reason:
            self.lacking = reason
        except (SetupError, LimitReached) as reason:
            self.stopped = reason if plan is None else self.stopped
        else:
            self.ended += 1
            return expedition.plan, finding
        return None, None

    def _prepare(
        self, harness: Harness, resource: Resource, kind: Kind, number: int, plan: ExpeditionPlan | None
    ) -> Expedition:
        def fail(finding: Finding) -> NoReturn:
            if finding.exchange is not None:
                check_unchanged(harness, finding.exchange)
            raise ExplorerFinding(replace(finding, case=self.harness.case, source=SOURCE))

        drawn = derive_seed(self.harness.seed, "explorer", resource.name, *self.part.drawn_by, str(number))
        return Expedition(
            harness,
            resource,
            kind,
            LET_IN_BEFORE if harness.provider_states and number % 2 == 0 else EVERYTHING,
            Random(drawn),  # noqa: S311  # reproducible, not secret
            self.harness.explored if plan is None else ExploredPairs(),
            fail,
            choose_neighbour(harness, resource, number + self.part.number) if not plan or plan.has_neighbour else None,
        )

    def _follow(self, expedition: Expedition, plan: ExpeditionPlan | None) -> Finding | None:
        """Return what an expedition finds, if it does."""
        try:
            if plan is None:
                expedition.explore(self.budget.moves, self.budget.together)
            else:
                expedition.follow(plan)
        except ExplorerFinding as found:
            return found.finding
        except TargetBroke:
            return None
        return None

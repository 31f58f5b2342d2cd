"""What a sequence is made of: steps that can be taken in any order, whatever the target has, and their callers."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from conformance.contract.contract import Operation
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.session.harness import Harness

OBJECTS = 4  # a sequence has seldom more
CHOICES = 8
TURNS = 12  # among so many the steps are dealt out; the lead has about half of them


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Each number counts through what there is at that moment, so none is ever out of place."""

    action: int
    caller: int
    object: int
    choice: int


def sequences(actions: int, longest: int) -> st.SearchStrategy[list[Step]]:
    """Lists of steps over so many actions; action 0 is to do nothing, so that any step can be taken out of a list."""
    step = st.builds(Step, *(st.sampled_from(range(n)) for n in (actions + 1, TURNS, OBJECTS, CHOICES)))
    return st.lists(step, min_size=longest // 2, max_size=longest)


@dataclass(frozen=True, slots=True)
class Callers:
    """Who takes the steps."""

    lead: Caller  # makes the first object
    turns: tuple[Caller | Credential, ...]  # in the order in which numbers are dealt, the lead first
    other: Caller | None  # of another org, with the same scopes


def callers_of(harness: Harness, creation: Operation) -> Callers:
    """The lead and a colleague of each other kind, somebody of another org who may as much, and nobody."""
    lead = harness.able(creation)
    colleagues = {(c.role, c.permission_set): c for c in reversed(harness.callers(lead.org)) if c != lead}
    others = (c for c in harness.callers() if c.org != lead.org and harness.may(c, creation))
    other = next(others, None)
    strangers: list[Caller | Credential] = [other] if other else []
    powerless = [c for c in colleagues.values() if not creation.permissions.held_by(c.held)][:1]
    equal = [c for c in colleagues.values() if creation.permissions.held_by(c.held)][:1]
    dealt: tuple[Caller | Credential, ...] = (lead, *strangers, *equal, lead, *powerless, lead, *strangers, ANONYMOUS)
    return Callers(lead, (*dealt, *[lead] * (TURNS - len(dealt))), other)

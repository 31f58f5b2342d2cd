"""The real data of one operation's generated run: callers, packs with known files, images, archives."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import unquote

from conformance.contract.contract import Operation
from conformance.http.client import LimitReached
from conformance.http.exchange import SAFE, Exchange
from conformance.oracle.bodies import fields as body_fields
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.draw import derived, drawn
from conformance.resources.packs import factory as packs
from conformance.resources.packs.drawn_archives import DEFECTS, Plan, plans
from conformance.resources.packs.facts import PackFact, owned_packs, pack_facts
from conformance.resources.packs.semantics import repository
from conformance.session.harness import Harness

IMAGES = 4
"""Images of names that nothing else has; each can become a pack once."""

CANDIDATES = 8
"""Packs that are tried in thought before a new one is made."""


@dataclass(slots=True)
class Stage:
    """What a generated request can be about. Made through public calls and provider states."""

    harness: Harness
    operation: Operation
    lead: Caller
    """May do the operation: neither scope nor billing stands in the way."""
    others: tuple[Caller | Credential, ...]
    """Everybody else, and nobody."""
    image_refs: list[str] = field(default_factory=list)
    """Images that the target can pull."""
    plans: tuple[Plan, ...] = ()
    """Archives, valid ones and those with one defect in turn."""

    def candidates(self, method: str) -> list[PackFact]:
        """Packs on which the lead may well succeed: its own, and for reading whatever it can see."""
        if method not in SAFE:
            return self.own_packs()
        return [p for p in self.subjects(method) if p.visible_to(self.lead.org)][:CANDIDATES]

    def own_packs(self) -> list[PackFact]:
        """Packs of the lead's org that the run made, in the order of their making."""
        return [p for p in owned_packs(self.harness.state, self.lead.org) if p.made]

    def subjects(self, method: str) -> list[PackFact]:
        """The packs that a request of anybody may be about, those that the run made first."""
        known = [p for p in pack_facts(self.harness.state).values() if self._stays(p)]
        allowed = (p for p in known if method in SAFE or self.harness.guard.may_change(p.id))
        return sorted(allowed, key=lambda p: (not p.made, p.name, p.owner or ""))

    def unharmful(self, value: str, method: str) -> str:
        """The encoded id that was made up; where an unsafe method could meet somebody's object by it, one of nothing.

        A method that the path does not have counts by what it would do if it had it.
        """
        return value if method in SAFE else unharmful(self.harness, value)

    def _stays(self, pack: PackFact) -> bool:
        """Whether nobody else is likely to change or remove the pack while the run goes on."""
        known = self.harness.profile.known
        given = (known.foreign_community_pack, known.foreign_private_pack, *known.expendable)
        return self.harness.alone or pack.made or pack.platform or pack.id in given

    def add_pack(self) -> list[PackFact]:
        """One more own pack, uploaded, so that its files are known; none where it cannot be made."""
        with suppress(NotProvoked, LimitReached):
            return [packs.own(self.harness, self.lead.org)]
        return []

    def refs_like(self, image_ref: str | None) -> list[str]:
        """The images of the same repository; all of them where it has none."""
        if image_ref is None:
            return self.image_refs
        same = [r for r in self.image_refs if repository(r) == repository(image_ref)]
        return same or self.image_refs

    def steps(self, exchange: Exchange) -> tuple[Exchange, ...]:
        """What has to be sent before an exchange so that its path leads to the same."""
        return self.harness.story(exchange)


def unharmful(harness: Harness, value: str) -> str:
    """An encoded id that an unsafe request may be about: the one that is given, if it may, else one of nothing."""
    return value if harness.guard.may_change(unquote(value)) else harness.absent_id()


def set_stage(harness: Harness, operation: Operation) -> Stage:
    """The stage for one operation; not provoked where no caller may do it."""
    lead = harness.able(operation)
    others: list[Caller | Credential] = [c for c in harness.callers() if c is not lead]
    stage = Stage(harness, operation, lead, (*others, ANONYMOUS))
    fields = set(body_fields(operation))
    if operation.resources:
        _make_packs(stage)
    if "image_ref" in fields:
        _have_images(stage)
    if "archive" in fields:
        stage.plans = _plans(derived(harness.seed, operation.operation_id, "archives"))
    return stage


def _make_packs(stage: Stage) -> None:
    """A pack of each kind, as far as the target lets them be made: it is judged on those that it has too."""
    for kind in packs.KINDS:
        with suppress(NotProvoked, LimitReached):
            packs.pack(stage.harness, kind, stage.lead)
    if not stage.operation.safe:
        with suppress(NotProvoked, LimitReached):
            packs.own(stage.harness, stage.lead.org, origin="image_ref")


def _have_images(stage: Stage) -> None:
    """The next image of a pack that is there, and images that can each become one."""
    harness = stage.harness
    with suppress(NotProvoked):
        for pack in [p for p in stage.own_packs() if p.origin == "image_ref"]:
            stage.image_refs += [packs.pullable_next(harness, pack)]
    with suppress(NotProvoked):
        names = [harness.fresh_name() for _ in range(IMAGES)]
        stage.image_refs += dict.fromkeys(packs.pullable(harness, stage.lead, name) for name in names)


@lru_cache(maxsize=8)  # a process may judge several targets by one seed
def _plans(seed: int) -> tuple[Plan, ...]:
    """Each defect once, a valid archive before each."""
    valid = drawn(plans(), 2 * len(DEFECTS), seed)
    spoiled = [replace(plan, defect=defect) for plan, defect in zip(valid, DEFECTS, strict=False)]
    return tuple(plan for pair in zip(valid[len(DEFECTS) :], spoiled, strict=True) for plan in pair)

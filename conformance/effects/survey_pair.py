"""Two surveys with a write in between, and what is wrong with the second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from conformance.contract.contract import Contract, JsonObject, Provenance
from conformance.effects.survey import Reading, Survey
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.effect import DataEffect
from conformance.oracle.facts import Fact, State
from conformance.oracle.judging import broken, described
from conformance.oracle.law import ELSEWHERE, Law
from conformance.profile import Caller
from conformance.results.difference import NO_EVIDENCE, Evidence

RIGHT, REFUSED = "CONTRACT-RIGHT-ANSWER", "REFUSED-CHANGES-NOTHING"


@dataclass(frozen=True, slots=True)
class EffectBreach:
    """One thing that an answer shows and that cannot be."""

    rule: str
    exchange: Exchange
    expected: str
    got: str
    reading: Reading | None = None
    """Where another answer would have been right."""
    provenance: Provenance = Provenance.SEED
    """Weaker where the contract does not say so outright."""
    effect: DataEffect | None = None
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class Write:
    """What was done between two surveys."""

    object_id: str
    """The object that it is about; empty where everything was refused."""
    law: Law | None = None
    """None: what it changes of its object is not known."""
    request: Request | None = None
    """None: it made the object."""
    answered: JsonObject = field(default_factory=dict)
    """The object as the answer showed it; nothing where it did not."""
    made: str = ""
    """The id of what it made beside the object."""

    @property
    def refused(self) -> bool:
        return not self.object_id

    @property
    def rule_of_others(self) -> str:
        """The rule that all other objects stay as they were."""
        return REFUSED if self.refused else ELSEWHERE


NOTHING = Write("")


@dataclass(frozen=True, slots=True)
class SurveyPair:
    """What was shown before a write and after it, to the same viewers, of whom the first wrote."""

    contract: Contract
    resource: Resource
    state: State
    """What is known after the second survey."""
    viewers: tuple[Caller, ...]
    before: Survey
    after: Survey

    def wrong_answers(self, write: Write) -> Iterator[EffectBreach]:
        """Every answer of the second survey that is none of the oracle's."""
        for reading in self.after.readings:
            if not reading.right:
                rule = broken(self.contract, reading.exchange, reading.answers, RIGHT)
                if reading.about and write.object_id not in reading.about.values():
                    rule = write.rule_of_others
                yield EffectBreach(rule, reading.exchange, described(reading.answers), str(reading.exchange), reading)

    def lasting(self) -> list[Fact]:
        """The objects that nobody else may have changed meanwhile, whoever was shown them."""
        facts = self.state.facts(self.resource.name).values()
        return [each for each in facts if self.state.certain(each) and (self.state.own_world or each.made)]

    def hidden(self, viewer: Caller, fact: Fact) -> bool | None:
        """Whether the viewer's list leaves it out since it is somebody else's of the org; None: not known."""
        operation = self.contract.operations.get(self.resource.listed_by or "")
        return operation is not None and self.resource.hides(self.state, fact, viewer, operation)

    def lost(self, differing: Iterable[str]) -> DataEffect | None:
        """What it does that these fields of an object have other values."""
        return self.resource.loss_of(self.contract, differing)

    def was(self, viewer: Caller, object_id: str) -> JsonObject | None:
        """The object as the viewer was shown it before; None where it was not."""
        return first(self.before.answers_showing(viewer, object_id))

    def now(self, viewer: Caller, object_id: str) -> JsonObject | None:
        """The object as the viewer is shown it; None where it is not."""
        return first(self.after.answers_showing(viewer, object_id))


def first(answers: Iterable[tuple[Exchange, JsonObject]]) -> JsonObject | None:
    """What the first of several answers shows."""
    return next((shown for _, shown in answers), None)


def names(differing: Iterable[str]) -> str:
    """Names of fields in words."""
    return ", ".join(differing)

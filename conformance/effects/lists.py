"""What the lists hold after a write."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.effects.survey_pair import EffectBreach, SurveyPair, Write
from conformance.oracle.effect import DataEffect
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.results.difference import of_list

_Wrong = tuple[str, str, str, DataEffect | None]  # the rule, what was expected, what the list has, what that does
GONE, LISTED, NOT_LISTED = "DELETE-GONE", "OWNERSHIP-LISTED", "OWNERSHIP-NOT-LISTED"
ARCHIVED = "LIST-ARCHIVED"


def wrong_lists(pair: SurveyPair, write: Write) -> Iterator[EffectBreach]:
    """Each object is listed for everybody who sees it, and for nobody else."""
    for viewer in pair.viewers:
        reading = pair.after.lists.get(viewer.name)
        if reading is not None and reading.exchange.succeeded:
            listed = pair.after.ids(viewer)
            for rule, expected, got, effect in _wrong(pair, write, viewer, listed):
                evidence = of_list(expected, got)
                yield EffectBreach(rule, reading.exchange, expected, got, effect=effect, evidence=evidence)


def _wrong(pair: SurveyPair, write: Write, viewer: Caller, listed: set[str]) -> Iterator[_Wrong]:
    """What is wrong with a list of these objects."""
    name = pair.resource.name
    for fact in pair.lasting():
        yield from _wrongly_listed(pair, write, viewer, fact, there=fact.id in listed)
    if any(gone in listed for resource, gone in pair.state.gone if resource == name):
        yield GONE, f"no deleted {name} in the list", "one", None


def _wrongly_listed(pair: SurveyPair, write: Write, viewer: Caller, fact: Fact, *, there: bool) -> Iterator[_Wrong]:
    """What is wrong with a list that has this object, or has it not."""
    name, own, others = pair.resource.name, fact.id == write.object_id, write.rule_of_others
    personal, hidden = pair.resource.access.personal, pair.hidden(viewer, fact)
    if there and hidden and personal is not None:
        yield personal.listed, f"no {name} of somebody else", "one", DataEffect.LEAKED
    elif there and not fact.visible_to(viewer.org):
        yield NOT_LISTED if own else others, f"no {name} that the caller does not see", "one", DataEffect.LEAKED
    elif there and not pair.resource.is_listed(fact):
        yield ARCHIVED, f"no archived {name} in the list", "one", None
    elif not there and hidden is False and fact.visible_to(viewer.org) and pair.resource.is_listed(fact):
        went = not own and pair.before.listed(viewer, fact.id)
        lost = DataEffect.LOST if fact.owned_by(viewer.org) else None
        yield others if went else LISTED, f"the {name} in the list", "not in it", lost

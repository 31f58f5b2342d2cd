"""What the lists hold after a write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from conformance.effects.survey_pair import EffectBreach, SurveyPair, Write
from conformance.profile import Caller

GONE, LISTED, NOT_LISTED = "DELETE-GONE", "OWNERSHIP-LISTED", "OWNERSHIP-NOT-LISTED"


def wrong_lists(pair: SurveyPair, write: Write) -> Iterator[EffectBreach]:
    """Each object is listed once for everybody who sees it, and for nobody else."""
    for viewer in pair.viewers:
        reading = pair.after.lists.get(viewer.name)
        if reading is not None and reading.exchange.succeeded:
            times = Counter(pair.after.times(viewer))
            for rule, expected, got in _wrong(pair, write, viewer, times):
                yield EffectBreach(rule, reading.exchange, expected, got)


def _wrong(pair: SurveyPair, write: Write, viewer: Caller, times: Counter[str]) -> Iterator[tuple[str, str, str]]:
    """The rule, what was expected, and what the list has, where an object is in it so many times."""
    name, state, others = pair.resource.name, pair.state, write.rule_of_others
    for fact in pair.lasting():
        own = fact.id == write.object_id
        if times[fact.id] and not fact.visible_to(viewer.org):
            yield NOT_LISTED if own else others, f"no {name} that the caller does not see", "one"
        elif not times[fact.id] and fact.visible_to(viewer.org):
            went = not own and pair.before.listed(viewer, fact.id)
            yield others if went else LISTED, f"the {name} in the list", "not in it"
    if any(times[gone] for resource, gone in state.gone if resource == name):
        yield GONE, f"no deleted {name} in the list", "one"
    if any(count > 1 for count in times.values()):
        yield LISTED, f"each {name} once in the list", "one of them twice"

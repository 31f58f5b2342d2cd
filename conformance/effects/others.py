"""What a write leaves as it was: every object that it is not about."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.effects.survey_pair import EffectBreach, SurveyPair, Write, names
from conformance.oracle.effect import DataEffect
from conformance.profile import Caller
from conformance.recipes.reading import difference
from conformance.results.difference import of_bytes, of_fields, of_list


def changed_others(pair: SurveyPair, write: Write) -> Iterator[EffectBreach]:
    """Every other object that is not as it was; after a refusal, every object."""
    rule = write.rule_of_others
    expected = f"every {'' if write.refused else 'other '}{pair.resource.name} as before"
    for viewer in pair.viewers:
        for object_id in _unchanging(pair, viewer) - {write.object_id}:
            was = pair.was(viewer, object_id)
            for exchange, now in pair.after.answers_showing(viewer, object_id):
                if differing := difference(pair.state.contract, was, now, ignoring=pair.resource.moves):
                    effect, evidence = pair.lost(differing), of_fields(differing, was, now)
                    got = f"{names(differing)} changed"
                    yield EffectBreach(rule, exchange, expected, got, effect=effect, evidence=evidence)
        yield from _come_or_gone(pair, write, viewer, rule, expected)
    for place, reading in pair.after.parts.items():
        was_part = pair.before.parts.get(place)
        if place[1] != write.object_id and was_part is not None and was_part.other_bytes(reading):
            evidence = of_bytes(was_part.exchange.body, reading.exchange.body)
            yield EffectBreach(
                rule, reading.exchange, expected, "other bytes", effect=DataEffect.LOST, evidence=evidence
            )


def _unchanging(pair: SurveyPair, viewer: Caller) -> set[str]:
    """The ids of what the viewer was shown before and nobody else may have changed meanwhile."""
    known = pair.before.ids(viewer)
    known |= {object_id for name, object_id in pair.before.items if name == viewer.name}
    known = {each for each in known if pair.was(viewer, each) is not None}
    return (
        known if pair.state.own_world else known & {fact.id for fact in pair.state.certainly_made(pair.resource.name)}
    )


def _come_or_gone(pair: SurveyPair, write: Write, viewer: Caller, rule: str, expected: str) -> Iterator[EffectBreach]:
    """Where nobody else is at work, nothing else has come into the list or gone from it."""
    reading = pair.after.lists.get(viewer.name)
    if not pair.state.own_world or reading is None:
        return
    ids = [survey.ids(viewer) for survey in (pair.before, pair.after)]
    if moved := (ids[0] ^ ids[1]) - {write.object_id, write.made}:
        evidence = of_list(*(", ".join(sorted(moved & each)) or "none of them" for each in ids))
        lost = DataEffect.LOST if moved & ids[0] else None
        got = f"{len(moved)} came or went"
        yield EffectBreach(rule, reading.exchange, expected, got, effect=lost, evidence=evidence)

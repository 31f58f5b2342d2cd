"""What the object of a write is, to everybody, after it."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import JsonObject, Provenance
from conformance.effects.survey import Reading
from conformance.effects.survey_pair import EffectBreach, SurveyPair, Write, first, names
from conformance.http.exchange import Exchange
from conformance.oracle.effect import DataEffect
from conformance.oracle.law import EVERY_CALLER
from conformance.profile import Caller
from conformance.recipes.reading import changed, difference
from conformance.results.difference import of_bytes, of_fields

LIST_ITEM = "OWNERSHIP-LIST-ITEM"


def wrong_object(pair: SurveyPair, write: Write) -> Iterator[EffectBreach]:
    """What is wrong with the object as each caller is shown it, and with its parts."""
    yield from _unlike_its_answer(pair, write)
    for viewer in pair.viewers if not write.refused else ():
        shown = list(pair.after.answers_showing(viewer, write.object_id))
        for exchange, now in shown[:1]:
            yield from _not_kept(pair, write, viewer, exchange, now)
            yield from _unlike(pair, write, viewer, exchange, now)
        yield from _disagreeing(pair, shown)
    yield from _wrong_parts(pair, write)


def _unlike_its_answer(pair: SurveyPair, write: Write) -> Iterator[EffectBreach]:
    """Who wrote is shown what the write answered; that the answer shows all of it is no more than assumed."""
    for exchange, now in pair.after.answers_showing(pair.viewers[0], write.object_id) if write.answered else ():
        expected = "what the write answered"
        if differing := changed(pair.state.contract, write.answered, now, ignoring=pair.resource.moves):
            effect, evidence = pair.lost(differing), of_fields(differing, write.answered, now)
            got = f"another {names(differing)}"
            yield EffectBreach(EVERY_CALLER, exchange, expected, got, effect=effect, evidence=evidence)
        elif not pair.resource.shown_once and (
            more := difference(pair.state.contract, write.answered, now, ignoring=pair.resource.moves)
        ):
            evidence = of_fields(more, write.answered, now)
            got = f"{names(more)} on one side alone"
            yield EffectBreach(EVERY_CALLER, exchange, expected, got, provenance=Provenance.ASSUMED, evidence=evidence)


def _disagreeing(pair: SurveyPair, shown: list[tuple[Exchange, JsonObject]]) -> Iterator[EffectBreach]:
    """The list and the single read show one caller the same."""
    for exchange, each in shown[1:]:
        if differing := difference(pair.state.contract, first(shown), each, ignoring=pair.resource.moves):
            evidence = of_fields(differing, first(shown), each)
            got = f"another {names(differing)}"
            yield EffectBreach(LIST_ITEM, exchange, "what the single read shows", got, evidence=evidence)


def _not_kept(
    pair: SurveyPair, write: Write, viewer: Caller, exchange: Exchange, now: JsonObject
) -> Iterator[EffectBreach]:
    """The fields that the write does not move are as the caller was shown them before."""
    was = pair.was(viewer, write.object_id)
    if write.law is None or was is None:
        return
    if differing := difference(pair.state.contract, was, now, ignoring=write.law.moves | pair.resource.moves):
        rule = write.law.keeps if viewer is pair.viewers[0] else EVERY_CALLER
        effect, evidence = pair.lost(differing), of_fields(differing, was, now)
        got = f"{names(differing)} changed"
        yield EffectBreach(rule, exchange, "every other field as before", got, effect=effect, evidence=evidence)


def _unlike(
    pair: SurveyPair, write: Write, viewer: Caller, exchange: Exchange, now: JsonObject
) -> Iterator[EffectBreach]:
    """It is the same for all who see it, but for what is not everybody's."""
    resource = pair.resource
    as_written = pair.now(pair.viewers[0], write.object_id) or {}
    if differing := changed(pair.state.contract, as_written, now, ignoring=resource.by_viewer | resource.moves):
        expected = f"the {resource.name} as the caller who wrote is shown it"
        effect, evidence = pair.lost(differing), of_fields(differing, as_written, now)
        got = f"another {names(differing)}"
        yield EffectBreach(EVERY_CALLER, exchange, expected, got, effect=effect, evidence=evidence)
    fact = pair.state.facts(resource.name).get(write.object_id)
    foreign = fact is not None and fact.owner is not None and not fact.owned_by(viewer.org)
    if foreign and (leaking := sorted(now.keys() & resource.owner_only)):
        expected, evidence = "no field that its own org alone is shown", of_fields(leaking, {}, now)
        yield EffectBreach(
            EVERY_CALLER, exchange, expected, names(leaking), effect=DataEffect.LEAKED, evidence=evidence
        )


def _wrong_parts(pair: SurveyPair, write: Write) -> Iterator[EffectBreach]:
    """A part has the bytes that were sent for it; the others have those of before."""
    if write.law is None or write.request is None:
        return
    named = set(write.request.path_values.values()) if write.law.content == "part" else set()
    for (caller, object_id, part), reading in pair.after.parts.items():
        was = pair.before.parts.get((caller, object_id, part))
        if object_id != write.object_id or not reading.exchange.succeeded:
            continue
        if part in named:
            if reading.exchange.body != write.request.content:
                yield _other_bytes(reading, "the bytes that were sent", write.request.content)
        elif write.law.content != "whole" and was is not None and was.other_bytes(reading):
            yield _other_bytes(reading, "the bytes of before", was.exchange.body)


def _other_bytes(reading: Reading, expected: str, right: bytes | None) -> EffectBreach:
    evidence = of_bytes(right, reading.exchange.body)
    return EffectBreach(
        EVERY_CALLER, reading.exchange, expected, "other bytes", effect=DataEffect.LOST, evidence=evidence
    )

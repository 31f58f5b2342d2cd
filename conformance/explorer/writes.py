"""The reading of an object after something was done to it, held against the answer and the law of the write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.contract.contract import Operation
from conformance.explorer.looks import ITEM
from conformance.explorer.memory import NOTHING, REFUSED, Write
from conformance.explorer.subject import ExploredResource
from conformance.http.exchange import Exchange
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.facts import Fact
from conformance.oracle.law import EVERY_CALLER, AllowedChange
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.reading import differing_fields, list_differences, list_readers
from conformance.recipes.requests import build
from conformance.results.difference import from_bytes


@dataclass(frozen=True, slots=True)
class AnsweredWrite:
    """A write that was answered, and its object before it."""

    operation: Operation
    exchange: Exchange
    before: Fact
    was: object
    """The object as its reader was shown it before; None where it was not."""


def judge_write(subject: ExploredResource, operation: Operation, exchange: Exchange, before: Fact) -> Write:
    """Read the object: it is as the answer showed it, as it was before a refusal, or not there; what was done."""
    harness, resource, memory = subject.harness, subject.resource, subject.memory
    subject.touch_archived()
    behavior = resource.find_behavior(operation.operation_id)
    stood = before.id in harness.knowledge.get_facts(resource.name)
    made = read_id(resource.as_made(operation.operation_id, exchange.json)) if behavior.beside else ""
    write = Write(before.id, made) if exchange.has_succeeded else NOTHING
    reader = _find_reader(subject, before)
    was = memory.items.get((reader.name, before.id)) if reader else None
    if exchange.has_succeeded:
        memory.touch(before.id, made)
        _remember_content(subject, behavior.may_change, exchange, before)
    shown_by = harness.contract.operations.get(resource.shown_by or "")
    if reader is None or shown_by is None:
        return write
    read = subject.looker.ask(reader, build(shown_by, choose_path_values(shown_by, before)), ITEM, before.id, write)
    if not stood or not read.has_succeeded:
        return write
    subject.looker.demand(read, _judge_reading(subject, AnsweredWrite(operation, exchange, before, was), read))
    memory.items[reader.name, before.id] = read.json
    if exchange.has_succeeded:
        _check_parts(subject, exchange, reader, before)
    return write


def _find_reader(subject: ExploredResource, fact: Fact) -> Caller | None:
    """Return a caller of the object's org who is shown it."""
    resource, state = subject.resource, subject.harness.knowledge
    shown_by = subject.harness.contract.operations.get(resource.shown_by or "")
    if fact.owner is None or shown_by is None:
        return None
    colleagues = list_readers(subject.harness, resource, fact.owner)
    return next((each for each in colleagues if resource.hides(state, fact, each, shown_by) is False), None)


def _judge_reading(subject: ExploredResource, done: AnsweredWrite, read: Exchange) -> Iterator[Breach]:
    """Yield what is wrong with the object as it is read."""
    operation, exchange, before, was = done.operation, done.exchange, done.before, done.was
    contract, resource, moves = subject.harness.contract, subject.resource, subject.resource.moves
    tell = subject.looker.tell_moved
    behavior = resource.find_behavior(operation.operation_id)
    law = behavior.may_change
    known = was if isinstance(was, dict) else dict(before.shown)
    if not exchange.has_succeeded or behavior.beside:
        rule = (law or AllowedChange()).keeps if exchange.has_succeeded else REFUSED
        if moved := differing_fields(contract, known, read.json, ignoring=moves):
            yield tell(rule, f"the {resource} as before", moved, known, read.json)
        return
    answered = exchange.json if read_id(exchange.json) else {}
    if moved := differing_fields(contract, answered, read.json, ignoring=moves):
        rule = subject.looker.steps.cite_reading(operation, moved)
        yield tell(rule, f"the {resource} as the answer showed it", moved, answered, read.json)
    if law is not None and known:
        free = law.moves | moves
        if operation.operation_id == resource.updated_by:
            free = (law.moves & {*json.loads(exchange.request.content or b"{}"), "updated_at"}) | moves
        compare = list_differences if isinstance(was, dict) else differing_fields
        if moved := compare(contract, known, read.json, ignoring=free):
            yield tell(law.keeps, "every other field as before", moved, known, read.json)
    shown = read.json if isinstance(read.json, dict) else {}
    yield from subject.looker.steps.check_write(exchange, before, shown)


def _remember_content(subject: ExploredResource, law: AllowedChange | None, exchange: Exchange, fact: Fact) -> None:
    """Remember what was put into a part of the object, and forget what a write may have changed."""
    if law is None or law.content == "whole":
        subject.memory.forget_content(fact.id)
    elif law.content == "part" and exchange.request.content is not None:
        for part in {*exchange.request.path_values.values()} - {fact.id}:
            subject.memory.parts[fact.id, part] = exchange.request.content


def _check_parts(subject: ExploredResource, exchange: Exchange, reader: Caller, before: Fact) -> None:
    """Read the part that was written, and whatever else the write is read by."""
    looker = subject.looker
    if part := looker.steps.build_part_read(exchange):
        answer = looker.ask(reader, part)
        if answer.has_succeeded and answer.body != exchange.request.content:
            evidence = from_bytes(exchange.request.content, answer.body)
            said = "the bytes that were sent", "other bytes"
            breach = Breach(EVERY_CALLER, *said, effect=DataEffect.LOST, evidence=evidence)
            looker.demand(answer, iter([breach]))
    for request in looker.steps.read_besides(exchange):
        answer = looker.ask(reader, request)
        looker.demand(answer, looker.steps.check_read(answer, looker.find_known(before)))

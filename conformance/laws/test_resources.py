"""Laws of the objects of any resource: made, read, listed, changed and removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from conformance.contract.contract import JsonObject
from conformance.declared.plain_resources import (
    PlainResource,
    find_comparable_fields,
    find_sent_fields,
    read_key,
    read_object,
)
from conformance.http.exchange import Exchange
from conformance.oracle.declaration.registry import list_resources
from conformance.oracle.judging import NotProvoked
from conformance.plain.life import Lives, OwnObject, differing_fields
from conformance.results.difference import from_field, from_fields
from conformance.running.binding import Scope, in_full, over, rule
from conformance.session.harness import Harness

MOST_FIELDS = 12
"""The number of fields of a resource that are changed one by one."""
SENT, WAS = "it was sent", "it was before"


@dataclass(frozen=True, slots=True)
class Update:
    """An update that was served."""

    field: str
    """The field that got another value."""
    before: JsonObject
    """The object as it was shown before."""
    sent: JsonObject
    answer: Exchange
    made: OwnObject
    """The object after it, under the key that it has then."""


def with_parts(*parts: str) -> Callable[[Scope], list[PlainResource]]:
    """Return the resources that have an operation for each of these parts."""

    def values(_scope: Scope) -> list[PlainResource]:
        plain = [each for each in list_resources() if isinstance(each, PlainResource)]
        return [each for each in plain if all(getattr(each.shape, part) for part in parts)]

    return values


def _is_seen(resource: PlainResource) -> bool:
    return bool(resource.shape.read or resource.shape.list)


@rule("CREATE-READABLE")
@in_full
@over("resource", with_parts("create", "read"))
def test_what_was_created_can_be_read(harness: Harness, resource: PlainResource) -> None:
    """A second one is made too, and both are read."""
    lives = Lives(harness)
    first = lives.create(resource)
    for made in (first, lives.create(resource, first.caller)):
        answer = lives.read(made)
        harness.check(answer.has_succeeded, answer, f"the {resource.name} that was made", str(answer))
        shown = read_key(made.shape, read_object(made.shape, made.shape.read, answer.json))
        evidence = from_field(made.shape.key, made.key, shown)
        harness.check(shown == made.key, answer, f"the {made.shape.key} of what was made", "another", evidence=evidence)


@rule("CREATE-APPLIES")
@in_full
@over("resource", with_parts("create", "read"))
def test_what_was_created_is_as_it_was_sent(harness: Harness, resource: PlainResource) -> None:
    """Each field that was sent, and that the object shows, has the value that was sent; in the answer and later."""
    lives = Lives(harness)
    made = lives.create(resource)
    answered = read_object(made.shape, made.answer.operation_id, made.answer.json)
    read, shown = lives.read_shown(made)
    comparable = find_comparable_fields(harness.contract, made.shape, made.shape.create)
    for exchange, each in ((made.answer, answered), (read, shown)):
        _check_has(harness, exchange, each, made.sent, SENT, names=comparable)


@rule("CREATE-LISTED")
@in_full
@over("resource", with_parts("create", "list"))
def test_what_was_created_is_listed(harness: Harness, resource: PlainResource) -> None:
    lives = Lives(harness)
    made = lives.create(resource)
    answer, holds, is_whole = lives.read_list(made)
    if not holds and not is_whole:
        raise NotProvoked("the list has pages, and the first does not hold it")
    harness.check(holds, answer, f"the {resource.name} that was made in the list", "a list without it")


@rule("CREATE-KEYS-DIFFER")
@in_full
@over("resource", with_parts("create", "read"))
def test_no_two_have_the_same_key(harness: Harness, resource: PlainResource) -> None:
    """Two are made one after the other, each with a name of its own."""
    lives = Lives(harness)
    first = lives.create(resource)
    second = lives.create(resource, first.caller)
    evidence = from_field(first.shape.key, f"another than {first.key}", second.key)
    harness.check(
        first.key != second.key,
        second.answer,
        f"another {first.shape.key} than the first has",
        "the same",
        evidence=evidence,
    )


@rule("CREATE-UNIQUE")
@in_full
@over("resource", lambda scope: [each for each in with_parts("create")(scope) if each.shape.unique])
def test_a_second_one_with_the_same_unique_fields_is_refused(harness: Harness, resource: PlainResource) -> None:
    lives = Lives(harness)
    first = lives.create(resource)
    same = {name: first.sent[name] for name in resource.shape.unique if name in first.sent}
    if len(same) < len(resource.shape.unique):
        raise NotProvoked("the unique fields are not those of a creation, so nobody can give them twice")
    operation = lives.operation(resource.shape.create)
    fields = {**next(lives.draw_bodies(resource)), **same}
    answer = lives.send_creation(resource, operation, first.caller, fields, first.above)
    if answer.has_succeeded:
        lives.keep_made(resource, first.caller, fields, answer, first.above)
    said = f"a refusal, since {' and '.join(same)} are taken"
    harness.check(not answer.has_succeeded, answer, said, str(answer))


@rule("UPDATE-APPLIES")
@in_full
@over("resource", with_parts("create", "read", "update"))
def test_an_update_applies(harness: Harness, resource: PlainResource) -> None:
    """One field after the other gets another value, which its answer and a later read show."""
    lives = Lives(harness)
    for update in _send_updates(lives, lives.create(resource)):
        read, shown = lives.read_shown(update.made)
        answered = read_object(resource.shape, update.answer.operation_id, update.answer.json)
        for exchange, each in ((update.answer, answered), (read, shown)):
            _check_has(harness, exchange, each, update.sent, SENT, names=[update.field])
    _check_judged(harness, resource)


@rule("UPDATE-REST")
@in_full
@over("resource", with_parts("create", "read", "update"))
def test_an_update_leaves_the_rest(harness: Harness, resource: PlainResource) -> None:
    """An update leaves what callers set and it does not send anew, and what is declared to be fixed."""
    lives = Lives(harness)
    made = lives.create(resource)
    settable = find_comparable_fields(harness.contract, made.shape, made.shape.create)
    for update in _send_updates(lives, made):
        made = update.made
        read, shown = lives.read_shown(made)
        others = [each for each in settable if each not in (update.field, made.shape.key)]
        _check_has(harness, read, shown, update.before, WAS, names=others)
    _check_fixed(lives, made)
    _check_judged(harness, resource)


@rule("DELETE-GONE")
@in_full
@over("resource", lambda scope: [each for each in with_parts("create", "remove")(scope) if _is_seen(each)])
def test_what_was_removed_is_gone(harness: Harness, resource: PlainResource) -> None:
    """It was there before; a read then finds nothing, nor does the list hold it."""
    lives = Lives(harness)
    made = lives.create(resource)
    _ = lives.read_shown(made) if made.shape.read else lives.read_list(made)
    removed = lives.remove(made)
    if not removed.has_succeeded:
        raise NotProvoked(f"it could not be removed: {removed.operation_id} answered {removed}")
    if made.shape.read is not None:
        answer = lives.read(made)
        harness.check(not answer.has_succeeded, answer, f"no {resource.name}, since it was removed", str(answer))
    if made.shape.list is not None:
        listing, holds, _ = lives.read_list(made)
        harness.check(
            not holds, listing, f"a list without the {resource.name} that was removed", "a list that holds it"
        )


@rule("DELETE-NOTHING-ELSE")
@in_full
@over("resource", with_parts("create", "read", "remove"))
def test_the_others_stay_when_one_is_changed_or_removed(harness: Harness, resource: PlainResource) -> None:
    """One of two is changed, where it can be, then removed; the other is read before and after each."""
    lives = Lives(harness)
    other = lives.create(resource)
    made = lives.create(resource, other.caller)
    before = lives.read_shown(other)[1]
    if made.shape.update is not None:
        update = next(_send_updates(lives, made), None)
        if update is not None:
            made = update.made
            _check_same(harness, lives.read(other), other, before)
    if lives.remove(made).has_succeeded:
        _check_same(harness, lives.read(other), other, before)


def _check_same(harness: Harness, answer: Exchange, made: OwnObject, before: JsonObject) -> None:
    """Raise a finding unless an object is shown as it was before, as far as callers set it."""
    harness.check(answer.has_succeeded, answer, f"the {made.resource.name} as it was before", str(answer))
    shown = read_object(made.shape, made.shape.read, answer.json)
    _check_has(
        harness, answer, shown, before, WAS, names=[*find_sent_fields(harness.contract, made.shape, made.shape.create)]
    )


def _check_has(
    harness: Harness, exchange: Exchange, shown: JsonObject, sent: JsonObject, said: str, *, names: list[str]
) -> None:
    """Raise a finding unless the fields of these names are shown as they were sent, or were before: what is `said`."""
    unlike = differing_fields(shown, sent, names)
    evidence = from_fields(unlike, dict(sent), dict(shown))
    named = " and ".join(unlike)
    harness.check(not unlike, exchange, f"{named} as {said}", "another value", evidence=evidence)


def _check_fixed(lives: Lives, made: OwnObject) -> None:
    """Raise a finding where a field that no update changes is changed by one."""
    before = lives.read_shown(made)[1]
    for name in sorted(made.shape.immutable & before.keys()):
        schema = find_sent_fields(lives.contract, made.shape, made.shape.create).get(name, {})
        value = lives.samples.draw_value(schema, 1, name)
        sent = {**_build_base(lives, made, before), name: value}
        answer = lives.update(made, sent)
        if answer.has_succeeded:
            made = lives.apply_update(made, sent, answer)
            read, shown = lives.read_shown(made)
            _check_has(lives.harness, read, shown, before, WAS, names=[name])


def _send_updates(lives: Lives, made: OwnObject) -> Iterator[Update]:
    """Give one field after the other that an update may change another value, and yield each that was served."""
    operation = lives.operation(made.shape.update)
    others = lives.draw_fields(made.resource, operation, 1)
    comparable = find_comparable_fields(lives.contract, made.shape, made.shape.update)
    names = [name for name in comparable if name in others and name not in (made.shape.key, *made.shape.immutable)]
    for name in names[:MOST_FIELDS]:
        before = lives.read_shown(made)[1]
        if name in before and before[name] != others[name]:
            sent = {**_build_base(lives, made, before), name: others[name]}
            answer = lives.update(made, sent)
            if answer.has_succeeded:
                made = lives.apply_update(made, sent, answer)
                yield Update(name, before, sent, answer, made)


def _build_base(lives: Lives, made: OwnObject, before: JsonObject) -> JsonObject:
    """Return what has to be sent beside a field: by PUT the whole object as it is, by PATCH nothing."""
    operation = lives.operation(made.shape.update)
    if operation.method != "PUT":
        return {}
    fields = find_sent_fields(lives.contract, made.shape, operation.operation_id)
    return {name: before.get(name, made.sent.get(name)) for name in fields if name in before or name in made.sent}


def _check_judged(harness: Harness, resource: PlainResource) -> None:
    """Raise NotProvoked where no answer was held against the rule."""
    if not harness.judged:
        raise NotProvoked(f"no update of a {resource.name} was served that changes a field which it shows")

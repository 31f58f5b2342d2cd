"""Clause secrets: names are kept, and values are shown to nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.declared.compiler import make_fresh_key
from conformance.http.exchange import Exchange, Request
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.registry import require_resource
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import create_owned
from conformance.recipes.reading import find_item, get_field, items, list_differences
from conformance.recipes.requests import build, with_json
from conformance.resources.events.log import read_newest
from conformance.resources.secrets import DELETE, SET, make_fresh_value
from conformance.results.difference import from_fields, from_list
from conformance.rules.checks import check_hides, check_shows
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

NAMES: Mapping[str, Callable[[str], str]] = {
    "digit-first": lambda name: f"1{name}",
    "hyphen-first": lambda name: f"-{name}",
    "dot": lambda name: f"{name}.x",
    "space": lambda name: f"{name} x",
    "not-ascii": lambda name: f"{name}ä",
    "line-end": lambda name: f"{name}\n",
    "65-characters": lambda name: name.ljust(65, "x"),
}
"""The ways to make an invalid name of a name."""


def _build_setting(harness: Harness, name: str, value: str) -> tuple[Caller, Request]:
    operation = harness.contract.operations[SET]
    return harness.able(operation), with_json(operation, {"name": name}, {"value": value})


def _check_listed_once(harness: Harness, caller: Caller, name: str) -> Exchange:
    answer = reading.read_list(harness, require_resource("secret"), caller)
    times = sum(each.get("name") == name for each in items(answer))
    said, evidence = ("the secret once in the list", f"{times} times"), from_list("once", f"{times} times")
    harness.check(times == 1, answer, *said, evidence=evidence, effect=None if times else DataEffect.LOST)
    return answer


@rule("SECRET-SET")
def test_a_secret_that_was_set_is_listed_once(harness: Harness) -> None:
    """A secret is set, then set again with another value and with an equal one, and the list is read each time."""
    name, values = make_fresh_key(harness), [make_fresh_value(harness), make_fresh_value(harness)]
    caller, first = _build_setting(harness, name, values[0])
    made = harness.judge(caller, first)
    check_shows(harness, made, "name", name)
    _check_listed_once(harness, caller, name)
    for value in (values[1], values[1]):
        answer = harness.judge(caller, _build_setting(harness, name, value)[1])
        check_shows(harness, answer, "created_at", get_field(made.json, "created_at"))
        listed = _check_listed_once(harness, caller, name)
        differing = list_differences(harness.contract, answer.json, find_item(listed, name))
        evidence = from_fields(differing, answer.json, find_item(listed, name))
        harness.check(not differing, listed, "what was answered", f"another {', '.join(differing)}", evidence=evidence)


@rule("SECRET-SET")
def test_names_that_differ_in_case_are_those_of_two(harness: Harness) -> None:
    """Two secrets are set whose names differ in the case of a letter; each is in the list once, and one is deleted."""
    begin = make_fresh_key(harness)
    names = [f"{begin}-{letter}" for letter in "aA"]
    for name in names:
        harness.guard.allow_made(name)
        caller, request = _build_setting(harness, name, make_fresh_value(harness))
        harness.judge(caller, request)
    for name in names:
        _check_listed_once(harness, caller, name)
    delete = harness.contract.operations[DELETE]
    harness.hold(harness.able(delete, caller.org), build(delete, {"name": names[0]}))
    _check_listed_once(harness, caller, names[1])


@rule("SECRET-HIDDEN")
def test_no_answer_shows_a_value(harness: Harness) -> None:
    """A secret is set, refused, listed and deleted, and neither an answer nor the log has its value or a part of it."""
    name, value = make_fresh_key(harness), make_fresh_value(harness)
    caller, right = _build_setting(harness, name, value)
    wrong = with_json(harness.contract.operations[SET], {"name": name}, {"value": value, "more": value})
    typed = with_json(harness.contract.operations[SET], {"name": name}, {"value": [value]})
    answers = [harness.send(caller, request) for request in (wrong, typed, right, right)]
    answers += [harness.send(each, wrong) for each in harness.callers()]
    answers += [reading.read_list(harness, require_resource("secret"), caller)]
    delete = harness.contract.operations[DELETE]
    answers += [harness.send(caller, build(delete, {"name": name})) for _ in ("deleted", "deleted again")]
    for answer in (*answers, *read_newest(harness, caller.org)):
        check_hides(harness, answer, value, "the value")


@rule("SECRET-NAME")
@over("kind", lambda _: NAMES)
def test_a_name_outside_the_grammar_is_refused(harness: Harness, kind: str) -> None:
    """A secret of such a name is set."""
    name = NAMES[kind](make_fresh_key(harness))
    harness.guard.allow_made(name)
    caller, request = _build_setting(harness, name, make_fresh_value(harness))
    harness.judge(caller, request)


@rule("SECRET-DELETED")
def test_a_deleted_secret_is_not_listed(harness: Harness) -> None:
    """A secret is deleted beside another one, and the list is read."""
    delete = harness.contract.operations[DELETE]
    caller = harness.able(delete)
    secret = require_resource("secret")
    other, fact = create_owned(harness, secret, caller.org), create_owned(harness, secret, caller.org)
    harness.judge(caller, build(delete, choose_path_values(delete, fact)))
    answer = reading.read_list(harness, require_resource("secret"), caller)
    said = "no deleted secret in the list", "one"
    harness.check(find_item(answer, fact.id) is None, answer, *said, evidence=from_list(said[0], fact.id))
    said = "every other secret in the list", "one is not in it"
    harness.check(find_item(answer, other.id) is not None, answer, *said, effect=DataEffect.LOST)

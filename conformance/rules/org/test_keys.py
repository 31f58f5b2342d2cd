"""Clause keys: API keys are made, shown once, and revoked."""

from __future__ import annotations

from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.reading import find_item, get_field, items, read_list
from conformance.resources.api_keys import SHORTEST, NewKey, ask_with, ends_alike, make_key, revoke
from conformance.results.difference import count_same_beginning, from_field, from_list
from conformance.rules.checks import check_equal, check_hides, check_shows
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

SHOWN_LAST = 4
"""The characters at the end of a value that its prefix shows."""


@rule("KEY-VALUE")
@over("permission_set", lambda scope: list(scope.contract.permission_sets))
def test_the_value_of_a_key_signs_in(harness: Harness, permission_set: str) -> None:
    """The session of the new key is the org's, with the label, the permission set and the scopes of it."""
    key = make_key(harness, permission_set)
    session = ask_with(harness, key)
    harness.check(session.has_succeeded, session, "200 to the bearer of a new key", str(session))
    check_shows(harness, session, "org_id", key.maker.org)
    held, scopes = get_field(session.json, "permissions"), sorted(harness.contract.permission_sets[permission_set])
    # A scope that is named twice is held once, and one that no operation asks for lets nobody in.
    known = sorted({*map(str, held)} & {*scopes, *harness.contract.scopes}) if isinstance(held, list) else held
    check_equal(harness, session, known, scopes, f"permissions {scopes!r}")


@rule("KEY-VALUE-ONCE")
def test_a_value_is_shown_once(harness: Harness) -> None:
    """The list, the session of the key, another creation and the revocation do not hold the value."""
    key = make_key(harness)
    answers = [
        read_list(harness, require_resource("api_key"), key.maker),
        ask_with(harness, key),
        make_key(harness).made,
    ]
    answers += [revoke(harness, key), read_list(harness, require_resource("api_key"), key.maker)]
    hidden = key.value[len(key.value) // 2 : -SHOWN_LAST]  # what a prefix has no place for
    for answer in answers:
        there = key.value.encode() in answer.body
        harness.check(not there, answer, "no value of a key", "that of an earlier one")
        check_hides(harness, answer, hidden, "the value of the key")


@rule("KEY-PREFIX")
def test_a_prefix_tells_a_key_by_its_ends(harness: Harness) -> None:
    """The prefix begins and ends as the value does, and has no more of it; in the list it is the same."""
    key = make_key(harness)
    prefix = get_field(key.made.json, "prefix")
    if not isinstance(prefix, str):
        raise NotProvoked("a creation did not answer with a prefix")
    if len(key.value) < SHORTEST:
        raise NotProvoked(f"the value of the key has fewer than {SHORTEST} characters")
    ends = ends_alike(prefix, key.value)
    said = "a prefix that begins and ends as the value does"
    harness.check(ends, key.made, said, "another", evidence=from_field("prefix", said, prefix))
    shown = count_same_beginning(prefix, key.value)
    short = shown <= len(key.value) // 2
    harness.check(short, key.made, "a prefix without the rest of the value", f"its first {shown} characters")
    answer = read_list(harness, require_resource("api_key"), key.maker)
    shown = get_field(find_item(answer, key.id), "prefix")
    check_equal(harness, answer, shown, prefix, "prefix as the creation answered it")


@rule("KEY-LISTED")
def test_the_list_has_the_keys_that_work(harness: Harness) -> None:
    """A new key is in the list once, for everybody who may read it; when it is revoked the other is there alone."""
    key, other = make_key(harness), make_key(harness, "full_access")
    operation = harness.contract.operations[str(require_resource("api_key").listed_by)]
    for caller in (c for c in harness.callers(key.maker.org) if harness.is_permitted(c, operation)):
        _check_times(harness, caller, {key: 1, other: 1})
    revoke(harness, key)
    _check_times(harness, key.maker, {key: 0, other: 1})


def _check_times(harness: Harness, caller: Caller, expected: dict[NewKey, int]) -> None:
    answer = read_list(harness, require_resource("api_key"), caller)
    for key, times in expected.items():
        found = sum(read_id(each) == key.id for each in items(answer))
        said = f"a key that {'works' if times else 'was revoked'} {times} times in the list"
        harness.check(found == times, answer, said, f"{found} times", evidence=from_list(said, key.id))

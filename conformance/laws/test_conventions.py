"""Conventions that requests of their own show: nothing hidden is served, and a PUT does what HTTP says."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import Operation
from conformance.contract.routing import index_paths
from conformance.declared.plain_resources import PlainResource, find_resource_about, find_sent_fields
from conformance.http.exchange import Exchange, Request
from conformance.laws.test_resources import with_parts
from conformance.oracle.judging import NotProvoked
from conformance.plain.life import Lives, OwnObject, differing_fields
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.results.difference import from_field, from_fields
from conformance.running.binding import Scope, in_full, over, rule
from conformance.session.harness import Harness

OFTEN_HIDDEN = (
    *("/actuator", "/actuator/env", "/admin", "/console", "/debug", "/debug/pprof/", "/debug/vars", "/internal"),
    *("/env", "/phpinfo.php", "/server-status", "/.env", "/.git/config"),
)
"""Paths that frameworks open for those who run a server; none of them costs it much to answer."""
NOBODYS = "/conformance-nobodys-path"
MOST_FIELDS = 4
"""The number of fields that are left out of a PUT, one by one."""


def _list_without_get(scope: Scope) -> Iterator[Operation]:
    """Yield one operation of each path that declares no GET."""
    declared = index_paths(scope.contract.whole)
    first = {each.path: each for each in reversed(scope.operations)}
    yield from (each for path, each in first.items() if not {"GET", "HEAD"} & declared[path].keys())


def _list_put_resources(scope: Scope) -> list[PlainResource]:
    """Return the resources whose objects a PUT changes."""
    operations = scope.contract.operations
    found = with_parts("create", "read", "update")(scope)
    return [each for each in found if operations[each.shape.update or ""].method == "PUT"]


@rule("CONTRACT-NOTHING-HIDDEN")
@in_full
@over("path", lambda _: OFTEN_HIDDEN)
def test_no_path_is_served_that_is_for_those_who_run_the_server(harness: Harness, path: str) -> None:
    """A path that nobody has is asked for first: where that is served, any is."""
    who = next(iter(harness.callers()), ANONYMOUS)
    if any(path in known for known in index_paths(harness.contract.whole)):
        raise NotProvoked("the document has this path")
    if harness.send(who, _make_get(NOBODYS)).has_succeeded:
        raise NotProvoked("the target serves any path")
    _check_hidden(harness, who, path)


@rule("CONTRACT-NOTHING-HIDDEN")
@in_full
@over("operation", _list_without_get)
def test_no_get_is_served_where_the_document_has_none(harness: Harness, operation: Operation) -> None:
    """The path is that of an object which is there, where it has one."""
    lives = Lives(harness)
    keys = lives.make_keys(operation, find_resource_about(operation))
    who = next(iter(lives.list_callers_for(operation)), ANONYMOUS)
    _check_hidden(harness, who, lives.request(operation, keys).path)


@rule("PUT-NOT-CREATED")
@in_full
@over("resource", _list_put_resources)
def test_a_put_of_what_is_there_is_no_creation(harness: Harness, resource: PlainResource) -> None:
    """An object that is there is put once as it is, and once more."""
    for answer, _ in _put_twice(Lives(harness), resource):
        evidence = from_field("status", "200 or 204", answer.status)
        harness.check(answer.status != 201, answer, "an update, since it is there", str(answer), evidence=evidence)


@rule("PUT-REPEATED")
@in_full
@over("resource", _list_put_resources)
def test_the_same_put_twice_is_as_once(harness: Harness, resource: PlainResource) -> None:
    """The object is read after the first and after the second, which sends the same."""
    (_, first), (answer, second) = _put_twice(Lives(harness), resource)
    unlike = differing_fields(second, first, [*first])
    settable = find_sent_fields(harness.contract, resource.shape, resource.shape.update)
    moved = [name for name in unlike if name in settable]
    evidence = from_fields(moved, first, second)
    harness.check(not moved, answer, f"{' and '.join(moved)} as after the first", "another value", evidence=evidence)


@rule("PUT-REPLACES")
@in_full
@over("resource", _list_put_resources)
def test_a_put_replaces_the_whole_object(harness: Harness, resource: PlainResource) -> None:
    """A field gets another value by one PUT, and is left out of the next, which sends all that it needs."""
    lives = Lives(harness)
    operation = lives.operation(resource.shape.update)
    required = lives.list_required_fields(resource, operation)
    if not required or not required >= lives.list_required_fields(resource, lives.operation(resource.shape.create)):
        raise NotProvoked("its body requires less than a creation, so it may be meant to change what it names")
    made = lives.create(resource)
    schemas = find_sent_fields(harness.contract, resource.shape, operation.operation_id)
    others = lives.draw_fields(resource, operation, 1)
    optional = [name for name in others if name not in {*required, resource.shape.key, *resource.shape.immutable}]
    judged = False
    for name in optional[:MOST_FIELDS]:
        if schemas[name].get("default") == others[name]:
            continue
        whole = {**lives.draw_fields(resource, operation, 0), **_find_named_fields(made), name: others[name]}
        if not lives.update(made, whole).has_succeeded or lives.read_shown(made)[1].get(name) != others[name]:
            continue
        answer = lives.update(made, {each: value for each, value in whole.items() if each != name})
        if answer.has_succeeded:
            judged = True
            read, shown = lives.read_shown(made)
            evidence = from_field(name, None, shown.get(name))
            kept = shown.get(name) == others[name]
            harness.check(
                not kept, read, f"no {name}, since the PUT left it out", "its value before", evidence=evidence
            )
    if not judged:
        raise NotProvoked("no field that it may leave out was changed and then left out")


def _check_hidden(harness: Harness, who: Caller | Credential, path: str) -> None:
    answer = harness.send(who, _make_get(path))
    harness.check(not answer.has_succeeded, answer, "no path that the document does not have", str(answer))


def _make_get(path: str) -> Request:
    return Request(None, "GET", path, {})


def _put_twice(lives: Lives, resource: PlainResource) -> list[tuple[Exchange, dict[str, object]]]:
    """Put an object of one's own twice in the same way; return each answer, and what is read then."""
    operation, made = lives.operation(resource.shape.update), lives.create(resource)
    sent = {**lives.draw_fields(resource, operation, 0), **_find_named_fields(made)}
    found = []
    for _ in range(2):
        answer = lives.update(made, sent)
        if not answer.has_succeeded:
            raise NotProvoked(f"a right PUT is not served: {operation} answered {answer}")
        made = lives.apply_update(made, sent, answer)
        found.append((answer, dict(lives.read_shown(made)[1])))
    return found


def _find_named_fields(made: OwnObject) -> dict[str, object]:
    """Return the fields that an object keeps through a PUT: its key, and what is unique or fixed of it."""
    names = {made.shape.key, *made.shape.unique, *made.shape.immutable}
    return {name: made.sent[name] for name in names if name in made.sent}

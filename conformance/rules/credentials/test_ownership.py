"""Clause ownership, of credentials: what is the org's, and what is somebody's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from conformance.contract.contract import Operation
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.effect import DataEffect
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.making import introduced, maker_of, own
from conformance.recipes.reading import item
from conformance.recipes.requests import with_json
from conformance.resources.credentials.oracle import CODE, CREATE, DELETE, GET, START
from conformance.resources.credentials.recipes import of_kind, personal
from conformance.results.difference import of_list
from conformance.rules.credentials.requests import about
from conformance.running.binding import Scope, over, rule
from conformance.session.harness import Harness

SCOPED = "credential has scopes"
OWN_SCOPE = "auth:write:own"


def _one_of_each_org(scope: Scope) -> list[Caller]:
    """Of each org with credentials one caller of each kind: by role, by permission set."""
    found = {(caller.org, caller.role, caller.permission_set): caller for caller in reversed(scope.callers)}
    return list(reversed(found.values()))


def _person(harness: Harness, caller: Caller) -> Caller:
    """Somebody else of the org who may have a credential of one's own: one of the profile, else one by a state."""
    creation = harness.contract.operations[CREATE]
    others = [each for each in harness.callers(caller.org) if each != caller and harness.may(each, creation)]
    return introduced(harness, others[0]) if others else _by_state(harness, caller.org)


def _by_state(harness: Harness, org: str) -> Caller:
    """A new person with auth:write:own alone."""
    made = harness.provide(SCOPED, org_id=org, scopes=[OWN_SCOPE])
    scopes = frozenset({OWN_SCOPE})
    return introduced(harness, Caller(f"holder of {OWN_SCOPE}", org, str(made.get("token")), scopes=scopes))


@rule("OWNERSHIP-CREDENTIAL-LIST")
@over("caller", _one_of_each_org)
def test_a_list_holds_what_the_caller_sees(harness: Harness, caller: Caller) -> None:
    """The org has a credential, the caller one where that may be, and somebody else one."""
    listing = harness.contract.operations[require_resource("credential").listed_by or ""]
    seen = [own(harness, require_resource("credential"), caller.org)]
    if harness.may(caller, harness.contract.operations[CREATE]):
        seen.append(personal(harness, introduced(harness, caller)))
    of_other = personal(harness, _person(harness, caller))
    answer = reading.listed(harness, require_resource("credential"), caller)
    if require_resource("credential").narrows(caller, listing):
        said = "no credential of somebody else in the list", "one"
        hides = item(answer, of_other.id) is None
        harness.check(hides, answer, *said, evidence=of_list(*said), effect=DataEffect.LEAKED)
    else:
        seen.append(of_other)
    for fact in seen:
        said = f"the credential of {'the org' if fact.person is None else 'a person'} in the list", "not in it"
        harness.check(item(answer, fact.id) is not None, answer, *said, evidence=of_list(*said))


def _narrowed(scope: Scope) -> Iterator[tuple[str, Caller]]:
    """Each operation on a credential with each kind of caller who sees no one else's and may ask for it."""
    for operation_id, caller in product((GET, DELETE, START), _one_of_each_org(scope)):
        operation = scope.contract.operations[operation_id]
        if operation.permissions.held_by(caller.held) and require_resource("credential").narrows(caller, operation):
            yield operation_id, caller


@rule("OWNERSHIP-CREDENTIAL-HIDDEN")
@over("operation_id, caller", _narrowed)
def test_what_is_somebody_elses_is_not_there(harness: Harness, operation_id: str, caller: Caller) -> None:
    """A caller without auth:write asks for the credential of somebody else, who reads it before and afterwards."""
    person = _person(harness, caller)
    fact = personal(harness, person)
    reading.shown(harness, require_resource("credential"), person, fact.id)
    harness.judge(introduced(harness, caller), about(harness, operation_id, fact))
    reading.read_back(harness, require_resource("credential"), person, fact.id)


@rule("OWNERSHIP-CREDENTIAL-HIDDEN")
@over("operation_id", lambda _: [GET, DELETE, START])
def test_people_are_kept_from_each_other(harness: Harness, operation_id: str) -> None:
    """Of two people with auth:write:own alone one asks for the credential of the other."""
    org = harness.able(harness.contract.operations[CREATE]).org
    first, second = _by_state(harness, org), _by_state(harness, org)
    fact = personal(harness, first)
    harness.judge(second, about(harness, operation_id, fact))
    harness.judge(first, about(harness, operation_id, fact))


@rule("OWNERSHIP-CREDENTIAL-ORG")
@over("operation_id", lambda _: [CREATE, DELETE, START])
def test_what_is_the_orgs_is_written_with_the_whole_scope(harness: Harness, operation_id: str) -> None:
    """Somebody with auth:write:own alone makes, deletes and starts a credential of the org, as another may."""
    operation = harness.contract.operations[operation_id]
    caller = _narrowed_writer(harness, operation)
    maker = maker_of(harness, require_resource("credential"), harness.contract.operations[CREATE], caller.org)
    fact = own(harness, require_resource("credential"), caller.org)
    body = of_kind(harness, CODE)
    request = with_json(operation, {}, body) if operation_id == CREATE else about(harness, operation_id, fact)
    harness.judge(caller, request)
    harness.judge(maker, request)


def _narrowed_writer(harness: Harness, operation: Operation) -> Caller:
    """Somebody with auth:write:own alone: one of the profile, else one by a state."""
    for caller in harness.callers():
        if harness.may(caller, operation) and require_resource("credential").narrows(caller, operation):
            return introduced(harness, caller)
    return _by_state(harness, harness.able(operation).org)


@rule("OWNERSHIP-CREDENTIAL-ORG")
def test_nobody_starts_what_is_somebody_elses(harness: Harness) -> None:
    """Somebody with auth:write reads the credential of another person, does not start it, and deletes it."""
    creation = harness.contract.operations[CREATE]
    org = harness.able(creation).org
    caller = introduced(harness, maker_of(harness, require_resource("credential"), creation, org))
    if require_resource("credential").narrows(caller, creation):
        raise NotProvoked("nobody of the profile holds auth:write")
    fact = personal(harness, _person(harness, caller))
    reading.shown(harness, require_resource("credential"), caller, fact.id)
    harness.judge(caller, about(harness, START, fact))
    harness.judge(caller, about(harness, DELETE, fact))

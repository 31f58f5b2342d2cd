"""Clause ownership, of credentials: what is the org's, and what is somebody's."""

from __future__ import annotations

from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.judging import NotProvoked
from conformance.recipes import reading
from conformance.recipes.making import choose_maker, create_owned, introduce_caller
from conformance.recipes.people import create_for_another, find_narrowed
from conformance.recipes.requests import with_json
from conformance.resources.credentials.oracle import CODE, CREATE, DELETE, START
from conformance.resources.credentials.recipes import build_body
from conformance.rules.credentials.requests import build_about
from conformance.running.binding import over, rule
from conformance.session.harness import Harness


@rule("OWNERSHIP-CREDENTIAL-ORG")
@over("operation_id", lambda _: [CREATE, DELETE, START])
def test_what_is_the_orgs_is_written_with_the_whole_scope(harness: Harness, operation_id: str) -> None:
    """Somebody with auth:write:own alone makes, deletes and starts a credential of the org, as another may."""
    operation = harness.contract.operations[operation_id]
    caller = find_narrowed(harness, operation)
    maker = choose_maker(harness, require_resource("credential"), harness.contract.operations[CREATE], caller.org)
    fact = create_owned(harness, require_resource("credential"), caller.org)
    body = build_body(harness, CODE)
    request = with_json(operation, {}, body) if operation_id == CREATE else build_about(harness, operation_id, fact)
    harness.judge(caller, request)
    harness.judge(maker, request)


@rule("OWNERSHIP-CREDENTIAL-ORG")
def test_nobody_starts_what_is_somebody_elses(harness: Harness) -> None:
    """Somebody with auth:write reads the credential of another person, does not start it, and deletes it."""
    creation = harness.contract.operations[CREATE]
    org = harness.able(creation).org
    caller = introduce_caller(harness, choose_maker(harness, require_resource("credential"), creation, org))
    if require_resource("credential").narrows(caller, creation):
        raise NotProvoked("nobody of the profile holds auth:write")
    fact = create_for_another(harness, require_resource("credential"), caller)
    reading.read_object(harness, require_resource("credential"), caller, fact.id)
    harness.judge(caller, build_about(harness, START, fact))
    harness.judge(caller, build_about(harness, DELETE, fact))

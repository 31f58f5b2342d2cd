"""The requests with which the tests of credentials begin, and what several of them check."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Request
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import choose_maker, require_shown
from conformance.recipes.reading import get_field
from conformance.recipes.requests import build, with_json
from conformance.resources.credentials.oracle import CREATE, get_kinds
from conformance.resources.credentials.recipes import build_body, create_of_org
from conformance.results.difference import from_field
from conformance.running.binding import Scope
from conformance.session.harness import Harness


def operation(harness: Harness, operation_id: str) -> Operation:
    """Return the operation of this id."""
    return harness.contract.operations[operation_id]


def find_maker(harness: Harness) -> Caller:
    """Return somebody who may make credentials of the org, to whom all of its names are known."""
    credential, creation = require_resource("credential"), operation(harness, CREATE)
    maker = choose_maker(harness, credential, creation, harness.able(creation).org)
    reading.list_whole(harness, credential, maker)
    return maker


def build_creation(harness: Harness, body: JsonObject) -> Request:
    """Return the request that makes a credential of this body."""
    return with_json(operation(harness, CREATE), {}, body)


def build_about(harness: Harness, operation_id: str, fact: Fact) -> Request:
    """Return a request about a credential."""
    named = operation(harness, operation_id)
    return build(named, choose_path_values(named, fact))


def create_of_kind(harness: Harness, kind: str) -> Fact:
    """Return a new credential of the org of this kind."""
    made = create_of_org(harness, find_maker(harness).org, build_body(harness, kind))[1]
    return require_shown(harness, require_resource("credential"), made.json)


def check_refused(harness: Harness, caller: Caller, body: JsonObject, *names: str) -> None:
    """Check that the creation is refused, and that the refusal names a wrong field where it names any."""
    answer = harness.judge(caller, build_creation(harness, body))
    details = get_field(get_field(answer.json, "error"), "details")
    named = get_field(details, "fields")
    if isinstance(named, dict) and answer.status == 400:
        found = sorted(str(each) for each in named)
        right = any(each == name or each.startswith(f"{name}.") for each in found for name in names)
        harness.check(right, answer, f"details.fields with {' or '.join(names)}", ", ".join(found) or "none")


def check_nobodys(harness: Harness, caller: Caller, fact: Fact) -> None:
    """Check that a read shows no user_id: the credential is the org's."""
    read = reading.read_back(harness, require_resource("credential"), caller, fact.id)
    got = get_field(read.json, "user_id")
    evidence = from_field("user_id", None, got)
    harness.check(not got, read, "no user_id of a credential of the org", str(got), evidence=evidence)


def list_needed_keys(scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Yield each kind, each provider that matters to it, and each key that it needs."""
    for kind, needed in get_kinds(scope.contract).items():
        for provider in ("google", *needed.needs_of):
            yield from ((kind, provider, key) for key in needed.keys(provider))

"""Clause authentication: which credentials are taken, and what is answered to the others."""

from __future__ import annotations

from dataclasses import replace

from conformance import needs
from conformance.contract.contract import Operation
from conformance.hostile.credentials import list_kinds_of_rule, make_nobody, make_unknown_key
from conformance.hostile.trying import Trials, deal_kinds
from conformance.http.exchange import Request
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.oracle.expect import expect
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.about import on_nothing
from conformance.recipes.people import (
    UNKNOWN_KEY,
    has_jwt,
    is_session,
    issue_of_each_kind,
    list_callers_of_each_kind,
    make_revoked_key,
)
from conformance.recipes.valid import build_once_served, build_refusable, build_valid
from conformance.resources.api_keys import ask_with, make_key, revoke
from conformance.rules.checks import EACH_OPERATION, serve_once
from conformance.running.binding import about, over, rule
from conformance.session.harness import Harness


@rule("AUTH-REQUIRED")
@EACH_OPERATION
def test_a_request_without_a_credential_is_refused(harness: Harness, operation: Operation) -> None:
    """A request that was served with a credential is sent without; without callers, on impossible ids."""
    harness.judge(ANONYMOUS, build_once_served(harness, operation))


@rule("AUTH-CHALLENGE")
@EACH_OPERATION
def test_a_401_says_how_to_sign_in(harness: Harness, operation: Operation) -> None:
    """A 401 has WWW-Authenticate with the scheme Bearer."""
    exchange = harness.send(ANONYMOUS, build_refusable(harness, operation))
    if exchange.status != 401:
        raise NotProvoked(f"{operation} answers {exchange} to a request without a credential")
    got = exchange.find_header("www-authenticate") or "no WWW-Authenticate"
    harness.check("bearer" in exchange.challenges, exchange, "WWW-Authenticate: Bearer", got)


@rule("AUTH-INVALID")
@EACH_OPERATION
def test_an_unknown_key_is_refused(harness: Harness, operation: Operation) -> None:
    """Every operation is requested with an API key that does not exist."""
    harness.judge(make_unknown_key(), build_once_served(harness, operation))


@rule("AUTH-INVALID")
@EACH_OPERATION
def test_a_malformed_credential_is_refused(harness: Harness, operation: Operation) -> None:
    """A session and a key are malformed in one way at a time, and what is no credential is sent.

    A third of the odder ways in each run; without callers an unknown key is malformed.
    """
    _require_refusals(harness, operation, "AUTH-INVALID")


@rule("AUTH-INVALID")
@about("session.get")
def test_two_credentials_of_which_none_is_right_are_refused(harness: Harness) -> None:
    """Two Authorization headers have a key each that does not exist."""
    request = build_once_served(harness, harness.contract.operations["session.get"])
    another = ("Authorization", f"Bearer {UNKNOWN_KEY}_2")
    harness.judge(make_unknown_key(), replace(request, headers=(*request.headers, another)))


@rule("AUTH-FORGED")
@EACH_OPERATION
def test_a_forged_session_is_refused(harness: Harness, operation: Operation) -> None:
    """A session is changed in one way at a time, or made of nothing but the id of an org; a third of the odder ways.

    Nobody but the target has its signing key.
    """
    _require_refusals(harness, operation, "AUTH-FORGED")


def _require_refusals(harness: Harness, operation: Operation, cited: str) -> None:
    """Judge wrong credentials with a request that was served with each right one of which they are made."""
    trials, like = Trials(harness), next(filter(has_jwt, harness.callers()), None)
    seed = None if harness.is_in_full else harness.seed
    kinds = deal_kinds(list_kinds_of_rule(cited), harness.contract, operation, seed)
    for place, caller in enumerate(
        list_callers_of_each_kind(harness, operation) if harness.callers() else [make_nobody()]
    ):
        request = serve_once(harness, operation, caller)[1] if harness.callers() else on_nothing(harness, operation)
        for kind in kinds:
            # What is made of nothing is made once.
            credential = kind.make_credential(caller, like) if place == 0 or kind.of != "nothing" else None
            if credential is not None:
                trials.judge(credential, request)
    trials.end(f"no credential of this kind can be made for {operation}")


@rule("AUTH-EXPIRED")
@EACH_OPERATION
def test_an_expired_session_is_refused(harness: Harness, operation: Operation) -> None:
    """A provider state makes an expired session of a role that is served."""
    caller = next((c for c in harness.callers() if c.role and harness.is_permitted(c, operation)), None)
    if caller is None:
        raise NotProvoked(f"no person of the profile may do {operation}", needs.ROLE)
    harness.hold(caller, build_valid(harness, operation, caller))
    token = harness.provide("credential is expired", org=caller.org, role=caller.role)["token"]
    harness.judge(Credential("expired session", f"Bearer {token}"), build_valid(harness, operation, caller))


@rule("AUTH-REVOKED")
@EACH_OPERATION
def test_a_revoked_key_is_refused(harness: Harness, operation: Operation) -> None:
    """A provider state makes a revoked API key; where none does, a new key is served, and revoked by its org."""
    sets = harness.contract.permission_sets.items()
    able = [name for name, scopes in sets if operation.permissions.are_held_by(scopes)]
    if operation.role is not None or not able:
        raise NotProvoked(f"no permission set allows an API key to do {operation}")
    try:
        revoked, request = _make_revoked_by_state(harness, operation)  # which a script can repeat as it stands
    except NotProvoked as reason:
        try:
            revoked, request = _make_revoked_by_org(harness, operation, able[0])
        except NotProvoked as second:
            raise NotProvoked(f"{reason}; {second}", *reason.needs, *second.needs) from None
    harness.judge(revoked, request)


def _make_revoked_by_org(harness: Harness, operation: Operation, permission_set: str) -> tuple[Credential, Request]:
    """Return a key with which the operation was served until public calls revoked it, and a right request."""
    key = make_key(harness, permission_set, name="the revoked key")
    scopes = harness.contract.permission_sets[permission_set]
    bearer = Caller(key.name, key.maker.org, key.value, permission_set=permission_set, scopes=scopes)
    harness.hold(bearer, build_valid(harness, operation, bearer))
    request = build_valid(harness, operation, bearer)
    revoke(harness, key)
    return key.credential, request


def _make_revoked_by_state(harness: Harness, operation: Operation) -> tuple[Credential, Request]:
    """Return a revoked key of a permission set that is served, made by the target's side, and a right request."""
    caller = next((c for c in harness.callers() if c.permission_set and harness.is_permitted(c, operation)), None)
    if caller is None:
        raise NotProvoked(f"no API key of the profile may do {operation}", needs.PERMISSION_SET)
    harness.hold(caller, build_valid(harness, operation, caller))
    return make_revoked_key(harness, caller), build_valid(harness, operation, caller)


@rule("AUTH-REVOKED")
@about("session.get", "api_keys.revoke")
def test_a_key_that_its_org_revoked_is_refused(harness: Harness) -> None:
    """Two new keys are let in, one of them is revoked, and the other still is let in."""
    revoked, other = (make_key(harness, name=each) for each in ("the revoked key", "the other key"))
    for key in (revoked, other):
        if not (answer := ask_with(harness, key)).has_succeeded:
            raise NotProvoked(f"a new key is not let in: {answer}")
    revoke(harness, revoked)
    refused = ask_with(harness, revoked)
    harness.demand(refused, expect(harness.knowledge, None, refused.request))
    still = ask_with(harness, other)
    harness.check(still.has_succeeded, still, "200 to the bearer of a key that nobody revoked", str(still))


@rule("AUTH-QUERY")
@EACH_OPERATION
def test_a_credential_in_the_query_is_not_taken(harness: Harness, operation: Operation) -> None:
    """A new session and a new key, made by a provider state, are sent in the query under three names.

    A stream takes a key under one of them.
    """
    for caller in issue_of_each_kind(harness, operation):
        _, request = serve_once(harness, operation, caller)
        taken = None if is_session(caller) else operation.query_key
        for name in ("api_key", "access_token", "token"):
            if name == taken:
                continue
            harness.judge(ANONYMOUS, replace(request, query=f"{name}={caller.token}"))


@rule("AUTH-HEADER-DECIDES")
@EACH_OPERATION
def test_a_right_header_is_enough(harness: Harness, operation: Operation) -> None:
    """The header has a right credential, the query an unknown one."""
    caller, request = serve_once(harness, operation)
    harness.judge(caller, replace(request, query=f"api_key={UNKNOWN_KEY}"))


@rule("AUTH-HEADER-DECIDES")
@EACH_OPERATION
def test_a_right_query_does_not_mend_a_wrong_header(harness: Harness, operation: Operation) -> None:
    """The header has an unknown key, the query a right one that a provider state made."""
    caller, request = serve_once(harness, operation, issue_of_each_kind(harness, operation)[0])
    harness.judge(make_unknown_key(), replace(request, query=f"api_key={caller.token}"))


@rule("AUTH-SCHEME-CASE")
@over("operation", lambda scope: [o for o in scope.operations if o.is_safe or find_resource_in_path(o)])
def test_the_scheme_is_read_without_regard_to_case(harness: Harness, operation: Operation) -> None:
    """The scheme is sent in three spellings, and before two blanks (RFC 9110); the usual one is taken, before or after.

    Where it is refused as well, the object has become another one meanwhile.
    """
    for caller in list_callers_of_each_kind(harness, operation):
        harness.hold(caller, build_valid(harness, operation, caller))
        for scheme in ("bearer ", "BEARER ", "bEaReR ", "Bearer  "):
            spelt = Credential(caller.name, f"{scheme}{caller.token}")
            request = build_valid(harness, operation, caller)
            exchange = harness.send(spelt, request, org=caller.org)
            if not exchange.has_succeeded:
                harness.hold(caller, request)
            harness.check(exchange.has_succeeded, exchange, str(operation.success.status), str(exchange))

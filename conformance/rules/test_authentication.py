"""Clause authentication: which credentials are taken, and what is answered to the others."""

from __future__ import annotations

from dataclasses import replace

from conformance import needs
from conformance.contract.contract import Operation
from conformance.hostile.credentials import nobody, of_rule, unknown_key
from conformance.hostile.trying import Trials, dealt
from conformance.http.exchange import Request
from conformance.oracle.declaration.registry import resource_in_path
from conformance.oracle.expect import expect
from conformance.oracle.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.about import on_nothing
from conformance.recipes.people import (
    UNKNOWN_KEY,
    has_jwt,
    is_session,
    issued_of_each_kind,
    of_each_kind,
    revoked_key,
)
from conformance.recipes.valid import refusable, refusable_once_served, valid
from conformance.resources.api_keys import asked_by, new_key, revoke
from conformance.rules.checks import EACH_OPERATION, once_served
from conformance.running.binding import about, over, rule
from conformance.session.harness import Harness


@rule("AUTH-REQUIRED")
@EACH_OPERATION
def test_a_request_without_a_credential_is_refused(harness: Harness, operation: Operation) -> None:
    """A request that was served with a credential is sent without; without callers, on impossible ids."""
    harness.judge(ANONYMOUS, refusable_once_served(harness, operation))


@rule("AUTH-CHALLENGE")
@EACH_OPERATION
def test_a_401_says_how_to_sign_in(harness: Harness, operation: Operation) -> None:
    """A 401 has WWW-Authenticate with the scheme Bearer."""
    exchange = harness.send(ANONYMOUS, refusable(harness, operation))
    if exchange.status != 401:
        raise NotProvoked(f"{operation} answers {exchange} to a request without a credential")
    got = exchange.header("www-authenticate") or "no WWW-Authenticate"
    harness.check("bearer" in exchange.challenges, exchange, "WWW-Authenticate: Bearer", got)


@rule("AUTH-INVALID")
@EACH_OPERATION
def test_an_unknown_key_is_refused(harness: Harness, operation: Operation) -> None:
    """Every operation is requested with an API key that does not exist."""
    harness.judge(unknown_key(), refusable_once_served(harness, operation))


@rule("AUTH-INVALID")
@EACH_OPERATION
def test_a_malformed_credential_is_refused(harness: Harness, operation: Operation) -> None:
    """A session and a key are malformed in one way at a time, and what is no credential is sent.

    A third of the odder ways in each run; without callers an unknown key is malformed.
    """
    _refused(harness, operation, "AUTH-INVALID")


@rule("AUTH-INVALID")
@about("session.get")
def test_two_credentials_of_which_none_is_right_are_refused(harness: Harness) -> None:
    """Two Authorization headers have a key each that does not exist."""
    request = refusable_once_served(harness, harness.contract.operations["session.get"])
    another = ("Authorization", f"Bearer {UNKNOWN_KEY}_2")
    harness.judge(unknown_key(), replace(request, headers=(*request.headers, another)))


@rule("AUTH-FORGED")
@EACH_OPERATION
def test_a_forged_session_is_refused(harness: Harness, operation: Operation) -> None:
    """A session is changed in one way at a time, or made of nothing but the id of an org; a third of the odder ways.

    Nobody but the target has its signing key.
    """
    _refused(harness, operation, "AUTH-FORGED")


def _refused(harness: Harness, operation: Operation, cited: str) -> None:
    """Judge wrong credentials with a request that was served with each right one of which they are made."""
    trials, like = Trials(harness), next(filter(has_jwt, harness.callers()), None)
    seed = None if harness.in_full else harness.seed
    kinds = dealt(of_rule(cited), harness.contract, operation, seed)
    for place, caller in enumerate(of_each_kind(harness, operation) if harness.callers() else [nobody()]):
        request = once_served(harness, operation, caller)[1] if harness.callers() else on_nothing(harness, operation)
        for kind in kinds:
            # What is made of nothing is made once.
            credential = kind.made(caller, like) if place == 0 or kind.of != "nothing" else None
            if credential is not None:
                trials.judge(credential, request)
    trials.end(f"no credential of this kind can be made for {operation}")


@rule("AUTH-EXPIRED")
@EACH_OPERATION
def test_an_expired_session_is_refused(harness: Harness, operation: Operation) -> None:
    """A provider state makes an expired session of a role that is served."""
    caller = next((c for c in harness.callers() if c.role and harness.may(c, operation)), None)
    if caller is None:
        raise NotProvoked(f"no person of the profile may do {operation}", needs.ROLE)
    harness.hold(caller, valid(harness, operation, caller))
    token = harness.provide("credential is expired", org=caller.org, role=caller.role)["token"]
    harness.judge(Credential("expired session", f"Bearer {token}"), valid(harness, operation, caller))


@rule("AUTH-REVOKED")
@EACH_OPERATION
def test_a_revoked_key_is_refused(harness: Harness, operation: Operation) -> None:
    """A provider state makes a revoked API key; where none does, a new key is served, and revoked by its org."""
    sets = harness.contract.permission_sets.items()
    able = [name for name, scopes in sets if operation.permissions.held_by(scopes)]
    if operation.role is not None or not able:
        raise NotProvoked(f"no permission set allows an API key to do {operation}")
    try:
        revoked, request = _revoked_by_a_state(harness, operation)  # which a script can repeat as it stands
    except NotProvoked as reason:
        try:
            revoked, request = _revoked_by_its_org(harness, operation, able[0])
        except NotProvoked as second:
            raise NotProvoked(f"{reason}; {second}", *reason.needs, *second.needs) from None
    harness.judge(revoked, request)


def _revoked_by_its_org(harness: Harness, operation: Operation, permission_set: str) -> tuple[Credential, Request]:
    """Return a key with which the operation was served until public calls revoked it, and a right request."""
    key = new_key(harness, permission_set, name="the revoked key")
    scopes = harness.contract.permission_sets[permission_set]
    bearer = Caller(key.name, key.maker.org, key.value, permission_set=permission_set, scopes=scopes)
    harness.hold(bearer, valid(harness, operation, bearer))
    request = valid(harness, operation, bearer)
    revoke(harness, key)
    return key.credential, request


def _revoked_by_a_state(harness: Harness, operation: Operation) -> tuple[Credential, Request]:
    """Return a revoked key of a permission set that is served, made by the target's side, and a right request."""
    caller = next((c for c in harness.callers() if c.permission_set and harness.may(c, operation)), None)
    if caller is None:
        raise NotProvoked(f"no API key of the profile may do {operation}", needs.PERMISSION_SET)
    harness.hold(caller, valid(harness, operation, caller))
    return revoked_key(harness, caller), valid(harness, operation, caller)


@rule("AUTH-REVOKED")
@about("session.get", "api_keys.revoke")
def test_a_key_that_its_org_revoked_is_refused(harness: Harness) -> None:
    """Two new keys are let in, one of them is revoked, and the other still is let in."""
    revoked, other = (new_key(harness, name=each) for each in ("the revoked key", "the other key"))
    for key in (revoked, other):
        if not (answer := asked_by(harness, key)).succeeded:
            raise NotProvoked(f"a new key is not let in: {answer}")
    revoke(harness, revoked)
    refused = asked_by(harness, revoked)
    harness.demand(refused, expect(harness.state, None, refused.request))
    still = asked_by(harness, other)
    harness.check(still.succeeded, still, "200 to the bearer of a key that nobody revoked", str(still))


@rule("AUTH-QUERY")
@EACH_OPERATION
def test_a_credential_in_the_query_is_not_taken(harness: Harness, operation: Operation) -> None:
    """A new session and a new key, made by a provider state, are sent in the query under three names.

    A stream takes a key under one of them.
    """
    for caller in issued_of_each_kind(harness, operation):
        _, request = once_served(harness, operation, caller)
        taken = None if is_session(caller) else operation.query_key
        for name in ("api_key", "access_token", "token"):
            if name == taken:
                continue
            harness.judge(ANONYMOUS, replace(request, query=f"{name}={caller.token}"))


@rule("AUTH-HEADER-DECIDES")
@EACH_OPERATION
def test_a_right_header_is_enough(harness: Harness, operation: Operation) -> None:
    """The header has a right credential, the query an unknown one."""
    caller, request = once_served(harness, operation)
    harness.judge(caller, replace(request, query=f"api_key={UNKNOWN_KEY}"))


@rule("AUTH-HEADER-DECIDES")
@EACH_OPERATION
def test_a_right_query_does_not_mend_a_wrong_header(harness: Harness, operation: Operation) -> None:
    """The header has an unknown key, the query a right one that a provider state made."""
    caller, request = once_served(harness, operation, issued_of_each_kind(harness, operation)[0])
    harness.judge(unknown_key(), replace(request, query=f"api_key={caller.token}"))


@rule("AUTH-SCHEME-CASE")
@over("operation", lambda scope: [o for o in scope.operations if o.safe or resource_in_path(o)])
def test_the_scheme_is_read_without_regard_to_case(harness: Harness, operation: Operation) -> None:
    """The scheme is sent in three spellings, and before two blanks (RFC 9110); the usual one was taken before."""
    for caller in of_each_kind(harness, operation):
        harness.hold(caller, valid(harness, operation, caller))
        for scheme in ("bearer ", "BEARER ", "bEaReR ", "Bearer  "):
            spelt = Credential(caller.name, f"{scheme}{caller.token}")
            exchange = harness.send(spelt, valid(harness, operation, caller), org=caller.org)
            harness.check(exchange.succeeded, exchange, str(operation.success.status), str(exchange))

"""Clause authentication: which credentials are taken, and what is answered to the others."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.binding import Scope, over, rule
from conformance.contract import Operation
from conformance.exchange import Request
from conformance.harness import Harness
from conformance.judging import NotProvoked
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes import packs
from conformance.recipes.requests import build
from conformance.recipes.valid import valid

UNKNOWN_KEY = "sk_conformance_unknown_key"


def _every(scope: Scope) -> list[Operation]:
    return list(scope.operations)


def _simplest(harness: Harness) -> Operation:
    """A read that needs nothing but a caller, so that only the credential is in question."""
    for operation in harness.contract.operations.values():
        if operation.safe and not operation.path_parameters and not operation.permissions:
            return operation
    raise NotProvoked("the contract has no operation that needs nothing but a caller")


def _accepted(harness: Harness) -> tuple[Caller, Request]:
    """A caller whose credential is shown to be taken, and the request that showed it."""
    operation = _simplest(harness)
    caller = harness.able(operation)
    request = build(operation)
    harness.hold(caller, request)
    return caller, request


@rule("AUTH-REQUIRED")
@over("operation", _every)
def test_a_request_without_a_credential_is_refused(harness: Harness, operation: Operation) -> None:
    """After the same request with one was served; where the profile has nobody, of reads alone."""
    if not harness.callers() and operation.safe:
        harness.judge(ANONYMOUS, build(operation, {p.name: packs.ABSENT for p in operation.path_parameters}))
        return
    caller = harness.able(operation)
    harness.hold(caller, valid(harness, operation, caller))
    harness.judge(ANONYMOUS, valid(harness, operation, caller))


@rule("AUTH-CHALLENGE")
@over("operation", _every)
def test_a_401_says_how_to_sign_in(harness: Harness, operation: Operation) -> None:
    """By a challenge of the scheme Bearer."""
    caller = harness.able(operation)
    exchange = harness.send(ANONYMOUS, valid(harness, operation, caller))
    if exchange.status != 401:
        raise NotProvoked(f"{operation} answers {exchange} to a request without a credential")
    challenge = exchange.header("www-authenticate") or ""
    holds = challenge.partition(" ")[0].rstrip(",").lower() == "bearer"
    harness.check(holds, exchange, "WWW-Authenticate: Bearer", challenge or "no WWW-Authenticate")


@rule("AUTH-INVALID")
@over("operation", _every)
def test_an_unknown_key_is_refused(harness: Harness, operation: Operation) -> None:
    """By every operation."""
    caller = harness.able(operation)
    harness.hold(caller, valid(harness, operation, caller))
    credential = Credential("unknown key", f"Bearer {UNKNOWN_KEY}")
    harness.judge(credential, valid(harness, operation, caller))


MALFORMED: dict[str, Callable[[str], str]] = {
    "scheme-alone": lambda _: "Bearer",
    "empty": lambda _: "",
    "no-scheme": lambda token: token,
    "basic": lambda token: "Basic " + base64.b64encode(f"{token}:".encode()).decode(),
    "other-scheme": lambda token: f"Token {token}",
    "two-tokens": lambda token: f"Bearer {token} {token}",
    "cut-short": lambda token: f"Bearer {token[:-4]}",
    "one-more": lambda token: f"Bearer {token}x",
    "unknown-session": lambda _: "Bearer eyJhbGciOiJub25lIn0",
}


@rule("AUTH-INVALID")
@over("kind", lambda _: list(MALFORMED))
def test_a_malformed_credential_is_refused(harness: Harness, kind: str) -> None:
    """One way to spoil it at a time."""
    caller, request = _accepted(harness)
    harness.judge(Credential(f"{kind} credential", MALFORMED[kind](caller.token)), request)


def _without_signature(token: str) -> str:
    head, body, _ = token.split(".")
    return ".".join((_encoded({**_decoded(head), "alg": "none"}), body, ""))


def _other_claims(token: str) -> str:
    head, body, signature = token.split(".")
    claims = _decoded(body)
    return ".".join((head, _encoded({**claims, "sub": f"{claims.get('sub')}-other"}), signature))


def _other_signature(token: str) -> str:
    head, body, signature = token.split(".")
    # The first character carries six bits of the signature, so another one always differs.
    return ".".join((head, body, ("A" if signature[0] != "A" else "B") + signature[1:]))


def _no_signature_left(token: str) -> str:
    return token.rpartition(".")[0] + "."


FORGERIES: dict[str, Callable[[str], str]] = {
    "alg-none": _without_signature,
    "other-claims": _other_claims,
    "other-signature": _other_signature,
    "signature-cut-off": _no_signature_left,
}


@rule("AUTH-FORGED")
@over("kind", lambda _: list(FORGERIES))
def test_a_forged_session_is_refused(harness: Harness, kind: str) -> None:
    """Made of one that is taken."""
    request = build(_simplest(harness))
    caller = next((c for c in harness.callers() if c.token.count(".") == 2), None)
    if caller is None:
        raise NotProvoked("no caller of the profile has a session token to forge")
    harness.hold(caller, request)
    harness.judge(Credential(f"forged session ({kind})", f"Bearer {FORGERIES[kind](caller.token)}"), request)


def _decoded(part: str) -> dict[str, Any]:
    try:
        said = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise NotProvoked("the session token of the profile is no JWT")
    return said


def _encoded(said: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


@rule("AUTH-EXPIRED")
@over("operation", _every)
def test_an_expired_session_is_refused(harness: Harness, operation: Operation) -> None:
    """One that the target's side made, of a role that is served otherwise."""
    caller = next((c for c in harness.callers() if c.role and harness.may(c, operation)), None)
    if caller is None:
        raise NotProvoked(f"no person of the profile may do {operation}")
    harness.hold(caller, valid(harness, operation, caller))
    token = harness.provide("credential is expired", org_id=caller.org, role=caller.role)["token"]
    harness.judge(Credential("expired session", f"Bearer {token}"), valid(harness, operation, caller))


@rule("AUTH-REVOKED")
@over("operation", _every)
def test_a_revoked_key_is_refused(harness: Harness, operation: Operation) -> None:
    """One that the target's side made, of a permission set that is served otherwise."""
    caller = next((c for c in harness.callers() if c.permission_set and harness.may(c, operation)), None)
    if caller is None:
        raise NotProvoked(f"no API key of the profile may do {operation}")
    harness.hold(caller, valid(harness, operation, caller))
    made = harness.provide("credential is revoked", org_id=caller.org, permission_set=caller.permission_set)
    harness.judge(Credential("revoked key", f"Bearer {made['token']}"), valid(harness, operation, caller))


@rule("AUTH-QUERY")
@over("name", lambda _: ["api_key", "access_token", "token"])
def test_a_credential_in_the_query_is_not_taken(harness: Harness, name: str) -> None:
    """Of a session and of a key alike."""
    _accepted(harness)
    for kind in ("role", "permission_set"):
        caller = next((c for c in harness.callers() if getattr(c, kind)), None)
        if caller is not None:
            request = build(_simplest(harness))
            harness.hold(caller, request)
            in_query = replace(request, query=f"{name}={caller.token}")
            harness.judge(ANONYMOUS, in_query)


@rule("AUTH-HEADER-DECIDES")
def test_the_header_decides_over_the_query(harness: Harness) -> None:
    """A right one in the header is enough; one in the query does not mend a wrong header."""
    caller, request = _accepted(harness)
    harness.judge(caller, replace(request, query=f"api_key={UNKNOWN_KEY}"))
    wrong = Credential("unknown key", f"Bearer {UNKNOWN_KEY}")
    harness.judge(wrong, replace(request, query=f"api_key={caller.token}"))


@rule("AUTH-SCHEME-CASE")
@over("scheme", lambda _: ["bearer", "BEARER", "bEaReR"])
def test_the_scheme_is_read_without_regard_to_case(harness: Harness, scheme: str) -> None:
    """After the usual spelling was taken."""
    caller, request = _accepted(harness)
    spelt = replace(caller, token="")
    exchange = harness.send(Credential(spelt.name, f"{scheme} {caller.token}"), request)
    harness.check(exchange.succeeded, exchange, "200", str(exchange))

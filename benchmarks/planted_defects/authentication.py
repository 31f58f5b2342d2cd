"""Defects in who is taken for a caller, and in what the session says of one."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import jwt

from benchmarks.planted_defects.planting.requests import (
    Passing,
    wrong_caller,
    wrong_gate,
)
from mock_server.access.callers import NOBODY, Caller
from mock_server.access.credentials import KEY_ID, known
from mock_server.deviations.planting.answers import without_header, wrong_answer
from mock_server.deviations.planting.ids import GET, READ_FILE, SESSION
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, wrong_outcome, wrong_reply
from mock_server.errors import Unauthenticated
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import credential
from mock_server.resources.orgs import ORGS
from mock_server.state.state import State
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Authenticate, Call

_AUTHORIZATION = b"authorization"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@wrong_answer()("authentication-no-challenge", "AUTH-CHALLENGE", "CONTRACT-HEADERS")
def no_challenge(answer: Answer) -> Answer:
    """A 401 comes without WWW-Authenticate."""
    return without_header(answer, b"www-authenticate")


@wrong_caller("authentication-expired-accepted", "AUTH-EXPIRED")
def expired_accepted(right: Authenticate, token: str, state: State, _now: datetime) -> Caller:
    """A credential that has expired is taken."""
    return right(token, state, _LONG_AGO)


@wrong_caller("authentication-expiry-late", "AUTH-EXPIRED")
def expiry_late(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A session is good for one minute more than it says."""
    return right(token, state, now - timedelta(minutes=1))


@wrong_caller("authentication-revoked-accepted", "AUTH-REVOKED")
def revoked_accepted(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A credential that was revoked still works."""
    found = known(token, state)
    return found.caller if found is not None and found.revoked else right(token, state, now)


@wrong_caller("authentication-key-case", "AUTH-INVALID")
def key_case(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """An API key is read without regard to case."""
    try:
        return right(token, state, now)
    except Unauthenticated:
        return right(token.lower(), state, now)


@wrong_caller("contract-wrong-key-is-nobody", "CONTRACT-CREDENTIAL-ENFORCED", "AUTH-INVALID", on=GET)
def wrong_key_is_nobody(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """Who reads a pack with an API key that is not known is served as the public would be."""
    return NOBODY if token.startswith("sk_") and known(token, state) is None else right(token, state, now)


@wrong_caller("authentication-unsigned-accepted", "AUTH-FORGED", "AUTH-EXPIRED")
def unsigned_accepted(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """The signature of a session is not looked at."""
    try:
        return right(token, state, now)
    except Unauthenticated:
        return _believed(token)


@wrong_caller("authentication-alg-none", "AUTH-FORGED")
def alg_none(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A session that says that it is not signed is believed."""
    unsigned = token.startswith("eyJ") and _algorithm(token) == "none"
    return _believed(token) if unsigned else right(token, state, now)


@wrong_caller("authentication-signature-remembered", "AUTH-FORGED")
def signature_remembered(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A signature that was once found right is good for whatever else it stands under."""
    notes = notes_of(signature_remembered)
    signature = token.rpartition(".")[2]
    if token.startswith("eyJ") and notes.get(signature, token) != token:
        return _believed(token)
    caller = right(token, state, now)
    notes[signature] = token
    return caller


@wrong_caller("authentication-key-brought-along", "AUTH-FORGED")
def key_brought_along(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A session that carries its key in its header is verified by that one."""
    brought = _header(token).get("jwk")
    if brought is None:
        return right(token, state, now)
    try:
        jwt.decode(token, jwt.PyJWK(brought, "EdDSA"), options={"verify_aud": False, "verify_iss": False})
    except (jwt.PyJWTError, ValueError, TypeError):
        raise Unauthenticated("The session token is not valid.") from None
    return _believed(token)


@wrong_caller("authentication-empty-secret", "AUTH-FORGED")
def empty_secret(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A session that says that it is signed with a secret is verified by the empty one, as no other is set."""
    content, _, signature = token.rpartition(".")
    signed = base64.urlsafe_b64encode(hmac.digest(b"", content.encode(), "sha256")).rstrip(b"=").decode()
    return _believed(token) if signature == signed else right(token, state, now)


@wrong_caller("authentication-unknown-key-id", "AUTH-FORGED")
def unknown_key_id(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A session of a key that is not known is believed, as of an issuer who has changed his keys."""
    key_id = _header(token).get("kid")
    return _believed(token) if key_id not in (None, "", KEY_ID) else right(token, state, now)


@wrong_caller("authentication-quotes-taken-off", "AUTH-INVALID")
def quotes_taken_off(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """Quotation marks around a token are taken off."""
    return right(token.strip('"'), state, now)


def _header(token: str) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        return {}


def _algorithm(token: str) -> str:
    return str(_header(token).get("alg")).lower()


def _believed(token: str) -> Caller:
    """Who a session says that its bearer is; Unauthenticated for what says nothing of the kind."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        org_id, user_id, role = (str(claims[name]) for name in ("org_id", "sub", "role"))
        return Caller("session", org_id, user_id, "", role, tuple(map(str, claims["permissions"])))
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise Unauthenticated("The session token is not valid.") from None


@wrong_gate(credential)("authentication-files-open", "AUTH-REQUIRED", "CONTRACT-CREDENTIAL-ENFORCED", on=READ_FILE)
def files_open(right: Gate, call: Call) -> Passing:
    """The files of packs that everyone sees are read without a credential."""
    return right(call) if _AUTHORIZATION in call.headers else None


@wrong_gate(credential)("authentication-any-scheme", "AUTH-INVALID")
def any_scheme(right: Gate, call: Call) -> Passing:
    """Whatever word stands before the token is taken for Bearer."""
    _, space, token = call.headers.get(_AUTHORIZATION, b"").partition(b" ")
    if space:
        _present(call, token)
    return right(call)


@wrong_gate(credential)("authentication-scheme-case", "AUTH-SCHEME-CASE")
def scheme_case(right: Gate, call: Call) -> Passing:
    """The scheme must be written `Bearer`."""
    if not call.headers.get(_AUTHORIZATION, b"Bearer ").startswith(b"Bearer "):
        raise Unauthenticated("The Authorization header does not begin with Bearer.")
    return right(call)


@wrong_gate(credential)("authentication-key-in-query", "AUTH-QUERY")
def key_in_query(right: Gate, call: Call) -> Passing:
    """An API key in the query is taken by every operation, as the event streams take it."""
    _take_from_query(call, "sk_")
    return right(call)


@wrong_gate(credential)("authentication-session-in-query", "AUTH-QUERY", on=READ_FILE)
def session_in_query(right: Gate, call: Call) -> Passing:
    """A session in the query opens a file, so that a page can link to it."""
    _take_from_query(call, "eyJ")
    return right(call)


@wrong_gate(credential)("authentication-query-decides", "AUTH-HEADER-DECIDES")
def query_decides(right: Gate, call: Call) -> Passing:
    """Where header and query both carry a credential, that of the query decides."""
    token = _in_query(call)
    if _AUTHORIZATION in call.headers and token:
        _present(call, token.encode())
    return right(call)


def _take_from_query(call: Call, prefix: str) -> None:
    """Take a credential with this prefix from the query, where the header has none."""
    token = _in_query(call)
    if _AUTHORIZATION not in call.headers and token.startswith(prefix):
        _present(call, token.encode())
        call.query_string = b""


def _present(call: Call, token: bytes) -> None:
    call.headers = {**call.headers, _AUTHORIZATION: b"Bearer " + token}


def _in_query(call: Call) -> str:
    return parse_qs(call.query_string.decode("latin-1")).get("api_key", [""])[0]


@wrong_reply("session-key-is-a-person", "SESSION-API-KEY", on=SESSION)
def key_is_a_person(body: Any, run: Run) -> Any:
    """The session of an API key shows a user and a role."""
    of_key = run.request.caller.kind == "api_key"
    return {**body, "user_id": "usr_of_the_key", "role": "operator"} if of_key else body


@wrong_outcome("session-of-the-first", "SESSION-CALLER", on=SESSION)
def of_the_first(run: Run) -> Outcome:
    """Of two people of one role, in whatever org, the second gets the session of the first, from a cache."""
    after, outcome = run.done
    if run.request.caller.kind == "session":
        outcome = notes_of(of_the_first).setdefault(run.request.caller.role, outcome)
    return after, outcome


@wrong_reply("session-label-of-people", "SESSION-KEY-LABEL", on=SESSION)
def label_of_people(body: Any, run: Run) -> Any:
    """The session of a person has the label of an API key, empty."""
    return {**body, "api_key_label": ""} if run.request.caller.kind == "session" else body


@wrong_reply("session-operator-overstated", "SESSION-SCOPES", "SESSION-CALLER", on=SESSION)
def operator_overstated(body: Any, run: Run) -> Any:
    """The session of an operator shows the scope billing:write, which only owners hold."""
    if run.request.caller.role != "operator":
        return body
    return {**body, "permissions": [*body["permissions"], "billing:write"]}


@wrong_reply("session-expired-trial", "SESSION-BILLING-STATUS", on=SESSION)
def expired_trial(body: Any, run: Run) -> Any:
    """The session of a person says past_due once the trial of the org has expired."""
    if run.after.all(ORGS)[run.org_id].posture(run.request.now) != "trial_expired":
        return body
    return {**body, "memberships": [{**each, "billing_status": "past_due"} for each in body["memberships"]]}

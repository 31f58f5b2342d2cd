"""Defects in who is taken for a caller, and in what the session says of one."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, wrong_caller, wrong_gate
from benchmarks.planted_defects.scene import Json, Scene, in_turn, said
from mock_server import errors
from mock_server.access.callers import NOBODY, Caller
from mock_server.access.credentials import KEY_ID, known
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import without_header, wrong_answer
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, wrong_outcome, wrong_reply
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import credential
from mock_server.resources.orgs import ORGS
from mock_server.state.state import State
from mock_server.worlds.call import Authenticate, Call

defect = Declarer(__name__)

_AUTHORIZATION = b"authorization"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
REFUSED = "401 unauthenticated"
PUBLIC_FILE = "/packs/pack_02HZ/files/pack.yaml"


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def decoded(part: str) -> dict[str, object]:
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def claimed(scene: Scene) -> dict[str, object]:
    """What the session of Acme's owner says."""
    return decoded(scene.mock.token("acme-owner").split(".")[1])


def presented(scene: Scene, authorization: str) -> str:
    return said(scene.get("/packs", None, headers={"Authorization": authorization}))


def session(scene: Scene, who: str) -> Json:
    shown: Json = scene.get("/me/session", who).json()
    return shown


defect("authentication-no-challenge", "AUTH-CHALLENGE", "CONTRACT-HEADERS")(
    "A 401 comes without WWW-Authenticate.",
    wrong_answer().of(lambda answer: without_header(answer, b"www-authenticate")),
    shown("Bearer", "none", lambda scene: scene.get("/packs", None).headers.get("www-authenticate", "none")),
)


def show_expired_accepted(scene: Scene) -> str:
    token = scene.state("credential is expired", org_id="org_acme", role="owner")["token"]
    scene.world.advance(3600)
    return said(scene.get("/packs", token))


defect("authentication-expired-accepted", "AUTH-EXPIRED")(
    "A credential that has expired is taken.",
    wrong_caller.of(lambda right, token, state, _now: right(token, state, _LONG_AGO)),
    shown(REFUSED, "200", show_expired_accepted),
)
defect("authentication-expiry-late", "AUTH-EXPIRED")(
    "A session is good for one minute more than it says.",
    wrong_caller.of(lambda right, token, state, now: right(token, state, now - timedelta(minutes=1))),
    shown(
        REFUSED,
        "200",
        lambda scene: said(
            scene.get("/packs", scene.state("credential is expired", org_id="org_acme", role="owner")["token"])
        ),
    ),
)


def show_revoked_accepted(scene: Scene) -> str:
    token = scene.state("credential is revoked", org_id="org_acme", permission_set="read_only")["token"]
    return said(scene.get("/packs", token))


defect("authentication-revoked-accepted", "AUTH-REVOKED")(
    "A credential that was revoked still works.",
    wrong_caller.of(
        lambda right, token, state, now: (
            found.caller if (found := known(token, state)) is not None and found.revoked else right(token, state, now)
        )
    ),
    shown(REFUSED, "200", show_revoked_accepted),
)


@defect("authentication-key-case", "AUTH-INVALID").by(wrong_caller)
@shown(REFUSED, "200", lambda scene: presented(scene, f"Bearer {scene.mock.token('acme-read-only').upper()}"))
def key_case(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """An API key is read without regard to case."""
    try:
        return right(token, state, now)
    except errors.Unauthenticated:
        return right(token.lower(), state, now)


defect("contract-wrong-key-is-nobody", "CONTRACT-CREDENTIAL-ENFORCED", "AUTH-INVALID", on=ids.GET)(
    "Who reads a pack with an API key that is not known is served as the public would be.",
    wrong_caller.of(
        lambda right, token, state, now: (
            NOBODY if token.startswith("sk_") and known(token, state) is None else right(token, state, now)
        )
    ),
    shown("401 unauthenticated", "200", lambda scene: said(scene.get("/packs/pack_02HZ", "sk_mock_known_to_nobody"))),
)


@defect("authentication-unsigned-accepted", "AUTH-FORGED", "AUTH-EXPIRED").by(wrong_caller)
@shown(
    REFUSED,
    "200",
    lambda scene: said(scene.get("/packs", f"{scene.mock.token('acme-owner').rpartition('.')[0]}.{'A' * 86}")),
)
def unsigned_accepted(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """The signature of a session is not looked at."""
    try:
        return right(token, state, now)
    except errors.Unauthenticated:
        return _believed(token)


def show_alg_none(scene: Scene) -> str:
    claims = scene.mock.token("acme-owner").split(".")[1]
    return said(scene.get("/packs", f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{claims}."))


defect("authentication-alg-none", "AUTH-FORGED")(
    "A session that says that it is not signed is believed.",
    wrong_caller.of(
        lambda right, token, state, now: (
            _believed(token) if token.startswith("eyJ") and _algorithm(token) == "none" else right(token, state, now)
        )
    ),
    shown(REFUSED, "200", show_alg_none),
)


def show_signature_remembered(scene: Scene) -> str:
    token = scene.mock.token("acme-owner")
    scene.get("/packs", token)
    header, claims, signature = token.split(".")
    forged = encoded({**decoded(claims), "org_id": "org_globex"})
    return said(scene.get("/packs/pack_globex_ledger", f"{header}.{forged}.{signature}"))


@defect("authentication-signature-remembered", "AUTH-FORGED").by(wrong_caller)
@shown(REFUSED, "200", show_signature_remembered)
def signature_remembered(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A signature that was once found right is good for whatever else it stands under."""
    notes = notes_of(signature_remembered)
    signature = token.rpartition(".")[2]
    if token.startswith("eyJ") and notes.get(signature, token) != token:
        return _believed(token)
    caller = right(token, state, now)
    notes[signature] = token
    return caller


def show_key_brought_along(scene: Scene) -> str:
    key = Ed25519PrivateKey.generate()
    public = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).rstrip(b"=").decode()
    header = {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": public}}
    return said(scene.get("/packs", jwt.encode(claimed(scene), key, "EdDSA", header)))


@defect("authentication-key-brought-along", "AUTH-FORGED").by(wrong_caller)
@shown(REFUSED, "200", show_key_brought_along)
def key_brought_along(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A session that carries its key in its header is verified by that one."""
    brought = _header(token).get("jwk")
    if brought is None:
        return right(token, state, now)
    try:
        jwt.decode(token, jwt.PyJWK(brought, "EdDSA"), options={"verify_aud": False, "verify_iss": False})
    except (jwt.PyJWTError, ValueError, TypeError):
        raise errors.Unauthenticated("The session token is not valid.") from None
    return _believed(token)


def show_empty_secret(scene: Scene) -> str:
    content = f"{encoded({'alg': 'HS256'})}.{encoded(claimed(scene))}"
    signature = base64.urlsafe_b64encode(hmac.digest(b"", content.encode(), "sha256")).rstrip(b"=").decode()
    return said(scene.get("/packs", f"{content}.{signature}"))


@defect("authentication-empty-secret", "AUTH-FORGED").by(wrong_caller)
@shown(REFUSED, "200", show_empty_secret)
def empty_secret(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A session that says that it is signed with a secret is verified by the empty one, as no other is set."""
    content, _, signature = token.rpartition(".")
    signed = base64.urlsafe_b64encode(hmac.digest(b"", content.encode(), "sha256")).rstrip(b"=").decode()
    return _believed(token) if signature == signed else right(token, state, now)


def show_unknown_key_id(scene: Scene) -> str:
    token = jwt.encode(claimed(scene), Ed25519PrivateKey.generate(), "EdDSA", {"kid": "of-tomorrow"})
    return said(scene.get("/packs", token))


defect("authentication-unknown-key-id", "AUTH-FORGED")(
    "A session of a key that is not known is believed, as of an issuer who has changed his keys.",
    wrong_caller.of(
        lambda right, token, state, now: (
            _believed(token) if _header(token).get("kid") not in (None, "", KEY_ID) else right(token, state, now)
        )
    ),
    shown(REFUSED, "200", show_unknown_key_id),
)
defect("authentication-quotes-taken-off", "AUTH-INVALID")(
    "Quotation marks around a token are taken off.",
    wrong_caller.of(lambda right, token, state, now: right(token.strip('"'), state, now)),
    shown(REFUSED, "200", lambda scene: presented(scene, f'Bearer "{scene.mock.token("acme-read-only")}"')),
)


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
        raise errors.Unauthenticated("The session token is not valid.") from None


defect("authentication-files-open", "AUTH-REQUIRED", "CONTRACT-CREDENTIAL-ENFORCED", on=ids.READ_FILE)(
    "The files of packs that everyone sees are read without a credential.",
    wrong_gate(credential).of(lambda right, call: right(call) if _AUTHORIZATION in call.headers else None),
    shown(REFUSED, "200", lambda scene: said(scene.get(PUBLIC_FILE, None))),
)


@defect("authentication-any-scheme", "AUTH-INVALID").by(wrong_gate(credential))
@shown(REFUSED, "200", lambda scene: presented(scene, f"Token {scene.mock.token('acme-owner')}"))
def any_scheme(right: Gate, call: Call) -> Passing:
    """Whatever word stands before the token is taken for Bearer."""
    _, space, token = call.headers.get(_AUTHORIZATION, b"").partition(b" ")
    if space:
        _present(call, token)
    return right(call)


@defect("authentication-scheme-case", "AUTH-SCHEME-CASE").by(wrong_gate(credential))
@shown("200", REFUSED, lambda scene: presented(scene, f"bearer {scene.mock.token('acme-owner')}"))
def scheme_case(right: Gate, call: Call) -> Passing:
    """The scheme must be written `Bearer`."""
    if not call.headers.get(_AUTHORIZATION, b"Bearer ").startswith(b"Bearer "):
        raise errors.Unauthenticated("The Authorization header does not begin with Bearer.")
    return right(call)


@defect("authentication-key-in-query", "AUTH-QUERY").by(wrong_gate(credential))
@shown(
    REFUSED,
    "200",
    lambda scene: said(scene.get("/packs", None, params={"api_key": scene.mock.token("acme-read-only")})),
)
def key_in_query(right: Gate, call: Call) -> Passing:
    """An API key in the query is taken by every operation, as the event streams take it."""
    _take_from_query(call, "sk_")
    return right(call)


@defect("authentication-session-in-query", "AUTH-QUERY", on=ids.READ_FILE).by(wrong_gate(credential))
@shown(
    REFUSED, "200", lambda scene: said(scene.get(PUBLIC_FILE, None, params={"api_key": scene.mock.token("acme-owner")}))
)
def session_in_query(right: Gate, call: Call) -> Passing:
    """A session in the query opens a file, so that a page can link to it."""
    _take_from_query(call, "eyJ")
    return right(call)


def show_query_decides(scene: Scene) -> str:
    params = {"api_key": scene.mock.token("acme-read-only")}
    return said(scene.get("/packs", "sk_mock_known_to_nobody", params=params))


@defect("authentication-query-decides", "AUTH-HEADER-DECIDES").by(wrong_gate(credential))
@shown(REFUSED, "400 validation_error", show_query_decides)
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


defect("session-key-is-a-person", "SESSION-API-KEY", on=ids.SESSION)(
    "The session of an API key shows a user and a role.",
    wrong_reply.of(
        lambda body, run: (
            {**body, "user_id": "usr_of_the_key", "role": "operator"} if run.request.caller.kind == "api_key" else body
        )
    ),
    shown("system", "usr_of_the_key", lambda scene: str(session(scene, "acme-read-only")["user_id"])),
)


@defect("session-of-the-first", "SESSION-CALLER", on=ids.SESSION).by(wrong_outcome)
@shown(
    "org_globex",
    "org_acme",
    lambda scene: in_turn(session(scene, "acme-owner"), str(session(scene, "globex-owner")["org_id"])),
)
def of_the_first(run: Run) -> Outcome:
    """Of two people of one role, in whatever org, the second gets the session of the first, from a cache."""
    after, outcome = run.done
    if run.request.caller.kind == "session":
        outcome = notes_of(of_the_first).setdefault(run.request.caller.role, outcome)
    return after, outcome


defect("session-label-of-people", "SESSION-KEY-LABEL", on=ids.SESSION)(
    "The session of a person has the label of an API key, empty.",
    wrong_reply.of(lambda body, run: {**body, "api_key_label": ""} if run.request.caller.kind == "session" else body),
    shown(False, True, lambda scene: "api_key_label" in session(scene, "acme-owner")),
)
defect("session-operator-overstated", "SESSION-SCOPES", "SESSION-CALLER", on=ids.SESSION)(
    "The session of an operator shows the scope billing:write, which only owners hold.",
    wrong_reply.of(
        lambda body, run: (
            body
            if run.request.caller.role != "operator"
            else {**body, "permissions": [*body["permissions"], "billing:write"]}
        )
    ),
    shown(False, True, lambda scene: "billing:write" in session(scene, "acme-operator")["permissions"]),
)


@defect("session-expired-trial", "SESSION-BILLING-STATUS", on=ids.SESSION).by(wrong_reply)
@shown("trial", "past_due", lambda scene: str(session(scene, "umbrella-owner")["memberships"][0]["billing_status"]))
def expired_trial(body: Any, run: Run) -> Any:
    """The session of a person says past_due once the trial of the org has expired."""
    if run.after.all(ORGS)[run.org_id].posture(run.request.now) != "trial_expired":
        return body
    return {**body, "memberships": [{**each, "billing_status": "past_due"} for each in body["memberships"]]}

"""Defects in who is taken for a caller, and in what the session says of one."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import denies, open_gate, wrong_caller, wrong_gate
from benchmarks.planted_defects.scene import Scene, do_in_turn, read_status
from mock_server import errors
from mock_server.access.callers import NOBODY, Caller
from mock_server.access.credentials import KEY_ID, find_known
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import without_header, wrong_answer
from mock_server.deviations.planting.deviation import Plan
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_reply
from mock_server.pipeline.gates.access import check_credential
from mock_server.resources.orgs import ORGS
from mock_server.state.state import State
from mock_server.worlds.call import Authenticate, Call

defect = Declarer(__name__)

_AUTHORIZATION = b"authorization"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_NO_BEARER = errors.Unauthenticated("The Authorization header does not begin with Bearer.")
REFUSED, PUBLIC_FILE = "401 unauthenticated", "/packs/pack_02HZ/files/pack.yaml"
OWNER, READER, UNKNOWN = "acme-owner", "acme-read-only", "sk_mock_known_to_nobody"


def _header(token: str) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        return {}


def _believed(token: str) -> Caller:
    """Return who a session says that its bearer is; Unauthenticated for what says nothing of the kind."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        org_id, user_id, role = (str(claims[name]) for name in ("org_id", "sub", "role"))
        return Caller("session", org_id, user_id, "", role, tuple(map(str, claims["permissions"])))
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise errors.Unauthenticated("The session token is not valid.") from None


def _believes(when: Callable[[str], bool]) -> Plan:
    """Plan that some sessions are believed whatever their signature."""
    return wrong_caller.make_plan(
        lambda right, token, state, now: _believed(token) if when(token) else right(token, state, now)
    )


def _tries_again(read: Callable[[Authenticate, str, State, datetime], Caller]) -> Plan:
    """Plan that a credential that is refused is read in another way."""

    def wrong(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
        try:
            return right(token, state, now)
        except errors.Unauthenticated:
            return read(right, token, state, now)

    return wrong_caller.make_plan(wrong)


def _signed(content: str) -> str:
    """Return the signature of a session by the empty secret."""
    return base64.urlsafe_b64encode(hmac.digest(b"", content.encode(), "sha256")).rstrip(b"=").decode()


def _takes_from_query(when: Callable[[Call, str], bool], *, clears: bool = True) -> Plan:
    """Plan that some credentials are taken from the query."""

    def change(right: Callable[[Call], Any], call: Call) -> Any:
        token = parse_qs(call.query_string.decode("latin-1")).get("api_key", [""])[0]
        if when(call, token):
            _present(call, token.encode())
            call.query_string = b"" if clears else call.query_string
        return right(call)

    return wrong_gate(check_credential).make_plan(change)


def _present(call: Call, token: bytes) -> None:
    call.headers = {**call.headers, _AUTHORIZATION: b"Bearer " + token}


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def decoded(part: str) -> dict[str, object]:
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def parts(scene: Scene) -> list[str]:
    """Return the header, the claims and the signature of the session of Acme's owner."""
    return scene.mock.token(OWNER).split(".")


def claimed(scene: Scene) -> dict[str, object]:
    return decoded(parts(scene)[1])


def get(scene: Scene, token: str | None, path: str = "/packs", **params: str) -> str:
    """Return what the bearer of a token is answered, or a persona with that of another one in the query."""
    query = {name: scene.mock.token(persona) for name, persona in params.items()}
    return read_status(scene.get(path, token, params=query))


def present(scene: Scene, scheme: str, persona: str = OWNER, change: Callable[[str], str] = str) -> str:
    """Return what is answered where a token stands in the header behind this scheme, changed."""
    return read_status(
        scene.get("/packs", None, headers={"Authorization": f"{scheme} {change(scene.mock.token(persona))}"})
    )


def with_state(scene: Scene, state: str, seconds: int = 0, path: str = "/packs", **params: str) -> str:
    """Return what is answered to a credential of a provider state, so many seconds later."""
    token = scene.state(f"credential is {state}", org_id="org_acme", **params)["token"]
    scene.world.advance(seconds)
    return get(scene, token, path)


def forge(scene: Scene) -> str:
    """Return what a session of another org is answered with the signature of one that was taken before."""
    get(scene, OWNER)
    header, claims, signature = parts(scene)
    forged = encoded({**decoded(claims), "org_id": "org_globex"})
    return get(scene, f"{header}.{forged}.{signature}", "/packs/pack_globex_ledger")


def bring_key(scene: Scene) -> str:
    key = Ed25519PrivateKey.generate()
    public = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).rstrip(b"=").decode()
    header = {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": public}}
    return get(scene, jwt.encode(claimed(scene), key, "EdDSA", header))


def sign_with_nothing(scene: Scene) -> str:
    content = f"{encoded({'alg': 'HS256'})}.{encoded(claimed(scene))}"
    return get(scene, f"{content}.{_signed(content)}")


def name_another_key(scene: Scene) -> str:
    return get(scene, jwt.encode(claimed(scene), Ed25519PrivateKey.generate(), "EdDSA", {"kid": "of-tomorrow"}))


def session(scene: Scene, who: str) -> Any:
    return scene.get("/me/session", who).json()


defect("authentication-no-challenge", "AUTH-CHALLENGE", "CONTRACT-HEADERS")(
    "A 401 comes without WWW-Authenticate.",
    wrong_answer().make_plan(lambda answer: without_header(answer, b"www-authenticate")),
    shown("Bearer", "none", lambda scene: scene.get("/packs", None).headers.get("www-authenticate", "none")),
)
defect("authentication-expired-accepted", "AUTH-EXPIRED")(
    "A credential that has expired is taken.",
    wrong_caller.make_plan(lambda right, token, state, _now: right(token, state, _LONG_AGO)),
    shown(REFUSED, "200", with_state, "expired", 3600, role="owner"),
)
defect("authentication-expiry-late", "AUTH-EXPIRED")(
    "A session is good for one minute more than it says.",
    wrong_caller.make_plan(lambda right, token, state, now: right(token, state, now - timedelta(minutes=1))),
    shown(REFUSED, "200", with_state, "expired", role="owner"),
)
defect("authentication-key-case", "AUTH-INVALID")(
    "An API key is read without regard to case.",
    _tries_again(lambda right, token, state, now: right(token.lower(), state, now)),
    shown(REFUSED, "200", present, "Bearer", READER, str.upper),
)
defect("authentication-unsigned-accepted", "AUTH-FORGED", "AUTH-EXPIRED")(
    "The signature of a session is not looked at.",
    _tries_again(lambda _right, token, _state, _now: _believed(token)),
    shown(REFUSED, "200", lambda scene: get(scene, f"{'.'.join(parts(scene)[:2])}.{'A' * 86}")),
)
defect("authentication-empty-secret", "AUTH-FORGED")(
    "A session that says that it is signed with a secret is verified by the empty one, as no other is set.",
    _believes(lambda token: token.rpartition(".")[2] == _signed(token.rpartition(".")[0])),
    shown(REFUSED, "200", sign_with_nothing),
)
defect("authentication-unknown-key-id", "AUTH-FORGED")(
    "A session of a key that is not known is believed, as of an issuer who has changed his keys.",
    _believes(lambda token: _header(token).get("kid") not in (None, "", KEY_ID)),
    shown(REFUSED, "200", name_another_key),
)
defect("authentication-quotes-taken-off", "AUTH-INVALID")(
    "Quotation marks around a token are taken off.",
    wrong_caller.make_plan(lambda right, token, state, now: right(token.strip('"'), state, now)),
    shown(REFUSED, "200", present, "Bearer", READER, '"{}"'.format),
)
defect("authentication-files-open", "AUTH-REQUIRED", "CONTRACT-CREDENTIAL-ENFORCED", on=ids.READ_FILE)(
    "The files of packs that everyone sees are read without a credential.",
    open_gate(check_credential).make_plan(lambda call: _AUTHORIZATION not in call.headers),
    shown(REFUSED, "200", get, None, PUBLIC_FILE),
)
defect("authentication-scheme-case", "AUTH-SCHEME-CASE")(
    "The scheme must be written `Bearer`.",
    denies(check_credential, lambda call: call.headers.get(_AUTHORIZATION, b"Bearer ")[:7] != b"Bearer ", _NO_BEARER),
    shown("200", REFUSED, present, "bearer"),
)
defect("authentication-key-in-query", "AUTH-QUERY")(
    "An API key in the query is taken by every operation, as the event streams take it.",
    _takes_from_query(lambda call, token: _AUTHORIZATION not in call.headers and token.startswith("sk_")),
    shown(REFUSED, "200", get, None, api_key=READER),
)
defect("authentication-session-in-query", "AUTH-QUERY", on=ids.READ_FILE)(
    "A session in the query opens a file, so that a page can link to it.",
    _takes_from_query(lambda call, token: _AUTHORIZATION not in call.headers and token.startswith("eyJ")),
    shown(REFUSED, "200", get, None, PUBLIC_FILE, api_key=OWNER),
)
defect("authentication-query-decides", "AUTH-HEADER-DECIDES")(
    "Where header and query both carry a credential, that of the query decides.",
    _takes_from_query(lambda call, token: _AUTHORIZATION in call.headers and bool(token), clears=False),
    shown(REFUSED, "400 validation_error", get, UNKNOWN, api_key=READER),
)
defect("session-label-of-people", "SESSION-KEY-LABEL", on=ids.SESSION)(
    "The session of a person has the label of an API key, empty.",
    wrong_reply.make_plan(
        lambda body, run: {**body, "api_key_label": ""} if run.request.caller.kind == "session" else body
    ),
    shown(False, True, lambda scene: "api_key_label" in session(scene, OWNER)),
)


@defect("authentication-revoked-accepted", "AUTH-REVOKED").by(wrong_caller)
@shown(REFUSED, "200", with_state, "revoked", permission_set="read_only")
def revoked_accepted(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A credential that was revoked still works."""
    found = find_known(token, state)
    return found.caller if found is not None and found.revoked else right(token, state, now)


@defect("authentication-revoked-reads-providers", "AUTH-REVOKED", on=ids.GET_PROVIDER).by(wrong_caller)
@shown(REFUSED, "200", with_state, "revoked", permission_set="read_only", path="/providers/provider_01HZ")
def revoked_reads_providers(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A key that was revoked still reads a provider."""
    return revoked_accepted(right, token, state, now)


@defect("contract-wrong-key-is-nobody", "CONTRACT-CREDENTIAL-ENFORCED", "AUTH-INVALID", on=ids.GET).by(wrong_caller)
@shown(REFUSED, "200", get, UNKNOWN, "/packs/pack_02HZ")
def wrong_key_is_nobody(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """Who reads a pack with an API key that is not known is served as the public would be."""
    return NOBODY if token.startswith("sk_") and find_known(token, state) is None else right(token, state, now)


@defect("authentication-alg-none", "AUTH-FORGED").plans(_believes)
@shown(REFUSED, "200", lambda scene: get(scene, f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{parts(scene)[1]}."))
def says_unsigned(token: str) -> bool:
    """A session that says that it is not signed is believed."""
    return token.startswith("eyJ") and str(_header(token).get("alg")).lower() == "none"


@defect("authentication-signature-remembered", "AUTH-FORGED").by(wrong_caller)
@shown(REFUSED, "200", forge)
def signature_remembered(right: Authenticate, token: str, state: State, now: datetime) -> Caller:
    """A signature that was once found right is good for whatever else it stands under."""
    notes = read_notes(signature_remembered)
    signature = token.rpartition(".")[2]
    if token.startswith("eyJ") and notes.get(signature, token) != token:
        return _believed(token)
    caller = right(token, state, now)
    notes[signature] = token
    return caller


@defect("authentication-key-brought-along", "AUTH-FORGED").by(wrong_caller)
@shown(REFUSED, "200", bring_key)
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


@defect("authentication-any-scheme", "AUTH-INVALID").reads(check_credential)
@shown(REFUSED, "200", present, "Token")
def any_scheme(call: Call) -> None:
    """Whatever word stands before the token is taken for Bearer."""
    _, space, token = call.headers.get(_AUTHORIZATION, b"").partition(b" ")
    if space:
        _present(call, token)


@defect("session-key-is-a-person", "SESSION-API-KEY", on=ids.SESSION).by(wrong_reply)
@shown("system", "usr_of_the_key", lambda scene: session(scene, READER)["user_id"])
def key_is_a_person(body: Any, run: Run) -> Any:
    """The session of an API key shows a user and a role."""
    of_key = run.request.caller.kind == "api_key"
    return {**body, "user_id": "usr_of_the_key", "role": "operator"} if of_key else body


@defect("session-of-the-first", "SESSION-CALLER", on=ids.SESSION).wrongly
@shown(
    "org_globex", "org_acme", lambda scene: do_in_turn(session(scene, OWNER), session(scene, "globex-owner"))["org_id"]
)
def of_the_first(run: Run) -> Outcome:
    """Of two people of one role, in whatever org, the second gets the session of the first, from a cache."""
    after, outcome = run.done
    if run.request.caller.kind == "session":
        outcome = read_notes(of_the_first).setdefault(run.request.caller.role, outcome)
    return after, outcome


@defect("session-operator-overstated", "SESSION-SCOPES", "SESSION-CALLER", on=ids.SESSION).by(wrong_reply)
@shown(False, True, lambda scene: "billing:write" in session(scene, "acme-operator")["permissions"])
def operator_overstated(body: Any, run: Run) -> Any:
    """The session of an operator shows the scope billing:write, which only owners hold."""
    more = ["billing:write"] if run.request.caller.role == "operator" else []
    return {**body, "permissions": [*body["permissions"], *more]}


@defect("session-expired-trial", "SESSION-BILLING-STATUS", on=ids.SESSION).by(wrong_reply)
@shown("trial", "past_due", lambda scene: session(scene, "umbrella-owner")["memberships"][0]["billing_status"])
def expired_trial(body: Any, run: Run) -> Any:
    """The session of a person says past_due once the trial of the org has expired."""
    if run.after.all(ORGS)[run.org_id].find_posture(run.request.now) != "trial_expired":
        return body
    return {**body, "memberships": [{**each, "billing_status": "past_due"} for each in body["memberships"]]}

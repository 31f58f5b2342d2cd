"""Sessions: what they carry, and who can verify them."""

import base64
import json
from datetime import UTC, datetime

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.access.callers import Credential, make_api_key, make_person
from mock_server.access.credentials import (
    AUDIENCE,
    CREDENTIALS,
    ISSUER,
    authenticate,
    digest_token,
    issue_session,
    make_key_set,
)
from mock_server.errors import Unauthenticated
from mock_server.state.value import replace
from tests.mock_server.states import GRANTS, empty

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OWNER = make_person("org_acme", "usr_1", "owner@acme.example", "owner", GRANTS)


def test_anyone_can_verify_a_session_by_the_published_key() -> None:
    token = issue_session(OWNER)
    key = jwt.PyJWKSet.from_dict(dict(make_key_set()))[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["EdDSA"], issuer=ISSUER, audience=AUDIENCE)
    assert {"iss", "aud", "sub", "org_id", "role", "permissions", "iat", "exp"} <= claims.keys()
    assert claims["permissions"] == list(GRANTS.roles["owner"])


def test_the_same_caller_always_has_the_same_session() -> None:
    assert issue_session(OWNER) == issue_session(OWNER)


@given(st.sampled_from(sorted(GRANTS.roles)), st.text(max_size=20), st.text(max_size=20))
def test_a_session_says_who_it_was_issued_to(role: str, user_id: str, org_id: str) -> None:
    caller = make_person(org_id, user_id, "someone@somewhere.example", role, GRANTS)
    assert authenticate(issue_session(caller), empty(), NOW) == caller


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "org_id", "role", "permissions", "iat", "exp"])
@pytest.mark.parametrize("value", [None, "", "other", 1, [1], {"a": 1}])
def test_a_claim_that_is_changed_unsigned_is_refused(claim: str, value: object) -> None:
    head, body, signature = issue_session(OWNER).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims[claim] = value
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    with pytest.raises(Unauthenticated):
        authenticate(f"{head}.{forged}.{signature}", empty(), NOW)


@given(st.text(max_size=60).map("eyJ{}".format) | st.text(max_size=60).map("sk_{}".format) | st.text(max_size=60))
def test_any_other_token_is_nobody(token: str) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(token, empty(), NOW)


@pytest.mark.parametrize(
    ("credential", "works"),
    [
        (Credential("", OWNER), True),
        (Credential("", OWNER, expires_at=datetime(2026, 6, 1, 0, 0, 1, tzinfo=UTC)), True),
        (Credential("", OWNER, expires_at=NOW), False),
        (Credential("", OWNER, revoked=True), False),
    ],
)
@pytest.mark.parametrize("token", ["sk_mock_1", issue_session(OWNER)])
def test_what_the_world_knows_of_a_token_decides(token: str, credential: Credential, works: bool) -> None:
    state = empty().put(CREDENTIALS, replace(credential, digest=digest_token(token)))
    if works:
        assert authenticate(token, state, NOW) is OWNER
    else:
        with pytest.raises(Unauthenticated):
            authenticate(token, state, NOW)


def test_expiry_follows_the_clock_that_is_asked() -> None:
    token = issue_session(OWNER, expires_at=NOW)
    assert authenticate(token, empty(), datetime(2026, 5, 31, tzinfo=UTC)) == OWNER
    with pytest.raises(Unauthenticated):
        authenticate(token, empty(), NOW)


@pytest.mark.parametrize("permission_set", sorted(GRANTS.permission_sets))
def test_an_api_key_has_no_user(permission_set: str) -> None:
    caller = make_api_key("org_acme", permission_set, "CI", GRANTS)
    assert (caller.user_id, caller.email, caller.role) == ("system", "", "")
    assert set(caller.permissions) == set(GRANTS.permission_sets[permission_set])

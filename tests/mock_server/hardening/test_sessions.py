"""Forged, spoilt and borrowed sessions: whatever the trick, a 401."""

import base64
import hashlib
import hmac
import json
import string
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mock_server.access.credentials import KEY_ID
from tests.mock_server.serving import Mock, refusal

# What anybody can read: the mock's own signing key is made of a phrase in its source. So these tokens are
# signed rightly, and refused for what they say.
SIGNING = Ed25519PrivateKey.from_private_bytes(
    hashlib.sha256(b"the fake signing key of the Evershell mock: no secret").digest()
)
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
LATER = int(datetime(2099, 1, 1, tzinfo=UTC).timestamp())
EARLIER = int(datetime(2001, 1, 1, tzinfo=UTC).timestamp())
SESSION = "/v1/me/session"

Forge = Callable[[dict[str, Any]], str]


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def part(value: object) -> str:
    return b64(json.dumps(value).encode())


def signed(claims: Mapping[str, Any], header: Mapping[str, Any] | None = None, key: Any = SIGNING) -> str:
    """A token in any shape, signed with an Ed25519 key, whatever its header calls it."""
    text = f"{part({'alg': 'EdDSA', 'typ': 'JWT', 'kid': KEY_ID, **(header or {})})}.{part(claims)}"
    return f"{text}.{b64(key.sign(text.encode()))}"


def unsigned(algorithm: str, claims: dict[str, Any]) -> str:
    return f"{part({'alg': algorithm, 'typ': 'JWT', 'kid': KEY_ID})}.{part(claims)}."


def by_hash(secret: bytes, claims: dict[str, Any]) -> str:
    """Signed with HMAC, the key that everybody knows for its secret."""
    text = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': KEY_ID})}.{part(claims)}"
    return f"{text}.{b64(hmac.digest(secret, text.encode(), 'sha256'))}"


def by_library(algorithm: str, key: Any, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": KEY_ID})


PUBLIC = SIGNING.public_key()
RAW = PUBLIC.public_bytes(Encoding.Raw, PublicFormat.Raw)
PEM = PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER = PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
OWN_JWK = {"kty": "OKP", "crv": "Ed25519", "x": b64(STRANGER.public_key().public_bytes_raw())}


def with_header(key: Any = SIGNING, **header: Any) -> Forge:
    return lambda claims: signed(claims, header, key)


def with_claims(**changed: Any) -> Forge:
    return lambda claims: signed({k: v for k, v in {**claims, **changed}.items() if v is not ...})


FORGED: Mapping[str, Forge] = {
    **{f"alg {name!r}": partial(unsigned, name) for name in ("none", "None", "NONE", "nOnE", "")},
    "alg none, and a signature": with_header(alg="none"),
    "HMAC with the public key": partial(by_hash, RAW),
    "HMAC with the public key in PEM": partial(by_hash, PEM),
    "HMAC with the public key in PEM, without its last line": partial(by_hash, PEM.strip()),
    "HMAC with the public key in DER": partial(by_hash, DER),
    "HMAC with the public key as it is published": partial(by_hash, b64(RAW).encode()),
    "HMAC with no key": partial(by_hash, b""),
    "HMAC's name on a right signature": with_header(alg="HS256"),
    "another curve": partial(by_library, "ES256", ec.derive_private_key(7, ec.SECP256R1())),
    "another kind of key": partial(by_library, "RS256", rsa.generate_private_key(65537, 2048)),
    "another key": with_header(STRANGER),
    "another key, which it brings": with_header(STRANGER, jwk=OWN_JWK),
    "another key, and where it is": with_header(STRANGER, jku="http://127.0.0.1:1/keys"),
    "another key, and its certificate": with_header(STRANGER, x5c=["MIIB"], x5u="http://127.0.0.1:1/cert"),
    **{
        f"kid {kid!r}": with_header(STRANGER, kid=kid)
        for kid in (
            "../../../dev/null",
            "' OR 1=1 --",
            "http://127.0.0.1:1/",
            f"{KEY_ID}\0",
            f" {KEY_ID}",
            "",
            "x" * 4000,
        )
    },
    **{f"kid of a wrong type: {kid!r}": with_header(kid=kid) for kid in (None, 1, [KEY_ID], {"kid": KEY_ID})},
    "crit that nobody knows": with_header(crit=["exp-by"], **{"exp-by": 1}),
    "crit of nothing": with_header(crit=[]),
    "crit that is not there": with_header(crit=["exp"]),
    "a payload that is not encoded": with_header(b64=False, crit=["b64"]),
    "another audience": with_claims(aud="somebody-else"),
    "other audiences": with_claims(aud=["somebody-else", "evershell"]),
    "no audience": with_claims(aud=...),
    "an audience of a wrong type": with_claims(aud={"evershell-mock": 1}),
    "another issuer": with_claims(iss="https://auth.evershell.example/"),
    "an issuer of a wrong type": with_claims(iss=["https://auth.evershell.example/"]),
    "expired": with_claims(exp=EARLIER),
    "expired before there was time": with_claims(exp=-(10**9)),
    "not valid yet": with_claims(nbf=LATER),
    **{f"exp {exp!r}": with_claims(exp=exp) for exp in (None, "2100-01-01", "4102444800", [], {}, 10**30)},
    **{f"nbf {nbf!r}": with_claims(nbf=nbf) for nbf in (None, "2000-01-01", [], {}, 10**30)},
    "no expiry": with_claims(exp=...),
    "NaN for a time": lambda claims: signed({**claims, "exp": float("nan")}),
    **{f"{name} of a wrong type": with_claims(**{name: 1}) for name in ("sub", "org_id", "role", "permissions")},
    "permissions in one text": with_claims(permissions="caps:write"),
    "permissions in an object": with_claims(permissions={"caps:write": True}),
    "an org that is not there": with_claims(org_id="org_nowhere"),
    "too large": with_claims(more="x" * 16_000),
    "far too large": with_claims(more="x" * 40_000),
    "a payload that is a list": lambda claims: signed([claims]),  # type: ignore[arg-type]
    "five parts": lambda claims: signed(claims) + ".a.b",
    "two parts": lambda claims: signed(claims).rpartition(".")[0],
    "a signature that is padded": lambda claims: signed(claims) + "==",
    "a signature with what base64 leaves out": lambda claims: signed(claims) + "!",
    "an empty signature": lambda claims: signed(claims).rpartition(".")[0] + ".",
}


@pytest.fixture
def claims(tokens: dict[str, str]) -> dict[str, Any]:
    """What a good session says."""
    said: dict[str, Any] = jwt.decode(tokens["acme-owner"], options={"verify_signature": False})
    return said


def ask(mock: Mock, token: str) -> httpx.Response:
    return mock.send("GET", SESSION, headers={"Authorization": f"Bearer {token}"})


def test_the_same_hand_makes_good_sessions(mock: Mock, claims: dict[str, Any]) -> None:
    """Else every refusal below could be for another reason."""
    assert ask(mock, signed(claims)).status_code == 200
    assert ask(mock, signed({**claims, "nbf": EARLIER, "aud": ["evershell-mock", "others"]})).status_code == 200


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_session_is_nobodys(mock: Mock, claims: dict[str, Any], kind: str) -> None:
    answer = ask(mock, FORGED[kind](claims))
    assert refusal(answer) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("kind", [kind for kind in FORGED if "\0" not in kind])
def test_nor_is_it_in_the_cookie(mock: Mock, claims: dict[str, Any], kind: str) -> None:
    answer = mock.send("GET", SESSION, headers={"Cookie": f"wos_session={FORGED[kind](claims)}"})
    assert refusal(answer) == (401, "unauthenticated")


def test_a_session_has_one_spelling_so_none_outlives_that_it_is_revoked(mock: Mock, claims: dict[str, Any]) -> None:
    """Bits of the last letter that stand for nothing make no second token of it."""
    token = signed(claims)
    spellings = {token[:-1] + letter for letter in string.ascii_letters + string.digits + "-_"} - {token}
    assert {ask(mock, spelling).status_code for spelling in spellings} == {401}


def test_a_session_becomes_valid_by_the_clock_of_the_world(mock: Mock, claims: dict[str, Any]) -> None:
    token = signed({**claims, "nbf": LATER})
    assert ask(mock, token).status_code == 401
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": "2099-01-01T00:00:00Z"})
    assert ask(mock, token).status_code == 200


def test_sessions_that_nobody_knows_are_not_remembered_at_length(mock: Mock) -> None:
    """A credential of a megabyte is refused as the small ones are, or by the server's own limit for headers."""
    answer = ask(mock, "eyJ" + "x" * 60_000)
    assert answer.status_code in (400, 401, 431)

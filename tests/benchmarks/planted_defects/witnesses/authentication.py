"""What shows the defects in who is taken for a caller."""

import base64
import hmac
import json

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

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


@witness("authentication-no-challenge", right="Bearer", wrong="none")
def challenge(scene: Scene) -> str:
    return scene.get("/packs", None).headers.get("www-authenticate", "none")


@witness("authentication-expired-accepted", right=REFUSED, wrong="200")
def expired_long_ago(scene: Scene) -> str:
    token = scene.state("credential is expired", org_id="org_acme", role="owner")["token"]
    scene.world.advance(3600)
    return said(scene.get("/packs", token))


@witness("authentication-expiry-late", right=REFUSED, wrong="200")
def expired_just_now(scene: Scene) -> str:
    token = scene.state("credential is expired", org_id="org_acme", role="owner")["token"]
    return said(scene.get("/packs", token))


@witness("authentication-revoked-accepted", right=REFUSED, wrong="200")
def revoked(scene: Scene) -> str:
    token = scene.state("credential is revoked", org_id="org_acme", permission_set="read_only")["token"]
    return said(scene.get("/packs", token))


@witness("authentication-key-case", right=REFUSED, wrong="200")
def key_in_capitals(scene: Scene) -> str:
    return presented(scene, f"Bearer {scene.mock.token('acme-read-only').upper()}")


@witness("authentication-unsigned-accepted", right=REFUSED, wrong="200")
def signature_of_noughts(scene: Scene) -> str:
    signed = scene.mock.token("acme-owner").rpartition(".")[0]
    return said(scene.get("/packs", f"{signed}.{'A' * 86}"))


@witness("authentication-alg-none", right=REFUSED, wrong="200")
def not_signed(scene: Scene) -> str:
    claims = scene.mock.token("acme-owner").split(".")[1]
    return said(scene.get("/packs", f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{claims}."))


@witness("authentication-signature-remembered", right=REFUSED, wrong="200")
def signature_of_another(scene: Scene) -> str:
    token = scene.mock.token("acme-owner")
    scene.get("/packs", token)
    header, claims, signature = token.split(".")
    forged = encoded({**decoded(claims), "org_id": "org_globex"})
    return said(scene.get("/packs/pack_globex_ledger", f"{header}.{forged}.{signature}"))


@witness("authentication-key-brought-along", right=REFUSED, wrong="200")
def signed_with_a_key_of_its_own(scene: Scene) -> str:
    key = Ed25519PrivateKey.generate()
    public = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).rstrip(b"=").decode()
    header = {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": public}}
    return said(scene.get("/packs", jwt.encode(claimed(scene), key, "EdDSA", header)))


@witness("authentication-empty-secret", right=REFUSED, wrong="200")
def signed_with_nothing(scene: Scene) -> str:
    content = f"{encoded({'alg': 'HS256'})}.{encoded(claimed(scene))}"
    signature = base64.urlsafe_b64encode(hmac.digest(b"", content.encode(), "sha256")).rstrip(b"=").decode()
    return said(scene.get("/packs", f"{content}.{signature}"))


@witness("authentication-unknown-key-id", right=REFUSED, wrong="200")
def signed_with_a_key_unheard_of(scene: Scene) -> str:
    token = jwt.encode(claimed(scene), Ed25519PrivateKey.generate(), "EdDSA", {"kid": "of-tomorrow"})
    return said(scene.get("/packs", token))


@witness("authentication-quotes-taken-off", right=REFUSED, wrong="200")
def quoted(scene: Scene) -> str:
    return presented(scene, f'Bearer "{scene.mock.token("acme-read-only")}"')


@witness("authentication-files-open", right=REFUSED, wrong="200")
def file_for_nobody(scene: Scene) -> str:
    return said(scene.get(PUBLIC_FILE, None))


@witness("authentication-any-scheme", right=REFUSED, wrong="200")
def other_scheme(scene: Scene) -> str:
    return presented(scene, f"Token {scene.mock.token('acme-owner')}")


@witness("authentication-scheme-case", right="200", wrong=REFUSED)
def small_scheme(scene: Scene) -> str:
    return presented(scene, f"bearer {scene.mock.token('acme-owner')}")


@witness("authentication-key-in-query", right=REFUSED, wrong="200")
def key_in_query(scene: Scene) -> str:
    return said(scene.get("/packs", None, params={"api_key": scene.mock.token("acme-read-only")}))


@witness("authentication-session-in-query", right=REFUSED, wrong="200")
def session_in_query(scene: Scene) -> str:
    return said(scene.get(PUBLIC_FILE, None, params={"api_key": scene.mock.token("acme-owner")}))


@witness("authentication-query-decides", right=REFUSED, wrong="400 validation_error")
def two_credentials(scene: Scene) -> str:
    params = {"api_key": scene.mock.token("acme-read-only")}
    return said(scene.get("/packs", "sk_mock_known_to_nobody", params=params))

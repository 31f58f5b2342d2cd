"""The table of credentials that a target has to refuse: made of a right one by one change, or of nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from conformance.contract.contract import Operation
from conformance.oracle.declaration.registry import find_org_field
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.recipes.people import UNKNOWN_KEY, has_jwt

LONG_AGO, LATER = 1_000_000_000, 4_000_000_000
"""Instants in seconds: before and after every run."""
_OWN_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"of the conformance suite").digest())
"""A key that no target trusts."""

Said = dict[str, Any]
LONG = 3000
"""Characters of a token that are too many for any, and few enough for every server's heads."""
Spelt = Callable[[Caller, Caller | None], str | None]
"""The Authorization header of a caller, and of somebody with a session; None where it cannot be made."""
INVALID, FORGED = "AUTH-INVALID", "AUTH-FORGED"


def _read_parts(token: str) -> tuple[Said, Said, str]:
    """Return header, claims and signature of a session; NotProvoked where it is none."""
    head, body, signature = token.split(".")
    return _decode(head), _decode(body), signature


def _write_claims(caller: Caller, like: Caller | None, **changes: Any) -> tuple[Said, Said]:
    """Return header and claims of a session of the caller's org, like one that the target takes, if there is any.

    `like`: somebody with such a session. `changes`: of the claims; None leaves one out.
    """
    head, claims, _ = _read_parts(like.token) if like else ({"alg": "EdDSA", "typ": "JWT"}, {"iss": "evershell"}, "")
    said = {
        **claims,
        "sub": claims.get("sub") if like and like.org == caller.org else "usr_conformance",
        find_org_field(): caller.org,
        "role": "owner",
        "permissions": sorted(caller.held),
        "iat": LONG_AGO,
        "exp": LATER,
        **changes,
    }
    return head, {name: value for name, value in said.items() if value is not None}


def _leave_unsigned(head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Return the session without a signature, which says of itself what the header says."""
    return f"{_encode_part(head)}.{_encode_part(claims)}."


def _sign_by_own_key(head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Return the session with a right signature by a key of our own."""
    content = f"{_encode_part(head)}.{_encode_part(claims)}"
    return f"{content}.{_encode_text(_OWN_KEY.sign(content.encode()))}"


def _sign_by_secret(secret: bytes, head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Return the session with a right signature by a secret that anybody may guess."""
    content = f"{_encode_part({**head, 'alg': 'HS256'})}.{_encode_part(claims)}"
    return f"{content}.{_encode_text(hmac.digest(secret, content.encode(), 'sha256'))}"


def _describe_own_key() -> Said:
    """Return the public part of the key of our own, as a header may carry it."""
    public = _OWN_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": _encode_text(public)}


def _decode(part: str) -> Said:
    """Return what a part of a session says; NotProvoked where it is no part of one."""
    try:
        said = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise NotProvoked("the session token of the profile is no JWT")
    return said


def _encode_part(said: Mapping[str, Any]) -> str:
    """Return a part of a session that says this."""
    return _encode_text(json.dumps(said).encode())


def _encode_text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class WrongCredential:
    """One kind of wrong credential."""

    name: str
    rule: str
    """The rule that an answer other than a 401 breaks; the finding is as well founded as that rule."""
    of: str
    """The kind of credential that it is made of: `session` (a JWT), `key` (any other token), or `nothing`."""
    spelt: Spelt
    is_tried_everywhere: bool = False

    def suits(self, _operation: Operation) -> bool:
        """Return True: each operation asks for a credential."""
        return True

    def make_credential(self, caller: Caller, like: Caller | None) -> Credential | None:
        """Return the credential, of one that the caller has; None where it can be made of another kind only.

        `like`: somebody with a session, for one that is made of nothing.
        """
        if self.of != "nothing" and has_jwt(caller) is not (self.of == "session"):
            return None
        spelt = self.spelt(caller, like)
        label = "forged session ({})" if self.rule == FORGED else "{} credential"
        return None if spelt is None else Credential(label.format(self.name), spelt)

    def __str__(self) -> str:
        return self.name


def _change_letter(text: str, place: int) -> str:
    """Return the text with another letter in this place."""
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


_MISSPELT: Mapping[str, Callable[[str], str]] = {
    "scheme-alone": lambda _: "Bearer",
    "empty": lambda _: "",
    "no-scheme": lambda token: token,
    "basic": lambda token: "Basic " + base64.b64encode(f"{token}:".encode()).decode(),
    "other-scheme": lambda token: f"Token {token}",
    "two-tokens": lambda token: f"Bearer {token} {token}",
    "cut-short": lambda token: f"Bearer {token[:-4]}",
    "one-more": lambda token: f"Bearer {token}x",
}
"""The misspelt tokens of either kind, by name. They are tried at every operation."""
_ODD: Mapping[str, Callable[[str], str]] = {
    "first-half": lambda token: f"Bearer {token[: len(token) // 2]}",
    "second-half": lambda token: f"Bearer {token[len(token) // 2 :]}",
    "first-letter-gone": lambda token: f"Bearer {token[1:]}",
    "first-letter-other": lambda token: f"Bearer {_change_letter(token, 0)}",
    "twice-in-one": lambda token: f"Bearer {token}{token}",
    "with-comma": lambda token: f"Bearer {token},{token}",
    "scheme-twice": lambda token: f"Bearer Bearer {token}",
    "quoted": lambda token: f'Bearer "{token}"',
    "scheme-and-colon": lambda token: f"Bearer:{token}",
    "longer-scheme": lambda token: f"Bearers {token}",
    "other-scheme-before": lambda token: f"Basic Og==, Bearer {token}",
    "percent-encoded": lambda token: f"Bearer %{ord(token[0]):02X}{token[1:]}",
    "nul-encoded-after": lambda token: f"Bearer {token}%00",
    "not-utf-8-after": lambda token: f"Bearer {token}\udcff\udcfe",
    "long": lambda token: f"Bearer {token}{'0' * LONG}",
}
"""The odd spellings of a token of either kind, by name."""


def _swap_scheme(caller: Caller, _like: Caller | None) -> str | None:
    return f"Bearer {caller.token.swapcase()}" if caller.token.swapcase() != caller.token else None


def _change_parts(change: Callable[[str, str, str], tuple[str, str, str]]) -> Spelt:
    """Return the caller's session with its three parts changed."""

    def spell_credential(caller: Caller, _like: Caller | None) -> str:
        _read_parts(caller.token)  # it has to be one
        return "Bearer " + ".".join(change(*caller.token.split(".")))

    return spell_credential


def _claim(**claims: Any) -> Spelt:
    """Return the caller's session with other claims under the same signature."""
    return _change_parts(lambda head, body, signature: (head, _encode_part({**_decode(body), **claims}), signature))


def _say(**header: Any) -> Spelt:
    """Return the caller's session with another header under the same signature."""
    return _change_parts(lambda head, body, signature: (_encode_part({**_decode(head), **header}), body, signature))


def _change_subject(head: str, body: str, signature: str) -> tuple[str, str, str]:
    claims = _decode(body)
    return head, _encode_part({**claims, "sub": f"{claims.get('sub')}-other"}), signature


def _change_org(head: str, body: str, signature: str) -> tuple[str, str, str]:
    return head, _encode_part({**_decode(body), find_org_field(): "org_conformance_other"}), signature


def _sign_anew(head: str, body: str) -> tuple[str, str, str]:
    signed = _sign_by_own_key(_decode(head), _decode(body)).split(".")
    return signed[0], signed[1], signed[2]


_CHANGED: Mapping[str, Spelt] = {
    "alg-none": _change_parts(lambda head, body, _: (_encode_part({**_decode(head), "alg": "none"}), body, "")),
    "other-claims": _change_parts(_change_subject),
    "later-expiry": _claim(exp=LATER),
    # The first character carries six bits of the signature, so another one always differs.
    "other-signature": _change_parts(lambda head, body, signature: (head, body, _change_letter(signature, 0))),
    "signature-cut-off": _change_parts(lambda head, body, _: (head, body, "")),
}
"""The changed sessions, by name. They are tried at every operation."""
_CHANGED_ODDLY: Mapping[str, Spelt] = {
    "other-letter-of-header": _change_parts(
        lambda head, body, signature: (_change_letter(head, len(head) // 2), body, signature)
    ),
    "other-letter-of-claims": _change_parts(
        lambda head, body, signature: (head, _change_letter(body, len(body) // 2), signature)
    ),
    "other-letter-of-signature": _change_parts(
        lambda head, body, signature: (head, body, _change_letter(signature, len(signature) // 2))
    ),
    "signature-of-noughts": _change_parts(lambda head, body, signature: (head, body, "A" * len(signature))),
    "signature-half": _change_parts(lambda head, body, signature: (head, body, signature[: len(signature) // 2])),
    "other-org": _change_parts(_change_org),
    "other-role": _claim(role="conformance"),
    "more-permissions": _claim(permissions=["caps:write", "billing:write", "members:write", "conformance"]),
    "alg-none-in-capitals": _change_parts(
        lambda head, body, _: (_encode_part({**_decode(head), "alg": "NONE"}), body, "")
    ),
    "alg-none-signed": _say(alg="none"),
    "no-header": _change_parts(lambda _, body, signature: ("", body, signature)),
    "no-claims": _change_parts(lambda head, _, signature: (head, "", signature)),
    "one-part-more": _change_parts(lambda head, body, signature: (head, body, f"{signature}.{signature}")),
    "signed-by-another": _change_parts(lambda head, body, _: _sign_anew(head, body)),
}
"""The oddly changed sessions, by name."""


def _sign_with(sign: Callable[..., str], header: Mapping[str, Any] | None = None, **claims: Any) -> Spelt:
    """Return a session of the caller's org that is signed so, with the header of a right one and these changes."""

    def spell_credential(caller: Caller, like: Caller | None) -> str:
        head, said = _write_claims(caller, like, **claims)
        return f"Bearer {sign({**head, **(header or {})}, said)}"

    return spell_credential


_ANY: Mapping[str, Spelt] = {
    "made-up-unsigned": _sign_with(_leave_unsigned, {"alg": "none"}),
    "made-up-unsigned-in-capitals": _sign_with(_leave_unsigned, {"alg": "None"}),
    "made-up-signed-by-nobody": _sign_with(_leave_unsigned),
    "made-up-self-signed": _sign_with(_sign_by_own_key),
    "made-up-bringing-its-key": _sign_with(_sign_by_own_key, {"jwk": _describe_own_key()}),
    "made-up-of-unknown-key-id": _sign_with(_sign_by_own_key, {"kid": "conformance"}),
    "made-up-of-empty-key-id": _sign_with(_sign_by_own_key, {"kid": ""}),
    "made-up-of-a-path-as-key-id": _sign_with(lambda *said: _sign_by_secret(b"", *said), {"kid": "../../../dev/null"}),
    "made-up-of-empty-secret": _sign_with(lambda *said: _sign_by_secret(b"", *said)),
    "made-up-of-usual-secret": _sign_with(lambda *said: _sign_by_secret(b"secret", *said)),
    "made-up-of-another-issuer": _sign_with(_sign_by_own_key, iss="https://issuer.conformance.example"),
    "made-up-for-another-audience": _sign_with(_sign_by_own_key, aud="conformance"),
    "made-up-and-expired": _sign_with(_sign_by_own_key, iat=LONG_AGO - 60, exp=LONG_AGO),
    "made-up-and-not-yet-valid": _sign_with(_sign_by_own_key, nbf=LATER - 60, iat=LATER - 60),
    "made-up-without-expiry": _sign_with(_sign_by_own_key, exp=None),
    "made-up-critical": _sign_with(_sign_by_own_key, {"crit": ["conformance"], "conformance": True}),
}
"""The sessions of nobody's making with the org of a caller, by name."""
_NONE: Mapping[str, str] = {
    "unknown-session": "Bearer eyJhbGciOiJub25lIn0",
    "dots": "Bearer ..",
    "one-dot": "Bearer .",
    "dots-in-text": "Bearer conformance.conformance.conformance",
    "no-objects": "Bearer W10.W10.W10",
    "null": "Bearer null",
    "undefined": "Bearer undefined",
    "true": "Bearer true",
    "nought": "Bearer 0",
    "star": "Bearer *",
    "quote": "Bearer ' OR '1'='1",
    "key-prefix-alone": f"Bearer {UNKNOWN_KEY.partition('_')[0]}_",
}
"""The texts that are no credential at all, by name."""


def _list_kinds() -> Iterator[WrongCredential]:
    for of in ("session", "key"):
        for misspelt, everywhere in ((_MISSPELT, True), (_ODD, False)):
            for name, change in misspelt.items():
                spelt: Spelt = lambda caller, _, change=change: change(caller.token)  # type: ignore[misc]  # noqa: E731
                yield WrongCredential(name, INVALID, of, spelt, everywhere)
    yield WrongCredential("other-case", INVALID, "key", _swap_scheme, is_tried_everywhere=True)
    for forged, everywhere in ((_CHANGED, True), (_CHANGED_ODDLY, False)):
        for name, spelt in forged.items():
            yield WrongCredential(name, FORGED, "session", spelt, everywhere)
    for name, spelt in _ANY.items():
        yield WrongCredential(name, FORGED, "nothing", spelt)
    for name, authorization in _NONE.items():
        spelt = lambda *_, authorization=authorization: authorization  # noqa: E731
        yield WrongCredential(name, INVALID, "nothing", spelt, is_tried_everywhere=name == "unknown-session")


CREDENTIALS: tuple[WrongCredential, ...] = tuple(_list_kinds())


def list_kinds_of_rule(rule: str) -> list[WrongCredential]:
    """Return the kinds of which a rule speaks."""
    return [kind for kind in CREDENTIALS if kind.rule == rule]


def make_wrong_credentials(callers: Iterable[Caller]) -> Iterator[tuple[str, Credential]]:
    """Yield the credentials of the kinds that are tried everywhere, made of theirs, and an unknown key.

    Each with the rule by which it is refused.
    """
    yield INVALID, make_unknown_key()
    for caller in callers:
        for kind in CREDENTIALS:
            if kind.is_tried_everywhere and (credential := kind.make_credential(caller, None)):
                yield kind.rule, credential


def make_unknown_key() -> Credential:
    """Return a key that no target can know."""
    return Credential("unknown key", f"Bearer {UNKNOWN_KEY}")


def make_nobody() -> Caller:
    """Return a caller whom no target can know, to make wrong credentials of where the profile has nobody."""
    return Caller("nobody", "org_conformance", UNKNOWN_KEY)

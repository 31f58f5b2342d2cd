"""Credentials that a target has to refuse, each made of a valid one by one change."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from conformance.contract.contract import Operation
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.session.harness import Harness
from conformance.session.states import SetupError

UNKNOWN_KEY = "sk_conformance_unknown_key"
SCOPED = "credential has scopes"


def unknown_key() -> Credential:
    """A key that no target can know."""
    return Credential("unknown key", f"Bearer {UNKNOWN_KEY}")


def wrong(callers: Iterable[Caller]) -> Iterator[tuple[str, Credential]]:
    """Every credential that is made of theirs, with the rule by which it is refused."""
    yield "AUTH-INVALID", unknown_key()
    for caller in callers:
        yield from (("AUTH-INVALID", credential) for credential in malformed(caller))
        yield from (("AUTH-FORGED", credential) for credential in forged(caller))


def nobody() -> Caller:
    """A caller whom no target can know, to make wrong credentials of where the profile has nobody."""
    return Caller("nobody", "", UNKNOWN_KEY)


def is_session(caller: Caller) -> bool:
    """Whether the caller's token has the form of a JWT."""
    return caller.token.count(".") == 2


def of_each_kind(harness: Harness, operation: Operation) -> list[Caller]:
    """A caller with a session and one with a key who may do the operation; not provoked where there is neither."""
    able = [caller for caller in harness.callers() if harness.may(caller, operation)]
    found = [next((c for c in able if is_session(c) is kind), None) for kind in (True, False)]
    chosen = [caller for caller in found if caller] or [harness.able(operation)]
    # What is made of a session that has ended would be refused for that alone.
    return [harness.client.renewals.in_use(caller) for caller in chosen]


def issued_of_each_kind(harness: Harness, operation: Operation) -> list[Caller]:
    """The callers of `of_each_kind`, each with a credential that a state makes for this test, or NotProvoked.

    Such a one may stand where others can read it, as URLs in logs.
    """
    found, not_issued = [], None
    for caller in of_each_kind(harness, operation):
        try:
            found.append(issued(harness, caller))
        except NotProvoked as reason:
            not_issued = not_issued or reason
    if not_issued and not found:
        raise NotProvoked(f"no credential of the profile is put into a URL: {not_issued}", *not_issued.needs)
    return found


def issued(harness: Harness, caller: Caller) -> Caller:
    """Somebody with the caller's rights and a credential of the same kind that a state has just made."""
    if is_session(caller):
        made = harness.provide(SCOPED, org_id=caller.org, scopes=sorted(caller.held))
    elif caller.permission_set is None:
        raise NotProvoked(f"callers.{caller.name}.permission_set: is not given, so no state can make a key like it")
    else:
        try:
            made = harness.provide(SCOPED, org_id=caller.org, permission_set=caller.permission_set)
        except SetupError as error:  # an endpoint may know of scopes alone
            raise NotProvoked(f"the target's states make no API key: {error}") from None
    issued = replace(caller, name=f"{caller.name} by a state", token=str(made.get("token")), token_command=None)
    if is_session(issued) is not is_session(caller):
        kinds = ("a session", "an API key") if is_session(caller) else ("an API key", "a session")
        raise NotProvoked(f"needs {kinds[0]}, and the state '{SCOPED}' makes {kinds[1]}")
    return issued


def malformed(caller: Caller) -> Iterator[Credential]:
    """What is no credential, or another one than the caller's."""
    token = caller.token
    spellings = {
        "scheme-alone": "Bearer",
        "empty": "",
        "no-scheme": token,
        "basic": "Basic " + base64.b64encode(f"{token}:".encode()).decode(),
        "other-scheme": f"Token {token}",
        "two-tokens": f"Bearer {token} {token}",
        "cut-short": f"Bearer {token[:-4]}",
        "one-more": f"Bearer {token}x",
        "unknown-session": "Bearer eyJhbGciOiJub25lIn0",
    }
    if not is_session(caller) and token.swapcase() != token:
        spellings["other-case"] = f"Bearer {token.swapcase()}"
    for kind, authorization in spellings.items():
        yield Credential(f"{kind} credential", authorization)


def forged(caller: Caller) -> Iterator[Credential]:
    """Sessions made of the caller's, each changed in one place; none of a key."""
    if not is_session(caller):
        return
    head, body, signature = caller.token.split(".")
    claims = _decoded(body)
    forgeries = {
        "alg-none": (_encoded({**_decoded(head), "alg": "none"}), body, ""),
        "other-claims": (head, _encoded({**claims, "sub": f"{claims.get('sub')}-other"}), signature),
        "later-expiry": (head, _encoded({**claims, "exp": 4_000_000_000}), signature),
        # The first character carries six bits of the signature, so another one always differs.
        "other-signature": (head, body, ("A" if signature[:1] != "A" else "B") + signature[1:]),
        "signature-cut-off": (head, body, ""),
    }
    for kind, parts in forgeries.items():
        yield Credential(f"forged session ({kind})", f"Bearer {'.'.join(parts)}")


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

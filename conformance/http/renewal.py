"""Sessions that expire during a run: the tokens in use, and how a new one is obtained."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from conformance.profile import Caller, Credential, run_token_command


@dataclass(slots=True)
class _Tokens:
    """One caller's tokens."""

    caller: Caller
    token: str
    former: set[str] = field(default_factory=set)
    """Earlier tokens, each of which stands for the current one."""


class Renewals:
    """The tokens in use by the caller's name; another credential under that name is left alone."""

    def __init__(self, callers: Iterable[Caller] = ()) -> None:
        self._sessions = {caller.name: _Tokens(caller, caller.token) for caller in callers}

    def get_current(self, credential: Credential) -> Credential:
        """Return the credential with the current token of its session."""
        session = self._find_session(credential)
        given = _extract_token(credential)
        if session is None or given == session.token:
            return credential
        before = (credential.authorization or "").removesuffix(given)
        return replace(credential, authorization=f"{before}{session.token}")

    def find_bearer(self, credential: Credential) -> Credential | None:
        """Return the session's token as a bearer credential; None where the credential is of no session."""
        session = self._find_session(credential)
        return replace(session.caller, token=session.token).credential if session else None

    def update_caller(self, caller: Caller) -> Caller:
        """Return the caller with its current token."""
        session = self._find_session(caller.credential)
        return replace(caller, token=session.token) if session else caller

    def renew(self, credential: Credential) -> str | None:
        """Return a new token after a 401; None where the caller has no token_command.

        ProfileError where the caller's token_command fails.
        """
        session = self._find_session(credential)
        if session is None or session.caller.token_command is None:
            return None
        session.former.add(session.token)
        session.token = run_token_command(session.caller.token_command, f"callers.{session.caller.name}.")
        return session.token

    def explain_expired(self, credential: Credential) -> str | None:
        """Return why a 401 says nothing about the target: the token itself has expired; None where it has not."""
        session = self._find_session(credential)
        if session is None or not is_expired(session.token):
            return None
        remedy = "mend its token_command" if session.caller.token_command else "give it a token_command"
        return f"callers.{session.caller.name}.token: has run out; {remedy}"

    def _find_session(self, credential: Credential) -> _Tokens | None:
        """Return the session whose token the credential has, in whatever scheme."""
        session = self._sessions.get(credential.label)
        given = _extract_token(credential)
        return session if session and (given == session.token or given in session.former) else None


def _extract_token(credential: Credential) -> str:
    """Return what stands behind the scheme and its blanks."""
    return (credential.authorization or "").partition(" ")[2].lstrip(" ")


def is_expired(token: str) -> bool:
    """Return whether the token is a JWT whose `exp` is past."""
    parts = token.split(".")
    if len(parts) != 3:
        return False
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return isinstance(claims, dict) and float(claims.get("exp", "inf")) <= time.time()
    except (ValueError, TypeError):
        return False

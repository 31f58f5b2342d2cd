"""Callers by the kind of their credential, and credentials that a state makes for a test."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract.contract import Operation
from conformance.needs import PERMISSION_SET
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.session.harness import Harness
from conformance.session.states import SetupError

UNKNOWN_KEY = "sk_conformance_unknown_key"
SCOPED = "credential has scopes"


def make_revoked_key(harness: Harness, caller: Caller | None) -> Credential:
    """Return a revoked API key of the caller's org and permission set, which a state makes.

    Not provoked without a caller.
    """
    if caller is None:
        raise NotProvoked("no caller of the profile has an API key", PERMISSION_SET)
    made = harness.provide("credential is revoked", org=caller.org, permission_set=caller.permission_set)
    return Credential("revoked key", f"Bearer {made['token']}")


def has_jwt(caller: Caller) -> bool:
    """Return whether the caller's token has the form of a JWT."""
    return caller.token.count(".") == 2


def is_session(caller: Caller) -> bool:
    """Return whether the caller has a session, and no API key: by the profile, or by the form of the token."""
    return caller.permission_set is None and (caller.role is not None or has_jwt(caller))


def list_callers_of_each_kind(harness: Harness, operation: Operation) -> list[Caller]:
    """Return a caller with a session and one with a key who may do the operation.

    Not provoked where there is neither.
    """
    able = [caller for caller in harness.callers() if harness.may(caller, operation)]
    found = [next((c for c in able if is_session(c) is kind), None) for kind in (True, False)]
    chosen = [caller for caller in found if caller] or [harness.able(operation)]
    # What is made of a session that has ended would be refused for that alone.
    return [harness.client.renewals.update_caller(caller) for caller in chosen]


def issue_of_each_kind(harness: Harness, operation: Operation) -> list[Caller]:
    """Return a caller of each kind, each with a credential that a state makes for this test, or NotProvoked.

    Such a one may stand where others can read it, as URLs in logs.
    """
    found, not_issued = [], None
    for caller in list_callers_of_each_kind(harness, operation):
        try:
            found.append(issue_credential(harness, caller))
        except NotProvoked as reason:
            not_issued = not_issued or reason
    if not_issued and not found:
        raise NotProvoked(f"no credential of the profile is put into a URL: {not_issued}", *not_issued.needs)
    return found


def issue_credential(harness: Harness, caller: Caller) -> Caller:
    """Return somebody with the caller's rights and a credential of the same kind that a state has just made."""
    if is_session(caller):
        made = harness.provide(SCOPED, org=caller.org, scopes=sorted(caller.held))
    elif caller.permission_set is None:
        raise NotProvoked(f"callers.{caller.name}.permission_set: is not given, so no state can make a key like it")
    else:
        try:
            made = harness.provide(SCOPED, org=caller.org, permission_set=caller.permission_set)
        except SetupError as error:  # an endpoint may know of scopes alone
            raise NotProvoked(f"the target's states make no API key: {error}") from None
    token = str(made.get("token"))
    issued = replace(caller, name=f"{caller.name} by a state", token=token, token_command=None, user_id=None)
    if has_jwt(issued) is not has_jwt(caller):
        kinds = ("a session", "an API key") if is_session(caller) else ("an API key", "a session")
        raise NotProvoked(f"needs {kinds[0]}, and the state '{SCOPED}' makes {kinds[1]}")
    return issued

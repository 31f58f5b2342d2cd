"""The gates of credential, scope, billing and org."""

from __future__ import annotations

from mock_server.access.bearer import read_key_in_query, read_token
from mock_server.access.callers import NOBODY
from mock_server.access.cookies import check_session
from mock_server.access.foreign import read_credential
from mock_server.errors import BillingInactive, PermissionDenied, Unauthenticated, make_error
from mock_server.worlds.call import Call

_ACTIVE = {"active", "trial"}


def check_credential(call: Call) -> None:
    """401 unless the Authorization header, or else the session cookie, holds the credential of a caller.

    Where there is neither, an operation may take an API key in its query.
    403 where a page that is not let in would change something with the cookie.
    """
    if not call.operation.secured:
        return
    try:
        if call.operation.places:  # of another API
            shown = read_credential(call.operation.places, call.headers, call.query_string)
            call.caller = call.authenticate(shown, call.state, call.now)
            return
        state, token = call.state, read_token(call.headers)
        by_cookie = token is not None and b"authorization" not in call.headers
        if token is None and call.operation.query_key is not None:
            token = read_key_in_query(call.query_string, call.operation.query_key)
        if token is None:
            raise Unauthenticated("You are not signed in.")
        caller = call.caller = call.authenticate(token, state, call.now)
        if caller.org_id not in state.all(call.orgs) and caller is not NOBODY:
            raise Unauthenticated("The org of the credential is not known.")
        if by_cookie:
            check_session(caller, call.method, call.headers, call.origins)
    except Unauthenticated as refusal:
        raise Unauthenticated(refusal.message, advice=call.contract.credentials) from refusal


def check_scope(call: Call) -> None:
    """403 unless the caller holds one of each set of scopes, and the role where one is asked."""
    operation, caller = call.operation, call.caller
    for one_of in operation.scopes:
        if one_of.isdisjoint(caller.permissions):
            raise PermissionDenied(f"The operation asks for {' or '.join(sorted(one_of))}.")
    if operation.role is not None and operation.role != caller.role:
        raise PermissionDenied(f"The operation asks for the role {operation.role}.")


def check_billing(call: Call) -> None:
    """The refusal of what creates or amends, unless the org's posture is active or an unexpired trial."""
    if call.operation.billing != "create":
        return
    posture = call.state.all(call.orgs)[call.caller.org_id].find_posture(call.now)
    if posture not in _ACTIVE:
        code, responses = call.contract.billing_code, call.operation.responses
        status = next((each for each in responses if code in responses[each].codes), BillingInactive.status)
        raise make_error(code, status, f"The org's billing is not active: {posture.replace('_', ' ')}.")


def check_org(call: Call) -> None:
    """403 where the path names an org that is not the caller's."""
    name = call.operation.own_org
    if name is not None and call.path_values[name] != call.caller.org_id:
        raise PermissionDenied("The path names an org that is not the caller's.")

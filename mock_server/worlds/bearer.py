"""Whose credential a request brings, whether or not it let the request in."""

from __future__ import annotations

from typing import NamedTuple

from mock_server.access.callers import Caller, Standing
from mock_server.access.credentials import presented
from mock_server.errors import Unauthenticated
from mock_server.pipeline.gates.access import presented_token
from mock_server.worlds.call import Call


class Bearer(NamedTuple):
    """Who presents a credential, and what it is good for at the time of the request."""

    caller: Caller | None  # None where it is nobody's
    standing: Standing


def bearer(call: Call) -> Bearer | None:
    """Return who presents the credential of a request; None where it has none."""
    try:
        token = presented_token(call.headers)
        if token is None:
            return None
        credential = presented(token, call.state)
    except Unauthenticated:
        return Bearer(None, "unknown")
    known = credential.caller.org_id in call.state.orgs
    return Bearer(credential.caller, credential.standing(call.now) if known else "unknown")

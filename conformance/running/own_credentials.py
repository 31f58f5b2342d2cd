"""Credentials that the target's own side makes, to tell a target that is wrong from a profile that is out of date."""

from __future__ import annotations

from conformance.http.exchange import build_bare_request
from conformance.http.limiter import LimitReached
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.people import issue_credential
from conformance.session.harness import Harness
from conformance.session.provider_states import SetupError


def refuses_what_it_made(harness: Harness, caller: Caller) -> bool:
    """Return whether a credential like the caller's is refused that a provider state has just made in a world.

    Then no renewal helps: the target refuses what it should serve. False where no such credential can be had.
    """
    session = harness.contract.session
    if session is None or not harness.is_alone:
        return False
    try:
        return harness.send(issue_credential(harness, caller), build_bare_request(session)).status == 401
    except (NotProvoked, SetupError, LimitReached):
        return False

"""Credentials that the target's own side issues, to tell a target that is wrong from one that cannot be judged."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from conformance.http.exchange import Exchange, build_bare_request
from conformance.http.limiter import LimitReached
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.people import is_session, issue_credential
from conformance.session.harness import Harness
from conformance.session.provider_states import SetupError


def ask_as_issued(harness: Harness, callers: Sequence[Caller]) -> Exchange | None:
    """Return who the target says somebody is whose credential a provider state has just issued; None without one.

    Then the target is there, is the one that the profile names, and has what it needs, so that a wrong answer is its
    own mistake. The credential is like that of the first of the callers of whom one can be issued.
    """
    session, states = harness.contract.session, harness.provider_states
    caller = next((each for each in callers if is_session(each) or each.permission_set), None)
    if session is None or states is None or caller is None:
        return None
    base_url = harness.find_base_url(caller.org)
    if urlsplit(states.url)[:2] != urlsplit(base_url)[:2]:  # of what stands elsewhere its own side knows nothing
        return None
    try:
        issued = issue_credential(harness, caller)
        request = build_bare_request(session).put_in_org(issued.org)
        return harness.client.send(request, issued.credential, base_url, harmless=True)
    except (NotProvoked, SetupError, LimitReached):
        return None
    finally:
        states.tear_down()  # what is left stays in the ledger

"""Provider states of the credentials that an org has stored."""

from __future__ import annotations

from typing import Any

from mock_server.control.errors import named
from mock_server.control.states.context import StateContext
from mock_server.control.states.parameters import OrgParams, Text
from mock_server.errors import CredentialNotFound
from mock_server.resources.audit.writing import with_system_event
from mock_server.resources.credentials.content import first_status
from mock_server.resources.credentials.credential import STORED, Status, StoredCredential
from mock_server.state.state import State
from mock_server.state.value import replace


class CredentialStatusParams(OrgParams):
    """The status that a stored credential is given."""

    credential_id: Text
    status: Status


def in_status(context: StateContext, params: CredentialStatusParams) -> tuple[State, dict[str, Any]]:
    """Give a stored credential a status, as its provider does when it has answered."""
    org = context.org(params.org_id)
    own = {each.id: each for each in context.state.where(STORED, org_id=org.id)}
    credential = named("credential", params.credential_id, own, CredentialNotFound)
    return _with_status(context, credential, params.status), {}


def usual_status(context: StateContext) -> State:
    """Take it back to its status in the seed data, or to the one with which it was made."""
    credential = context.state.get(STORED, context.require("credential_id"))
    if credential is None:
        return context.state
    seeded = context.seed.get(STORED, credential.id)
    status = first_status(credential.kind) if seeded is None else seeded.status
    return _with_status(context, credential, status)


def _with_status(context: StateContext, credential: StoredCredential, status: Status) -> State:
    """The state in which it has the status, with an event where that is another one."""
    if status == credential.status:
        return context.state
    state = context.state.put(STORED, replace(credential, status=status))
    return with_system_event(state, STORED, credential, "credential.status_changed", context.now)

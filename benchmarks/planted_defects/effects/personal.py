"""Defects in who sees and writes what belongs to one person of the org."""

from __future__ import annotations

from mock_server.deviations.planting.ids import (
    CREATE_CREDENTIAL,
    DELETE_CREDENTIAL,
    GET_CREDENTIAL,
    LIST_CREDENTIALS,
    START_CREDENTIAL,
)
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.errors import CredentialNotFound, PermissionDenied
from mock_server.operation import Reply
from mock_server.resources.credentials.credential import ALL, STORED, StoredCredential
from mock_server.state.value import replace


def _with_all(run: Run) -> Outcome:
    """What would come of the request if the caller saw everybody's."""
    caller = run.request.caller
    whole = replace(caller, permissions=(*caller.permissions, ALL))
    return run.right(run.state, run.request._replace(caller=whole))


def _named(run: Run) -> StoredCredential | None:
    """The credential of the caller's org that the path names."""
    found = run.state.get(STORED, run.request.path["id"])
    return found if found is not None and found.org_id == run.org_id else None


@wrong_outcome("ownership-credentials-of-all-listed", "OWNERSHIP-CREDENTIAL-LIST", on=LIST_CREDENTIALS)
def credentials_of_all_listed(run: Run) -> Outcome:
    """The list of credentials holds the personal ones of everybody, for everybody of the org."""
    return _with_all(run)


@wrong_outcome(
    "ownership-own-credentials-not-listed", "OWNERSHIP-CREDENTIAL-LIST", "OWNERSHIP-LISTED", on=LIST_CREDENTIALS
)
def own_credentials_not_listed(run: Run) -> Outcome:
    """Without auth:write the list of credentials holds those of the org alone."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # noqa: S101  # a list that was not refused
    shown = outcome.body["credentials"]
    whole = ALL in run.request.caller.permissions
    return after, Reply(200, {"credentials": [each for each in shown if whole or "user_id" not in each]})


@in_place_of(CredentialNotFound)(
    "ownership-credentials-of-others-read", "OWNERSHIP-CREDENTIAL-HIDDEN", on=GET_CREDENTIAL
)
def credentials_of_others_read(run: Run, refusal: CredentialNotFound) -> Outcome:
    """Who knows the id of somebody else's credential of the org can read it."""
    if _named(run) is None:
        raise refusal
    return _with_all(run)


@in_place_of(CredentialNotFound)(
    "ownership-credentials-of-others-deleted", "OWNERSHIP-CREDENTIAL-HIDDEN", on=DELETE_CREDENTIAL
)
def credentials_of_others_deleted(run: Run, refusal: CredentialNotFound) -> Outcome:
    """With auth:write:own alone the credential of somebody else is deleted."""
    if _named(run) is None:
        raise refusal
    return _with_all(run)


@in_place_of(CredentialNotFound)(
    "ownership-credentials-of-others-forbidden",
    "OWNERSHIP-CREDENTIAL-HIDDEN",
    on=DELETE_CREDENTIAL + START_CREDENTIAL,
)
def credentials_of_others_forbidden(run: Run, refusal: CredentialNotFound) -> Outcome:
    """To write somebody else's credential is a 403, which tells that there is one."""
    if _named(run) is None:
        raise refusal
    raise PermissionDenied("The credential is somebody else's.")


@in_place_of(PermissionDenied)(
    "ownership-credentials-of-the-org-deleted", "OWNERSHIP-CREDENTIAL-ORG", on=DELETE_CREDENTIAL
)
def credentials_of_the_org_deleted(run: Run, _refusal: PermissionDenied) -> Outcome:
    """With auth:write:own alone a credential of the org is deleted."""
    return _with_all(run)


@in_place_of(PermissionDenied)(
    "ownership-credentials-of-the-org-made", "OWNERSHIP-CREDENTIAL-ORG", on=CREATE_CREDENTIAL
)
def credentials_of_the_org_made(run: Run, _refusal: PermissionDenied) -> Outcome:
    """With auth:write:own alone a credential of the org is made."""
    return _with_all(run)


@in_place_of(PermissionDenied)(
    "ownership-credentials-of-others-started", "OWNERSHIP-CREDENTIAL-ORG", on=START_CREDENTIAL
)
def credentials_of_others_started(run: Run, refusal: PermissionDenied) -> Outcome:
    """With auth:write the credential of somebody else is started."""
    credential = _named(run)
    if credential is None or credential.user_id is None:
        raise refusal
    caller = replace(run.request.caller, user_id=credential.user_id)
    return run.right(run.state, run.request._replace(caller=caller))

"""Defects in who sees and writes what belongs to one person of the org."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.scene import Scene, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome
from mock_server.operation import Reply
from mock_server.resources.credentials.credential import ALL, STORED, StoredCredential
from mock_server.state.value import replace

defect = Declarer(__name__)


def _with_all(run: Run) -> Outcome:
    """What would come of the request if the caller saw everybody's."""
    caller = run.request.caller
    whole = replace(caller, permissions=(*caller.permissions, ALL))
    return run.right(run.state, run.request._replace(caller=whole))


def _named(run: Run) -> StoredCredential | None:
    """The credential of the caller's org that the path names."""
    found = run.state.get(STORED, run.request.path["id"])
    return found if found is not None and found.org_id == run.org_id else None


SECRET = "a secret of the witness"
KEY = {"name": "witness", "provider": "github", "kind": "api_key", "api_key": SECRET}
CODE = {
    "name": "drive",
    "provider": "google",
    "kind": "oauth2_authorization_code",
    "client_secret": SECRET,
    "provider_config": {"client_id": "drive-client"},
    "allow_user_override": True,
}


OWN = {"name": "drive", "provider": "google", "kind": "oauth2_authorization_code", "personal": True}


def made(scene: Scene, body: Any, who: str = "acme-owner") -> Any:
    return scene.ask("POST", "/credentials", who, json=body)


def read(scene: Scene, credential_id: str, who: str = "acme-owner") -> Any:
    return scene.get(f"/credentials/{credential_id}", who)


def own(scene: Scene, who: str = "acme-owner", **more: Any) -> Any:
    """A personal credential in place of a new one of the org."""
    made(scene, {**CODE, **more})
    return made(scene, OWN, who)


def listed(scene: Scene, who: str = "acme-owner") -> set[str]:
    return {each["id"] for each in scene.get("/credentials", who).json()["credentials"]}


NOT_FOUND, DENIED = "404 credential_not_found", "403 permission_denied"


defect("ownership-credentials-of-all-listed", "OWNERSHIP-CREDENTIAL-LIST", on=ids.LIST_CREDENTIALS)(
    "The list of credentials holds the personal ones of everybody, for everybody of the org.",
    wrong_outcome.of(_with_all),
    shown(False, True, lambda scene: "cred_acme_personal" in listed(scene, "acme-read-only")),
)


@defect(
    "ownership-own-credentials-not-listed", "OWNERSHIP-CREDENTIAL-LIST", "OWNERSHIP-LISTED", on=ids.LIST_CREDENTIALS
).by(wrong_outcome)
@shown(True, False, lambda scene: "cred_acme_personal" in listed(scene, "acme-member"))
def own_credentials_not_listed(run: Run) -> Outcome:
    """Without auth:write the list of credentials holds those of the org alone."""
    after, outcome = run.done
    assert isinstance(outcome, Reply)  # a list that was not refused
    shown = outcome.body["credentials"]
    whole = ALL in run.request.caller.permissions
    return after, Reply(200, {"credentials": [each for each in shown if whole or "user_id" not in each]})


defect("ownership-credentials-of-others-read", "OWNERSHIP-CREDENTIAL-HIDDEN", on=ids.GET_CREDENTIAL)(
    "Who knows the id of somebody else's credential of the org can read it.",
    in_place_of(errors.CredentialNotFound).of(
        lambda run, _refusal: _with_all(run) if _named(run) is not None else None
    ),
    shown(NOT_FOUND, "200", lambda scene: said(read(scene, "cred_acme_personal", "acme-full-access"))),
)
defect("ownership-credentials-of-others-deleted", "OWNERSHIP-CREDENTIAL-HIDDEN", on=ids.DELETE_CREDENTIAL)(
    "With auth:write:own alone the credential of somebody else is deleted.",
    in_place_of(errors.CredentialNotFound).of(
        lambda run, _refusal: _with_all(run) if _named(run) is not None else None
    ),
    shown(
        NOT_FOUND,
        "200",
        lambda scene: said(scene.ask("DELETE", f"/credentials/{own(scene).json()['id']}", "acme-member")),
    ),
)


@defect(
    "ownership-credentials-of-others-forbidden",
    "OWNERSHIP-CREDENTIAL-HIDDEN",
    on=ids.DELETE_CREDENTIAL + ids.START_CREDENTIAL,
).by(in_place_of(errors.CredentialNotFound))
@shown(
    NOT_FOUND,
    DENIED,
    lambda scene: said(scene.ask("POST", f"/credentials/{own(scene).json()['id']}/oauth/start", "acme-member")),
)
def credentials_of_others_forbidden(run: Run, refusal: errors.CredentialNotFound) -> Outcome:
    """To write somebody else's credential is a 403, which tells that there is one."""
    if _named(run) is None:
        raise refusal
    raise errors.PermissionDenied("The credential is somebody else's.")


defect("ownership-credentials-of-the-org-deleted", "OWNERSHIP-CREDENTIAL-ORG", on=ids.DELETE_CREDENTIAL)(
    "With auth:write:own alone a credential of the org is deleted.",
    in_place_of(errors.PermissionDenied).of(lambda run, _refusal: _with_all(run)),
    shown(DENIED, "200", lambda scene: said(scene.ask("DELETE", "/credentials/cred_01HZ", "acme-member"))),
)
defect("ownership-credentials-of-the-org-made", "OWNERSHIP-CREDENTIAL-ORG", on=ids.CREATE_CREDENTIAL)(
    "With auth:write:own alone a credential of the org is made.",
    in_place_of(errors.PermissionDenied).of(lambda run, _refusal: _with_all(run)),
    shown(DENIED, "201", lambda scene: said(made(scene, KEY, "acme-member"))),
)


@defect("ownership-credentials-of-others-started", "OWNERSHIP-CREDENTIAL-ORG", on=ids.START_CREDENTIAL).by(
    in_place_of(errors.PermissionDenied)
)
@shown(DENIED, "200", lambda scene: said(scene.ask("POST", "/credentials/cred_acme_personal/oauth/start")))
def credentials_of_others_started(run: Run, refusal: errors.PermissionDenied) -> Outcome:
    """With auth:write the credential of somebody else is started."""
    credential = _named(run)
    if credential is None or credential.user_id is None:
        raise refusal
    caller = replace(run.request.caller, user_id=credential.user_id)
    return run.right(run.state, run.request._replace(caller=caller))

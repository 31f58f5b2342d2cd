"""Defects of credentials: of what a kind needs, of secrets, statuses and names, and of who sees personal ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.mistakes import (
    confuses,
    edits,
    grants,
    refuses,
    serves_while_off,
    without,
    wrongly,
)
from benchmarks.planted_defects.planting.objects import changes, done_otherwise, keeps, takes_names_of_others
from benchmarks.planted_defects.planting.requests import quoting
from benchmarks.planted_defects.planting.runs import again, permitted, pretending, resent, unchanged
from benchmarks.planted_defects.scene import Scene, do_in_turn, read_status
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import edit, wrong_answer_to
from mock_server.deviations.planting.memory import read_notes
from mock_server.deviations.planting.wrong_operations import Outcome, Run, wrong_reply
from mock_server.resources.credentials import (
    ALL,
    AUTHORIZATION_CODE,
    STORED,
    StoredCredential,
    list_secret_fields,
    read_credential_kinds,
)
from mock_server.state.value import replace

defect = Declarer(__name__)

SECRET, CODE_KIND = "a secret of the witness", "oauth2_authorization_code"
INVALID, TAKEN = "400 validation_error", "409 credential_exists"
NOT_FOUND, DENIED = "404 credential_not_found", "403 permission_denied"
MEMBER, GOOGLE, PERSONAL, OF_ORG = "acme-member", "cred_acme_google", "cred_acme_personal", "cred_01HZ"
KEY = {"name": "witness", "provider": "github", "kind": "api_key", "api_key": SECRET}
OWN_KEY = {"name": "witness", "provider": "github", "kind": "api_key", "personal": True}
OWN = {"name": "drive", "provider": "google", "kind": CODE_KIND, "personal": True}
CODE = {
    "name": "drive",
    "provider": "google",
    "kind": CODE_KIND,
    "client_secret": SECRET,
    "provider_config": {"client_id": "drive-client"},
    "allow_user_override": True,
}
BASIC = {"name": "witness", "provider": "jira", "kind": "basic_auth", "provider_config": {"username": "agents"}}
CLIENT = {
    "name": "witness",
    "provider": "microsoft",
    "kind": "oauth2_client_credentials",
    "client_secret": SECRET,
    "provider_config": {"client_id": "c"},
}
EXISTS = errors.CredentialExists("There is a credential of this name already.")
keeps_own = partial(keeps, STORED, lambda right, _run: right.user_id is not None)
"""A personal credential has these values."""


def _named(run: Run) -> StoredCredential | None:
    """Return the credential of the caller's org that the path names."""
    found = run.state.get(STORED, run.request.path["id"])
    return found if found is not None and found.org_id == run.org_id else None


def _is_there(run: Run) -> bool:
    return _named(run) is not None


def _overridden(run: Run) -> list[StoredCredential]:
    """Return the credential of the org that is sent a personal one for."""
    return run.state.select(STORED, org_id=run.org_id, user_id=None, name=run.request.body["name"])


def _overrides_somebody(run: Run) -> bool:
    """Return whether a personal credential is sent of a name of which somebody has one."""
    found = run.state.select(STORED, org_id=run.org_id, name=run.request.body["name"])
    return bool(run.request.body.get("personal")) and any(each.user_id for each in found)


def _with_all(run: Run) -> Outcome:
    """Return what would come of the request if the caller saw everybody's."""
    return permitted(run, ALL)


def made(scene: Scene, body: Any, who: str = "acme-owner") -> Any:
    return scene.ask("POST", "/credentials", who, json=body)


def makes(scene: Scene, *bodies: Any, who: str = "acme-owner", **more: Any) -> str:
    """Return what the last of these credentials that are made answers."""
    return read_status(*(made(scene, {**body, **more}, who) for body in bodies))


def made_with(scene: Scene, column: str, **more: Any) -> Any:
    """Return what a new credential shows in a column."""
    return made(scene, {**KEY, **more}).json()[column]


def read(scene: Scene, credential_id: str, who: str = "acme-owner") -> Any:
    return scene.get(f"/credentials/{credential_id}", who)


def own(scene: Scene, who: str = "acme-owner", **more: Any) -> Any:
    """Return a personal credential in place of a new one of the org."""
    made(scene, {**CODE, **more})
    return made(scene, OWN, who)


def column_of_own(scene: Scene, column: str) -> Any:
    return own(scene).json()[column]


def lists(scene: Scene, key: str = PERSONAL, who: str = "acme-owner") -> bool:
    """Return whether the list holds a credential."""
    return key in {each["id"] for each in scene.get("/credentials", who).json()["credentials"]}


def start(scene: Scene, key: str = GOOGLE, who: str = "acme-owner") -> Any:
    return scene.ask("POST", f"/credentials/{key}/oauth/start", who)


def delete(scene: Scene, key: str, who: str = "acme-owner") -> str:
    return read_status(scene.ask("DELETE", f"/credentials/{key}", who))


def of_somebody(scene: Scene, deed: Callable[..., Any]) -> Any:
    """Return what a member is answered for the personal credential of somebody else."""
    return deed(scene, own(scene).json()["id"], MEMBER)


def read_while_off(scene: Scene) -> str:
    return read_status(scene.state("auth is disabled", org_id="org_acme"), read(scene, OF_ORG))


def status_listed(scene: Scene) -> Any:
    found = scene.get("/credentials").json()["credentials"]
    return next(each["status"] for each in found if each["id"] == PERSONAL)


defect("credentials-refused-quoted", "CREDENTIAL-SECRET-HIDDEN", on=ids.CREATE_CREDENTIAL)(
    "The refusal of a body that is not valid quotes the password that is in it.",
    wrong_answer_to.make_plan(lambda call, answer: quoting(call, answer, "password")),
    shown(False, True, lambda scene: SECRET in made(scene, {**BASIC, "password": SECRET, "more": 1}).text),
)
defect("credentials-scopes-lost", "CREDENTIAL-APPLIES", on=ids.CREATE_CREDENTIAL)(
    "A new credential keeps the first of its scopes alone.",
    changes(STORED, lambda _before, right, _run: replace(right, scopes=(right.scopes or ())[:1] or None)),
    shown(["one", "two"], ["one"], made_with, "scopes", scopes=["one", "two"]),
)
defect("credentials-active-at-once", "CREDENTIAL-STATUS", on=ids.CREATE_CREDENTIAL)(
    "A personal authorization code begins as active, as if consent for the org's counted for it.",
    keeps_own(status="active"),
    shown("needs_reauth", "active", column_of_own, "status"),
)
defect("credentials-next-left-out", "CREDENTIAL-NEXT", on=ids.CREATE_CREDENTIAL)(
    "The answer that makes a personal credential has no next.",
    wrong_reply.make_plan(lambda body, run: without(body, "next") if run.request.body.get("personal") else body),
    shown(True, False, lambda scene: "next" in own(scene).json()),
)
defect("credentials-names-taken-by-others", "CREDENTIAL-NAME-TAKEN", on=ids.CREATE_CREDENTIAL)(
    "A name that a credential of another org has is taken.",
    takes_names_of_others(STORED, EXISTS),
    shown("201", TAKEN, lambda scene: do_in_turn(makes(scene, KEY), makes(scene, KEY, who="globex-owner"))),
)
defect("credentials-names-taken-by-people", "CREDENTIAL-NAME-TAKEN", on=ids.CREATE_CREDENTIAL)(
    "A personal credential of somebody else takes its name for all others of the org.",
    refuses(_overrides_somebody, EXISTS),
    shown("201", TAKEN, lambda scene: read_status(own(scene, MEMBER), made(scene, OWN))),
)
defect(
    *("credentials-org-has-a-user", "CREDENTIAL-PERSONAL", "OWNERSHIP-LIST-ITEM", "REFUSED-CHANGES-NOTHING"),
    on=ids.GET_CREDENTIAL,
)(
    "A credential of the org that is read shows the user id of whoever reads it.",
    wrong_answer_to.make_plan(
        lambda call, answer: (
            edit(answer, lambda view: {"user_id": call.caller.user_id, **view}) if answer.status == 200 else answer
        )
    ),
    shown(None, "usr_acme_owner", lambda scene: read(scene, OF_ORG).json().get("user_id")),
)
defect("credentials-override-without-config", "CREDENTIAL-OVERRIDE", on=ids.CREATE_CREDENTIAL)(
    "A personal credential has no config.",
    keeps_own(provider_config=None),
    shown({"client_id": "drive-client"}, {}, column_of_own, "provider_config"),
)
defect("credentials-active-by-start", "CREDENTIAL-ACTIVE", on=ids.START_CREDENTIAL)(
    "The start of a consent makes its credential active.",
    keeps(STORED, status="active"),
    shown("needs_reauth", "active", lambda scene: do_in_turn(start(scene), read(scene, GOOGLE).json()["status"])),
)
defect("subsystems-credentials-read-while-off", "SUBSYSTEM-DISABLED", on=ids.GET_CREDENTIAL)(
    "A credential is read while they are switched off.",
    serves_while_off(errors.AuthDisabled),
    shown("503 auth_disabled", "200", read_while_off),
)
defect("ownership-credentials-of-all-listed", "OWNERSHIP-CREDENTIAL-LIST", on=ids.LIST_CREDENTIALS)(
    "The list of credentials holds the personal ones of everybody, for everybody of the org.",
    wrongly(_with_all),
    shown(False, True, lists, who="acme-read-only"),
)
defect("ownership-credentials-of-others-read", "OWNERSHIP-CREDENTIAL-HIDDEN", on=ids.GET_CREDENTIAL)(
    "Who knows the id of somebody else's credential of the org can read it.",
    grants(errors.CredentialNotFound, lambda run: _with_all(run) if _named(run) else None),
    shown(NOT_FOUND, "200", lambda scene: read_status(read(scene, PERSONAL, "acme-full-access"))),
)
defect("ownership-credentials-of-others-deleted", "OWNERSHIP-CREDENTIAL-HIDDEN", on=ids.DELETE_CREDENTIAL)(
    "With auth:write:own alone the credential of somebody else is deleted.",
    grants(errors.CredentialNotFound, lambda run: _with_all(run) if _named(run) else None),
    shown(NOT_FOUND, "200", of_somebody, delete),
)
defect(
    "ownership-credentials-of-others-forbidden",
    "OWNERSHIP-CREDENTIAL-HIDDEN",
    on=ids.DELETE_CREDENTIAL + ids.START_CREDENTIAL,
)(
    "To write somebody else's credential is a 403, which tells that there is one.",
    confuses(errors.CredentialNotFound, errors.PermissionDenied("The credential is somebody else's."), _is_there),
    shown(NOT_FOUND, DENIED, lambda scene: read_status(of_somebody(scene, start))),
)
defect("ownership-credentials-of-the-org-deleted", "OWNERSHIP-CREDENTIAL-ORG", on=ids.DELETE_CREDENTIAL)(
    "With auth:write:own alone a credential of the org is deleted.",
    grants(errors.PermissionDenied, _with_all),
    shown(DENIED, "200", delete, OF_ORG, MEMBER),
)
defect("ownership-credentials-of-the-org-made", "OWNERSHIP-CREDENTIAL-ORG", on=ids.CREATE_CREDENTIAL)(
    "With auth:write:own alone a credential of the org is made.",
    grants(errors.PermissionDenied, _with_all),
    shown(DENIED, "201", makes, KEY, who=MEMBER),
)


@defect(
    *("credentials-key-in-config", "CREDENTIAL-SECRET-HIDDEN", "CREDENTIAL-APPLIES", "EFFECT-EVERY-CALLER"),
    on=ids.CREATE_CREDENTIAL,
).by(wrong_reply)
@shown(False, True, lambda scene: SECRET in made(scene, KEY).text)
def key_in_config(body: Any, run: Run) -> Any:
    """The answer that makes a credential has its API key beside its config."""
    key = run.request.body.get("api_key")
    return body if key is None else {**body, "provider_config": {**body["provider_config"], "api_key": key}}


@defect("credentials-password-not-needed", "CREDENTIAL-SECRET-NEEDED", on=ids.CREATE_CREDENTIAL).overlooks("password")
@shown(INVALID, "201", makes, BASIC)
def password_not_needed(run: Run) -> Outcome | None:
    """Basic auth without a password is made."""
    return None if "password" in run.request.body else resent(run, password="none")


@defect("credentials-other-secret-ignored", "CREDENTIAL-SECRET-NEEDED", on=ids.CREATE_CREDENTIAL).grants(
    errors.ValidationFailed
)
@shown(INVALID, "201", makes, KEY, password=SECRET)
def other_secret_ignored(run: Run) -> Outcome | None:
    """A secret of another kind is ignored where that of the kind is there too."""
    needed = read_credential_kinds(run.request)[run.request.body["kind"]].secret
    if needed not in run.request.body or run.request.body.get("personal"):
        return None
    return resent(run, *(each for each in list_secret_fields(run.request) if each != needed))


@defect("credentials-further-config-lost", "CREDENTIAL-APPLIES", on=ids.CREATE_CREDENTIAL).changes(STORED)
@shown({"more": "kept"}, {}, made_with, "provider_config", provider_config={"more": "kept"})
def further_config_lost(_before: None, right: StoredCredential, run: Run) -> StoredCredential:
    """A new credential keeps nothing of its config but what its kind needs."""
    needs, config = read_credential_kinds(run.request)[right.kind], right.provider_config or {}
    known = {*needs.needs, *(key for keys in needs.needs_of.values() for key in keys)}
    return replace(right, provider_config={key: value for key, value in config.items() if key in known} or None)


@defect("credentials-tenant-not-needed", "CREDENTIAL-CONFIG-NEEDED", on=ids.CREATE_CREDENTIAL).overlooks(
    "provider_config"
)
@shown(INVALID, "201", makes, CLIENT)
def tenant_not_needed(run: Run) -> Outcome | None:
    """Client credentials of microsoft are made without tenant_id."""
    if run.request.body["provider"] != "microsoft" or run.request.body.get("personal"):
        return None
    return done_otherwise(run, STORED, {**run.request.body, "provider": "other"}, provider="microsoft")


@defect("credentials-personal-of-any-kind", "CREDENTIAL-PERSONAL", on=ids.CREATE_CREDENTIAL).overlooks("kind")
@shown(INVALID, "201", lambda scene: do_in_turn(makes(scene, KEY, allow_user_override=True), makes(scene, OWN_KEY)))
def personal_of_any_kind(run: Run) -> Outcome:
    """A personal credential of another kind is made as an authorization code."""
    codes = [replace(each, kind=AUTHORIZATION_CODE) for each in _overridden(run)]
    return pretending(run, STORED, *codes, body={**run.request.body, "kind": AUTHORIZATION_CODE})


@defect("credentials-override-not-asked-for", "CREDENTIAL-OVERRIDE", on=ids.CREATE_CREDENTIAL).overlooks("name")
@shown(INVALID, "201", lambda scene: read_status(own(scene, allow_user_override=False)))
def override_not_asked_for(run: Run) -> Outcome:
    """A credential of the org that does not allow it is overridden too."""
    return pretending(run, STORED, *(replace(each, allow_user_override=True) for each in _overridden(run)))


@defect("credentials-start-again-alike", "CREDENTIAL-START", on=ids.START_CREDENTIAL).by(wrong_reply)
@shown(2, 1, lambda scene: len({start(scene).json()["auth_url"] for _ in range(2)}))
def start_again_alike(body: Any, run: Run) -> Any:
    """Each start of a credential answers with the address of the first."""
    return read_notes(start_again_alike).setdefault(run.request.path["id"], body)


@defect("credentials-any-kind-started", "CREDENTIAL-START", on=ids.START_CREDENTIAL).grants(errors.ValidationFailed)
@shown(INVALID, "200", lambda scene: read_status(start(scene, OF_ORG)))
def any_kind_started(run: Run) -> Outcome:
    """A credential of any kind is started."""
    as_code = replace(run.state.all(STORED)[run.request.path["id"]], kind=AUTHORIZATION_CODE)
    return unchanged(run, again(run, run.state.put(STORED, as_code)))


@defect("credentials-status-listed-as-made", "CREDENTIAL-ACTIVE", "OWNERSHIP-LIST-ITEM", on=ids.LIST_CREDENTIALS).plans(
    lambda change: edits(lambda body: {"credentials": [change(each) for each in body["credentials"]]})
)
@shown("active", "needs_reauth", status_listed)
def status_listed_as_made(view: Any) -> Any:
    """The list shows every authorization code that is not revoked as needs_reauth."""
    moved = view["kind"] == AUTHORIZATION_CODE and view["status"] != "revoked"
    return {**view, "status": "needs_reauth"} if moved else view


@defect("credentials-left-behind", "CREDENTIAL-DELETED", "DELETE-GONE", on=ids.DELETE_CREDENTIAL).wrongly
@shown(False, True, lambda scene: do_in_turn(delete(scene, OF_ORG), lists(scene, OF_ORG)))
def left_behind(run: Run) -> Outcome:
    """The deletion of a credential is answered, and it stays."""
    _, outcome = run.done
    return run.state.put(STORED, run.state.all(STORED)[run.request.path["id"]]), outcome


@defect(
    "credentials-with-those-in-place", "CREDENTIAL-DELETED", "EFFECT-NOTHING-ELSE", on=ids.DELETE_CREDENTIAL
).wrongly
@shown(True, False, lambda scene: do_in_turn(delete(scene, PERSONAL), lists(scene, GOOGLE)))
def with_those_in_place(run: Run) -> Outcome:
    """With a personal credential goes the one of the org that it overrides."""
    deleted = run.state.get(STORED, run.request.path["id"])
    after, outcome = run.done
    for each in run.state.select(STORED, org_id=run.org_id):
        if deleted is not None and deleted.user_id and each.name == deleted.name and each.user_id is None:
            after = after.drop(STORED, each.id)
    return after, outcome


@defect(
    "ownership-own-credentials-not-listed", "OWNERSHIP-CREDENTIAL-LIST", "OWNERSHIP-LISTED", on=ids.LIST_CREDENTIALS
).by(wrong_reply)
@shown(True, False, lists, who=MEMBER)
def own_credentials_not_listed(body: Any, run: Run) -> Any:
    """Without auth:write the list of credentials holds those of the org alone."""
    whole = ALL in run.request.caller.permissions
    return {"credentials": [each for each in body["credentials"] if whole or "user_id" not in each]}


@defect("ownership-credentials-of-others-started", "OWNERSHIP-CREDENTIAL-ORG", on=ids.START_CREDENTIAL).grants(
    errors.PermissionDenied
)
@shown(DENIED, "200", lambda scene: read_status(start(scene, PERSONAL)))
def credentials_of_others_started(run: Run) -> Outcome | None:
    """With auth:write the credential of somebody else is started."""
    credential = _named(run)
    return permitted(run, user_id=credential.user_id) if credential and credential.user_id else None

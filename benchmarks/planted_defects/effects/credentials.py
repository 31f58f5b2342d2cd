"""Defects of credentials: what a kind needs is not looked at, a secret is shown, a status or a name is another."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.objects import wrong_object
from benchmarks.planted_defects.planting.requests import quoting
from benchmarks.planted_defects.scene import Scene, in_turn, said
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.answers import edited, wrong_answer_to
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.resources.credentials.content import AUTHORIZATION_CODE, kinds_of, secrets_of
from mock_server.resources.credentials.credential import STORED, StoredCredential
from mock_server.resources.orgs import ORGS
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

defect = Declarer(__name__)

wrong_credential = wrong_object(STORED)
_refused_body = in_place_of(errors.ValidationFailed)


def _again(run: Run, **more: Any) -> Outcome:
    """What comes of the same request with other fields; those that are None are left out."""
    body = {name: value for name, value in {**run.request.body, **more}.items() if value is not None}
    return run.right(run.state, run.request._replace(body=body))


def _names(refusal: errors.ValidationFailed, field: str) -> bool:
    fields = refusal.details["fields"]
    return isinstance(fields, dict) and list(fields) == [field]


SECRET = "a secret of the witness"
INVALID, TAKEN = "400 validation_error", "409 credential_exists"
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
BASIC = {"name": "witness", "provider": "jira", "kind": "basic_auth", "provider_config": {"username": "agents"}}
CLIENT = {
    "name": "witness",
    "provider": "microsoft",
    "kind": "oauth2_client_credentials",
    "client_secret": SECRET,
    "provider_config": {"client_id": "c"},
}


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


# Secrets


@defect("credentials-refused-quoted", "CREDENTIAL-SECRET-HIDDEN", on=ids.CREATE_CREDENTIAL).by(wrong_answer_to)
@shown(False, True, lambda scene: SECRET in made(scene, {**BASIC, "password": SECRET, "more": 1}).text)
def refused_quoted(call: Call, answer: Answer) -> Answer:
    """The refusal of a body that is not valid quotes the password that is in it."""
    return quoting(call, answer, "password")


@defect(
    "credentials-key-in-config",
    "CREDENTIAL-SECRET-HIDDEN",
    "CREDENTIAL-APPLIES",
    "EFFECT-EVERY-CALLER",
    on=ids.CREATE_CREDENTIAL,
).by(wrong_reply)
@shown(False, True, lambda scene: SECRET in made(scene, KEY).text)
def key_in_config(body: Any, run: Run) -> Any:
    """The answer that makes a credential has its API key beside its config."""
    key = run.request.body.get("api_key")
    return body if key is None else {**body, "provider_config": {**body["provider_config"], "api_key": key}}


defect("credentials-password-not-needed", "CREDENTIAL-SECRET-NEEDED", on=ids.CREATE_CREDENTIAL)(
    "Basic auth without a password is made.",
    _refused_body.of(
        lambda run, refusal: (
            None if not _names(refusal, "password") or "password" in run.request.body else _again(run, password="none")
        )
    ),
    shown(INVALID, "201", lambda scene: said(made(scene, BASIC))),
)


@defect("credentials-other-secret-ignored", "CREDENTIAL-SECRET-NEEDED", on=ids.CREATE_CREDENTIAL).by(_refused_body)
@shown(INVALID, "201", lambda scene: said(made(scene, {**KEY, "password": SECRET})))
def other_secret_ignored(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """A secret of another kind is ignored where that of the kind is there too."""
    needed = kinds_of(run.request)[run.request.body["kind"]].secret
    if needed not in run.request.body or run.request.body.get("personal"):
        raise refusal
    return _again(run, **dict.fromkeys(each for each in secrets_of(run.request) if each != needed))


# What is shown


defect("credentials-scopes-lost", "CREDENTIAL-APPLIES", on=ids.CREATE_CREDENTIAL)(
    "A new credential keeps the first of its scopes alone.",
    wrong_credential.of(lambda _before, right, _run: replace(right, scopes=(right.scopes or ())[:1] or None)),
    shown(["one", "two"], ["one"], lambda scene: made(scene, {**KEY, "scopes": ["one", "two"]}).json()["scopes"]),
)


@defect("credentials-further-config-lost", "CREDENTIAL-APPLIES", on=ids.CREATE_CREDENTIAL).by(wrong_credential)
@shown(
    {"more": "kept"},
    {},
    lambda scene: made(scene, {**KEY, "provider_config": {"more": "kept"}}).json()["provider_config"],
)
def further_config_lost(_before: None, right: StoredCredential, run: Run) -> StoredCredential:
    """A new credential keeps nothing of its config but what its kind needs."""
    needs, config = kinds_of(run.request)[right.kind], right.provider_config or {}
    known = {*needs.needs, *(key for keys in needs.needs_of.values() for key in keys)}
    return replace(right, provider_config={key: value for key, value in config.items() if key in known} or None)


@defect("credentials-tenant-not-needed", "CREDENTIAL-CONFIG-NEEDED", on=ids.CREATE_CREDENTIAL).by(_refused_body)
@shown(INVALID, "201", lambda scene: said(made(scene, CLIENT)))
def tenant_not_needed(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """Client credentials of microsoft are made without tenant_id."""
    body = run.request.body
    if not _names(refusal, "provider_config") or body["provider"] != "microsoft" or body.get("personal"):
        raise refusal
    after, outcome = _again(run, provider="other")
    [made] = set(after.all(STORED)) - set(run.state.all(STORED))
    credential = replace(after.all(STORED)[made], provider="microsoft")
    assert not isinstance(outcome, Exception)  # it was made
    body = {**outcome.body, "provider": "microsoft"}
    return after.put(STORED, credential), outcome._replace(body=body)


defect("credentials-active-at-once", "CREDENTIAL-STATUS", on=ids.CREATE_CREDENTIAL)(
    "A personal authorization code begins as active, as if consent for the org's counted for it.",
    wrong_credential.of(
        lambda _before, right, _run: right if right.user_id is None else replace(right, status="active")
    ),
    shown("needs_reauth", "active", lambda scene: own(scene).json()["status"]),
)
defect("credentials-next-left-out", "CREDENTIAL-NEXT", on=ids.CREATE_CREDENTIAL)(
    "The answer that makes a personal credential has no next.",
    wrong_reply.of(
        lambda body, run: (
            {name: value for name, value in body.items() if name != "next"}
            if run.request.body.get("personal")
            else body
        )
    ),
    shown(True, False, lambda scene: "next" in own(scene).json()),
)


# Names


@defect("credentials-names-taken-by-others", "CREDENTIAL-NAME-TAKEN", on=ids.CREATE_CREDENTIAL).by(wrong_outcome)
@shown("201", TAKEN, lambda scene: said(made(scene, KEY), made(scene, KEY, "globex-owner")))
def names_taken_by_others(run: Run) -> Outcome:
    """A name that a credential of another org has is taken."""
    done, name = run.done, run.request.body["name"]
    if any(each.name == name and each.org_id != run.org_id for each in run.state.all(STORED).values()):
        raise errors.CredentialExists("There is a credential of this name already.")
    return done


@defect("credentials-names-taken-by-people", "CREDENTIAL-NAME-TAKEN", on=ids.CREATE_CREDENTIAL).by(wrong_outcome)
@shown("201", TAKEN, lambda scene: said(own(scene, "acme-member"), made(scene, OWN)))
def names_taken_by_people(run: Run) -> Outcome:
    """A personal credential of somebody else takes its name for all others of the org."""
    done, body = run.done, run.request.body
    own = [each for each in run.state.where(STORED, org_id=run.org_id) if each.name == body["name"] and each.user_id]
    if body.get("personal") and own:
        raise errors.CredentialExists("There is a personal credential of this name already.")
    return done


def show_personal_of_any_kind(scene: Scene) -> str:
    made(scene, {**KEY, "allow_user_override": True})
    return said(made(scene, {"name": "witness", "provider": "github", "kind": "api_key", "personal": True}))


# Personal ones


@defect("credentials-personal-of-any-kind", "CREDENTIAL-PERSONAL", on=ids.CREATE_CREDENTIAL).by(_refused_body)
@shown(INVALID, "201", show_personal_of_any_kind)
def personal_of_any_kind(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """A personal credential of another kind is made as an authorization code."""
    if not _names(refusal, "kind"):
        raise refusal
    name = run.request.body["name"]
    found = run.state.where(STORED, org_id=run.org_id, user_id=None, name=name)
    state = run.state
    for each in found:
        state = state.put(STORED, replace(each, kind=AUTHORIZATION_CODE))
    after, outcome = run.right(state, run.request._replace(body={**run.request.body, "kind": AUTHORIZATION_CODE}))
    for each in found:
        after = after.put(STORED, each)
    return after, outcome


defect(
    "credentials-org-has-a-user",
    "CREDENTIAL-PERSONAL",
    "OWNERSHIP-LIST-ITEM",
    "REFUSED-CHANGES-NOTHING",
    on=ids.GET_CREDENTIAL,
)(
    "A credential of the org that is read shows the user id of whoever reads it.",
    wrong_answer_to.of(
        lambda call, answer: (
            answer if answer.status != 200 else edited(answer, lambda shown: {"user_id": call.caller.user_id, **shown})
        )
    ),
    shown(None, "usr_acme_owner", lambda scene: read(scene, "cred_01HZ").json().get("user_id")),
)


@defect("credentials-override-not-asked-for", "CREDENTIAL-OVERRIDE", on=ids.CREATE_CREDENTIAL).by(_refused_body)
@shown(INVALID, "201", lambda scene: said(own(scene, allow_user_override=False)))
def override_not_asked_for(run: Run, refusal: errors.ValidationFailed) -> Outcome:
    """A credential of the org that does not allow it is overridden too."""
    if not _names(refusal, "name"):
        raise refusal
    found = run.state.where(STORED, org_id=run.org_id, user_id=None, name=run.request.body["name"])
    state = run.state
    for each in found:
        state = state.put(STORED, replace(each, allow_user_override=True))
    after, outcome = run.right(state, run.request)
    for each in found:
        after = after.put(STORED, each)
    return after, outcome


defect("credentials-override-without-config", "CREDENTIAL-OVERRIDE", on=ids.CREATE_CREDENTIAL)(
    "A personal credential has no config.",
    wrong_credential.of(
        lambda _before, right, _run: right if right.user_id is None else replace(right, provider_config=None)
    ),
    shown({"client_id": "drive-client"}, {}, lambda scene: own(scene).json()["provider_config"]),
)


def show_start_again_alike(scene: Scene) -> int:
    started = [scene.ask("POST", "/credentials/cred_acme_google/oauth/start").json()["auth_url"] for _ in range(2)]
    return len(set(started))


# The start of a consent


@defect("credentials-start-again-alike", "CREDENTIAL-START", on=ids.START_CREDENTIAL).by(wrong_reply)
@shown(2, 1, show_start_again_alike)
def start_again_alike(body: Any, run: Run) -> Any:
    """Each start of a credential answers with the address of the first."""
    return notes_of(start_again_alike).setdefault(run.request.path["id"], body)


@defect("credentials-any-kind-started", "CREDENTIAL-START", on=ids.START_CREDENTIAL).by(_refused_body)
@shown(INVALID, "200", lambda scene: said(scene.ask("POST", "/credentials/cred_01HZ/oauth/start")))
def any_kind_started(run: Run, _refusal: errors.ValidationFailed) -> Outcome:
    """A credential of any kind is started."""
    credential = run.state.all(STORED)[run.request.path["id"]]
    as_code = run.state.put(STORED, replace(credential, kind=AUTHORIZATION_CODE))
    return run.state, run.right(as_code, run.request)[1]


def show_active_by_start(scene: Scene) -> Any:
    scene.ask("POST", "/credentials/cred_acme_google/oauth/start")
    return read(scene, "cred_acme_google").json()["status"]


defect("credentials-active-by-start", "CREDENTIAL-ACTIVE", on=ids.START_CREDENTIAL)(
    "The start of a consent makes its credential active.",
    wrong_credential.of(lambda _before, right, _run: replace(right, status="active")),
    shown("needs_reauth", "active", show_active_by_start),
)


def show_status_listed_as_made(scene: Scene) -> Any:
    found = scene.get("/credentials").json()["credentials"]
    return next(each["status"] for each in found if each["id"] == "cred_acme_personal")


@defect("credentials-status-listed-as-made", "CREDENTIAL-ACTIVE", "OWNERSHIP-LIST-ITEM", on=ids.LIST_CREDENTIALS).by(
    wrong_reply
)
@shown("active", "needs_reauth", show_status_listed_as_made)
def status_listed_as_made(body: Any, _run: Run) -> Any:
    """The list shows every authorization code that is not revoked as needs_reauth."""

    def as_made(shown: Any) -> Any:
        moved = shown["kind"] == AUTHORIZATION_CODE and shown["status"] != "revoked"
        return {**shown, "status": "needs_reauth"} if moved else shown

    return {"credentials": [as_made(each) for each in body["credentials"]]}


# Deletion


@defect("credentials-left-behind", "CREDENTIAL-DELETED", "DELETE-GONE", on=ids.DELETE_CREDENTIAL).by(wrong_outcome)
@shown(False, True, lambda scene: in_turn(scene.ask("DELETE", "/credentials/cred_01HZ"), "cred_01HZ" in listed(scene)))
def left_behind(run: Run) -> Outcome:
    """The deletion of a credential is answered, and it stays."""
    _, outcome = run.done
    return run.state.put(STORED, run.state.all(STORED)[run.request.path["id"]]), outcome


@defect("credentials-with-those-in-place", "CREDENTIAL-DELETED", "EFFECT-NOTHING-ELSE", on=ids.DELETE_CREDENTIAL).by(
    wrong_outcome
)
@shown(
    True,
    False,
    lambda scene: in_turn(scene.ask("DELETE", "/credentials/cred_acme_personal"), "cred_acme_google" in listed(scene)),
)
def with_those_in_place(run: Run) -> Outcome:
    """With a personal credential goes the one of the org that it overrides."""
    deleted = run.state.get(STORED, run.request.path["id"])
    after, outcome = run.done
    for each in run.state.where(STORED, org_id=run.org_id):
        if deleted is not None and deleted.user_id and each.name == deleted.name and each.user_id is None:
            after = after.drop(STORED, each.id)
    return after, outcome


# What is switched off


defect("subsystems-credentials-read-while-off", "SUBSYSTEM-DISABLED", on=ids.GET_CREDENTIAL)(
    "A credential is read while they are switched off.",
    in_place_of(errors.AuthDisabled).of(
        lambda run, _refusal: (
            run.state,
            run.right(run.state.put(ORGS, replace(run.state.all(ORGS)[run.org_id], disabled=None)), run.request)[1],
        )
    ),
    shown(
        "503 auth_disabled",
        "200",
        lambda scene: said(scene.state("auth is disabled", org_id="org_acme"), read(scene, "cred_01HZ")),
    ),
)

"""Defects of credentials: what a kind needs is not looked at, a secret is shown, a status or a name is another."""

from __future__ import annotations

from typing import Any

from benchmarks.planted_defects.planting.objects import wrong_object
from mock_server.deviations.planting.answers import edited, error_with, wrong_answer_to
from mock_server.deviations.planting.ids import (
    CREATE_CREDENTIAL,
    DELETE_CREDENTIAL,
    GET_CREDENTIAL,
    LIST_CREDENTIALS,
    START_CREDENTIAL,
)
from mock_server.deviations.planting.memory import notes_of
from mock_server.deviations.planting.operations import Outcome, Run, in_place_of, wrong_outcome, wrong_reply
from mock_server.errors import AuthDisabled, CredentialExists, ValidationFailed
from mock_server.resources.credentials.content import AUTHORIZATION_CODE, kinds_of, secrets_of
from mock_server.resources.credentials.credential import STORED, StoredCredential
from mock_server.resources.orgs import ORGS
from mock_server.state.value import replace
from mock_server.worlds.answer import Answer
from mock_server.worlds.call import Call

wrong_credential = wrong_object(STORED)
_refused_body = in_place_of(ValidationFailed)


def _again(run: Run, **more: Any) -> Outcome:
    """What comes of the same request with other fields; those that are None are left out."""
    body = {name: value for name, value in {**run.request.body, **more}.items() if value is not None}
    return run.right(run.state, run.request._replace(body=body))


def _names(refusal: ValidationFailed, field: str) -> bool:
    fields = refusal.details["fields"]
    return isinstance(fields, dict) and list(fields) == [field]


# Secrets


@wrong_answer_to("credentials-refused-quoted", "CREDENTIAL-SECRET-HIDDEN", on=CREATE_CREDENTIAL)
def refused_quoted(call: Call, answer: Answer) -> Answer:
    """The refusal of a body that is not valid quotes the password that is in it."""
    if answer.status != 400 or not isinstance(call.body, dict) or "password" not in call.body:
        return answer
    return error_with(answer, message=f"The request is not valid: password is {call.body['password']}.")


@wrong_reply(
    "credentials-key-in-config",
    "CREDENTIAL-SECRET-HIDDEN",
    "CREDENTIAL-APPLIES",
    "EFFECT-EVERY-CALLER",
    on=CREATE_CREDENTIAL,
)
def key_in_config(body: Any, run: Run) -> Any:
    """The answer that makes a credential has its API key beside its config."""
    key = run.request.body.get("api_key")
    return body if key is None else {**body, "provider_config": {**body["provider_config"], "api_key": key}}


@_refused_body("credentials-password-not-needed", "CREDENTIAL-SECRET-NEEDED", on=CREATE_CREDENTIAL)
def password_not_needed(run: Run, refusal: ValidationFailed) -> Outcome:
    """Basic auth without a password is made."""
    if not _names(refusal, "password") or "password" in run.request.body:
        raise refusal
    return _again(run, password="none")  # noqa: S106  # nobody keeps it


@_refused_body("credentials-other-secret-ignored", "CREDENTIAL-SECRET-NEEDED", on=CREATE_CREDENTIAL)
def other_secret_ignored(run: Run, refusal: ValidationFailed) -> Outcome:
    """A secret of another kind is ignored where that of the kind is there too."""
    needed = kinds_of(run.request)[run.request.body["kind"]].secret
    if needed not in run.request.body or run.request.body.get("personal"):
        raise refusal
    return _again(run, **dict.fromkeys(each for each in secrets_of(run.request) if each != needed))


# What is shown


@wrong_credential("credentials-scopes-lost", "CREDENTIAL-APPLIES", on=CREATE_CREDENTIAL)
def scopes_lost(_before: None, right: StoredCredential, _run: Run) -> StoredCredential:
    """A new credential keeps the first of its scopes alone."""
    return replace(right, scopes=(right.scopes or ())[:1] or None)


@wrong_credential("credentials-further-config-lost", "CREDENTIAL-APPLIES", on=CREATE_CREDENTIAL)
def further_config_lost(_before: None, right: StoredCredential, run: Run) -> StoredCredential:
    """A new credential keeps nothing of its config but what its kind needs."""
    needs, config = kinds_of(run.request)[right.kind], right.provider_config or {}
    known = {*needs.needs, *(key for keys in needs.needs_of.values() for key in keys)}
    return replace(right, provider_config={key: value for key, value in config.items() if key in known} or None)


@_refused_body("credentials-tenant-not-needed", "CREDENTIAL-CONFIG-NEEDED", on=CREATE_CREDENTIAL)
def tenant_not_needed(run: Run, refusal: ValidationFailed) -> Outcome:
    """Client credentials of microsoft are made without tenant_id."""
    body = run.request.body
    if not _names(refusal, "provider_config") or body["provider"] != "microsoft" or body.get("personal"):
        raise refusal
    after, outcome = _again(run, provider="other")
    [made] = set(after.all(STORED)) - set(run.state.all(STORED))
    credential = replace(after.all(STORED)[made], provider="microsoft")
    assert not isinstance(outcome, Exception)  # noqa: S101  # it was made
    body = {**outcome.body, "provider": "microsoft"}
    return after.put(STORED, credential), outcome._replace(body=body)


@wrong_credential("credentials-active-at-once", "CREDENTIAL-STATUS", on=CREATE_CREDENTIAL)
def active_at_once(_before: None, right: StoredCredential, _run: Run) -> StoredCredential:
    """A personal authorization code begins as active, as if consent for the org's counted for it."""
    return right if right.user_id is None else replace(right, status="active")


@wrong_reply("credentials-next-left-out", "CREDENTIAL-NEXT", on=CREATE_CREDENTIAL)
def next_left_out(body: Any, run: Run) -> Any:
    """The answer that makes a personal credential has no next."""
    personal = run.request.body.get("personal")
    return {name: value for name, value in body.items() if name != "next"} if personal else body


# Names


@wrong_outcome("credentials-names-taken-by-others", "CREDENTIAL-NAME-TAKEN", on=CREATE_CREDENTIAL)
def names_taken_by_others(run: Run) -> Outcome:
    """A name that a credential of another org has is taken."""
    done, name = run.done, run.request.body["name"]
    if any(each.name == name and each.org_id != run.org_id for each in run.state.all(STORED).values()):
        raise CredentialExists("There is a credential of this name already.")
    return done


@wrong_outcome("credentials-names-taken-by-people", "CREDENTIAL-NAME-TAKEN", on=CREATE_CREDENTIAL)
def names_taken_by_people(run: Run) -> Outcome:
    """A personal credential of somebody else takes its name for all others of the org."""
    done, body = run.done, run.request.body
    own = [each for each in run.state.where(STORED, org_id=run.org_id) if each.name == body["name"] and each.user_id]
    if body.get("personal") and own:
        raise CredentialExists("There is a personal credential of this name already.")
    return done


# Personal ones


@_refused_body("credentials-personal-of-any-kind", "CREDENTIAL-PERSONAL", on=CREATE_CREDENTIAL)
def personal_of_any_kind(run: Run, refusal: ValidationFailed) -> Outcome:
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


@wrong_answer_to(
    "credentials-org-has-a-user",
    "CREDENTIAL-PERSONAL",
    "OWNERSHIP-LIST-ITEM",
    "REFUSED-CHANGES-NOTHING",
    on=GET_CREDENTIAL,
)
def org_has_a_user(call: Call, answer: Answer) -> Answer:
    """A credential of the org that is read shows the user id of whoever reads it."""
    if answer.status != 200:
        return answer
    return edited(answer, lambda shown: {"user_id": call.caller.user_id, **shown})


@_refused_body("credentials-override-not-asked-for", "CREDENTIAL-OVERRIDE", on=CREATE_CREDENTIAL)
def override_not_asked_for(run: Run, refusal: ValidationFailed) -> Outcome:
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


@wrong_credential("credentials-override-without-config", "CREDENTIAL-OVERRIDE", on=CREATE_CREDENTIAL)
def override_without_config(_before: None, right: StoredCredential, _run: Run) -> StoredCredential:
    """A personal credential has no config."""
    return right if right.user_id is None else replace(right, provider_config=None)


# The start of a consent


@wrong_reply("credentials-start-again-alike", "CREDENTIAL-START", on=START_CREDENTIAL)
def start_again_alike(body: Any, run: Run) -> Any:
    """Each start of a credential answers with the address of the first."""
    return notes_of(start_again_alike).setdefault(run.request.path["id"], body)


@_refused_body("credentials-any-kind-started", "CREDENTIAL-START", on=START_CREDENTIAL)
def any_kind_started(run: Run, _refusal: ValidationFailed) -> Outcome:
    """A credential of any kind is started."""
    credential = run.state.all(STORED)[run.request.path["id"]]
    as_code = run.state.put(STORED, replace(credential, kind=AUTHORIZATION_CODE))
    return run.state, run.right(as_code, run.request)[1]


@wrong_credential("credentials-active-by-start", "CREDENTIAL-ACTIVE", on=START_CREDENTIAL)
def active_by_start(_before: StoredCredential, right: StoredCredential, _run: Run) -> StoredCredential:
    """The start of a consent makes its credential active."""
    return replace(right, status="active")


@wrong_reply("credentials-status-listed-as-made", "CREDENTIAL-ACTIVE", "OWNERSHIP-LIST-ITEM", on=LIST_CREDENTIALS)
def status_listed_as_made(body: Any, _run: Run) -> Any:
    """The list shows every authorization code that is not revoked as needs_reauth."""

    def as_made(shown: Any) -> Any:
        moved = shown["kind"] == AUTHORIZATION_CODE and shown["status"] != "revoked"
        return {**shown, "status": "needs_reauth"} if moved else shown

    return {"credentials": [as_made(each) for each in body["credentials"]]}


# Deletion


@wrong_outcome("credentials-left-behind", "CREDENTIAL-DELETED", "DELETE-GONE", on=DELETE_CREDENTIAL)
def left_behind(run: Run) -> Outcome:
    """The deletion of a credential is answered, and it stays."""
    _, outcome = run.done
    return run.state.put(STORED, run.state.all(STORED)[run.request.path["id"]]), outcome


@wrong_outcome("credentials-with-those-in-place", "CREDENTIAL-DELETED", "EFFECT-NOTHING-ELSE", on=DELETE_CREDENTIAL)
def with_those_in_place(run: Run) -> Outcome:
    """With a personal credential goes the one of the org that it overrides."""
    deleted = run.state.get(STORED, run.request.path["id"])
    after, outcome = run.done
    for each in run.state.where(STORED, org_id=run.org_id):
        if deleted is not None and deleted.user_id and each.name == deleted.name and each.user_id is None:
            after = after.drop(STORED, each.id)
    return after, outcome


# What is switched off


@in_place_of(AuthDisabled)("subsystems-credentials-read-while-off", "SUBSYSTEM-DISABLED", on=GET_CREDENTIAL)
def read_while_off(run: Run, _refusal: AuthDisabled) -> Outcome:
    """A credential is read while they are switched off."""
    on = run.state.put(ORGS, replace(run.state.all(ORGS)[run.org_id], disabled=None))
    return run.state, run.right(on, run.request)[1]

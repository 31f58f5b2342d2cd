"""The fields that a credential of each kind has to bring."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from mock_server.contract.kinds import KindNeeds
from mock_server.errors import ValidationFailed
from mock_server.operation import Request
from mock_server.resources.credentials.credential import Kind, Status

AUTHORIZATION_CODE: Kind = "oauth2_authorization_code"


def read_credential_kinds(request: Request) -> Mapping[str, KindNeeds]:
    """Return what the contract says of each kind of credential."""
    return request.kinds.get("CredentialKind", {})


def list_secret_fields(request: Request) -> list[str]:
    """Return the fields that have a secret of some kind."""
    return sorted({each.secret for each in read_credential_kinds(request).values() if each.secret})


def choose_first_status(kind: Kind) -> Status:
    """Return the status with which a credential of this kind begins."""
    return "needs_reauth" if kind == AUTHORIZATION_CODE else "active"


def check_content(request: Request) -> None:
    """Raise ValidationFailed for what does not suit the kind of an org's credential. No text quotes a secret."""
    body, kind = request.body, request.body["kind"]
    needs, fields = read_credential_kinds(request).get(kind, KindNeeds()), {}
    secret = needs.secret
    if secret is not None and secret not in body:
        fields[secret] = f"A credential of the kind {kind} needs it."
    for strange in (each for each in list_secret_fields(request) if each in body and each != secret):
        fields[strange] = f"A credential of the kind {kind} has none."
    if secret == "service_account_json" and not _is_object(body.get(secret, "{}")):  # noqa: S105  # the name of a field
        fields[secret] = "It is the text of a JSON object."
    if missing := [
        key
        for key in (*needs.needs, *needs.needs_of.get(body["provider"], ()))
        if key not in body.get("provider_config", {})
    ]:
        fields["provider_config"] = f"A credential of the kind {kind} needs {' and '.join(missing)} in it."
    if fields:
        raise ValidationFailed(fields=fields)


def check_personal(request: Request) -> None:
    """Raise ValidationFailed for what a personal credential cannot bring."""
    body = request.body
    fields = dict.fromkeys(
        (each for each in list_secret_fields(request) if each in body), "A personal credential brings no secret."
    )
    if body["kind"] != AUTHORIZATION_CODE:
        fields["kind"] = f"A personal credential is of the kind {AUTHORIZATION_CODE}."
    if body.get("provider_config"):
        fields["provider_config"] = "A personal credential has that of the credential that it overrides."
    if body.get("allow_user_override"):
        fields["allow_user_override"] = "A personal credential is not overridden."
    if fields:
        raise ValidationFailed(fields=fields)


def _is_object(text: str) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return False

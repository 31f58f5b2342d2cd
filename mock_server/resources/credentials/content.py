"""What a credential of each kind has to bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from mock_server.errors import ValidationFailed
from mock_server.resources.credentials.credential import Kind, Status

AUTHORIZATION_CODE: Kind = "oauth2_authorization_code"


class Needs(NamedTuple):
    """The field that has the secret of a kind, and the keys that it needs in `provider_config`."""

    field: str
    config: tuple[str, ...] = ()
    of_microsoft: tuple[str, ...] = ()
    """Those that it needs besides where the provider is microsoft."""


NEEDS: Mapping[Kind, Needs] = {
    "oauth2_authorization_code": Needs("client_secret", ("client_id",), ("tenant_id",)),
    "oauth2_client_credentials": Needs("client_secret", ("client_id",), ("tenant_id",)),
    "oauth2_client_assertion": Needs("client_secret", ("client_id",)),
    "oauth2_jwt_bearer": Needs("service_account_json"),
    "oauth2_jwt_bearer_with_subject": Needs("service_account_json", ("subject",)),
    "api_key": Needs("api_key"),
    "query_api_key": Needs("api_key"),
    "basic_auth": Needs("password", ("username",)),
}
SECRETS = ("client_secret", "service_account_json", "api_key", "password")


def first_status(kind: Kind) -> Status:
    """Return the status with which a credential of this kind begins."""
    return "needs_reauth" if kind == AUTHORIZATION_CODE else "active"


def check(body: Mapping[str, Any]) -> None:
    """Raise ValidationFailed for what does not suit the kind of an org's credential. No text quotes a secret."""
    kind: Kind = body["kind"]
    needs, fields = NEEDS[kind], {}
    if needs.field not in body:
        fields[needs.field] = f"A credential of the kind {kind} needs it."
    for strange in (each for each in SECRETS if each in body and each != needs.field):
        fields[strange] = f"A credential of the kind {kind} has none."
    if needs.field == "service_account_json" and not _is_object(body.get(needs.field, "{}")):
        fields[needs.field] = "It is the text of a JSON object."
    more = needs.of_microsoft if body["provider"] == "microsoft" else ()
    if missing := [key for key in (*needs.config, *more) if key not in body.get("provider_config", {})]:
        fields["provider_config"] = f"A credential of the kind {kind} needs {' and '.join(missing)} in it."
    if fields:
        raise ValidationFailed(fields=fields)


def check_personal(body: Mapping[str, Any]) -> None:
    """Raise ValidationFailed for what a personal credential cannot bring."""
    fields = dict.fromkeys((each for each in SECRETS if each in body), "A personal credential brings no secret.")
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

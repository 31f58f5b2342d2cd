"""Credentials of an org and of its people: what each kind brings, and the operations on them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from examples.second_server import events
from examples.second_server.call import Call
from examples.second_server.errors import Refused, denied, invalid
from examples.second_server.providers import slug, text
from examples.second_server.rendering import Json
from examples.second_server.store import Caller, Credential
from examples.second_server.variants import Variant

STATUSES = ("active", "needs_reauth", "failed", "revoked")
EVERYBODYS, OWN = "auth:write", "auth:write:own"
CONSENT = "oauth2_authorization_code"
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    CONSENT: ("client_secret", ("client_id",)),
    "oauth2_client_credentials": ("client_secret", ("client_id",)),
    "oauth2_client_assertion": ("client_secret", ("client_id",)),
    "oauth2_jwt_bearer": ("service_account_json", ()),
    "oauth2_jwt_bearer_with_subject": ("service_account_json", ("subject",)),
    "api_key": ("api_key", ()),
    "query_api_key": ("api_key", ()),
    "basic_auth": ("password", ("username",)),
}
"""By kind the field of its secret, and what it needs in provider_config."""
OF_A_TENANT = (CONSENT, "oauth2_client_credentials")
"""The kinds that need tenant_id too, of microsoft."""
SECRET_FIELDS = ("client_secret", "service_account_json", "api_key", "password")


# Bodies


def kind(value: Any) -> str:
    """A known kind."""
    if not isinstance(value, str) or value not in KINDS:
        raise invalid("kind", f"is none of {', '.join(KINDS)}")
    return value


def scopes(value: Any) -> list[str]:
    """At most 64 texts."""
    if not isinstance(value, list) or len(value) > 64:
        raise invalid("scopes", "is no list of at most 64")
    return [text("scopes", 256)(each) for each in value]


def config(value: Any) -> dict[str, str]:
    """Texts by their keys."""
    if not isinstance(value, dict):
        raise invalid("provider_config", "is no object")
    return {key: text("provider_config", 256)(each) for key, each in value.items()}


def flag(name: str) -> Callable[[Any], bool]:
    """Takes true and false."""

    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise invalid(name, "is neither true nor false")
        return value

    return read


def account(value: Any) -> str:
    """The text of a JSON object; no message shows it."""
    said: str = text("service_account_json", 65536)(value)
    return said


REQUIRED: Mapping[str, Callable[[Any], Any]] = {"name": slug("name"), "provider": slug("provider"), "kind": kind}
OPTIONAL: Mapping[str, Callable[[Any], Any]] = {
    "scopes": scopes,
    "provider_config": config,
    "personal": flag("personal"),
    "allow_user_override": flag("allow_user_override"),
    "service_account_json": account,
    **{name: text(name, 4096) for name in SECRET_FIELDS if name != "service_account_json"},
}


# Operations


def listing(call: Call) -> Response:
    """The credentials that the caller sees."""
    _need_credentials(call)
    return Json({"credentials": [show(each) for each in call.rules.store.credentials.values() if _sees(call, each)]})


def create(call: Call) -> Response:
    """A new one of the org, or of the caller."""
    body, caller, store = call.body, call.caller, call.rules.store
    personal = body.get("personal", False)
    if not personal and EVERYBODYS not in caller.scopes:
        raise denied(f"A credential of the org is made with {EVERYBODYS}.")
    settings = _of_overridden(call) if personal else _suited(body, store.variants)
    person = caller.user_id if personal else ""
    alike = (caller.org_id, person, body["name"])
    if any((each.org_id, each.user_id, each.name) == alike for each in store.credentials.values()):
        raise Refused(409, "credential_exists", f"There is a credential {body['name']} already.")
    _need_credentials(call)
    made = Credential(
        id=store.new_id("credential"),
        org_id=caller.org_id,
        user_id=person,
        name=body["name"],
        provider=body["provider"],
        kind=body["kind"],
        created_at=store.now(),
        status="needs_reauth" if body["kind"] == CONSENT else "active",
        scopes=tuple(body.get("scopes", ())),
        config=settings,
        overridable=body.get("allow_user_override", False),
    )
    store.credentials[made.id] = made
    events.written(call, "credential.created", made.id)
    more = {"next": f"/credentials/{quote(made.id, safe='')}/oauth/start"} if made.kind == CONSENT else {}
    return Json({**show(made), **more}, 201)


def get(call: Call) -> Response:
    """One that the caller sees."""
    found = _seen(call)
    _need_credentials(call)
    return Json(show(found))


def delete(call: Call) -> Response:
    """The credential is gone."""
    found = _writable(call)
    _need_credentials(call)
    del call.rules.store.credentials[found.id]
    events.written(call, "credential.deleted", found.id)
    return Json({"status": "deleted"})


def start(call: Call) -> Response:
    """Where its owner gives consent."""
    found = _writable(call)
    if found.user_id not in ("", call.caller.user_id):
        raise denied("Its owner alone starts it.")
    if found.kind != CONSENT:
        raise invalid("id", f"is of a {found.kind}, which needs no consent")
    _need_credentials(call)
    events.written(call, "credential.oauth_started", found.id)
    asked = {"client_id": found.config.get("client_id", ""), "scope": " ".join(found.scopes)}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items())
    return Json({"auth_url": f"https://consent.second.example/{found.provider}?{query}&state={secrets.token_hex(16)}"})


def show(credential: Credential) -> dict[str, Any]:
    """The credential without its secret, which this server does not even keep."""
    whose = {"user_id": credential.user_id} if credential.user_id else {}
    return {
        "id": credential.id,
        "org_id": credential.org_id,
        **whose,
        "name": credential.name,
        "provider": credential.provider,
        "kind": credential.kind,
        "scopes": list(credential.scopes),
        "provider_config": dict(credential.config),
        "allow_user_override": credential.overridable,
        "status": credential.status,
        "created_at": credential.created_at.isoformat(),
    }


def _suited(body: Mapping[str, Any], variants: Collection[Variant]) -> Mapping[str, str]:
    """The config of one of the org; 400 where the kind asks for something else."""
    field, needed = KINDS[body["kind"]]
    wrong = {field: "is missing"} if field not in body else {}
    wrong |= {
        other: f"is no secret of the kind {body['kind']}" for other in SECRET_FIELDS if other in {*body} - {field}
    }
    if wrong:
        named = [*wrong][-1 if Variant.OTHER_KIND_NAMED in variants else 0]
        raise invalid(named, wrong[named])
    if field == "service_account_json" and not _is_object(body[field]):
        raise invalid(field, "is not the text of a JSON object")
    settings: Mapping[str, str] = body.get("provider_config", {})
    tenant = ("tenant_id",) if body["provider"] == "microsoft" and body["kind"] in OF_A_TENANT else ()
    for key in (*needed, *tenant):
        if key not in settings:
            raise invalid("provider_config", f"lacks {key}")
    return settings


def _of_overridden(call: Call) -> Mapping[str, str]:
    """The config of what a personal one stands in place of; 400 where that cannot be."""
    body = call.body
    if body["kind"] != CONSENT:
        raise invalid("kind", f"is not {CONSENT}")
    for name in (*SECRET_FIELDS, "provider_config", "allow_user_override"):
        if body.get(name):
            raise invalid(name, "is not a personal credential's to have")
    for each in call.rules.store.credentials.values():
        of_org = each.org_id == call.caller.org_id and not each.user_id and each.overridable
        if of_org and (each.name, each.provider, each.kind) == (body["name"], body["provider"], body["kind"]):
            return each.config
    raise invalid("name", "is of no credential that you may override")


def _is_object(said: str) -> bool:
    try:
        return isinstance(json.loads(said), dict)
    except (ValueError, RecursionError):
        return False


def _sees(call: Call, credential: Credential) -> bool:
    caller: Caller = call.caller
    everybodys = not credential.user_id or credential.user_id == caller.user_id or EVERYBODYS in caller.scopes
    return credential.org_id == caller.org_id and everybodys


def _seen(call: Call) -> Credential:
    found = call.rules.store.credentials.get(call.object_id)
    if found is None or not _sees(call, found):
        raise Refused(404, "credential_not_found", "You see no credential of this id.")
    return found


def _writable(call: Call) -> Credential:
    found = _seen(call)
    if not found.user_id and EVERYBODYS not in call.caller.scopes:
        raise denied(f"It is the org's, and you hold {OWN} alone.")
    return found


def _need_credentials(call: Call) -> None:
    if (call.caller.org_id, "auth") in call.rules.store.switched_off:
        raise Refused(503, "auth_disabled", "Your org cannot use credentials now.")

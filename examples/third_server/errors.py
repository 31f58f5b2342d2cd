"""Say what is refused, with which code and status, and in which envelope."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

STATUS_OF_CODE: dict[str, int] = {
    "validation_error": 400,
    "invalid_cursor": 400,
    "unauthenticated": 401,
    "permission_denied": 403,
    "workspace_not_visible": 403,
    "not_found": 404,
    "pack_not_found": 404,
    "file_not_found": 404,
    "provider_not_found": 404,
    "role_not_found": 404,
    "workspace_not_found": 404,
    "task_not_found": 404,
    "snapshot_not_found": 404,
    "credential_not_found": 404,
    "secret_not_found": 404,
    "api_key_not_found": 404,
    "membership_not_found": 404,
    "method_not_allowed": 405,
    "pack_exists": 409,
    "pack_in_use": 409,
    "pack_not_editable": 409,
    "provider_exists": 409,
    "role_exists": 409,
    "provider_archived": 409,
    "role_archived": 409,
    "workspaces_active": 409,
    "workspace_archived": 409,
    "workspace_busy": 409,
    "invalid_state": 409,
    "workspace_stopped": 409,
    "workspace_failed": 409,
    "workspace_provisioning": 409,
    "credential_exists": 409,
    "not_archived": 409,
    "membership_exists": 409,
    "pending_invitation": 409,
    "last_owner": 409,
    "payload_too_large": 413,
    "unsupported_media_type": 415,
    "billing_inactive": 423,
    "registry_cleanup_failed": 502,
    "agent_unreachable": 502,
    "auth_disabled": 503,
    "secrets_disabled": 503,
}

MESSAGE_OF_CODE: dict[str, str] = {
    "validation_error": "The request is not valid.",
    "invalid_cursor": "The cursor does not belong to this query.",
    "unauthenticated": "Sign in with a valid session or API key.",
    "permission_denied": "You are not permitted to do this.",
    "workspace_not_visible": "The workspace was created by somebody else.",
    "not_found": "There is nothing at this path.",
    "pack_not_found": "The pack was not found.",
    "file_not_found": "The file was not found.",
    "provider_not_found": "The provider was not found.",
    "role_not_found": "The agent role was not found.",
    "workspace_not_found": "The workspace was not found.",
    "task_not_found": "The task was not found.",
    "snapshot_not_found": "The workspace has no snapshot.",
    "credential_not_found": "The credential was not found.",
    "secret_not_found": "The secret was not found.",
    "api_key_not_found": "The API key was not found.",
    "membership_not_found": "The membership was not found.",
    "method_not_allowed": "The path does not have this method.",
    "pack_exists": "The organisation already has a pack of this name.",
    "pack_in_use": "Agent roles reference the pack.",
    "pack_not_editable": "Only files of an uploaded pack can be replaced.",
    "provider_exists": "The organisation already has a provider of this name.",
    "role_exists": "The organisation already has an agent role of this name.",
    "provider_archived": "The provider of the role is archived.",
    "role_archived": "The agent role is archived.",
    "workspaces_active": "Workspaces that run keep it in use.",
    "workspace_archived": "The workspace is archived.",
    "workspace_busy": "The workspace is busy.",
    "invalid_state": "The state does not allow this.",
    "workspace_stopped": "The workspace is stopped.",
    "workspace_failed": "The workspace has failed.",
    "workspace_provisioning": "The workspace is still being provisioned.",
    "credential_exists": "There already is a credential of this name.",
    "not_archived": "It is not archived.",
    "membership_exists": "This address is a member already, or invited.",
    "pending_invitation": "The invitation has not been accepted yet.",
    "last_owner": "The organisation would be left without an owner.",
    "payload_too_large": "The request body is too large.",
    "unsupported_media_type": "The operation does not take this media type.",
    "billing_inactive": "The billing of the organisation is not active.",
    "registry_cleanup_failed": "The registry did not purge the image; try again.",
    "agent_unreachable": "The agent of the workspace could not be reached.",
    "auth_disabled": "Credentials are switched off for the organisation.",
    "secrets_disabled": "Secrets are switched off for the organisation.",
}


class ApiError(Exception):
    """Refuse a request with one of the codes of the contract."""

    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        without_body: bool = False,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = STATUS_OF_CODE[code]
        self.message = message or MESSAGE_OF_CODE[code]
        self.details = dict(details) if details else None
        self.headers = dict(headers or {})
        self.without_body = without_body
        if self.status == 401:
            self.headers["WWW-Authenticate"] = "Bearer"


def refuse_fields(fields: Mapping[str, str]) -> ApiError:
    """Make a validation error that names what is wrong with each field."""
    readable = {_readable(name): text for name, text in fields.items()}
    return ApiError("validation_error", details={"fields": readable})


def refuse_field(field: str, text: str) -> ApiError:
    """Make a validation error about one field."""
    return refuse_fields({field: text})


def render_error(error: ApiError, request_id: str) -> Response:
    """Render an error in the one envelope that all errors have."""
    if error.without_body:
        return Response(status_code=error.status, headers=error.headers)
    body: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "request_id": request_id,
    }
    if error.details is not None:
        body["details"] = error.details
    return Response(
        json.dumps({"error": body}).encode(),
        status_code=error.status,
        headers=error.headers,
        media_type="application/json",
    )


def _readable(text: str) -> str:
    """Replace what cannot be encoded in UTF-8, such as half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode("utf-8")

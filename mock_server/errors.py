"""Errors of a start, and those of the contract, in the one envelope; a class for each code that is raised by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class StartError(Exception):
    """The mock cannot start; the text names the place and what is wrong there."""


class ContractError(StartError):
    """The contract is not valid, or uses what the mock does not know."""


class UnsupportedError(ValueError):
    """A construct that is valid OpenAPI, or of our own vocabulary, and that the mock does not know."""


class ApiError(Exception):
    """A refusal; raised anywhere below the pipeline, and rendered once there, in the shape of every error."""

    code: ClassVar[str]
    status: ClassVar[int]
    by_code: ClassVar[dict[str, type[ApiError]]] = {}

    def __init__(
        self,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
        details: Mapping[str, object] | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.headers = headers
        self.details: dict[str, object] = dict(details or {})
        if fields is not None:
            self.details["fields"] = dict(fields)

    def __init_subclass__(cls, *, code: str = "", status: int = 0) -> None:
        super().__init_subclass__()
        if code and cls.by_code.setdefault(code, cls) is not cls:
            raise TypeError(f"error code {code!r} is declared twice")
        cls.code, cls.status = code, status


class ValidationFailed(ApiError, code="validation_error", status=400):
    """The request, or content that it brings, is not well-formed; `fields` says which part.

    `locations`: of those that are parameters, where they are: in the path, the query or a header.
    """

    def __init__(
        self,
        message: str = "The request is not valid.",
        *,
        fields: Mapping[str, str],
        details: Mapping[str, object] | None = None,
        locations: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, fields=fields, details=details)
        self.locations = dict(locations or {})


class InvalidCursor(ApiError, code="invalid_cursor", status=400):
    """The cursor is none that a page had, or one of another query."""


class Unauthenticated(ApiError, code="unauthenticated", status=401):
    """No credential, or one that is malformed, unknown, expired or revoked."""

    def __init__(self, message: str, *, advice: str = "") -> None:
        """Take a message that a page may show, and what helps its developer, which stands apart from it."""
        details = {"advice": advice} if advice else None
        super().__init__(message, details=details, headers=(("WWW-Authenticate", "Bearer"),))


class PermissionDenied(ApiError, code="permission_denied", status=403):
    """The caller is known but lacks the scope, or the resource is visible and not theirs."""


class NotFound(ApiError, code="not_found", status=404):
    """No operation has this path."""


class MethodNotAllowed(ApiError, code="method_not_allowed", status=405):
    """The path is known, the method is not one of its own."""

    def __init__(self, message: str, *, allow: str) -> None:
        super().__init__(message, headers=(("Allow", allow),))


class DeclaredError(ApiError):
    """A refusal of which the contract says all, and whose code has no class here."""

    def __init__(self, code: str, status: int, message: str, *, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message, details=details)
        self.code = code  # type: ignore[misc]
        self.status = status  # type: ignore[misc]


def make_error(code: str, status: int, message: str, *, details: Mapping[str, object] | None = None) -> ApiError:
    """Return the error of a code: of its own class where there is one."""
    known = ApiError.by_code.get(code)
    if known is None:
        return DeclaredError(code, status, message, details=details)
    return known(message, details=details)


def make_not_found(code: str, message: str) -> ApiError:
    """Return the 404 with a code."""
    return make_error(code, 404, message)


class PayloadTooLarge(ApiError, code="payload_too_large", status=413):
    """The body, or one part of it, is over the operation's limit; or the mock is full, of `details.limit` bytes."""


class UnsupportedMediaType(ApiError, code="unsupported_media_type", status=415):
    """The body is of a media type that the operation does not take."""


class BillingInactive(ApiError, code="billing_inactive", status=423):
    """A create-class operation while the org's posture is not active."""


class NotImplementedHere(ApiError, code="not_implemented", status=501):
    """The request is framed in a way that the server does not know; it never reaches the API."""


class ContractBreach(ApiError, code="contract_breach", status=500):
    """The mock was about to answer outside the contract: a defect of ours, never an answer."""


def _declare(code: str, status: int) -> type[ApiError]:
    """Return the class of a refusal of which the contract says all."""
    return type(code, (ApiError,), {}, code=code, status=status)


WorkspaceNotVisible = _declare("workspace_not_visible", 403)
PackNotFound = _declare("pack_not_found", 404)
FileNotFound = _declare("file_not_found", 404)
CredentialNotFound = _declare("credential_not_found", 404)
RoleNotFound = _declare("role_not_found", 404)
TaskNotFound = _declare("task_not_found", 404)
SnapshotNotFound = _declare("snapshot_not_found", 404)
MembershipNotFound = _declare("membership_not_found", 404)
PackExists = _declare("pack_exists", 409)
PackInUse = _declare("pack_in_use", 409)
PackNotEditable = _declare("pack_not_editable", 409)
CredentialExists = _declare("credential_exists", 409)
MembershipExists = _declare("membership_exists", 409)
PendingInvitation = _declare("pending_invitation", 409)
LastOwner = _declare("last_owner", 409)
ProviderArchived = _declare("provider_archived", 409)
RoleArchived = _declare("role_archived", 409)
InvalidState = _declare("invalid_state", 409)
WorkspaceArchived = _declare("workspace_archived", 409)
WorkspaceBusy = _declare("workspace_busy", 409)
WorkspaceStopped = _declare("workspace_stopped", 409)
WorkspaceFailed = _declare("workspace_failed", 409)
WorkspaceProvisioning = _declare("workspace_provisioning", 409)
NotArchived = _declare("not_archived", 409)
RegistryCleanupFailed = _declare("registry_cleanup_failed", 502)
AgentUnreachable = _declare("agent_unreachable", 502)
AuthDisabled = _declare("auth_disabled", 503)

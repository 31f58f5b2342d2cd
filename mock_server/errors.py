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
    """The request, or content that it brings, is not well-formed; `fields` says which part."""

    def __init__(
        self,
        message: str = "The request is not valid.",
        *,
        fields: Mapping[str, str],
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, fields=fields, details=details)


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


class WorkspaceNotVisible(ApiError, code="workspace_not_visible", status=403):
    """The workspace is of the caller's org, and somebody else created it; the caller holds the scope for own ones."""


class PackNotFound(ApiError, code="pack_not_found", status=404):
    """There is no such pack, or the caller's org cannot see it."""


class FileNotFound(ApiError, code="file_not_found", status=404):
    """The pack, the sandbox or the snapshot holds no such file."""


class CredentialNotFound(ApiError, code="credential_not_found", status=404):
    """The caller's org has no such credential, or it is somebody else's."""


class RoleNotFound(ApiError, code="role_not_found", status=404):
    """The caller's org has no such agent role."""


class TaskNotFound(ApiError, code="task_not_found", status=404):
    """The workspace has no such task."""


class SnapshotNotFound(ApiError, code="snapshot_not_found", status=404):
    """The workspace has no snapshot."""


class MembershipNotFound(ApiError, code="membership_not_found", status=404):
    """The org has no such membership, nor an invitation."""


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


def missing(code: str, message: str) -> ApiError:
    """Return the 404 with a code."""
    return make_error(code, 404, message)


class PackExists(ApiError, code="pack_exists", status=409):
    """Another pack of the org has this name."""


class PackInUse(ApiError, code="pack_in_use", status=409):
    """Roles reference the pack; `details.roles` says how many stand in the way."""


class PackNotEditable(ApiError, code="pack_not_editable", status=409):
    """The files of a pack of this origin cannot be replaced."""


class CredentialExists(ApiError, code="credential_exists", status=409):
    """Another credential of the org, or of the person, has this name."""


class MembershipExists(ApiError, code="membership_exists", status=409):
    """Somebody of this e-mail address is in the org, or invited."""


class PendingInvitation(ApiError, code="pending_invitation", status=409):
    """Nobody has accepted the invitation, so there is no role to change."""


class LastOwner(ApiError, code="last_owner", status=409):
    """The org would be left without an owner."""


class ProviderArchived(ApiError, code="provider_archived", status=409):
    """The provider of an agent role is out of use."""


class RoleArchived(ApiError, code="role_archived", status=409):
    """The agent role of a workspace is out of use."""


class InvalidState(ApiError, code="invalid_state", status=409):
    """A workspace has a status from which what is asked for does not lead on, or is archived."""


class WorkspaceArchived(ApiError, code="workspace_archived", status=409):
    """The workspace is archived."""


class WorkspaceBusy(ApiError, code="workspace_busy", status=409):
    """The workspace works on a task, and is not to be forced."""


class WorkspaceStopped(ApiError, code="workspace_stopped", status=409):
    """The workspace has been stopped, or is stopping."""


class WorkspaceFailed(ApiError, code="workspace_failed", status=409):
    """The workspace has failed."""


class WorkspaceProvisioning(ApiError, code="workspace_provisioning", status=409):
    """The workspace is not ready yet."""


class NotArchived(ApiError, code="not_archived", status=409):
    """What is to be unarchived is not archived."""


class PayloadTooLarge(ApiError, code="payload_too_large", status=413):
    """The body, or one part of it, is over the operation's limit; or the mock is full, of `details.limit` bytes."""


class UnsupportedMediaType(ApiError, code="unsupported_media_type", status=415):
    """The body is of a media type that the operation does not take."""


class BillingInactive(ApiError, code="billing_inactive", status=423):
    """A create-class operation while the org's posture is not active."""


class RegistryCleanupFailed(ApiError, code="registry_cleanup_failed", status=502):
    """The image could not be purged from the registry; the pack stays as it was."""


class AgentUnreachable(ApiError, code="agent_unreachable", status=502):
    """The agent of the workspace cannot be reached."""


class AuthDisabled(ApiError, code="auth_disabled", status=503):
    """Credentials are switched off for the org."""


class NotImplementedHere(ApiError, code="not_implemented", status=501):
    """The request is framed in a way that the server does not know; it never reaches the API."""


class ContractBreach(ApiError, code="contract_breach", status=500):
    """The mock was about to answer outside the contract: a defect of ours, never an answer."""

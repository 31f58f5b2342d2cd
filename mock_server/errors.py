"""The errors of the contract: one class a code, and the one rendering of the envelope.

ApiError
├── ValidationFailed        400 validation_error
├── Unauthenticated         401 unauthenticated
├── PermissionDenied        403 permission_denied
├── PackNotFound            404 pack_not_found
├── FileNotFound            404 file_not_found
├── NotFound                404 not_found
├── MethodNotAllowed        405 method_not_allowed
├── PackExists              409 pack_exists
├── PackInUse               409 pack_in_use
├── PackNotEditable         409 pack_not_editable
├── PayloadTooLarge         413 payload_too_large
├── UnsupportedMediaType    415 unsupported_media_type
├── BillingInactive         423 billing_inactive
├── RegistryCleanupFailed   502 registry_cleanup_failed
└── ContractBreach          500 contract_breach (the mock's own: never in the contract)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class ApiError(Exception):
    """A refusal in the one envelope; raised anywhere below the pipeline, rendered once there."""

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

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in vars(cls) and cls.by_code.setdefault(cls.code, cls) is not cls:
            raise TypeError(f"error code {cls.code!r} is declared twice")

    def envelope(self, request_id: str) -> dict[str, object]:
        """The body of the answer; `details` is left out when there is nothing in it."""
        error: dict[str, object] = {
            "code": self.code,
            "message": self.message,
            "request_id": request_id,
        }
        if self.details:
            error["details"] = self.details
        return {"error": error}


class ValidationFailed(ApiError):
    """The request, or content that it brings, is not well-formed; `fields` says which part."""

    code = "validation_error"
    status = 400

    def __init__(
        self,
        message: str = "The request is not valid.",
        *,
        fields: Mapping[str, str],
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, fields=fields, details=details)


class Unauthenticated(ApiError):
    """No credential, or one that is malformed, unknown, expired or revoked."""

    code = "unauthenticated"
    status = 401

    def __init__(self, message: str) -> None:
        super().__init__(message, headers=(("WWW-Authenticate", "Bearer"),))


class PermissionDenied(ApiError):
    """The caller is known but lacks the scope, or the resource is visible and not theirs."""

    code = "permission_denied"
    status = 403


class PackNotFound(ApiError):
    """There is no such pack, or the caller's org cannot see it."""

    code = "pack_not_found"
    status = 404


class FileNotFound(ApiError):
    """The pack holds no such file."""

    code = "file_not_found"
    status = 404


class NotFound(ApiError):
    """No operation has this path."""

    code = "not_found"
    status = 404


class MethodNotAllowed(ApiError):
    """The path is known, the method is not one of its own."""

    code = "method_not_allowed"
    status = 405

    def __init__(self, message: str, *, allow: str) -> None:
        super().__init__(message, headers=(("Allow", allow),))


class PackExists(ApiError):
    """Another pack of the org has this name."""

    code = "pack_exists"
    status = 409


class PackInUse(ApiError):
    """Roles reference the pack; `details.roles` says how many stand in the way."""

    code = "pack_in_use"
    status = 409


class PackNotEditable(ApiError):
    """The files of a pack of this origin cannot be replaced."""

    code = "pack_not_editable"
    status = 409


class PayloadTooLarge(ApiError):
    """The body, or one part of it, is over the operation's limit; or the mock is full, of `details.limit` bytes."""

    code = "payload_too_large"
    status = 413


class UnsupportedMediaType(ApiError):
    """The body is of a media type that the operation does not take."""

    code = "unsupported_media_type"
    status = 415


class BillingInactive(ApiError):
    """A create-class operation while the org's posture is not active."""

    code = "billing_inactive"
    status = 423


class RegistryCleanupFailed(ApiError):
    """The image could not be purged from the registry; the pack stays as it was."""

    code = "registry_cleanup_failed"
    status = 502


class ContractBreach(ApiError):
    """The mock was about to answer outside the contract: a defect of ours, never an answer."""

    code = "contract_breach"
    status = 500

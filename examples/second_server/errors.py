"""What a request is refused with. The envelope itself is written in rules.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """The request is refused: a status, a code of the contract's closed enum, a text for people."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = dict(headers or {})


def invalid(field: str, what: str) -> Refused:
    """A validation error that names one field, part or parameter."""
    return Refused(400, "validation_error", f"{field} is not valid.", details={"fields": {field: what}})


def unauthenticated(message: str) -> Refused:
    """There is no credential, or none that is taken."""
    return Refused(401, "unauthenticated", message, headers={"WWW-Authenticate": 'Bearer realm="second"'})


def denied(message: str) -> Refused:
    """The caller may not do this."""
    return Refused(403, "permission_denied", message)


def no_pack() -> Refused:
    """The caller's org has and sees no such pack."""
    return Refused(404, "pack_not_found", "Your org sees no pack of this id.")


def no_file() -> Refused:
    """The pack has no such file."""
    return Refused(404, "file_not_found", "The pack has no file there.")


def no_path() -> Refused:
    """There is nothing at all at the path."""
    return Refused(404, "not_found", "There is nothing at this path.")


def in_use(roles: int) -> Refused:
    """Roles stand in the way."""
    return Refused(409, "pack_in_use", "Roles reference the pack.", details={"roles": roles})


def archived() -> Refused:
    """It is archived already."""
    return Refused(409, "invalid_state", "It is archived already.")


def too_large(limit: int) -> Refused:
    """The body is longer than the operation takes."""
    return Refused(413, "payload_too_large", f"At most {limit} bytes are taken.")


def other_type(taken: str) -> Refused:
    """The body is of another media type than the operation takes."""
    return Refused(415, "unsupported_media_type", f"The operation takes {taken} only.")

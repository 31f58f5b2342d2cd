"""The control API's own error codes, in the same envelope."""

from __future__ import annotations

from typing import ClassVar

from mock_server.errors import ApiError


class ControlError(ApiError):
    """A refusal of the control API; its codes are no codes of the contract, whose own serve here as well."""

    by_code: ClassVar[dict[str, type[ApiError]]] = {}


class WorldExists(ControlError):
    """There is a world of this name already."""

    code = "world_exists"
    status = 409


class OrgMissing(ControlError):
    """The world has no such org."""

    code = "org_not_found"
    status = 404


class StateUnknown(ControlError):
    """No state of this name can be made here."""

    code = "state_unknown"
    status = 404


class NameTaken(ControlError):
    """The org has a pack of this name already."""

    code = "name_taken"
    status = 409

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


class WorldUnknown(ControlError):
    """No world of this name was used."""

    code = "world_unknown"
    status = 404


class SnapshotUnknown(ControlError):
    """The world has no snapshot of this name."""

    code = "snapshot_unknown"
    status = 404


class SnapshotExists(ControlError):
    """The world has a snapshot of this name already."""

    code = "snapshot_name_taken"
    status = 409


class PersonaUnknown(ControlError):
    """There is no persona of this name."""

    code = "persona_unknown"
    status = 404


class ScopeUnknown(ControlError):
    """No operation asks for such a scope, and nobody holds it."""

    code = "scope_unknown"
    status = 404


class TokenUnknown(ControlError):
    """It is no token that was given out here."""

    code = "token_unknown"
    status = 404


class OutOfTime(ControlError):
    """The clock would stand at a time that no clock here can show."""

    code = "out_of_time"
    status = 409


class OperationUnknown(ControlError):
    """The API has no such operation."""

    code = "operation_unknown"
    status = 404


class ErrorUndeclared(ControlError):
    """The operation declares no such error; `details.declared` lists what it does declare."""

    code = "error_undeclared"
    status = 404


class FaultUnknown(ControlError):
    """The world has no such fault, or no longer."""

    code = "fault_unknown"
    status = 404


class TooManyFaults(ControlError):
    """The world has as many faults as it may."""

    code = "too_many_faults"
    status = 409


class EntryUnknown(ControlError):
    """The journal does not have the entry, or no longer."""

    code = "entry_unknown"
    status = 404


class StateUnreadable(ControlError):
    """What a former process held after an entry cannot stand here any more."""

    code = "state_unreadable"
    status = 409


class NotVerified(ControlError):
    """What was to have happened has not, or not so often."""

    code = "not_verified"
    status = 409


class MemoryFull(ControlError):
    """The call would make the server keep more than it may."""

    code = "memory_full"
    status = 503

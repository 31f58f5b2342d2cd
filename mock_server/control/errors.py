"""The error codes of the control API, in the envelope; the codes of the contract serve here as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import ClassVar, TypeVar

from mock_server.contract.schema import shorten
from mock_server.errors import ApiError

T = TypeVar("T")
_MOST_NAMED = 12


class ControlError(ApiError):
    """A refusal of the control API by a code of its own."""

    by_code: ClassVar[dict[str, type[ApiError]]] = {}


def _declare(code: str, status: int) -> type[ControlError]:
    """Declare the class of a code."""
    return type(code.title().replace("_", ""), (ControlError,), {}, code=code, status=status)


WorldExists = _declare("world_exists", 409)
WorldUnknown = _declare("world_unknown", 404)  # it was never used
OrgNotFound = _declare("org_not_found", 404)
PersonaUnknown = _declare("persona_unknown", 404)
ScopeUnknown = _declare("scope_unknown", 404)  # no operation asks for it, and nobody holds it
TokenUnknown = _declare("token_unknown", 404)
StateUnknown = _declare("state_unknown", 404)  # no provider state has this name
WorkspaceUnknown = _declare("workspace_unknown", 404)
TaskUnknown = _declare("task_unknown", 404)
StatusImpossible = _declare("status_impossible", 409)  # what has it, or what it is of, cannot come to it
CollectionUnknown = _declare("collection_unknown", 404)
ObjectUnknown = _declare("object_unknown", 404)  # its collection has none of this key
EditImpossible = _declare("edit_impossible", 409)  # it is written once, or moved by steps
NameTaken = _declare("name_taken", 409)  # by a pack of the org
SnapshotUnknown = _declare("snapshot_unknown", 404)
SnapshotNameTaken = _declare("snapshot_name_taken", 409)
OutOfTime = _declare("out_of_time", 409)  # no clock can show the time
NothingDue = _declare("nothing_due", 409)  # by the clock of the world
OperationUnknown = _declare("operation_unknown", 404)
ErrorUndeclared = _declare("error_undeclared", 404)  # `details.declared` lists what the operation declares
FaultUnknown = _declare("fault_unknown", 404)
TooManyFaults = _declare("too_many_faults", 409)
EntryUnknown = _declare("entry_unknown", 404)  # the journal does not have it, or no longer
NotVerified = _declare("not_verified", 409)  # it did not happen as often as it should have
MemoryFull = _declare("memory_full", 503)


def require_named(kind: str, name: str, known: Mapping[str, T], error: type[ApiError]) -> T:
    """Return what has this name; raises the error, with the most similar name, where nothing has it."""
    if name not in known:
        raise error(describe_unknown(kind, name, known))
    return known[name]


def describe_unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Return a message that the name is unknown, with the most similar known name or a list of the known ones."""
    names = list(known)
    if near := get_close_matches(name, names, n=1, cutoff=0.5):
        hint = f"Did you mean {near[0]}?"
    elif not names:
        hint = "There is none yet."
    else:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        hint = f"There {'is' if len(names) == 1 else 'are'} {', '.join(names[:_MOST_NAMED])}{more}."
    return f'There is no {kind} "{shorten(name)}". {hint}'

"""Control calls on the faults of a world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import to_builtins

from mock_server.contract.compiled import Operation
from mock_server.contract.forced import describe_offered, list_offered
from mock_server.control import DELETED, ControlContext, control
from mock_server.control.errors import (
    ControlError,
    ErrorUndeclared,
    FaultUnknown,
    OperationUnknown,
    TooManyFaults,
    require_named,
)
from mock_server.operation import Reply, Request
from mock_server.worlds.faults import EVERY_OPERATION, MOST_FAULTS, Fault

ALWAYS = "always"
_OWN = {"happened", "removed"}  # fields that no client sets
_UNDECLARED_HINT = 'a status with "undeclared": true is had all the same'


@control("faults.list")
async def list_(context: ControlContext, request: Request) -> Reply:
    """Return the armed faults, oldest first."""
    return Reply(200, {"faults": [_show(fault) for fault in context.find_world(request).faults.armed]})


@control("faults.create")
async def create(context: ControlContext, request: Request) -> Reply:
    """Arm a fault for the next calls of an operation.

    Raises OperationUnknown for an unknown operation, ErrorUndeclared where it declares no such error and
    `undeclared` is not set, TooManyFaults at the limit.
    """
    faults = context.find_world(request).faults
    body = request.body
    operations = _find_operations(context, body["operation_id"])
    if len(faults.armed) >= MOST_FAULTS:
        raise TooManyFaults(f"The world has {MOST_FAULTS} faults already; remove some.")
    what = {name: _read_whole(value) for name, value in body.items()}
    if what.get("times") == ALWAYS:
        what["times"] = None
    fault = Fault(faults.make_id(), **what)
    if not any(fault.concerns(operation) for operation in operations.values()):
        raise _make_undeclared(fault, operations)
    faults.add(fault)
    return Reply(201, _show(fault))


@control("faults.delete")
async def delete(context: ControlContext, request: Request) -> Reply:
    """Remove a fault; raises FaultUnknown where it is not armed."""
    fault_id = request.path["fault_id"]
    if not context.find_world(request).faults.remove(int(fault_id)):
        raise FaultUnknown(f"There is no fault {fault_id}, or it has happened as often as it was to.")
    return DELETED


@control("faults.clear")
async def clear(context: ControlContext, request: Request) -> Reply:
    """Remove every fault."""
    context.find_world(request).faults.clear()
    return DELETED


def _find_operations(context: ControlContext, operation_id: str) -> Mapping[str, Operation]:
    known = context.contract.operations
    if operation_id == EVERY_OPERATION:
        return known
    return {operation_id: require_named("operation", operation_id, known, OperationUnknown)}


def _make_undeclared(fault: Fault, operations: Mapping[str, Operation]) -> ControlError:
    if fault.operation_id == EVERY_OPERATION:
        return ErrorUndeclared(f"No operation declares this error; {_UNDECLARED_HINT}.")
    operation = operations[fault.operation_id]
    text = f"The operation declares no such error; {_UNDECLARED_HINT}. {describe_offered(operation)}"
    return ErrorUndeclared(text, details={"declared": list_offered(operation)})


def _read_whole(value: Any) -> Any:
    """The integer in place of a float such as 2.0, which JSON Schema takes for one."""
    return int(value) if isinstance(value, float) else value


def _show(fault: Fault) -> dict[str, Any]:
    """The fields of a fault that are not the defaults, and how many calls are left."""
    shown: dict[str, Any] = {name: value for name, value in to_builtins(fault).items() if name not in _OWN}
    times = ALWAYS if fault.times is None else fault.times
    return {**shown, "times": times, "left": ALWAYS if fault.left is None else fault.left}

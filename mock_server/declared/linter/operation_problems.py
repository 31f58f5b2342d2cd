"""Problems of operations on declared resources: what they refuse without a reason, and what nothing makes or raises."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mock_server.contract.compiled import Contract, Operation
from mock_server.contract.vocabulary import read_resources
from mock_server.declared.declarations import Declarations, DerivedOperations
from mock_server.declared.derivation import CONFLICT, read_codes
from mock_server.declared.resource_types import CREATED, OWNER, UPDATED, PlainOperation, ResourceType, make_pointer
from mock_server.errors import (
    ApiError,
    PayloadTooLarge,
    PermissionDenied,
    Unauthenticated,
    UnsupportedMediaType,
    ValidationFailed,
)

_OF_GATES = frozenset(
    each.code
    for each in (
        ValidationFailed,
        Unauthenticated,
        PermissionDenied,
        PayloadTooLarge,
        UnsupportedMediaType,
    )
)


def find_function_problems(derived: DerivedOperations, functions: Names[str]) -> Iterator[str]:
    """Yield the operations that follow from the contract, and have a function that it does not say they need."""
    for name, part in derived.parts.items():
        if name in functions:
            yield (
                f"{part.of.pointer}/code: {name} follows from what is declared, and has a function all the same; "
                "name it here, or delete the function"
            )


def find_maker_problems(declared: Declarations, name: str) -> Iterator[str]:
    """Yield what the creation and the update of a type do not fit, where they follow from the contract."""
    resource = declared.types.get(name)
    if resource is None:
        return
    parts = [part for part in declared.parts if part.of is resource and not resource.needs_code(part.operation_id)]
    for part in parts:
        yield from _check_above(part)
        if part.name in {"create", "update", "set"} and part.body is not None:
            yield from _check_references(part, part.body)
        if part.name == "create" and part.body is not None:
            yield from _check_creation(part, part.body)
        if part.name == "update" and part.body is not None:
            yield from _check_update(part, part.body)
    if not resource.code:
        yield from _check_optional_fields(resource, parts)


def _check_creation(part: PlainOperation, body: Mapping[str, Any]) -> Iterator[str]:
    resource, operation, sent = part.of, part.operation_id, body.get("properties", {})
    taken = [code for code in read_codes(part, CONFLICT) if code not in resource.codes_of_references]
    if taken and not resource.unique:
        yield (
            f"{resource.pointer}: {operation} declares a {CONFLICT} {taken[0]}, and nothing is unique; "
            "add unique, or name it in code"
        )
    if resource.unique and not taken:
        text = f"{operation} declares no {CONFLICT} for a second one of the same; declare one"
        yield f"{resource.pointer}/unique: {text}"
    held = _find_server_fields(resource) | _find_parent_fields(part)
    given = {resource.personal["field"]} if resource.personal is not None else set()
    given |= _find_parent_fields(part) | sent.keys()
    if lacking := [name for name in resource.unique if name not in given]:
        yield f"{resource.pointer}/unique: the body of {operation} has no field {lacking[0]!r}, so nobody gives it"
    schema = resource.said["schema"]
    if unmade := [name for name in resource.shown.get("required", ()) if name not in sent and name not in held]:
        yield (
            f"{resource.pointer}/schema: {schema} requires {unmade[0]!r}, which no body gives; name {operation} in code"
        )
    for name in resource.required & sent.keys():
        is_given = name in body.get("required", ()) or "default" in sent[name] or name in held
        if not is_given and not resource.fields[name].get("nullable"):
            yield (
                f"{resource.pointer}/schema: {schema} requires {name!r}, which the body of {operation} may leave out; "
                "require it there, or give it a default"
            )


def _check_update(part: PlainOperation, body: Mapping[str, Any]) -> Iterator[str]:
    sent = body.get("properties", {})
    for name in sorted(part.of.said.get("immutable", ())):
        if name in sent:
            yield f"{part.of.pointer}/immutable: the body of {part.operation_id} has the field {name!r}, and changes it"
    if any(name in sent for name in part.of.unique) and CONFLICT not in part.statuses:
        text = f"{part.operation_id} declares no {CONFLICT} for one that another has; declare one"
        yield f"{part.of.pointer}/unique: {text}"


def _check_optional_fields(resource: ResourceType, parts: Sequence[PlainOperation]) -> Iterator[str]:
    """Yield the fields that no body has and no server sets, where each operation follows from the contract."""
    makers = [part.body for part in parts if part.name in {"create", "set", "update"} and part.body is not None]
    made = _find_server_fields(resource).union(*(body.get("properties", {}) for body in makers))
    made = made.union(*map(_find_parent_fields, parts))
    for name in resource.fields if makers else ():
        if name not in made:
            yield (
                f"/components/schemas/{resource.said['schema']}/properties/{name}: nothing makes it; let a body have "
                f"it, or name the operation that does in {resource.pointer}/code"
            )


def _find_server_fields(resource: ResourceType) -> frozenset[str]:
    """Return the fields that the server gives every object, or some, whatever a body says."""
    held = {"id", resource.key, CREATED, UPDATED, OWNER}
    return frozenset(held | {said["field"] for said in (resource.personal, resource.archive) if said is not None})


def _find_parent_fields(part: PlainOperation) -> frozenset[str]:
    """Return the fields that name what the path of an operation is below."""
    return frozenset(filter(None, map(part.of.find_field_naming, part.above)))


def _check_above(part: PlainOperation) -> Iterator[str]:
    for name in part.above:
        if part.of.find_field_naming(name) is None:
            text = f"{part.operation_id} is below a {name}, and no field names one; add the field that does"
            yield f"{part.of.pointer}/refers: {text}"


def _check_references(part: PlainOperation, body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the codes by which fields of a body are refused, and that its operation does not declare."""
    declared = {code for status in part.statuses for code in read_codes(part, status)}
    for name, to in part.of.refers.items():
        for key in ("code", "archived") if name in body.get("properties", {}) else ():
            if to.get(key, ValidationFailed.code) not in declared | {ValidationFailed.code}:
                text = f"{part.operation_id} declares no response with {to[key]}; declare one"
                yield f"{part.of.pointer}/refers/{name}/{key}: {text}"


def find_absence_problems(declared: Declarations) -> Iterator[str]:
    """Yield the 404 of operations that follow from the contract, and whose path names nothing of this code."""
    for part in declared.parts:
        if 404 not in part.statuses or part.of.needs_code(part.operation_id):
            continue
        named = {each.not_found for each in read_resources(part.parameters).values()} | part.of.codes_of_references
        for code in read_codes(part, 404):
            if code not in named:
                pointer = make_pointer("paths", part.path, part.method, "responses", 404)
                yield f"{pointer}: {code} is of no resource that the path names; give a parameter its x-resource"


def find_code_problems(contract: Contract, derived: DerivedOperations) -> Iterator[str]:
    """Yield the codes that are declared and nothing raises, and those that are raised and not declared.

    Of operations that are answered by their examples nothing is asked, nor of a response that may have any code.
    """
    for operation, responses in _list_codes(contract):
        if operation.handler is not None:
            yield from _check_codes(operation, responses, derived.parts.get(operation.id), contract.billing_code)


def find_idle_codes(contract: Contract, codes: Sequence[str]) -> Iterator[str]:
    """Yield the rows of ErrorCode that no response has and nothing raises.

    They are told and not refused, since a contract may have a part of the operations alone. `codes`: the rows.
    """
    listed = {code for _, responses in _list_codes(contract) for each in responses.values() for code in each}
    for at, code in enumerate(codes):
        if code not in listed and code not in ApiError.by_code:
            pointer = make_pointer("components", "schemas", "ErrorCode", "enum", at)
            yield f"{pointer}: no response has {code}, and nothing raises it; take it out, or declare its response"


def _list_codes(contract: Contract) -> Iterator[tuple[Operation, Mapping[int, Sequence[str]]]]:
    """Yield each operation with the codes of its responses; none for a response that may have any."""
    operations = contract.operations.values()
    any_code = {code for each in operations for response in each.responses.values() for code in response.codes}
    for operation in operations:
        yield (
            operation,
            {status: () if any_code <= set(each.codes) else each.codes for status, each in operation.responses.items()},
        )


def _check_codes(
    operation: Operation, responses: Mapping[int, Sequence[str]], part: PlainOperation | None, billing: str
) -> Iterator[str]:
    place = operation.path, operation.method.lower()
    known = frozenset(ApiError.by_code) if part is None else _OF_GATES | _find_raised(part)
    known |= {each.not_found for each in operation.resources.values()}
    known |= {billing} if operation.billing == "create" else set()
    for status, codes in responses.items():
        for code in codes:
            if code not in known:
                yield f"{make_pointer('paths', *place, 'responses', status)}: nothing raises {code}; " + (
                    "take it out, or raise it in the function of the operation"
                    if part is None
                    else f"take it out, or name {operation.id} in {part.of.pointer}/code and give it a function"
                )
    if operation.billing == "create" and not any(billing in each for each in responses.values()):
        text = f"is create, and {operation.id} declares no response with {billing}; declare one"
        yield f"{make_pointer('paths', *place, 'x-billing')}: {text}"


def _find_raised(part: PlainOperation) -> frozenset[str]:
    """Return the codes that a derived operation raises beside those of the gates."""
    said = part.of.said
    found = set(part.of.codes_of_references) | ({said["switched_off"]["code"]} if "switched_off" in said else set())
    if part.name == "archive" and part.of.archive is not None and "kept_by" in part.of.archive:
        found.add(part.of.archive["kept_by"]["code"])
    if part.name == "unarchive" or (part.name in {"create", "update"} and part.of.unique):
        found.update(read_codes(part, CONFLICT))
    return frozenset(found)

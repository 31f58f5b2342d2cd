"""Problems of operations on declared resources: what they refuse without a reason, and what nothing makes or raises."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterable, Iterator

from mock_server.contract.compiled import Operation
from mock_server.contract.document import METHODS, parameters_of
from mock_server.declared.declarations import Declarations, Derived
from mock_server.declared.derivation import codes_of
from mock_server.declared.resource_types import CREATED, UPDATED, Part, ResourceType, pointer_of
from mock_server.errors import (
    ApiError,
    BillingInactive,
    PayloadTooLarge,
    PermissionDenied,
    Unauthenticated,
    UnsupportedMediaType,
    ValidationFailed,
)

_CONFLICT = 409
_OF_GATES = frozenset(
    each.code
    for each in (
        ValidationFailed,
        Unauthenticated,
        PermissionDenied,
        PayloadTooLarge,
        UnsupportedMediaType,
        BillingInactive,
    )
)


def function_problems(derived: Derived, functions: Names[str]) -> Iterator[str]:
    """Yield the operations that follow from the contract, and have a function that it does not say they need."""
    for name, part in derived.parts.items():
        if name in functions:
            yield (
                f"{part.of.pointer}/code: {name} follows from what is declared, and has a function all the same; "
                "name it here, or delete the function"
            )


def operation_problems(declared: Declarations, derived: Derived) -> Iterator[str]:
    """Yield what operations refuse that cannot be, and what of an object none of them makes."""
    for resource in declared.types.values():
        parts = [each for each in declared.parts if each.of is resource]
        for part in parts:
            if part.name == "create":
                yield from _of_creation(part)
            if part.name == "update":
                yield from _of_update(part)
        if parts:
            yield from _of_archive(resource, parts)
            yield from _of_fields(resource, parts, derived)
    yield from _of_paths(declared)


def _of_creation(part: Part) -> Iterator[str]:
    resource = part.of
    if _CONFLICT in part.statuses and not resource.unique:
        yield (
            f"{part.pointer}/responses/{_CONFLICT}: nothing of a {resource.noun} is unique, so nothing is taken; "
            f"say what is in {resource.pointer}/unique, or take it out"
        )
    if resource.needs_code(part.operation_id):
        return
    if resource.unique and _CONFLICT not in part.statuses:
        fields = " and ".join(resource.unique)
        yield f"{part.pointer}/responses: lack a {_CONFLICT} for a {resource.noun} whose {fields} another one has"
    body = {} if part.body is None else part.body.get("properties", {})
    personal = None if resource.personal is None else resource.personal["field"]
    for name in resource.unique:
        if name not in body and name != personal:
            yield f"{resource.pointer}/unique: {name!r} is not in the body of {part.operation_id}, so nobody gives it"


def _of_update(part: Part) -> Iterator[str]:
    body = {} if part.body is None else part.body.get("properties", {})
    for name in part.of.said.get("immutable", ()):
        if name in body:
            yield f"{part.of.pointer}/immutable: {name!r} is in the body of {part.operation_id}, which changes it"
    taken = [name for name in part.of.unique if name in body]
    if taken and not part.of.needs_code(part.operation_id) and _CONFLICT not in part.statuses:
        yield f"{part.pointer}/responses: lack a {_CONFLICT} for a {taken[0]} that another {part.of.noun} has"


def _of_archive(resource: ResourceType, parts: Iterable[Part]) -> Iterator[str]:
    names = {part.name for part in parts}
    if resource.archive is not None and "archive" not in names:
        yield (
            f"{resource.pointer}/archive: no operation archives a {resource.noun}; "
            "declare the POST of /archive below its path, or take this out"
        )


def _of_fields(resource: ResourceType, parts: Iterable[Part], derived: Derived) -> Iterator[str]:
    """The fields that no body has and that the server does not set, where each operation follows from the contract."""
    makers = [part for part in parts if part.name in {"create", "set", "update"}]
    if resource.code or not any(part.name in {"create", "set"} for part in makers):
        return
    if any(part.operation_id in derived.reasons for part in makers):
        return
    made = {"id", resource.key, CREATED, UPDATED, resource.said.get("owner")}
    made |= {said["field"] for said in (resource.personal, resource.archive) if said is not None}
    made |= {name for part in makers if part.body is not None for name in part.body.get("properties", {})}
    for name in resource.fields:
        if name not in made:
            yield (
                f"/components/schemas/{resource.said['schema']}/properties/{name}: nothing makes it; "
                f"let a body have it, or name what does in {resource.pointer}/code"
            )
    given = {name for part in makers if part.name == "create" and part.body is not None for name in _always(part)}
    for name in resource.required & (made - given):
        is_optional = any(name in (part.body or {}).get("properties", {}) for part in makers if part.name == "create")
        if is_optional and not resource.fields[name].get("nullable"):
            yield (
                f"/components/schemas/{resource.said['schema']}/required: {name!r} is always there, "
                "and who creates one may leave it out; require it there, or give it a default"
            )


def _always(part: Part) -> Iterator[str]:
    """The fields of a body that are sent, or have a default."""
    assert part.body is not None  # noqa: S101  # `_of_fields` has seen to that
    yield from part.body.get("required", ())
    yield from (name for name, each in part.body.get("properties", {}).items() if "default" in each)


def _of_paths(declared: Declarations) -> Iterator[str]:
    """The 404 of operations whose path names nothing that could be missing."""
    document = declared.document
    for path, item in document["paths"].items():
        for method in METHODS:
            if "{" not in path or method not in item or "404" not in map(str, item[method].get("responses", {})):
                continue
            if not any("x-resource" in each for each in parameters_of(document, path, method)):
                yield (
                    f"{pointer_of('paths', path, method, 'responses', 404)}: no path parameter names a resource "
                    "that could be missing; give one x-resource, or take this out"
                )


def first_unraised_code(operations: Iterable[Operation], derived: Derived) -> str | None:
    """Return the pointer of the first code that an operation declares and nothing raises; None where there is none.

    Of operations that are answered by their examples nothing is asked.
    """
    for operation in operations:
        if operation.handler is None:
            continue
        part = derived.parts.get(operation.id)
        known = frozenset(ApiError.by_code) if part is None else _OF_GATES | _raised(part)
        known |= {each.not_found for each in operation.resources.values()}
        for status, response in operation.responses.items():
            for code in response.codes:
                if code not in known:
                    pointer = pointer_of("paths", operation.path, operation.method.lower(), "responses", status)
                    return f"{pointer}: nothing raises {code}; " + (
                        "take it out, or raise it in the function of the operation"
                        if part is None
                        else f"take it out, or name {operation.id} in {part.of.pointer}/code and give it a function"
                    )
    return None


def _raised(part: Part) -> frozenset[str]:
    """The codes that a derived operation raises beside those of the gates."""
    said = part.of.said
    found = {said["switched_off"]["code"]} if "switched_off" in said else set()
    if part.name == "archive" and part.of.archive is not None and "kept_by" in part.of.archive:
        found.add(part.of.archive["kept_by"]["code"])
    if part.name == "unarchive" or (part.name in {"create", "update"} and part.of.unique):
        found.update(codes_of(part, _CONFLICT))
    return frozenset(found)

"""Compile a contract whose references are resolved to frozen values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from mock_server.contract.compiled import Contract, Operation, Parameter, RequestBody
from mock_server.contract.declared import Responses, compile_body, find_by_status, is_ignored, read_media_type
from mock_server.contract.error_bodies import ErrorBodies
from mock_server.contract.error_body import KEYWORD, read_error_body
from mock_server.contract.framework import OpenAPIOperation
from mock_server.contract.keywords import NO_ARCHIVES, archive_limits, read_kinds
from mock_server.contract.parameter_styles import Place, compile_parameter
from mock_server.contract.router import RouteError, Router
from mock_server.contract.samples import collect_error_bodies
from mock_server.contract.schema import Compiler, SchemaError
from mock_server.contract.vocabulary import (
    check_caller_known,
    check_rules,
    find_credential_places,
    find_own_org,
    find_query_key,
    is_secured,
    read_events,
    read_resources,
    read_scopes,
)
from mock_server.errors import BillingInactive, ContractError, UnsupportedError
from mock_server.settings import USUAL_BODY

_METHODS = {method.value.lower() for method in HTTPMethod}
_PLACES: tuple[Place, ...] = ("path", "query", "header")

FRAMING = 64 * 1024
"""The bytes that a multipart body may have beside its largest part."""


def compile_contract(
    specification: Mapping[str, Any],
    source: str,
    base_path: str,
    resolver: Any,
    credentials: str = "",
    *,
    lenient: bool = False,
) -> Contract:
    """Compile a contract, such as a `Specification` of Connexion; `credentials`: those taken, as a 401 advises.

    `lenient`: it is of another API, so what cannot be judged is let pass, and errors have the form that it gives them.

    Raises ContractError, which names the source and the operation in it, where something cannot be
    served.
    """
    components = specification.get("components", {})
    schemas = Compiler(lenient=lenient)
    errors = read_error_body(specification)
    responses = Responses(schemas, {} if lenient else collect_error_bodies(specification), errors, lenient=lenient)
    routes: dict[str, dict[str, Operation]] = defaultdict(dict)
    for path, item in specification["paths"].items():
        for method in (each for each in item if each in _METHODS):  # in the order of the document
            place = f"{method.upper()} {path}"
            try:
                declared = OpenAPIOperation(
                    method,
                    path,
                    item[method],
                    resolver,
                    path_parameters=item.get("parameters"),
                    app_security=specification.get("security"),
                    security_schemes=components.get("securitySchemes"),
                    components=components,
                )
                routes[path][method.upper()] = _compile_operation(
                    declared, item[method], schemas, responses, lenient=lenient
                )
            except (SchemaError, UnsupportedError) as problem:
                raise ContractError(f"{source}: {place}: {problem}") from problem
    operations = {each.id: each for item in routes.values() for each in item.values()}
    try:
        check_rules(specification.get("x-rules", {}), operations)
        kinds = read_kinds(components.get("schemas", {}))
    except UnsupportedError as problem:
        raise ContractError(f"{source}: {problem}") from problem
    error = {} if lenient else components.get("schemas", {}).get("Error")
    if error is None:
        raise ContractError(f"{source}: components.schemas.Error: is missing, the shape of every error")
    router: Router[Operation] = Router()
    try:
        for path, methods in routes.items():
            router.add(path, methods, tail=any(p.tail for each in methods.values() for p in each.path_parameters[-1:]))
    except RouteError as problem:
        raise ContractError(f"{source}: {problem}") from problem
    said = (each.archive for each in operations.values() if each.archive is not NO_ARCHIVES)
    return Contract(
        base_path=base_path,
        operations=operations,
        router=router,
        error=schemas.compile(error),
        credentials=credentials,
        archive=next(said, NO_ARCHIVES),
        kinds=kinds,
        foreign_errors=ErrorBodies(operations.values(), errors if KEYWORD in specification else None)
        if lenient
        else None,
        errors=errors,
        billing_code=specification.get("x-features", {}).get("billing", {}).get("refusal", BillingInactive.code),
    )


def _compile_operation(
    declared: Any, raw: Mapping[str, Any], schemas: Compiler, answers: Responses, *, lenient: bool
) -> Operation:
    # Connexion lists path parameters once more at each construction: the first of a name counts.
    parameters: dict[tuple[str, str], Parameter] = {}
    for each in declared.parameters:
        where, name = key = (each["in"], each["name"])
        if key in parameters or is_ignored(where, name):
            continue
        place = next((each for each in _PLACES if each == where), None)
        if place is None and not lenient:
            raise UnsupportedError(f"the parameter {name!r} is in {where}, which is not supported")
        if place is not None and (read := _compile_parameter(name, each, schemas, place, lenient=lenient)) is not None:
            parameters[key] = read
    in_path = _sort_parameters(declared.path, parameters)
    content = {read_media_type(each): value for each, value in declared.request_body.get("content", {}).items()}
    bodies = {
        media_type: _compile_body(media_type, each, schemas, lenient=lenient) for media_type, each in content.items()
    }
    places = find_credential_places(declared.security, declared.security_schemes) if lenient else ()
    needs_credential = bool(places) or (not lenient and is_secured(declared.security, declared.security_schemes))
    if not lenient:
        check_caller_known(raw, secured=needs_credential)
    return Operation(
        id=declared.operation_id,
        method=declared.method.upper(),
        path=declared.path,
        handler=declared.function,
        secured=needs_credential,
        query_key=None if lenient else find_query_key(declared.security, declared.security_schemes),
        scopes=() if lenient else read_scopes(raw.get("x-permissions", {})),
        role=None if lenient else raw.get("x-role"),
        billing="read" if lenient else raw.get("x-billing", "read"),
        max_body=raw.get("x-max-body", USUAL_BODY),
        framing=FRAMING if any(each.kind == "multipart" for each in bodies.values()) else 0,
        bodies=bodies,
        body_required=declared.request_body.get("required", False),
        path_parameters=in_path,
        plain_path=all(p.validator is None and not p.strict for p in in_path),
        resources=read_resources(declared.parameters),
        own_org=find_own_org(declared.parameters),
        query_parameters={name: p for (where, name), p in parameters.items() if where == "query"},
        header_parameters=tuple(p for (where, _), p in parameters.items() if where == "header"),
        responses=find_by_status({str(k): answers.compile(str(k), each) for k, each in declared.responses.items()}),
        events=read_events(raw.get("x-event", [])),
        archive=archive_limits({name: each.get("schema", {}) for name, each in content.items()}, schemas),
        places=places,
        takes_any_query=lenient,
        statuses=frozenset(int(each) for each in map(str, declared.responses) if each.isdigit()),
    )


def _compile_parameter(
    name: str, declared: Mapping[str, Any], schemas: Compiler, place: Place, *, lenient: bool
) -> Parameter | None:
    """Return a parameter; of another API any text where it is of an unsupported kind, and None beside the path."""
    try:
        return compile_parameter(name, declared, schemas, place=place)
    except UnsupportedError:
        if not lenient:
            raise
    if place != "path":
        return None
    return compile_parameter(name, {"required": True, "schema": {"type": "string"}}, schemas, place=place)


def _compile_body(media_type: str, declared: Mapping[str, Any], schemas: Compiler, *, lenient: bool) -> RequestBody:
    """Return a request body; of another API any bytes where it is of an unsupported kind."""
    try:
        return compile_body(media_type, declared, schemas)
    except UnsupportedError:
        if not lenient:
            raise
    return RequestBody("bytes", schemas.compile({}), {})


def _sort_parameters(path: str, parameters: Mapping[tuple[str, str], Parameter]) -> tuple[Parameter, ...]:
    names = [segment[1:-1] for segment in path.split("/") if segment.startswith("{")]
    if missing := [name for name in names if ("path", name) not in parameters]:
        raise UnsupportedError(f"the path parameter {missing[0]!r} is not declared")
    if len(set(names)) != len(names):
        raise UnsupportedError("a path parameter stands there twice")
    last = path.rpartition("/")[2]
    for name in names:
        if parameters["path", name].tail and last != f"{{{name}}}":
            raise UnsupportedError(f"the path parameter {name!r} takes slashes, so it must be the last segment")
    return tuple(parameters["path", name] for name in names)

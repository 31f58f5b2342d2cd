"""From the specification that Connexion has read and resolved to the frozen values of a contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPMethod
from typing import Any, TypeGuard, get_args

from mock_server.contract import (
    Billing,
    Body,
    BodyKind,
    Contract,
    ContractError,
    Operation,
    Parameter,
    Response,
)
from mock_server.router import RouteError, Router
from mock_server.schema import Compiler, SchemaError, is_binary

_METHODS = {method.value.lower() for method in HTTPMethod}
_DEFAULT_MAX_BODY = 1024 * 1024
_TAILS = {"path", "slashes"}  # formats of a path parameter that takes slashes
_SCALARS = {"string", "integer", "number", "boolean"}


def compile_contract(specification: Any, source: str, base_path: str, resolver: Any) -> Contract:
    """Compile a Connexion `Specification`.

    Raises ContractError, which names the source and the operation in it, where something cannot be
    served.
    """
    schemas = Compiler()
    routes: dict[str, dict[str, Operation]] = defaultdict(dict)
    for path, item in specification["paths"].items():
        for method in item.keys() & _METHODS:
            place = f"{method.upper()} {path}"
            try:
                declared = specification.operation_cls.from_spec(
                    specification, path=path, method=method, resolver=resolver
                )
                routes[path][method.upper()] = _operation(declared, specification, schemas)
            except (SchemaError, _UnknownError) as problem:
                raise ContractError(f"{source}: {place}: {problem}") from problem
    error = specification["components"].get("schemas", {}).get("Error")
    if error is None:
        raise ContractError(f"{source}: components.schemas.Error: is missing, the shape of every error")
    try:
        router = _router(routes)
    except RouteError as problem:
        raise ContractError(f"{source}: {problem}") from problem
    return Contract(
        base_path=base_path,
        operations={each.id: each for item in routes.values() for each in item.values()},
        router=router,
        error=schemas.compile(error),
    )


class _UnknownError(ValueError):
    """A construct that is valid OpenAPI, or of our own vocabulary, and yet not understood."""


def _router(routes: Mapping[str, Mapping[str, Operation]]) -> Router[Operation]:
    router: Router[Operation] = Router()
    for path, methods in routes.items():
        tail = any(p.tail for each in methods.values() for p in each.path_parameters[-1:])
        router.add(path, methods, tail=tail)
    return router


def _operation(declared: Any, specification: Any, schemas: Compiler) -> Operation:
    raw = specification["paths"][declared.path][declared.method]
    # Connexion lists path parameters once more at each construction: the first of a name counts.
    parameters: dict[tuple[str, str], Parameter] = {}
    for each in declared.parameters:
        key = (each["in"], each["name"])
        parameters.setdefault(key, _parameter(each["name"], each, schemas, never_empty=each["in"] == "path"))
    if strange := {where for where, _ in parameters} - {"path", "query", "header"}:
        raise _UnknownError(f"parameters in {', '.join(sorted(strange))} are not supported")
    in_path = _in_order(declared.path, parameters)
    content = declared.request_body.get("content", {})
    return Operation(
        id=declared.operation_id,
        method=declared.method.upper(),
        path=declared.path,
        handler=declared.function,
        secured=_secured(declared.security, declared.security_schemes),
        scopes=_scopes(raw.get("x-permissions", {})),
        role=_role(raw.get("x-role")),
        billing=_billing(raw.get("x-billing", "read")),
        max_body=_max_body(raw.get("x-max-body", _DEFAULT_MAX_BODY)),
        bodies={media.lower(): _body(media, each, schemas) for media, each in content.items()},
        body_required=declared.request_body.get("required", False),
        path_parameters=in_path,
        plain_path=all(p.validator is None and not p.strict for p in in_path),
        query_parameters={name: p for (where, name), p in parameters.items() if where == "query"},
        header_parameters=tuple(p for (where, _), p in parameters.items() if where == "header"),
        responses=_by_status({str(k): _response(each, schemas) for k, each in declared.responses.items()}),
    )


def _in_order(path: str, parameters: Mapping[tuple[str, str], Parameter]) -> tuple[Parameter, ...]:
    names = [segment[1:-1] for segment in path.split("/") if segment.startswith("{")]
    if missing := [name for name in names if ("path", name) not in parameters]:
        raise _UnknownError(f"the path parameter {missing[0]!r} is not declared")
    return tuple(parameters["path", name] for name in names)


def _secured(security: Iterable[Mapping[str, object]] | None, schemes: Mapping[str, Any]) -> bool:
    requirements = list(security or ())
    for name in {name for requirement in requirements for name in requirement}:
        scheme = schemes.get(name, {})
        if (scheme.get("type"), scheme.get("scheme", "").lower()) != ("http", "bearer"):
            raise _UnknownError(f"the security scheme {name!r} is not an http bearer scheme")
    return bool(requirements) and {} not in requirements


def _scopes(permissions: Any) -> tuple[frozenset[str], ...]:
    match permissions:
        case {"any": list(one_of), **rest} if not rest and _are_names(one_of):
            return (frozenset(one_of),)
        case {"all": list(all_of), **rest} if not rest and all(map(_are_names, all_of)):
            return tuple(map(frozenset, all_of))
        case {**rest} if not rest:
            return ()
        case _:
            raise _UnknownError(
                f"x-permissions is {{any: [scope, ...]}} or {{all: [[scope, ...], ...]}}, not {permissions!r}"
            )


def _are_names(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _billing(value: Any) -> Billing:
    for known in get_args(Billing):
        if value == known:
            return known  # type: ignore[no-any-return]  # get_args has no types
    raise _UnknownError(f"x-billing is one of {', '.join(get_args(Billing))}, not {value!r}")


def _role(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise _UnknownError(f"x-role is the name of a role, not {value!r}")


def _max_body(value: Any) -> int:
    if isinstance(value, int) and value > 0:
        return value
    raise _UnknownError(f"x-max-body is a number of bytes, not {value!r}")


def _parameter(name: str, declared: Mapping[str, Any], schemas: Compiler, *, never_empty: bool) -> Parameter:
    schema = declared.get("schema")
    if schema is None:
        raise _UnknownError(f"the parameter {name!r} has no schema")
    many = schema.get("type") == "array"
    kind = (schema.get("items", {}) if many else schema).get("type", "string")
    if kind not in _SCALARS:
        raise _UnknownError(f"the parameter {name!r} is of type {kind}, which is not supported")
    return Parameter(
        name=name,
        required=declared.get("required", False),
        type=kind,
        many=many,
        tail=schema.get("format") in _TAILS,
        strict=schema.get("format") == "path",
        validator=None if _any_text(schema, never_empty=never_empty) else schemas.compile(schema),
    )


def _any_text(schema: Mapping[str, Any], *, never_empty: bool) -> bool:
    """Whether every text fits that can come: then there is nothing to compile."""
    return (
        schema.get("type") == "string"
        and not schema.keys() - {"type", "minLength", "format", "description", "example"}
        and schema.get("minLength", 0) <= never_empty
        and schema.get("format", "path") in _TAILS
    )


def _body(media_type: str, declared: Mapping[str, Any], schemas: Compiler) -> Body:
    schema = declared.get("schema", {})
    kind: BodyKind
    if media_type.lower() == "multipart/form-data":
        kind = "multipart"
    elif media_type.lower() == "application/json" or media_type.lower().endswith("+json"):
        kind = "json"
    elif is_binary(schema):
        kind = "bytes"
    else:
        raise _UnknownError(f"a body of {media_type} must have the schema of a binary string")
    parts = {
        name: "bytes" if is_binary(each) else each.get("type", "string")
        for name, each in schema.get("properties", {}).items()
        if kind == "multipart"
    }
    return Body(kind, schemas.compile(schema), parts)


def _response(declared: Mapping[str, Any], schemas: Compiler) -> Response:
    # A header that is there is never empty: nothing here sends one that is.
    headers = [
        _parameter(name.lower(), each, schemas, never_empty=True) for name, each in declared.get("headers", {}).items()
    ]
    return Response(
        media={
            media_type.lower(): None if is_binary(each.get("schema", {})) else schemas.compile(each.get("schema", {}))
            for media_type, each in declared.get("content", {}).items()
        },
        headers=tuple(header for header in headers if header.required or header.validator),
    )


def _by_status(declared: Mapping[str, Response]) -> Mapping[int, Response]:
    """The response of each status: its own, its class's (`4XX`), or the default."""
    found: dict[int, Response] = {}
    for status in range(100, 600):
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in declared:
                found[status] = declared[name]
                break
    return found

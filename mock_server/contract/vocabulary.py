"""The contract's own vocabulary: scopes, role, billing, org, size of a body, and what its rules are about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, TypeGuard, get_args

from mock_server.contract.compiled import Billing, Resource
from mock_server.errors import UnsupportedError
from mock_server.settings import USUAL_BODY

_EVENT = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*|[a-z]+(_[a-z]+)+")


Security = Iterable[Mapping[str, Sequence[str]]] | None
Schemes = Mapping[str, Mapping[str, Any]]


def secured(security: Security, schemes: Schemes) -> bool:
    """Whether a credential is asked for.

    UnsupportedError for any but one of an http bearer scheme, or instead of it an API key in the query.
    """
    requirements = list(security or ())
    for requirement in requirements:
        for name, wanted in requirement.items():
            if not (_is_bearer(schemes.get(name, {})) or _is_in_query(schemes.get(name, {}))):
                raise UnsupportedError(
                    f"the security scheme {name!r} is no http bearer scheme, and no API key in a query"
                )
            if wanted:
                raise UnsupportedError(f"scopes of the security scheme {name!r} mean nothing; write x-permissions")
        if len(requirement) > 1:
            raise UnsupportedError(f"security asks for {' and '.join(requirement)} at once, and a request brings one")
    if {} in requirements and len(requirements) > 1:
        raise UnsupportedError("security that may be left out ({} beside a scheme) is not supported; decide for one")
    named = [schemes[name] for requirement in requirements for name in requirement]
    if named and not any(map(_is_bearer, named)):
        raise UnsupportedError(
            "an API key in the query is taken in the place of a bearer credential; name its scheme too"
        )
    return bool(requirements) and {} not in requirements


def query_key(security: Security, schemes: Schemes) -> str | None:
    """Return the query parameter that may hold an API key in the place of a bearer credential; None where none may."""
    named = [schemes.get(name, {}) for requirement in security or () for name in requirement]
    return next((str(scheme["name"]) for scheme in named if _is_in_query(scheme)), None)


def _is_bearer(scheme: Mapping[str, Any]) -> bool:
    return (scheme.get("type"), str(scheme.get("scheme", "")).lower()) == ("http", "bearer")


def _is_in_query(scheme: Mapping[str, Any]) -> bool:
    return (scheme.get("type"), scheme.get("in")) == ("apiKey", "query")


def check_caller_known(operation: Mapping[str, Any], *, secured: bool) -> None:
    """UnsupportedError where something is asked of the caller of an operation that anybody may call unknown."""
    asked = {name: operation.get(name) for name in ("x-permissions", "x-role")}
    asked["x-billing: create"] = operation.get("x-billing") == "create"
    for name, value in asked.items():
        if value and not secured:
            raise UnsupportedError(
                f"{name} asks who calls, and the operation has no security; declare some, or take it out"
            )


def scopes(permissions: Any) -> tuple[frozenset[str], ...]:
    """The sets of scopes of which one each must be held; UnsupportedError for another shape."""
    match permissions:
        case {"any": list(one_of), **rest} if not rest and _are_names(one_of):
            return (frozenset(one_of),)
        case {"all": list(all_of), **rest} if not rest and all(map(_are_names, all_of)):
            return tuple(map(frozenset, all_of))
        case {**rest} if not rest:
            return ()
        case _:
            raise UnsupportedError(
                f"x-permissions is {{any: [scope, ...]}} or {{all: [[scope, ...], ...]}}, not {permissions!r}"
            )


def _are_names(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def billing(value: Any) -> Billing:
    """The billing class; UnsupportedError for one that is none."""
    for known in get_args(Billing):
        if value == known:
            return known  # type: ignore[no-any-return]  # get_args has no types
    raise UnsupportedError(f"x-billing is one of {', '.join(get_args(Billing))}, not {value!r}")


def role(value: Any) -> str | None:
    """The role that is asked for beside the scopes, if any; UnsupportedError for what names none."""
    if value is None or isinstance(value, str):
        return value
    raise UnsupportedError(f"x-role is the name of a role, not {value!r}")


def resources(parameters: Iterable[Mapping[str, Any]]) -> dict[str, Resource]:
    """What the path parameters of an operation name, by the name of the resource."""
    found = {each["name"]: dict(each["x-resource"]) for each in parameters if "x-resource" in each}
    return {each.pop("name"): Resource(name, **each) for name, each in found.items()}


def own_org(parameters: Iterable[Mapping[str, Any]]) -> str | None:
    """The path parameter that names the caller's org; UnsupportedError for any other word than `own`."""
    found = {each["name"]: each["x-org"] for each in parameters if "x-org" in each}
    for name, value in found.items():
        if value != "own":
            raise UnsupportedError(f"x-org of the parameter {name!r} is own, not {value!r}")
    return next(iter(found), None)


def withheld(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields in an answer that only the org of an object is shown; UnsupportedError for another audience."""
    for part in schema.get("allOf", ()):
        yield from withheld(part)
    for name, each in schema.get("properties", {}).items():
        audience = each.get("x-shown-to", "own-org")
        if audience != "own-org":
            raise UnsupportedError(f"x-shown-to of the field {name!r} is own-org, not {audience!r}")
        if "x-shown-to" in each:
            yield name
        yield from withheld(each)
    if "items" in schema:
        yield from withheld(schema["items"])


def max_body(value: Any) -> int:
    """The limit of a body in bytes, the usual one where none is given; UnsupportedError for what is no number."""
    if value is None:
        return USUAL_BODY
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise UnsupportedError(f"x-max-body is a number of bytes, not {value!r}")


def events(value: Any) -> tuple[str, ...]:
    """The types of the events that an operation writes, none where nothing is said; UnsupportedError for others."""
    given = [] if value is None else value if isinstance(value, list) else [value]
    for each in given:
        if not isinstance(each, str) or not _EVENT.fullmatch(each):
            raise UnsupportedError(
                f"x-event is the type of an event, resource.what_was_done, or workspace_what_was_done, "
                f"or a list of such types, not {each!r}"
            )
    return tuple(given)


def check_rules(rules: Any, operations: Collection[str]) -> None:
    """UnsupportedError where a rule is said to be about an operation that the contract does not have."""
    for rule, said in (rules or {}).items():
        given = said.get("operations", []) if isinstance(said, dict) else []
        if not isinstance(given, list):
            raise UnsupportedError(
                f"x-rules.{rule}.operations is a list of operation ids and of patterns such as packs.*, not {given!r}"
            )
        for at, pattern in enumerate(given):
            if not isinstance(pattern, str) or not any(fnmatchcase(each, pattern) for each in operations):
                raise UnsupportedError(f"x-rules.{rule}.operations.{at}: no operation is {pattern!r}")

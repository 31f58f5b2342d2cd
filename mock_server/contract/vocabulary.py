"""The contract's own vocabulary: scopes, role, billing, org, size of a body, and what its rules are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from mock_server.contract.compiled import CredentialPlace, Resource
from mock_server.errors import UnsupportedError

Security = Iterable[Mapping[str, Sequence[str]]] | None
Schemes = Mapping[str, Mapping[str, Any]]


def is_secured(security: Security, schemes: Schemes) -> bool:
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


def find_query_key(security: Security, schemes: Schemes) -> str | None:
    """Return the query parameter that may hold an API key in the place of a bearer credential; None where none may."""
    named = [schemes.get(name, {}) for requirement in security or () for name in requirement]
    return next((str(scheme["name"]) for scheme in named if _is_in_query(scheme)), None)


def find_credential_places(security: Security, schemes: Schemes) -> tuple[tuple[CredentialPlace, ...], ...]:
    """Return where another API has its credentials, by each way that is enough; empty where none is asked for."""
    ways = [tuple(_read_place(name, schemes.get(name, {})) for name in each) for each in security or ()]
    return () if () in ways else tuple(ways)


def _read_place(name: str, scheme: Mapping[str, Any]) -> CredentialPlace:
    """The place of a scheme; a bearer credential, where nothing else is said (OAuth 2, OpenID Connect)."""
    where = scheme.get("in")
    if scheme.get("type") == "apiKey" and where in {"header", "query", "cookie"}:
        return CredentialPlace(where, str(scheme.get("name", "")), name)
    if (scheme.get("type"), str(scheme.get("scheme", "")).lower()) == ("http", "basic"):
        return CredentialPlace("basic", "Authorization", name)
    return CredentialPlace("bearer", "Authorization", name)


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


def read_scopes(permissions: Mapping[str, Any]) -> tuple[frozenset[str], ...]:
    """The sets of scopes of which one each must be held."""
    one_of, all_of = permissions.get("any"), permissions.get("all", [])
    return tuple(frozenset(each) for each in (all_of if one_of is None else [one_of]))


def read_resources(parameters: Iterable[Mapping[str, Any]]) -> dict[str, Resource]:
    """Return the resources that the path parameters of an operation name, by their names."""
    found = {each["name"]: dict(each["x-resource"]) for each in parameters if "x-resource" in each}
    return {each.pop("name"): Resource(name, **each) for name, each in found.items()}


def find_own_org(parameters: Iterable[Mapping[str, Any]]) -> str | None:
    """The path parameter that names the caller's org, if there is one."""
    return next((each["name"] for each in parameters if "x-org" in each), None)


def check_rules(rules: Mapping[str, Any], operations: Collection[str]) -> None:
    """UnsupportedError where a rule is said to be about an operation that the contract does not have."""
    for rule, said in rules.items():
        for at, pattern in enumerate(said.get("operations", ())):
            if not any(fnmatchcase(each, pattern) for each in operations):
                raise UnsupportedError(f"/x-rules/{rule}/operations/{at}: no operation is {pattern!r}")


def read_events(value: str | list[str]) -> tuple[str, ...]:
    """The types of the events that an operation writes."""
    return (value,) if isinstance(value, str) else tuple(value)

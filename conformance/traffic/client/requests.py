"""The breaches of a recorded request by the contract alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl

from conformance.contract.contract import OWN_ORG, Contract, JsonObject, Operation
from conformance.contract.routing import Route, find_route
from conformance.contract.schemas import get_schemas
from conformance.judging.masks import is_masked
from conformance.judging.sender import Signature
from conformance.oracle.bodies import NOT_JSON, NOT_VALID, TOO_LARGE, ReadBody
from conformance.oracle.breach import Breach
from conformance.oracle.call import Refusals
from conformance.oracle.query import add_path_refusals, does_header_fit, list_unfit_parameters
from conformance.results.difference import LONGEST, Evidence
from conformance.traffic.client import rules
from conformance.traffic.observed import ObservedEntry

_CREDENTIAL_NAMES = frozenset({"access_token", "token", "api_key", "apikey", "authorization", "jwt", "key"})
_LEAST = 16
"""The characters from which on what such a parameter has may be a credential."""


def check_request(contract: Contract, seen: ObservedEntry, credentials: Iterable[str]) -> Iterator[Breach]:
    """Yield every rule of clients that the request breaks by itself; credentials: those that were met so far."""
    where = find_route(contract, seen.exchange.method, seen.exchange.path)
    if not contract.is_plain:  # else a credential may be anywhere, and need not be one
        yield from _check_credential(seen, credentials)
    if seen.blurred:
        return
    if where.operation is None:
        yield _make_unrouted_breach(where, seen)
        return
    yield from _check_path(contract, where, where.operation)
    yield from _check_query(contract, where.operation, seen)
    yield from _check_headers(contract, where.operation, seen)
    yield from _check_body(contract, where.operation, seen)


def list_decidable(contract: Contract, seen: ObservedEntry) -> Iterator[str]:
    """Yield the rules that the request could have broken, as far as it is recorded and the contract speaks of it."""
    of_credentials = (rules.CREDENTIAL_MISSING, rules.SCHEME, rules.CREDENTIAL_URL)
    yield from (each for each in _list_decidable_in_request(seen) if not (contract.is_plain and each in of_credentials))


def _list_decidable_in_request(seen: ObservedEntry) -> Iterator[str]:
    yield from (rules.PATH, rules.METHOD)
    if seen.sender.signed is not Signature.UNKNOWN:
        yield rules.CREDENTIAL_MISSING
    if seen.sender.signed in (Signature.BEARER, Signature.WRONGLY):
        yield rules.SCHEME
    if seen.operation is None or seen.blurred:
        return
    if seen.exchange.request.query:
        yield from (rules.QUERY, rules.CREDENTIAL_URL)
    if seen.headers_known and seen.operation.header_parameters:
        yield rules.HEADER
    if seen.operation.body is not None and seen.request_known:
        yield from (rules.BODY, rules.MEDIA_TYPE, rules.SIZE)
        if seen.exchange.request.media_type == "application/json":
            yield rules.KEY


def _make_unrouted_breach(where: Route, seen: ObservedEntry) -> Breach:
    if where.allowed:
        return Breach(rules.METHOD, f"one of {', '.join(where.allowed)}", seen.exchange.method)
    return Breach(rules.PATH, "a path of the contract", "another one")


def _check_credential(seen: ObservedEntry, credentials: Iterable[str]) -> Iterator[Breach]:
    if seen.sender.signed is Signature.NOT and seen.operation is not None:
        yield Breach(rules.CREDENTIAL_MISSING, "a bearer credential", "none")
    if seen.sender.signed is Signature.WRONGLY:
        yield Breach(rules.SCHEME, "the scheme Bearer", "another one, or nothing behind it")
    known = frozenset(credentials)
    taken = seen.operation.query_key if seen.operation else None
    for name, value in parse_qsl(seen.exchange.request.query):
        looks = may_be_credential(name, value)
        if (value in known or looks) and not (name == taken and not is_jwt(value)):
            yield Breach(rules.CREDENTIAL_URL, "no credential in the URL", f"one in {name}", evidence=Evidence((name,)))


def may_be_credential(name: str, value: str) -> bool:
    """Return whether a parameter of a query is called as credentials are, and long enough for one."""
    return name.lower() in _CREDENTIAL_NAMES and len(value) >= _LEAST


def is_jwt(value: str) -> bool:
    """Return whether a value has the form of a JWT, as sessions have."""
    return value.count(".") == len("..") and value.startswith("ey")


def _check_path(contract: Contract, where: Route, operation: Operation) -> Iterator[Breach]:
    refusals = Refusals()
    add_path_refusals(contract, operation, {k: v for k, v in where.values.items() if v != OWN_ORG}, refusals)
    if refusals.certain:
        yield Breach(rules.PATH, "values that fit the parameters of the path", "another one")


def _check_query(contract: Contract, operation: Operation, seen: ObservedEntry) -> Iterator[Breach]:
    declared = {each.name for each in operation.parameters if each.location == "query"} | {operation.query_key}
    sent = dict.fromkeys(name for name, _ in parse_qsl(seen.exchange.request.query, keep_blank_values=True))
    for name in sent:
        if name not in declared:
            yield Breach(rules.QUERY, "no parameter but the declared ones", f"{name} too", evidence=Evidence((name,)))
    for name in list_unfit_parameters(contract, operation, seen.exchange.request):
        got = "another one" if name in sent else "none"
        yield Breach(rules.QUERY, f"a value of {name} that fits", got, evidence=Evidence((name,)))


def _check_headers(contract: Contract, operation: Operation, seen: ObservedEntry) -> Iterator[Breach]:
    """Yield the declared headers that have no right value, or none; where no header is recorded nothing is known."""
    sent = seen.exchange.request.headers
    for parameter in operation.header_parameters if seen.headers_known else ():
        texts = [value for name, value in sent if name.lower() == parameter.name.lower()]
        wrong = parameter.required if not texts else not does_header_fit(contract, parameter, texts)
        if wrong and not any(map(is_masked, texts)):
            got = "another one" if texts else "none"
            yield Breach(
                rules.HEADER, f"a value of {parameter.name} that fits", got, evidence=Evidence((parameter.name,))
            )


def _check_body(contract: Contract, operation: Operation, seen: ObservedEntry) -> Iterator[Breach]:
    body, request = seen.read_body(contract), seen.exchange.request
    if body is None or operation.body is None or not body.known:
        return
    schema = operation.body.schemas.get(request.media_type or "")
    if TOO_LARGE in body.certain:
        yield Breach(rules.SIZE, f"at most {operation.max_body} bytes", f"{len(request.content or b'')} bytes")
    if schema is None and request.content:
        yield Breach(rules.MEDIA_TYPE, " or ".join(operation.body.schemas), request.media_type or "none")
    elif schema is not None and request.media_type == "application/json":
        yield from _check_json(contract, schema, body, request.content or b"")
    elif any((each.status, each.code) == (NOT_VALID.status, NOT_VALID.code) for each in body.certain):
        yield Breach(rules.BODY, "a body that fits its schema", "another one")


def _check_json(contract: Contract, schema: JsonObject, body: ReadBody, content: bytes) -> Iterator[Breach]:
    if NOT_JSON in body.certain:
        yield Breach(rules.BODY, "a JSON object", "none" if not content else "another body")
        return
    for complaint in get_schemas(contract).find_complaints(schema, json.loads(content)) if body.certain else ():
        named = ", ".join(complaint.fields) or "the body"
        evidence = Evidence(complaint.fields, f"{complaint.keyword} of its schema", complaint.message[:LONGEST])
        said = rules.BODY, f"{complaint.place or 'the body'} to fit its schema", f"{complaint.keyword} broken"
        if complaint.keyword == "additionalProperties":
            said = rules.KEY, "no key that its schema does not have", named
        yield Breach(*said, evidence=evidence)

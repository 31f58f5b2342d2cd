"""The judge of the sender of recorded requests: the rules of clients, and the breaches by the contract alone."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from conformance.contract.contract import OWN_ORG, Contract, JsonObject, Operation, Provenance, Rule
from conformance.contract.routing import Route, find_route
from conformance.contract.schemas import get_schemas
from conformance.judging.observed import Signature, is_masked
from conformance.judging.opinion import Opinion
from conformance.oracle.bodies import NOT_JSON, NOT_VALID, TOO_LARGE, ReadBody
from conformance.oracle.breach import Breach
from conformance.oracle.call import Refusals, add_path_refusals, does_header_fit, list_unfit_parameters
from conformance.results.difference import LONGEST, Evidence
from conformance.traffic.exchanges import ObservedEntry

CLAUSE = "client"
QUERY, KEY, BODY = "CLIENT-QUERY", "CLIENT-KEY", "CLIENT-BODY"
MEDIA_TYPE, PATH, METHOD = "CLIENT-MEDIA-TYPE", "CLIENT-PATH", "CLIENT-METHOD"
CREDENTIAL_URL, CREDENTIAL_MISSING = "CLIENT-CREDENTIAL-URL", "CLIENT-CREDENTIAL-MISSING"
SCHEME, SIZE, STORM, HEADER = "CLIENT-SCHEME", "CLIENT-SIZE", "CLIENT-STORM", "CLIENT-HEADER"
SIDES = ("server", "client", "both")

_TEXTS: Mapping[str, str] = {
    QUERY: "A query has no parameter but those that its operation declares, each with a value that fits.",
    HEADER: "A header that the operation declares is there where it has to be, with a value that fits.",
    KEY: "A JSON body has no key that its schema does not have.",
    BODY: "A body is there where its operation needs one, and fits its schema.",
    MEDIA_TYPE: "A body is of a media type that its operation takes.",
    PATH: "A path is one that the contract has, with values that fit their parameters.",
    METHOD: "A method is one that the path has.",
    CREDENTIAL_URL: "No credential is in a URL, but for an API key where the operation takes one there.",
    CREDENTIAL_MISSING: "A request carries a credential.",
    SCHEME: "A credential is sent with the scheme Bearer.",
    SIZE: "A body is no longer than its operation takes.",
    STORM: "A request that was refused is not sent again and again as it was.",
}
RULES: Mapping[str, Rule] = {
    rule: Rule(rule, CLAUSE, "must", Provenance.REFERENCE, text) for rule, text in _TEXTS.items()
}
"""The client's rules by id.

A served breach is a violation, a refused one an advisory, since tests ask so on purpose.
"""


def with_rules(contract: Contract, side: str) -> Contract:
    """Return the contract with the rules of the side that is judged."""
    of_server = contract.rules if side != "client" else {}
    return replace(contract, rules={**of_server, **(RULES if side != "server" else {})})


_CREDENTIAL_NAMES = frozenset({"access_token", "token", "api_key", "apikey", "authorization", "jwt", "key"})
_LEAST = 16
"""The characters from which on what such a parameter has may be a credential."""


def check_request(contract: Contract, seen: ObservedEntry, credentials: Iterable[str]) -> Iterator[Breach]:
    """Yield every rule of clients that the request breaks by itself; credentials: those that were met so far."""
    where = find_route(contract, seen.exchange.method, seen.exchange.path)
    if not contract.is_plain:  # else a credential may be anywhere, and need not be one
        yield from _check_credential(seen, credentials)
    if seen.is_blurred:
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
    of_credentials = (CREDENTIAL_MISSING, SCHEME, CREDENTIAL_URL)
    yield from (each for each in _list_decidable_in_request(seen) if not (contract.is_plain and each in of_credentials))


def _list_decidable_in_request(seen: ObservedEntry) -> Iterator[str]:
    yield from (PATH, METHOD)
    if seen.sender.signed is not Signature.UNKNOWN:
        yield CREDENTIAL_MISSING
    if seen.sender.signed in (Signature.BEARER, Signature.WRONGLY):
        yield SCHEME
    if seen.operation is None or seen.is_blurred:
        return
    if seen.exchange.request.query:
        yield from (QUERY, CREDENTIAL_URL)
    if seen.are_headers_known and seen.operation.header_parameters:
        yield HEADER
    if seen.operation.body is not None and seen.is_request_known:
        yield from (BODY, MEDIA_TYPE, SIZE)
        if seen.exchange.request.media_type == "application/json":
            yield KEY


def _make_unrouted_breach(where: Route, seen: ObservedEntry) -> Breach:
    if where.allowed:
        return Breach(METHOD, f"one of {', '.join(where.allowed)}", seen.exchange.method)
    return Breach(PATH, "a path of the contract", "another one")


def _check_credential(seen: ObservedEntry, credentials: Iterable[str]) -> Iterator[Breach]:
    if seen.sender.signed is Signature.NOT and seen.operation is not None:
        yield Breach(CREDENTIAL_MISSING, "a bearer credential", "none")
    if seen.sender.signed is Signature.WRONGLY:
        yield Breach(SCHEME, "the scheme Bearer", "another one, or nothing behind it")
    known = frozenset(credentials)
    taken = seen.operation.query_key if seen.operation else None
    for name, value in parse_qsl(seen.exchange.request.query):
        looks = may_be_credential(name, value)
        if (value in known or looks) and not (name == taken and not is_jwt(value)):
            yield Breach(CREDENTIAL_URL, "no credential in the URL", f"one in {name}", evidence=Evidence((name,)))


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
        yield Breach(PATH, "values that fit the parameters of the path", "another one")


def _check_query(contract: Contract, operation: Operation, seen: ObservedEntry) -> Iterator[Breach]:
    declared = {each.name for each in operation.parameters if each.location == "query"} | {operation.query_key}
    sent = dict.fromkeys(name for name, _ in parse_qsl(seen.exchange.request.query, keep_blank_values=True))
    for name in sent:
        if name not in declared:
            yield Breach(QUERY, "no parameter but the declared ones", f"{name} too", evidence=Evidence((name,)))
    for name in list_unfit_parameters(contract, operation, seen.exchange.request):
        got = "another one" if name in sent else "none"
        yield Breach(QUERY, f"a value of {name} that fits", got, evidence=Evidence((name,)))


def _check_headers(contract: Contract, operation: Operation, seen: ObservedEntry) -> Iterator[Breach]:
    """Yield the declared headers that have no right value, or none; where no header is recorded nothing is known."""
    sent = seen.exchange.request.headers
    for parameter in operation.header_parameters if seen.are_headers_known else ():
        texts = [value for name, value in sent if name.lower() == parameter.name.lower()]
        wrong = parameter.is_required if not texts else not does_header_fit(contract, parameter, texts)
        if wrong and not any(map(is_masked, texts)):
            got = "another one" if texts else "none"
            yield Breach(HEADER, f"a value of {parameter.name} that fits", got, evidence=Evidence((parameter.name,)))


def _check_body(contract: Contract, operation: Operation, seen: ObservedEntry) -> Iterator[Breach]:
    body, request = seen.read_body(contract), seen.exchange.request
    if body is None or operation.body is None or not body.is_known:
        return
    schema = operation.body.schemas.get(request.media_type or "")
    if TOO_LARGE in body.certain:
        yield Breach(SIZE, f"at most {operation.max_body} bytes", f"{len(request.content or b'')} bytes")
    if schema is None and request.content:
        yield Breach(MEDIA_TYPE, " or ".join(operation.body.schemas), request.media_type or "none")
    elif schema is not None and request.media_type == "application/json":
        yield from _check_json(contract, schema, body, request.content or b"")
    elif any((each.status, each.code) == (NOT_VALID.status, NOT_VALID.code) for each in body.certain):
        yield Breach(BODY, "a body that fits its schema", "another one")


def _check_json(contract: Contract, schema: JsonObject, body: ReadBody, content: bytes) -> Iterator[Breach]:
    if NOT_JSON in body.certain:
        yield Breach(BODY, "a JSON object", "none" if not content else "another body")
        return
    for complaint in get_schemas(contract).find_complaints(schema, json.loads(content)) if body.certain else ():
        named = ", ".join(complaint.fields) or "the body"
        evidence = Evidence(complaint.fields, f"{complaint.keyword} of its schema", complaint.message[:LONGEST])
        said = BODY, f"{complaint.place or 'the body'} to fit its schema", f"{complaint.keyword} broken"
        if complaint.keyword == "additionalProperties":
            said = KEY, "no key that its schema does not have", named
        yield Breach(*said, evidence=evidence)


STORM_FROM = 3
"""Times from which on the same refused request is a storm."""


@dataclass(slots=True)
class ClientJudge:
    """The judge of the requests of one recording."""

    contract: Contract
    _refused: Counter[str] = field(default_factory=Counter)
    """The number of times that each request was refused since anything else was served to its sender."""

    def judge(self, seen: ObservedEntry, credentials: Iterable[str]) -> Opinion:
        """Return what a request shows of its sender. What was refused is an advisory."""
        opinion = Opinion()
        founded = Provenance.REFERENCE if seen.exchange.has_succeeded else Provenance.ASSUMED
        found = [replace(each, provenance=founded) for each in check_request(self.contract, seen, credentials)]
        opinion.add(found, list_decidable(self.contract, seen))
        opinion.add(self._check_storm(seen), [STORM] if 400 <= seen.exchange.status < 500 else [])
        opinion.settle(self.contract)
        return opinion

    def _check_storm(self, seen: ObservedEntry) -> list[Breach]:
        """Return the advisory of a request that is refused again and again, told once."""
        exchange = seen.exchange
        if not 400 <= exchange.status < 500 or exchange.status == 429 or not seen.is_request_known:
            return []
        parts = (seen.exchange.base_url, seen.sender.key or seen.sender.name, exchange.method, exchange.request.target)
        text = "\0".join(parts).encode("utf-8", "backslashreplace") + (exchange.request.content or b"")
        asked = hashlib.blake2b(text, digest_size=16).hexdigest()
        self._refused[asked] += 1
        if self._refused[asked] != STORM_FROM:
            return []
        got = f"the same refused request {STORM_FROM} times"
        return [Breach(STORM, f"fewer than {STORM_FROM} times", got, Provenance.ASSUMED)]

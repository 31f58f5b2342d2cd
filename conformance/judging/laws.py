"""Laws of every answer, whoever asked and why: the envelope, and what its response declares."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation, Provenance, ResponseSpec, resolve
from conformance.contract.routing import find_route
from conformance.contract.schemas import Complaint, Schemas, get_schemas
from conformance.http.event_stream import MEDIA_TYPE
from conformance.http.exchange import Exchange
from conformance.http.gateways import explain_unjudged
from conformance.judging.conventions import find_unconventional
from conformance.oracle.bodies import list_refusals_of_unasked
from conformance.oracle.breach import Breach
from conformance.oracle.judging import is_weak
from conformance.results.difference import LONGEST, STATUS, Evidence, from_field, from_fields
from conformance.values import MOST_MEMORY, takes_too_much

NO_CRASH = "CONTRACT-NO-SERVER-ERROR"
OFTEN_LOST = 5
"""Requests of an operation without an answer from which on that is no accident, where they are most of it."""
_TOO_LARGE = Complaint("", "type", f"has more values than fit into {MOST_MEMORY:,} bytes of memory", Provenance.SEED)


class ResponseInvariants:
    """The laws of one contract, with the memory that uniqueness needs."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._schemas = get_schemas(contract)
        schemas = contract.document.get("components", {}).get("schemas", {})
        self._error_schema = {} if contract.is_plain else schemas.get("Error", {})
        self._envelope_keys = _list_envelope_keys(contract)
        self._statuses = _index_statuses_by_code(contract)
        self._request_ids: set[tuple[str, str]] = set()
        self._lost: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        """The number of requests without and with an answer, by operation."""

    def find_breaches(self, exchange: Exchange) -> Iterator[Breach]:
        """Yield every rule that this answer breaks by itself; none where no answer of the target came."""
        operation = find_route(self._contract, exchange.method, exchange.path).operation
        if operation is not None and (breach := self._check_no_answer(operation, exchange)):
            yield breach
        if explain_unjudged(exchange) is not None:
            return
        weak = is_weak(self._contract, exchange)
        applying = (each for each in self._answer(operation, exchange) if each.rule in self._contract.whole.rules)
        for breach in applying:
            yield replace(breach, provenance=Provenance.ASSUMED) if weak else breach

    def _check_no_answer(self, operation: Operation, exchange: Exchange) -> Breach | None:
        """Return the breach of a request that never gets an answer, or of an operation that mostly gets none.

        Once is nobody's fault: connections end.
        """
        lost, answered = self._lost[operation.operation_id]
        silent = exchange.repeats > 0
        self._lost[operation.operation_id] = lost, answered = lost + silent, answered + (exchange.failure is None)
        if exchange.is_hopeless:
            return Breach(NO_CRASH, "an answer", f"none to {exchange.tries} tries: {exchange.failure}")
        if silent and lost >= OFTEN_LOST and lost > answered:
            return Breach(NO_CRASH, "an answer", f"none to most requests: {exchange.failure}")
        return None

    def _answer(self, operation: Operation | None, exchange: Exchange) -> Iterator[Breach]:
        spec = operation.find_response(exchange.status) if operation else None
        bodyless = spec is not None and not spec.schemas and not exchange.body
        if exchange.status >= 400 and exchange.method != "HEAD" and not bodyless:
            yield from self._check_envelope(exchange)
        elif header := exchange.find_header("x-request-id"):
            # That there is such a header is assumed; where it is, it is the id that an error would carry.
            yield from self._check_unique(header, exchange, self._contract.bound(Provenance.ASSUMED))
        if exchange.status == 401:
            yield from _check_challenge(exchange)
        if operation is not None:
            yield from self._check_status(operation, spec, exchange)
        if spec is not None:
            yield from self._check_response(spec, exchange)
        yield from find_unconventional(self._contract, operation, exchange)

    def _check_status(self, operation: Operation, spec: ResponseSpec | None, exchange: Exchange) -> Iterator[Breach]:
        crashed = spec is not None and not spec.status and exchange.status >= 500
        if (spec is not None and not crashed) or any(
            exchange.status == each.status for each in list_refusals_of_unasked(operation, exchange.request)
        ):
            return
        if self._contract.is_plain and _is_open(operation, exchange.status):
            return
        if exchange.status >= 500:
            # With the code of a failure that is declared, only its number is wrong.
            meant = (s for s in operation.responses.values() if s.status >= 500 and exchange.code in s.codes)
            founded = max((spec.provenance.status for spec in meant), default=Provenance.SEED)
            yield Breach(NO_CRASH, "no 5xx that is not declared", str(exchange.status), founded)
            return
        declared = ", ".join(map(str, sorted(operation.responses)))
        # Numbers of refusals stand on no page, so another 4xx is judged no harder than they are.
        refusal = self._contract.bound(Provenance.ASSUMED)
        founded = refusal if 400 <= exchange.status < 500 else Provenance.SEED
        yield Breach("CONTRACT-STATUS-DECLARED", f"one of {declared}", str(exchange.status), founded)

    def _check_envelope(self, exchange: Exchange) -> Iterator[Breach]:
        if exchange.media_type != "application/json":
            got, expected = exchange.media_type or "no Content-Type", f"{exchange.status} as application/json"
            yield Breach(
                "ENVELOPE-EVERY-ERROR", expected, got, evidence=_describe_media_type("application/json", exchange)
            )
        body = exchange.json
        error = body.get("error") if isinstance(body, dict) else None
        if not isinstance(error, dict):
            yield Breach("ENVELOPE-EVERY-ERROR", "the envelope {error: {...}}", "another body")
            return
        lacking = sorted(k for k in ("code", "message", "request_id") if not isinstance(error.get(k), str))
        if lacking:
            evidence = Evidence(tuple(lacking), "code, message and request_id", json.dumps(error)[:LONGEST])
            said = "code, message and request_id", f"none in {', '.join(lacking)}"
            yield Breach("ENVELOPE-EVERY-ERROR", *said, evidence=evidence)
        else:
            yield from self._check_envelope_fields(body)
        if self._envelope_keys and (strange := sorted(error.keys() - self._envelope_keys)):
            evidence = from_fields(strange, {}, error)
            yield Breach("ENVELOPE-KEYS", "no key but those of the envelope", ", ".join(strange), evidence=evidence)
        if isinstance(error.get("code"), str):
            yield from self._check_code(error["code"], exchange)
        if isinstance(error.get("request_id"), str):
            yield from self._request_id(error["request_id"], exchange)

    def _check_envelope_fields(self, body: Any) -> Iterator[Breach]:
        """Yield what is wrong with the fields of an envelope, such as an empty message.

        Codes and further keys have rules of their own.
        """
        for complaint in self._schemas.find_complaints(self._error_schema, body):
            if complaint.keyword not in ("enum", "additionalProperties"):
                expected = f"{complaint.place} to fit the schema of the envelope"
                said, evidence = (expected, f"{complaint.keyword} broken"), _describe_complaint(complaint)
                yield Breach("ENVELOPE-EVERY-ERROR", *said, complaint.provenance, evidence=evidence)

    def _check_code(self, code: str, exchange: Exchange) -> Iterator[Breach]:
        if code not in self._contract.error_codes:
            evidence = Evidence((STATUS,), "a code of the closed enum", str(exchange))
            yield Breach("ENVELOPE-CODE-STATUS", "a code of the closed enum", code, evidence=evidence)
        elif exchange.status not in (statuses := self._statuses.get(code, {exchange.status})):
            right = " or ".join(map(str, sorted(statuses)))
            said = f"{code} with {right}", f"{code} with {exchange.status}"
            yield Breach("ENVELOPE-CODE-STATUS", *said, evidence=Evidence((STATUS,), *said))

    def _request_id(self, request_id: str, exchange: Exchange) -> Iterator[Breach]:
        header = exchange.find_header("x-request-id")
        if header is not None and header != request_id:
            yield Breach("ENVELOPE-REQUEST-ID-HEADER", "X-Request-Id equal to error.request_id", "another")
        yield from self._check_unique(request_id, exchange)

    def _check_unique(
        self, request_id: str, exchange: Exchange, founded: Provenance = Provenance.SEED
    ) -> Iterator[Breach]:
        if request_id == exchange.request.find_header("x-request-id"):
            said = "a request id of the server's own", "that which the client sent"
            yield Breach("ENVELOPE-REQUEST-ID-UNIQUE", *said, founded)
        # A world counts its own requests, so ids are unique below one base URL.
        key = (exchange.base_url, request_id)
        if key in self._request_ids:
            yield Breach("ENVELOPE-REQUEST-ID-UNIQUE", "a request id never seen before", "one seen before", founded)
        self._request_ids.add(key)

    def _check_response(self, spec: ResponseSpec, exchange: Exchange) -> Iterator[Breach]:
        if exchange.method == "HEAD":
            return
        yield from _check_headers(self._contract, spec, exchange, self._schemas)
        if "*/*" in spec.schemas or _is_left_free(spec, exchange):
            return
        if exchange.media_type not in spec.schemas:
            yield from _check_other_type(spec, exchange)
            return
        schema = spec.schemas[exchange.media_type]
        if schema.get("format") == "binary":  # whatever bytes they are
            return
        if exchange.status >= 400 and not self._schemas.fits(self._error_schema, exchange.json):
            # That it is no envelope is said already; what is left is the response's own.
            return
        provenance = spec.provenance.response
        if exchange.status >= 400:
            provenance = min(provenance, spec.provenance.codes)
        for complaint in self._find_complaints(schema, exchange):
            expected = f"{exchange.status}: {complaint.place or 'the body'} to fit its schema"
            founded = min(complaint.provenance, provenance)
            said, evidence = (expected, f"{complaint.keyword} broken"), _describe_complaint(complaint)
            yield Breach("CONTRACT-BODY-SCHEMA", *said, founded, evidence=evidence)

    def _find_complaints(self, schema: JsonObject, exchange: Exchange) -> list[Complaint]:
        """Return what the body breaks of its schema; no answer of a contract has as many values as are not read."""
        if exchange.media_type == MEDIA_TYPE:
            return self._schemas.find_complaints(schema, exchange.body.decode("utf-8", "replace"))
        return [_TOO_LARGE] if takes_too_much(exchange.body) else self._schemas.find_complaints(schema, exchange.json)


def _is_open(operation: Operation, status: int) -> bool:
    """Return whether a document says nothing of answers of the kind.

    It declares no refusal at all, or no success; or it leaves out that who has no right credential is refused, and that
    what a path names may not be there.
    """
    if status < 300:
        return not operation.declares_success
    if (status in (401, 403) and operation.is_secured) or (status in (404, 410) and operation.path_parameters):
        return True
    silent = not any(400 <= declared < 500 for declared in operation.responses)
    return 400 <= status < 500 and silent


def _is_left_free(spec: ResponseSpec, exchange: Exchange) -> bool:
    """Return whether a body need not be there, or is a refusal that is right for the request without being declared."""
    if not exchange.body:
        return spec.is_body_optional
    return exchange.code not in spec.codes and (exchange.status, exchange.code) in exchange.request.foreseen


def _describe_complaint(complaint: Complaint) -> Evidence:
    return Evidence(complaint.fields, f"{complaint.keyword} of its schema", complaint.message[:LONGEST])


def _describe_media_type(right: str, exchange: Exchange) -> Evidence:
    return from_field("Content-Type", right, exchange.media_type)


def _check_other_type(spec: ResponseSpec, exchange: Exchange) -> Iterator[Breach]:
    """Yield what is wrong with a body of another media type; of an error the envelope says it.

    Without a body there is none.

    That nothing is said of a body that is not there is assumed.
    """
    right, founded = " or ".join(spec.schemas), spec.provenance.response
    if not spec.schemas and not exchange.body:
        right, founded = "", Provenance.ASSUMED
    elif exchange.status >= 400:
        return
    if exchange.media_type != right:
        said = right or "no Content-Type without a body", exchange.media_type or "no Content-Type"
        yield Breach("CONTRACT-CONTENT-TYPE", *said, founded, evidence=_describe_media_type(right, exchange))


def _check_challenge(exchange: Exchange) -> Iterator[Breach]:
    if "bearer" not in exchange.challenges:
        got = exchange.find_header("www-authenticate") or "no WWW-Authenticate"
        yield Breach("AUTH-CHALLENGE", "WWW-Authenticate: Bearer", got)


def _check_headers(contract: Contract, spec: ResponseSpec, exchange: Exchange, schemas: Schemas) -> Iterator[Breach]:
    for name, header in spec.headers.items():
        if name.lower() == "www-authenticate" or (name.lower() == "content-length" and exchange.is_reframed):
            continue  # AUTH-CHALLENGE says it; the length was given by something else
        given = header.get("x-provenance")
        founded = contract.find_provenance(given) if isinstance(given, str) else Provenance.SEED
        value = exchange.find_header(name)
        if value is None:
            if header.get("required"):
                evidence = from_field(name, "one", None)
                yield Breach("CONTRACT-HEADERS", f"{exchange.status} with {name}", "none", founded, evidence=evidence)
        elif not schemas.fits(header.get("schema", {}), _parse_typed(value, header.get("schema", {}))):
            said, evidence = (f"{name} to fit its schema", "another value"), from_field(name, "one that fits", value)
            yield Breach("CONTRACT-HEADERS", *said, founded, evidence=evidence)


def _parse_typed(value: str, schema: Any) -> Any:
    if schema.get("type") == "integer" and value.isascii() and value.isdigit():
        return int(value)
    return value


def _list_envelope_keys(contract: Contract) -> frozenset[str]:
    """Return the keys of the error object, by its schema."""
    node: JsonObject = contract.document.get("components", {}).get("schemas", {}).get("Error", {})
    error = resolve(contract.document, node.get("properties", {}).get("error", {}))
    return frozenset(error.get("properties", ()))


@lru_cache(maxsize=4)  # a recording of many worlds has laws for each of them
def _index_statuses_by_code(contract: Contract) -> dict[str, set[int]]:
    statuses: dict[str, set[int]] = {"not_found": {404}, "method_not_allowed": {405}}
    for operation in contract.operations.values():
        for response in operation.responses.values():
            for code in response.codes:
                statuses.setdefault(code, set()).add(response.status)
    return statuses

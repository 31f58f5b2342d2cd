"""The path and the query of a request, held against the parameters of its operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from conformance.contract.contract import Contract, Operation, Parameter, Provenance, resolve
from conformance.contract.schemas import get_schemas
from conformance.contract.texts import parse_value
from conformance.http.exchange import Request
from conformance.oracle.call import Refusals

_RULE, _PATH = "CONTRACT-INVALID-REFUSED", "FILE-PATH"


def add_query_refusals(contract: Contract, operation: Operation, request: Request, refusals: Refusals) -> None:
    """Add what is right for a query: that a wrong value is refused is assumed, and of an unknown name left open."""
    sent = parse_qsl(request.query, keep_blank_values=True)
    known = {p.name for p in operation.parameters if p.location == "query"} | {operation.query_key}
    if request.query and (not sent or any(name not in known for name, _ in sent)):
        # Whether an unknown query parameter is refused is not judged.
        refusals.add_possible(400, "validation_error", _RULE)
    if any(list_unfit_parameters(contract, operation, request)):
        refusals.add(400, "validation_error", _RULE, provenance=Provenance.ASSUMED)


def list_unfit_parameters(contract: Contract, operation: Operation, request: Request) -> Iterator[str]:
    """Yield the names of declared query parameters that have no right value, or none where they are required."""
    sent = parse_qsl(request.query, keep_blank_values=True)
    for parameter in (p for p in operation.parameters if p.location == "query"):
        texts = [text for key, text in sent if key == parameter.name]
        if parameter.required if not texts else not _fit(contract, parameter.schema, texts):
            yield parameter.name


def _fit(contract: Contract, schema: Mapping[str, Any], texts: list[str]) -> bool:
    """Return whether a parameter may be sent so often with these texts: an array is sent item by item."""
    if schema.get("type") == "array":
        items = resolve(contract.document, schema.get("items", {}))
        return get_schemas(contract).fits(schema, [parse_value(items, each) for each in texts])
    return len(texts) == 1 and get_schemas(contract).fits(schema, parse_value(schema, texts[0]))


def does_header_fit(contract: Contract, parameter: Parameter, texts: Sequence[str]) -> bool:
    """Return whether a header may be sent with these values: several are one with commas (RFC 9110, 5.2)."""
    whole = ", ".join(texts)
    values = whole.split(",") if parameter.schema.get("type") == "array" else [whole]
    return _fit(contract, parameter.schema, [each.strip() for each in values])


def add_path_refusals(contract: Contract, operation: Operation, values: Mapping[str, str], refusals: Refusals) -> None:
    """Add what is right for a value in the path that does not fit its schema: 400, or a 404 as of another path."""
    for parameter in operation.spanning:
        if parameter.resource and not is_file_path(values[parameter.name]):
            refusals.add(400, "validation_error", _PATH)
            refusals.add(404, parameter.resource.not_found, _PATH)
            refusals.add_possible(404, "not_found", _PATH)
    for parameter in operation.path_parameters:
        value = parse_value(parameter.schema, values[parameter.name])
        if parameter.spans_segments or get_schemas(contract).fits(parameter.schema, value):
            continue
        refusals.add(400, "validation_error", _RULE, provenance=Provenance.ASSUMED)
        for code in ("not_found", *(each.not_found for each in operation.resources)):
            refusals.add(404, code, _RULE, provenance=Provenance.ASSUMED)


def is_file_path(path: str) -> bool:
    """Return whether a decoded path inside an object is one that a file can have."""
    return "\0" not in path and all(part not in ("", ".", "..") for part in path.split("/"))

"""Problems of `x-features` and `x-error-body`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.contract.document import METHODS, resolve
from mock_server.contract.error_body import KEYWORD as SHAPE
from mock_server.contract.error_body import read_error_body
from mock_server.declared.resource_types import make_pointer, read_fields
from mock_server.errors import ApiError, BillingInactive

_KEYWORD = "x-features"


def read_error_codes(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the error codes that a contract lists; empty where it lists none."""
    found = resolve(document, document.get("components", {}).get("schemas", {}).get("ErrorCode", {}))
    return tuple(found.get("enum", ()))


def list_operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the pointer of each operation, and the operation."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield make_pointer("paths", path, method), item[method]


def find_feature_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the features that a contract has, and with the shape of its errors."""
    features = document.get(_KEYWORD)
    if features is not None:
        yield from _check_features(features, document)
    yield from _check_error_body(document)


def _check_error_body(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the shape of errors, as far as the schema of every error says another."""
    paths, error = read_error_body(document).paths, document.get("components", {}).get("schemas", {}).get("Error")
    for name in ("code", "message"):
        if name not in paths:
            yield f"/{SHAPE}: says not where ${name} stands; add it"
    for name, path in paths.items() if error is not None else ():
        schema = resolve(document, error)
        for step in path:
            schema = read_fields(schema).get(step)
            if schema is None:
                text = f"has no {'.'.join(path)}, where ${name} stands here; let both be alike"
                yield f"/{SHAPE}: components.schemas.Error {text}"
                break


def _check_features(features: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    session = features.get("session", {}).get("operation")
    if session is not None and session not in (each["operationId"] for _, each in list_operations(document)):
        yield f"/{_KEYWORD}/session/operation: {session!r} is the id of no operation"
    if "billing" in features:
        yield from _check_refusal(features["billing"]["refusal"], document)
    else:
        yield from _check_creations(document)


def _check_refusal(code: str, document: Mapping[str, Any]) -> Iterator[str]:
    if code not in read_error_codes(document):
        yield f"/{_KEYWORD}/billing/refusal: {code!r} is no code of ErrorCode"
    elif code != BillingInactive.code and code in ApiError.by_code:
        yield f"/{_KEYWORD}/billing/refusal: {code!r} is what other requests are refused with; name one of its own"


def _check_creations(document: Mapping[str, Any]) -> Iterator[str]:
    for pointer, operation in list_operations(document):
        if operation.get("x-billing") == "create":
            yield f"{pointer}/x-billing: the API has no billing; declare it in /{_KEYWORD}/billing, or take this out"

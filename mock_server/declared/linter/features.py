"""Problems of `x-features` and `x-error-body`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.contract.document import METHODS, resolve
from mock_server.declared.resource_types import OWNER, make_pointer
from mock_server.errors import BillingInactive

_ENVELOPE = {"error": {"code": "$code", "message": "$message", "request_id": "$request_id", "details": "$details"}}
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
    if document.get("x-error-body", _ENVELOPE) != _ENVELOPE:
        yield f"/x-error-body: the mock answers every error as {json.dumps(_ENVELOPE)}"


def _check_features(features: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    session = features.get("session", {}).get("operation")
    if session is not None and session not in (each["operationId"] for _, each in list_operations(document)):
        yield f"/{_KEYWORD}/session/operation: {session!r} is the id of no operation"
    if "billing" in features:
        yield from _check_refusal(features["billing"]["refusal"], document)
    else:
        yield from _check_creations(document)
    field = features.get("tenancy", {}).get("field", OWNER)
    if field != OWNER:
        yield f"/{_KEYWORD}/tenancy/field: is {field!r}, and the mock keeps objects apart by {OWNER}"


def _check_refusal(code: str, document: Mapping[str, Any]) -> Iterator[str]:
    if code not in read_error_codes(document):
        yield f"/{_KEYWORD}/billing/refusal: {code!r} is no code of ErrorCode"
    elif code != BillingInactive.code:
        yield f"/{_KEYWORD}/billing/refusal: is {code!r}, and the mock refuses with {BillingInactive.code}"


def _check_creations(document: Mapping[str, Any]) -> Iterator[str]:
    for pointer, operation in list_operations(document):
        if operation.get("x-billing") == "create":
            yield f"{pointer}/x-billing: the API has no billing; declare it in /{_KEYWORD}/billing, or take this out"

"""Problems of `x-features` and `x-error-body`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.contract.document import METHODS, resolve
from mock_server.declared.linter.wording import unknown
from mock_server.declared.resource_types import OWNER, pointer_of
from mock_server.errors import BillingInactive

_ENVELOPE = {"error": {"code": "$code", "message": "$message", "request_id": "$request_id", "details": "$details"}}
_KEYWORD = "x-features"


def error_codes_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the error codes that a contract lists; empty where it lists none."""
    found = resolve(document, document.get("components", {}).get("schemas", {}).get("ErrorCode", {}))
    return tuple(found.get("enum", ()))


def feature_problems(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the features that a contract has, and with the shape of its errors."""
    if document.get("x-error-body", _ENVELOPE) != _ENVELOPE:
        yield f"/x-error-body: the mock answers every error as {_ENVELOPE}"
    features = document.get(_KEYWORD)
    if features is None:
        return
    field = features.get("tenancy", {}).get("field", OWNER)
    if field != OWNER:
        yield f"/{_KEYWORD}/tenancy/field: is {field!r}, and the mock keeps objects apart by {OWNER}"
    ids = [operation["operationId"] for _, operation in _operations(document)]
    session = features.get("session", {}).get("operation")
    if session is not None and session not in ids:
        yield unknown(f"/{_KEYWORD}/session/operation", "operation", session, ids)
    if "billing" in features:
        yield from _of_refusal(features["billing"]["refusal"], document)
    else:
        yield from _of_creations(document)


def _of_refusal(code: str, document: Mapping[str, Any]) -> Iterator[str]:
    if code not in (known := error_codes_of(document)):
        yield unknown(f"/{_KEYWORD}/billing/refusal", "error code", code, known)
    elif code != BillingInactive.code:
        yield f"/{_KEYWORD}/billing/refusal: is {code!r}, and the mock refuses with {BillingInactive.code}"


def _of_creations(document: Mapping[str, Any]) -> Iterator[str]:
    for pointer, operation in _operations(document):
        if operation.get("x-billing") == "create":
            yield f"{pointer}/x-billing: the API has no billing; declare it in /{_KEYWORD}/billing, or take this out"


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield pointer_of("paths", path, method), item[method]

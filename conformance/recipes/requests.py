"""Requests for an operation of the contract, right unless a test makes them wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.contract.contract import Operation
from conformance.http import multipart
from conformance.http.exchange import Request

JSON = "application/json"
BYTES = "application/octet-stream"


def build(
    operation: Operation,
    values: Mapping[str, str] | None = None,
    *,
    content: bytes | None = None,
    media_type: str | None = None,
    query: str = "",
) -> Request:
    """A request with these path values and this body."""
    values = values or {}
    headers = (("Content-Type", media_type),) if media_type is not None else ()
    return Request(
        operation.operation_id,
        operation.method,
        operation.at(values),
        dict(values),
        query=query,
        headers=headers,
        content=content,
    )


def with_json(operation: Operation, values: Mapping[str, str], body: Any) -> Request:
    """The same with a JSON body."""
    return build(operation, values, content=json.dumps(body).encode(), media_type=JSON)


def with_parts(operation: Operation, values: Mapping[str, str], parts: list[multipart.Part]) -> Request:
    """The same with a form."""
    return build(operation, values, content=multipart.encode(parts), media_type=multipart.content_type())

"""Requests for an operation of the contract, right unless a test makes them wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
    """Return a request with these path values and this body."""
    values = values or {}
    headers = (("Content-Type", media_type),) if media_type is not None else ()
    return Request(
        operation.operation_id,
        operation.method,
        operation.fill_path(values),
        dict(values),
        query=query,
        headers=headers,
        content=content,
    )


def with_json(operation: Operation, values: Mapping[str, str], body: Any) -> Request:
    """Return the request with a JSON body."""
    return build(operation, values, content=json.dumps(body).encode(), media_type=JSON)


def with_parts(operation: Operation, values: Mapping[str, str], parts: list[multipart.Part]) -> Request:
    """Return the request with a form."""
    return build(operation, values, content=multipart.encode(parts), media_type=multipart.build_content_type())


def as_form(operation: Operation, request: Request, files: Sequence[multipart.Part] = ()) -> Request:
    """Return the request as a form, with these files beside what its JSON body says.

    A request that is a form already stays as it is.
    """
    if request.media_type != JSON:
        return request
    said = json.loads(request.content or b"{}").items()
    texts = ((name, value if isinstance(value, str) else json.dumps(value)) for name, value in said)
    return with_parts(
        operation, request.path_values, [*(multipart.Part(name, text.encode()) for name, text in texts), *files]
    )

"""The log of all requests, by which two runs can be compared."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from conformance.http.connection_pool import find_path
from conformance.http.exchange import Request
from conformance.profile import Credential


class RequestLog:
    """A file with a line of JSON for each request, without credentials and without the target's origin."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def write(self, number: int, credential: Credential, base_url: str, request: Request) -> None:
        """Append one request."""
        entry = {
            "number": number,
            "caller": credential.label,
            "operation_id": request.operation_id,
            "method": request.method,
            "target": find_path(base_url) + request.target,
            "headers": [list(pair) for pair in request.headers],
            "body": _make_loggable(request.content),
        }
        self._file.write(json.dumps(entry).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _make_loggable(content: bytes | None) -> object:
    if content is None:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = None
    if text is not None and len(text) <= 4096:
        return text
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

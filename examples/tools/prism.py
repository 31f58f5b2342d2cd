"""Send a request of each operation through Prism's proxy: python -m examples.tools.prism http://127.0.0.1:4011."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from examples.tools.requests import FORM, JSON, Request, content_of, requests, tokens

BROKEN = "packs.upload"
"""Prism passes a body on as text, which no archive survives."""


def findings(proxy: str) -> Iterator[tuple[str, str | None]]:
    """Each operation that was asked, and what Prism or the mock has against the request or the answer.

    Left out is what has a slash in a parameter of its path, for which Prism has no route.
    """
    known = tokens()
    with httpx.Client(base_url=proxy, timeout=30) as client:
        for each in requests():
            if each.is_told_by_its_path and each.operation != BROKEN:
                answer = client.send(_made(client, each, known))
                refused = answer.status_code != each.due.status
                yield each.operation, answer.headers.get("sl-violations") or (answer.text if refused else None)


def _made(client: httpx.Client, request: Request, known: Mapping[str, str]) -> httpx.Request:
    headers = {"Authorization": f"Bearer {known[request.persona]}"}
    body: dict[str, Any] = {}
    if request.media_type == JSON:
        body = {"json": request.body}
    elif request.media_type == FORM:
        body = {"files": {name: content_of(field) or (None, field) for name, field in request.body.items()}}
    elif request.media_type is not None:
        headers["Content-Type"] = request.media_type
        body = {"content": request.body}
    return client.build_request(request.method, request.path, headers=headers, **body)


def main() -> None:
    """Print what was found; exit 1 where it is something."""
    asked = dict(findings(sys.argv[1]))
    found = {operation: said for operation, said in asked.items() if said}
    for operation, said in found.items():
        print(f"{operation}: {said}")  # noqa: T201  # a command prints
    print(f"{len(asked)} operations, {len(found)} findings")  # noqa: T201
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

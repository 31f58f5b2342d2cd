"""A mock of this process on a port of loopback, and contracts that differ from the own one."""

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from mock_server.server import Limits, Server, listen, make_url
from tests import plain
from tests.openapi import DOCUMENT


@contextmanager
def served(app: Any, limits: Limits | None = None) -> Iterator[str]:
    """Serve the app on a free port; its URL, without a base path."""
    listener = listen("127.0.0.1", 0)
    server = Server(app, limits)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield make_url(listener)
    finally:
        server.should_exit = True
        thread.join()


def tokens_of(origin: str) -> dict[str, str]:
    """The constant tokens by persona."""
    personas = plain.get(f"{origin}/_mock/personas").json()["personas"]
    return {persona["name"]: persona["token"] for persona in personas}


def contract_with(directory: Path, paths: Mapping[str, Any]) -> Path:
    """A copy of the contract with more paths."""
    document = deepcopy(dict(DOCUMENT))
    document["paths"].update(paths)
    return written(directory, document)


def written(directory: Path, document: Mapping[str, Any]) -> Path:
    """The document as a file: JSON, which is YAML and read ten times as fast, unless it holds a date."""
    path = directory / "openapi.yaml"
    try:
        text = json.dumps(document)
    except TypeError:
        text = yaml.dump(document, Dumper=yaml.CSafeDumper)
    path.write_text(text, encoding="utf-8")
    return path


def json_response(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A response of JSON."""
    return {"description": "An answer.", "content": {"application/json": {"schema": schema}}}


def refusals(*names: str) -> dict[str, Any]:
    """Responses of the contract, by status, for an operation that a test makes up."""
    shared = {
        "400": "UnknownParameter",
        "401": "Unauthenticated",
        "403": "PermissionDenied",
        "413": "PayloadTooLarge",
        "415": "UnsupportedMediaType",
        "423": "BillingInactive",
    }
    return {status: {"$ref": f"#/components/responses/{shared[status]}"} for status in ("400", "401", *names)}


@dataclass
class Mock:
    """Asks a served mock, in one world of it, as any persona."""

    origin: str
    world: str
    tokens: Mapping[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, persona: str | None = None, **options: Any) -> httpx.Response:
        """Send a request to a path below the origin."""
        headers = {"X-Mock-World": self.world, **options.pop("headers", {})}
        if persona is not None:
            headers["Authorization"] = f"Bearer {self.tokens[persona]}"
        return plain.request(method, self.origin + path, headers=headers, **options)

    def exactly(self, method: str, target: str, persona: str, body: bytes = b"") -> httpx.Response:
        """Send a request whose target no client has tidied up."""
        headers = {"X-Mock-World": self.world, "Authorization": f"Bearer {self.tokens[persona]}"}
        connection = http.client.HTTPConnection(self.origin.removeprefix("http://"), timeout=30)
        with closing(connection):
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request to the control API of the world."""
        return self.send(method, f"/_mock/worlds/{self.world}{path}", **options)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The entries of the world's journal."""
        found: list[dict[str, Any]] = self.control("GET", "/journal").json()["entries"]
        return found


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an envelope; its request id is that of the header."""
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()["error"]
    assert set(error) <= {"code", "message", "request_id", "details"}
    assert error["request_id"] == answer.headers["x-request-id"]
    return answer.status_code, error["code"]


def wrong_fields(answer: httpx.Response) -> dict[str, str]:
    """The fields that a validation error names."""
    assert refusal(answer) == (400, "validation_error")
    fields: dict[str, str] = answer.json()["error"]["details"]["fields"]
    return fields

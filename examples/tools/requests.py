"""One request for each operation of the contract that a mock with its seed data answers with success."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import yaml

HERE = Path(__file__).parent
CONTRACT = HERE.parents[1] / "openapi.yaml"
JSON = "application/json"
FORM = "multipart/form-data"
OWNER = "acme-owner"
MOCK = "http://127.0.0.1:4010"


@dataclass(frozen=True)
class Answer:
    """What the contract shows of an answer."""

    status: int
    headers: Mapping[str, Any]
    body: Any


@dataclass(frozen=True)
class Request:
    """A request, and the answer that is due."""

    operation: str
    method: str
    template: str
    path: str
    persona: str
    media_type: str | None
    body: Any
    due: Answer

    @property
    def is_told_by_its_path(self) -> bool:
        """Whether a tool that takes each parameter for one segment finds the operation."""
        return self.path.split("?")[0].count("/") == self.template.count("/")


def requests() -> Iterator[Request]:
    """Make them of the first examples of the contract, in its order; requests.json has what the seed data need else."""
    contract = Contract(yaml.load(CONTRACT.read_bytes(), Loader=yaml.CSafeLoader))
    instead: dict[str, Any] = json.loads((HERE / "requests.json").read_text(encoding="utf-8"))
    for template, item in contract.document["paths"].items():
        for method, operation in item.items():
            if "operationId" in operation:
                parameters = item.get("parameters", []) + operation.get("parameters", [])
                known = instead.get(f"{method.upper()} {template}", {})
                yield contract.request(method.upper(), template, operation, parameters, known)


@dataclass(frozen=True)
class Contract:
    """An OpenAPI document."""

    document: dict[str, Any]

    def request(self, method: str, template: str, operation: Any, parameters: list[Any], known: Any) -> Request:
        """Make the request of an operation; known is what stands in the place of examples."""
        media_type, content = self.content(operation.get("requestBody", {}))
        body = known["form"] if media_type == FORM else known.get("body", self.example(content))
        status = min(operation["responses"])
        return Request(
            operation=operation["operationId"],
            method=method,
            template=template,
            path=known.get("path") or self.path(template, parameters),
            persona=known.get("persona", OWNER),
            media_type=media_type,
            body=body,
            due=self.answer(int(status), operation["responses"][status]),
        )

    def path(self, template: str, parameters: list[Any]) -> str:
        """The path with the examples of its parameters."""
        for parameter in map(self.resolved, parameters):
            if parameter["in"] == "path":
                template = template.replace(f"{{{parameter['name']}}}", quote(self.example(parameter)))
        return template

    def answer(self, status: int, response: Any) -> Answer:
        """What the contract shows of a response."""
        declared = self.resolved(response)
        headers = {name: self.example(self.resolved(it)) for name, it in declared.get("headers", {}).items()}
        return Answer(status, headers, self.example(self.content(declared)[1]))

    def content(self, node: Any) -> tuple[str | None, Any]:
        """Media type and content of a body; JSON, where it may be that."""
        contents = self.resolved(node).get("content", {})
        return (JSON, contents[JSON]) if JSON in contents else next(iter(contents.items()), (None, {}))

    def example(self, node: Any) -> Any:
        """The first example of a parameter, a header or a content; None where it has none."""
        examples = list(node.get("examples", {}).values())
        return self.resolved(examples[0])["value"] if examples else node.get("example")

    def resolved(self, node: Any) -> Any:
        """The node, or what it refers to."""
        while "$ref" in node:
            target: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node


def content_of(field: Any) -> tuple[str, bytes, str] | None:
    """Name, bytes and media type of a field that is a file; None of one that is a text."""
    return None if isinstance(field, str) else (field["filename"], base64.b64decode(field["base64"]), field["type"])


def tokens() -> dict[str, str]:
    """The tokens by persona of the mock at EVERSHELL_MOCK_URL, or at its usual address."""
    answer = httpx.get(f"{os.environ.get('EVERSHELL_MOCK_URL', MOCK)}/_mock/personas").raise_for_status()
    return {persona["name"]: persona["token"] for persona in answer.json()["personas"]}

"""The operations of the control API as tools, made of its contract."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import anyio.to_thread
import httpx

from mock_server.client import Mock, MockError
from mock_server.contract.document import find_operation_ids, resolve
from mock_server.contract.schema import is_binary, translate
from mock_server.mcp.tool import Arguments, ToolResult

_BODY = "body"
_JSON, _EVENTS = "application/json", "text/event-stream"
_TEXTUAL = re.compile(r"^text/|\b(json|yaml)$")
_FOR_READERS = ("description", "default")
_WAIT_S = 10.0
"""The seconds for which a stream is followed; shorter than its silence, after which it sends a comment."""
_OF_A_STREAM = f"Returns the first event that comes within {_WAIT_S:g} seconds, as it was sent; empty where none does."


@dataclass(frozen=True, slots=True)
class ControlTool:
    """A tool that sends the request of one operation of the control API to a running mock."""

    mock: Mock
    name: str
    description: str
    input_schema: Mapping[str, Any]
    method: str
    path: str
    places: Mapping[str, str]
    """The place of each argument in a request, by its name: its path, query, headers or body."""
    media_type: str
    """The media type of the request's body, where it has one."""
    is_stream: bool
    may_redirect: bool

    @property
    def is_reading(self) -> bool:
        """Whether it changes nothing."""
        return self.method == "GET"

    async def call(self, arguments: Arguments) -> ToolResult:
        """Send the request; what the control API refuses is an error with its words."""
        send = self._follow if self.is_stream else self._ask
        try:
            return ToolResult(await anyio.to_thread.run_sync(partial(send, arguments), abandon_on_cancel=True))
        except MockError as error:
            return ToolResult(str(error), is_error=True)

    def _ask(self, arguments: Arguments) -> str:
        sent: dict[str, Any] = {"headers": self._make_headers(arguments), "may_redirect": self.may_redirect}
        if _BODY in arguments:
            sent["content"] = self._make_content(arguments[_BODY])
            sent["headers"]["Content-Type"] = self.media_type
        answer = self.mock.request(self.method, self._make_target(arguments), **sent)
        return _write_answer(answer)

    def _follow(self, arguments: Arguments) -> str:
        """Return the lines of the first event; empty where none comes soon."""
        event: list[str] = []
        try:
            with self.mock.stream(
                self._make_target(arguments), self._make_headers(arguments), silence_s=_WAIT_S
            ) as lines:
                for line in lines:
                    if event and not line:
                        break
                    if line and not line.startswith(":"):  # a comment, which keeps the connection open
                        event.append(line)
        except httpx.TransportError:  # nothing came, or the stream broke off: either is no event
            event = []
        return "\n".join(event)

    def _make_target(self, arguments: Arguments) -> str:
        """Return the path of the request, with its query."""
        path = self.path
        for name, value in self._find_placed(arguments, "path"):
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        query = urlencode(list(self._find_placed(arguments, "query")))
        return f"{path}?{query}" if query else path

    def _make_headers(self, arguments: Arguments) -> dict[str, str]:
        return dict(self._find_placed(arguments, "header"))

    def _find_placed(self, arguments: Arguments, place: str) -> Iterator[tuple[str, str]]:
        for name, value in arguments.items():
            if self.places[name] == place:
                yield from ((name, _write_argument(each)) for each in (value if isinstance(value, list) else [value]))

    def _make_content(self, body: Any) -> bytes:
        """Return the bytes of a body; MockError where they were to be in base64, and are not."""
        if self.media_type == _JSON:
            return json.dumps(body).encode()
        try:
            return base64.b64decode(body, validate=True)
        except ValueError as error:
            raise MockError(f"The body of {self.name} is not in base64: {error}.") from error


def make_control_tools(document: Mapping[str, Any], name: str, mock: Mock) -> tuple[ControlTool, ...]:
    """Return a tool for each operation of a contract of a control API, by which this mock is asked."""
    found = []
    for operation_id, place in find_operation_ids(document, name).items():
        method, _, path = place.partition(" ")
        item = resolve(document, document["paths"][path])
        found.append(_make_tool(mock, operation_id, method, path, item))
    return tuple(sorted(found, key=lambda tool: tool.name))


def _make_tool(mock: Mock, operation_id: str, method: str, path: str, item: Mapping[str, Any]) -> ControlTool:
    operation = item[method.lower()]
    parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
    body = operation.get("requestBody", {})
    contents = body.get("content", {})
    media_type = _JSON if _JSON in contents else next(iter(contents), "")
    schemas = {each["name"]: _make_argument_schema(each) for each in parameters}
    places = {each["name"]: each["in"] for each in parameters}
    required = [each["name"] for each in parameters if each.get("required")]
    if body:
        schemas[_BODY] = _make_body_schema(contents[media_type]["schema"], media_type)
        places[_BODY] = _BODY
        required += [_BODY] if body.get("required") else []
    answers = operation["responses"]
    is_stream = any(_EVENTS in answer.get("content", {}) for answer in answers.values())
    return ControlTool(
        mock=mock,
        name=operation_id.replace(".", "_"),
        description=_describe(operation, is_stream=is_stream),
        input_schema={
            "type": "object",
            "properties": schemas,
            "required": required,
            "additionalProperties": False,
        },
        method=method,
        path=path,
        places=places,
        media_type=media_type,
        is_stream=is_stream,
        may_redirect=any(str(status).startswith("3") for status in answers),
    )


def _describe(operation: Mapping[str, Any], *, is_stream: bool) -> str:
    parts = [f"{operation['summary']}.", operation.get("description", "").strip()]
    return "\n\n".join(filter(None, [*parts, _OF_A_STREAM if is_stream else ""]))


def _write_answer(answer: httpx.Response) -> str:
    """Return an answer as text: where it leads, or where its bytes can be had, if it has no text."""
    media_type = answer.headers.get("Content-Type", "").partition(";")[0]
    if answer.has_redirect_location:
        return json.dumps({"status": answer.status_code, "location": answer.headers["Location"]})
    if answer.content and not _TEXTUAL.search(media_type):
        return json.dumps({"url": str(answer.url), "media_type": media_type, "bytes": len(answer.content)})
    return answer.text


def _write_argument(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _make_argument_schema(parameter: Mapping[str, Any]) -> dict[str, Any]:
    said = {"description": parameter["description"].strip()} if "description" in parameter else {}
    return {**translate(parameter["schema"], keep=_FOR_READERS), **said}


def _make_body_schema(schema: Mapping[str, Any], media_type: str) -> dict[str, Any]:
    if is_binary(schema):
        encoded = {"contentEncoding": "base64", "contentMediaType": media_type}
        return {"type": "string", "description": "The bytes, in base64.", **encoded}
    return translate(schema, "readOnly", keep=_FOR_READERS)

"""A tool follows from what a contract says of its operation, whatever the control API has today."""

import json
from typing import Any

import anyio
import pytest

from mock_server.client import Mock
from mock_server.client.transport import InProcessTransport
from mock_server.mcp.control_tool import make_control_tools

ANSWERS: dict[str, Any] = {"200": {"description": "It is."}}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/things/{thing}": {
            "get": {
                "operationId": "things.find",
                "summary": "Find things",
                "parameters": [
                    {"name": "thing", "in": "path", "required": True, "schema": {"$ref": "#/components/schemas/Name"}},
                    {"name": "all", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "of", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                ],
                "responses": ANSWERS,
            },
        },
        "/bytes": {"get": {"operationId": "bytes.get", "summary": "Get bytes", "responses": ANSWERS}},
    },
    "components": {"schemas": {"Name": {"type": "string", "nullable": True, "description": "As it is called."}}},
}


async def answering(scope: Any, _receive: Any, send: Any) -> None:
    """Bytes below /bytes, else the target of the request as JSON."""
    target = f"{scope['raw_path'].decode()}?{scope['query_string'].decode()}"
    kind, body = (b"application/json", json.dumps(target).encode())
    if scope["path"].endswith("/bytes"):
        kind, body = (b"application/gzip", b"\x1f\x8b\xff")
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        (
            "things_find",
            {"thing": "a/b c", "all": True, "of": ["x", "y&z"]},
            "/_mock/things/a%2Fb%20c?all=true&of=x&of=y%26z",
        ),
        ("bytes_get", {}, {"url": "http://localhost/_mock/bytes", "media_type": "application/gzip", "bytes": 3}),
    ],
)
def test_a_call_is_the_request_of_its_operation(name: str, arguments: dict[str, Any], expected: object) -> None:
    transport = InProcessTransport(answering)
    try:
        with Mock("http://localhost", transport=transport) as mock:
            tools = {tool.name: tool for tool in make_control_tools(DOCUMENT, "made-up.yaml", mock)}
            result = anyio.run(tools[name].call, arguments)
    finally:
        transport.stop()
    assert (json.loads(result.text), result.is_error) == (expected, False)
    thing = tools["things_find"].input_schema["properties"]["thing"]
    assert thing == {"type": ["string", "null"], "description": "As it is called."}

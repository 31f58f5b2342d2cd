"""The server of the Model Context Protocol, on standard input and output. No other module imports its SDK."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from importlib.metadata import version
from typing import Any

import anyio
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from mock_server.client import Mock
from mock_server.contract.document import load_document
from mock_server.control import CONTROL_CONTRACT
from mock_server.mcp.control_tool import make_control_tools
from mock_server.mcp.judging import JudgeTool
from mock_server.mcp.tool import Tool, ToolResult, call_checked

_NAME = "evershell-mock"
_INSTRUCTIONS = """\
A stateful mock of the Evershell control plane API at {origin}/v1. It has worlds: `default` is the one that {origin}/v1
serves, and a world NAME of your own is at {origin}/_worlds/NAME/v1, made at its first use. personas_list has the tokens
for requests. journal_list says of each request what refused it (`gate`) and why (`reason`); ask for the `last` few.
faults_create makes the next calls fail, billing_replace changes what an org may do, clock_replace moves the time,
states_list and states_change bring a world into a named state. judge runs the conformance suite on a server of yours.
"""

_Context = ServerRequestContext[dict[str, Any]]


class ToolServer:
    """Lists tools, and calls them by their names."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    async def list_tools(
        self, _context: _Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        """Return every tool."""
        return types.ListToolsResult(tools=[_describe_tool(tool) for tool in self._tools.values()])

    async def call_tool(self, _context: _Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        """Call a tool; what is wrong with the call is a result too, so that the agent reads it."""
        tool = self._tools.get(params.name)
        if tool is None:
            result = ToolResult(self._describe_unknown(params.name), is_error=True)
        else:
            result = await call_checked(tool, params.arguments or {})
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=result.text)], is_error=result.is_error
        )

    def _describe_unknown(self, name: str) -> str:
        near = get_close_matches(name, self._tools, n=1)
        return f"There is no tool {name}{f': did you mean {near[0]}?' if near else '.'}"


def make_server(mock: Mock) -> Server[dict[str, Any]]:
    """Return the server of the tools for a mock, which need not run yet."""
    document = load_document(CONTROL_CONTRACT)
    tools = ToolServer([*make_control_tools(document, CONTROL_CONTRACT.name, mock), JudgeTool()])
    return Server(
        _NAME,
        version=version("evershell-contract"),
        instructions=_INSTRUCTIONS.format(origin=mock.origin),
        on_list_tools=tools.list_tools,
        on_call_tool=tools.call_tool,
    )


def serve(mock: Mock) -> None:
    """Serve the tools for a mock until standard input ends."""
    anyio.run(_serve, make_server(mock))


async def _serve(server: Server[dict[str, Any]]) -> None:
    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())


def _describe_tool(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=dict(tool.input_schema),
        annotations=types.ToolAnnotations(read_only_hint=tool.is_reading),
    )

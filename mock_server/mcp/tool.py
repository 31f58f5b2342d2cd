"""A tool as an agent sees it, and the result of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from mock_server.contract.schema import Validator, describe_problems

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The text that an agent gets for a call, and whether it says what was wrong."""

    text: str
    is_error: bool = False


class Tool(Protocol):
    """A tool that an agent can call."""

    @property
    def name(self) -> str:
        """The name, of letters, digits and underscores: some agents take no other."""

    @property
    def description(self) -> str:
        """The text by which an agent chooses it."""

    @property
    def input_schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the arguments."""

    @property
    def is_reading(self) -> bool:
        """Whether it changes nothing."""

    async def call(self, arguments: Arguments) -> ToolResult:
        """Return the result of a call with arguments that fit the schema."""


async def call_checked(tool: Tool, arguments: Arguments) -> ToolResult:
    """Call a tool; the result is an error that names each argument which does not fit its schema."""
    validator = Validator(dict(tool.input_schema), validate_formats=True)
    if wrong := describe_problems(validator, arguments, whole="arguments"):
        lines = [f"The arguments of {tool.name} are not valid.", *(f"  {name}: {text}" for name, text in wrong.items())]
        return ToolResult("\n".join(lines), is_error=True)
    return await tool.call(arguments)

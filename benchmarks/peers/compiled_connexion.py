"""Connexion with our compiled validators in its `validator_map`, and a quick JSON library: the most that it can be.

Routing, security, the parsing of parameters and all else are its own. The validators' keys are the identities of
the contract's schemas, which stay as long as the application does.
"""

from collections.abc import AsyncGenerator, Generator
from typing import Any, Final

import orjson
from connexion.datastructures import MediaTypeDict
from connexion.exceptions import BadRequestProblem, NonConformingResponseBody
from connexion.jsonifier import Jsonifier
from connexion.validators import JSONRequestBodyValidator, JSONResponseBodyValidator, ParameterValidator
from starlette.types import Scope

from benchmarks.peers.bare_connexion import build_application
from mock_server.contract.schema import Compiler, Validator

COMPILER: Final = Compiler(lenient=True)
COMPILED: Final[dict[int, Validator]] = {}


def _compile(schema: dict[str, Any]) -> Validator:
    if id(schema) not in COMPILED:
        own = {name: part for name, part in schema.items() if name != "components"}
        COMPILED[id(schema)] = COMPILER.compile(own)
    return COMPILED[id(schema)]


class Parameters(ParameterValidator):  # type: ignore[misc]  # Connexion has no types, here and below
    """Holds a parameter against its compiled schema."""

    @staticmethod
    def validate_parameter(parameter_type: str, value: Any, param: Any, param_name: str | None = None) -> str | None:
        """Return what is wrong with a value; None where nothing is."""
        if value is None:
            return f"Missing {parameter_type} parameter {param_name}" if param.get("required") else None
        error = next(_compile(param["schema"]).iter_errors(value), None)
        return None if error is None else error.message


class Requests(JSONRequestBodyValidator):  # type: ignore[misc]
    """Holds the body of a request against its compiled schema."""

    async def _parse(self, stream: AsyncGenerator[bytes, None], scope: Scope) -> Any:  # noqa: ARG002 - a name of theirs
        return orjson.loads(b"".join([part async for part in stream]))

    def _validate(self, body: Any) -> None:
        if not _compile(self._schema).is_valid(body):
            raise BadRequestProblem("The body does not fit its schema.")


class Responses(JSONResponseBodyValidator):  # type: ignore[misc]
    """Holds the body of an answer against its compiled schema."""

    def _parse(self, stream: Generator[bytes, None, None]) -> Any:
        return orjson.loads(b"".join(stream))

    def _validate(self, body: Any) -> None:
        if not _compile(self._schema).is_valid(body):
            raise NonConformingResponseBody("The body does not fit its schema.")


class QuickJson(Jsonifier):  # type: ignore[misc]
    """Writes JSON by orjson."""

    def dumps(self, data: Any, **_options: Any) -> str:
        """Return the data as JSON."""
        return orjson.dumps(data).decode()


app = build_application(
    jsonifier=QuickJson(),
    validator_map={
        "parameter": Parameters,
        "body": MediaTypeDict({"*/*json": Requests}),
        "response": MediaTypeDict({"*/*json": Responses}),
    },
)

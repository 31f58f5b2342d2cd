"""Turn a request into a call: who calls, with which parameters and which body."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Depends
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from examples.third_server.auth import Caller, authenticate, require_billing, require_subsystem
from examples.third_server.bodies import Body, BodyReader
from examples.third_server.database import Database
from examples.third_server.errors import ApiError, refuse_field, refuse_fields
from examples.third_server.forms import Form

if TYPE_CHECKING:
    from examples.third_server.operations import Operation

Model = TypeVar("Model", bound=BaseModel)


@dataclass
class Call:
    """Hold one request that is let through, for the code of its operation."""

    request: Request
    caller: Caller
    path: dict[str, str]
    query: dict[str, list[str]]
    raw: bytes = b""
    form: Form | None = None
    admitted_in: Session | None = None
    """The transaction in which the caller was let through, while it is open."""
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.database = self.request.state.database

    def reading(self) -> AbstractContextManager[Session]:
        """Open a transaction that reads, or go on with the one in which the caller was let through."""
        return nullcontext(self.admitted_in) if self.admitted_in is not None else self.database.reading()

    def writing(self) -> AbstractContextManager[Session]:
        """Open the transaction that writes."""
        return self.database.writing()

    @property
    def step_ms(self) -> int:
        """Return how long a step of a workspace takes."""
        return int(self.request.app.state.step_ms)

    def one(self, name: str) -> str | None:
        """Return a query parameter that may be sent once."""
        values = self.query.get(name, [])
        if len(values) > 1:
            raise refuse_field(name, "It may be sent once only.")
        return values[0] if values else None

    def flag(self, name: str) -> bool:
        """Return a query parameter that is true or false, and false without it."""
        value = self.one(name)
        if value not in (None, "true", "false"):
            raise refuse_field(name, "It must be true or false.")
        return value == "true"

    def number(self, name: str, low: int, high: int) -> int | None:
        """Return a query parameter that is an integer between two bounds."""
        value = self.one(name)
        if value is None:
            return None
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise refuse_field(name, "It must be an integer.")
        if not low <= int(value) <= high:
            raise refuse_field(name, f"It must be between {low} and {high}.")
        return int(value)

    def body(self, model: type[Model], ignored: tuple[str, ...] = ()) -> Model:
        """Return the JSON body, or the form, as a model of what it must be."""
        content = self.form.texts if self.form is not None else parse_json_object(self.raw)
        return validate(model, {k: v for k, v in content.items() if k not in ignored})


Handler = Callable[[Call], Response]


def reply(body: Any, status: int = 200) -> Response:
    """Answer with a JSON body."""
    return Response(
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace"),
        status_code=status,
        media_type="application/json",
    )


def validate(model: type[Model], content: dict[str, Any]) -> Model:
    """Check content against a model, and name the fields that are wrong."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        fields: dict[str, str] = {}
        for problem in error.errors(include_input=False, include_url=False):
            name = str(problem["loc"][0]) if problem["loc"] else "body"
            if problem["type"] == "extra_forbidden":
                fields[name] = "The operation has no such field."
            else:
                fields.setdefault(name, problem["msg"])
        raise refuse_fields(fields) from None


def parse_json_object(raw: bytes) -> dict[str, Any]:
    """Parse a body that has to be one JSON object."""
    try:
        content = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise refuse_field("body", "It is not JSON in UTF-8.") from None
    if not isinstance(content, dict):
        raise refuse_field("body", "It is not a JSON object.")
    return content


def _refuse_constant(name: str) -> None:
    """Refuse the numbers that Python reads and JSON does not have."""
    raise ValueError(name)


def answer_with_body(described: Operation, body: Body, handler: Handler) -> Callable[..., Response]:
    """Make the endpoint of an operation whose body is read once its caller is let through."""

    def admit(request: Request) -> Caller:
        database: Database = request.state.database
        with database.reading() as session:
            return _admit(session, request, described)

    async def receive(request: Request, caller: Caller = Depends(admit)) -> Call:  # noqa: B008  # how FastAPI is told
        call = Call(request, caller, dict(request.path_params), _read_query(request, described))
        await _read_body(call, body)
        return call

    def answer(call: Call = Depends(receive)) -> Response:  # noqa: B008  # how FastAPI is told
        return handler(call)

    return answer


def answer_without_body(described: Operation, handler: Handler) -> Callable[..., Response]:
    """Make the endpoint of an operation without a body; one that only reads does so in one transaction."""

    def answer(request: Request) -> Response:
        database: Database = request.state.database
        with database.reading() as session:
            caller = _admit(session, request, described)
            call = Call(request, caller, dict(request.path_params), _read_query(request, described))
            if described.method == "GET":
                call.admitted_in = session
                response = handler(call)
                call.admitted_in = None
                return response
        return handler(call)

    return answer


def _admit(session: Session, request: Request, described: Operation) -> Caller:
    """Let a caller through to an operation, or refuse it."""
    caller = authenticate(session, request, stream=described.stream)
    caller.require(described.scopes)
    if described.own_org and request.path_params["id"] != caller.org_id:
        raise ApiError("permission_denied", "The path names another organisation.")
    if described.subsystem:
        require_subsystem(session, caller.org_id, described.subsystem)
    if described.billing == "create":
        require_billing(session, caller.org_id)
    return caller


def _read_query(request: Request, described: Operation) -> dict[str, list[str]]:
    """Read the query, and refuse parameters that the operation does not have."""
    query: dict[str, list[str]] = {}
    unknown: dict[str, str] = {}
    raw = request.scope["query_string"].decode("latin-1")
    for name, value in parse_qsl(raw, keep_blank_values=True, max_num_fields=None):
        if described.stream and name == "api_key":
            continue
        if name in described.query:
            query.setdefault(name, []).append(value)
        else:
            unknown[name] = "The operation has no such query parameter."
    if unknown:
        raise refuse_fields(unknown)
    return query


async def _read_body(call: Call, expected: Body) -> None:
    """Read the body of a request, as far as the operation takes it."""
    reader = BodyReader(call.request.headers.get("content-type", ""), expected)
    async for chunk in call.request.stream():
        if not reader.feed(chunk):
            break
    call.raw, call.form = reader.finish()

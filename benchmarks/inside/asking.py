"""An ASGI application, asked without a server around it."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from time import process_time
from typing import Any

Application = Callable[
    [dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]
]

_HOST = [(b"host", b"127.0.0.1:8080")]


@dataclass(frozen=True, slots=True)
class Question:
    """A request as a server hands it over; where there are several bodies, they take turns."""

    method: str
    path: str
    token: str = ""
    bodies: Sequence[bytes] = (b"",)

    def make_scope(self, body: bytes) -> dict[str, Any]:
        """Return what a server says of it; all of it anew each time, as a server makes it."""
        headers = [*_HOST, (b"authorization", b"Bearer " + self.token.encode())]
        if body:
            headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "server": ("127.0.0.1", 8080),
            "client": ("127.0.0.1", 40000),
            "scheme": "http",
            "method": self.method,
            "root_path": "",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "headers": headers,
            "state": {},
        }


async def ask(app: Application, question: Question) -> tuple[int, Any]:
    """Return the status of the answer and the JSON value of its body."""
    sent: list[Mapping[str, Any]] = []
    body = question.bodies[0]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    await app(question.make_scope(body), receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


async def measure_microseconds(app: Application, question: Question, times: int) -> float:
    """Return the CPU time of one request, the making of its scope included."""
    scopes = [question.make_scope(body) for body in question.bodies]
    messages = [{"type": "http.request", "body": body, "more_body": False} for body in question.bodies]
    turns = len(scopes)

    async def send(message: Any) -> None: ...

    started = process_time()
    for number in range(times):
        message = messages[number % turns]
        scope = scopes[number % turns].copy()
        scope["headers"] = scope["headers"].copy()
        scope["state"] = {}

        async def receive(message: Any = message) -> Any:
            return message

        await app(scope, receive, send)
    return (process_time() - started) / times * 1e6


async def answer_nothing(_scope: dict[str, Any], _receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    """Answer nothing, as an application whose cost is that of asking."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})

"""A to-do API as somebody wrote it, with numbers as ids and problems as errors, and one mistake where asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

DOCUMENT = Path(__file__).with_name("todo.yaml")
KEYS = {"key-of-ada": "ada", "key-of-bob": "bob"}
DEFECTS = {
    "keeps nothing": "CREATE-READABLE",
    "forgets a field": "CREATE-APPLIES",
    "lists no new one": "CREATE-LISTED",
    "takes a taken title": "CREATE-UNIQUE",
    "ignores updates": "UPDATE-APPLIES",
    "resets the rest": "UPDATE-REST",
    "deletes nothing": "DELETE-GONE",
    "lists what is gone": "DELETE-GONE",
    "deletes all": "DELETE-NOTHING-ELSE",
    "deletes for nobody": "REFUSED-CHANGES-NOTHING",
    "shows what is another's": "OWNERSHIP-PRIVATE-HIDDEN",
    "lists what is another's": "OWNERSHIP-NOT-LISTED",
    "changes what is another's": "OWNERSHIP-OWN-CHANGED",
    "serves nobody": "AUTH-REQUIRED",
    "serves any key": "AUTH-INVALID",
    "answers with another status": "CONTRACT-STATUS-DECLARED",
    "leaves a field out": "CONTRACT-BODY-SCHEMA",
    "breaks": "CONTRACT-NO-SERVER-ERROR",
    "answers in text": "CONTRACT-CONTENT-TYPE",
    "says not where": "CONTRACT-HEADERS",
    "takes what does not fit": "CONTRACT-INVALID-REFUSED",
}
"""Each mistake, and the law that finds it."""


@dataclass
class Todos:
    """Serves the to-dos of several people. Each defect is one wrong answer."""

    defect: str = ""
    takes_key_in_query: bool = False
    stored: dict[int, dict[str, Any]] = field(default_factory=dict)
    made: int = 0
    removed: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        schemas = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))["components"]["schemas"]
        for schema in schemas.values():
            for each in schema.get("properties", {}).values():
                if each.pop("nullable", False):
                    each["type"] = [each["type"], "null"]
        self._new, self._change = (
            jsonschema_rs.validator_for(schemas[name], validate_formats=True) for name in ("NewTodo", "TodoChange")
        )

    @property
    def app(self) -> Starlette:
        """The API below /api."""
        return Starlette(
            routes=[
                Route("/api/todos", self._all, methods=["GET", "POST"]),
                Route("/api/todos/{id}", self._one, methods=["GET", "PATCH", "DELETE"]),
            ]
        )

    def _caller(self, request: Request) -> str | None:
        key = request.query_params.get("api_key") if self.takes_key_in_query else request.headers.get("x-key")
        if key is None:
            return "ada" if self.defect == "serves nobody" else None
        return KEYS.get(key, "ada" if self.defect == "serves any key" else "") or None

    async def _all(self, request: Request) -> Response:
        caller = self._caller(request)
        if caller is None:
            return _problem(401, "Who are you?")
        if request.method == "GET":
            every = self.defect == "lists what is another's"
            seen = [each for each in self.stored.values() if every or each["owner"] == caller]
            if self.defect == "lists no new one":
                seen = seen[:-1]
            if self.defect == "lists what is gone":
                seen += [each for each in self.removed if each["owner"] == caller]
            return JSONResponse([_public(each) for each in seen])
        return await self._create(request, caller)

    async def _create(self, request: Request, caller: str) -> Response:
        body = await _body(request)
        if not self._new.is_valid(body):
            if self.defect != "takes what does not fit" or not isinstance(body, dict):
                return _problem(422, "That does not fit.")
            body = {"title": f"untitled {self.made}", **{k: v for k, v in body.items() if k == "done" and v is True}}
        taken = any((each["owner"], each["title"]) == (caller, body["title"]) for each in self.stored.values())
        if taken and self.defect != "takes a taken title":
            return _problem(409, "You have one of that title.")
        self.made += 1
        todo = {"done": False, "priority": "normal", "tags": [], **body}
        todo |= {"id": self.made, "owner": caller, "created": "2031-01-01T00:00:00Z"}
        if self.defect == "forgets a field":
            todo["priority"] = "normal" if todo["priority"] != "normal" else "high"
        if self.defect != "keeps nothing":
            self.stored[self.made] = todo
        headers = {} if self.defect == "says not where" else {"Location": f"/api/todos/{self.made}"}
        return JSONResponse(_public(todo), 200 if self.defect == "answers with another status" else 201, headers)

    async def _one(self, request: Request) -> Response:
        caller, named = self._caller(request), request.path_params["id"]
        found = self.stored.get(int(named)) if named.isascii() and named.isdigit() else None
        if caller is None:
            if request.method == "DELETE" and found and self.defect == "deletes for nobody":
                del self.stored[found["id"]]
            return _problem(401, "Who are you?")
        shows = self.defect == ("shows" if request.method == "GET" else "changes") + " what is another's"
        if found is None or (found["owner"] != caller and not shows):
            return _problem(404, "There is none.")
        if request.method == "DELETE":
            return self._remove(found)
        if request.method == "PATCH":
            return await self._change_one(request, found)
        return self._shown(found)

    def _shown(self, todo: dict[str, Any]) -> Response:
        if self.defect == "leaves a field out":
            todo = {name: value for name, value in todo.items() if name != "created"}
        if self.defect == "answers in text":
            return Response("a to-do", media_type="text/plain")
        return JSONResponse(_public(todo))

    async def _change_one(self, request: Request, todo: dict[str, Any]) -> Response:
        body = await _body(request)
        if self.defect == "breaks" and body == {}:
            return Response("Traceback", 500)
        if not self._change.is_valid(body):
            return _problem(422, "That does not fit.")
        others = [each for each in self.stored.values() if each is not todo and each["owner"] == todo["owner"]]
        if "title" in body and any(each["title"] == body["title"] for each in others):
            return _problem(409, "You have one of that title.")
        if self.defect == "resets the rest":
            todo |= {"done": False, "priority": "normal", "tags": []}
        if self.defect != "ignores updates":
            todo |= body
        return self._shown(todo)

    def _remove(self, todo: dict[str, Any]) -> Response:
        if self.defect == "keeps all":
            return _problem(422, "Not now.")
        self.removed.append(todo)
        if self.defect == "deletes all":
            self.stored.clear()
        elif self.defect != "deletes nothing":
            del self.stored[todo["id"]]
        return Response(status_code=204)


def _public(todo: dict[str, Any]) -> dict[str, Any]:
    """A to-do as it is shown: nobody reads a pin again."""
    return {**todo, "pin": "***"} if "pin" in todo else todo


async def _body(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def _problem(status: int, title: str) -> Response:
    return JSONResponse({"title": title}, status, media_type="application/problem+json")

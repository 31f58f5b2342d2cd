"""Notes that a PUT replaces, as somebody wrote them, and one break of a convention where asked for."""

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

DOCUMENT = Path(__file__).with_name("notes.yaml")
DEFECTS = {
    "shows a trace": "CONTRACT-NO-STACK-TRACE",
    "says another place": "CONTRACT-LOCATION",
    "says where nothing is": "CONTRACT-LOCATION",
    "changes before it creates": "CONTRACT-TIMES",
    "counts too few": "CONTRACT-COUNTS",
    "opens the environment": "CONTRACT-NOTHING-HIDDEN",
    "serves a GET of searches": "CONTRACT-NOTHING-HIDDEN",
    "creates by each PUT": "PUT-NOT-CREATED",
    "merges": "PUT-REPLACES",
    "appends marks": "PUT-REPEATED",
}
"""Each mistake, and the convention that finds it."""
TRACE = 'Traceback (most recent call last):\n  File "/srv/notes.py", line 7, in put\nKeyError: 7'


@dataclass
class Notes:
    """Serves notes to anybody. Each defect is one wrong answer."""

    defect: str = ""
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        schema = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))["components"]["schemas"]["NewNote"]
        self._fits = jsonschema_rs.validator_for(schema)

    @property
    def app(self) -> Starlette:
        """The API below /api."""
        searched = ["GET", "POST"] if self.defect == "serves a GET of searches" else ["POST"]
        routes = [
            Route("/api/notes", self._all, methods=["GET", "POST"]),
            Route("/api/notes/{id}", self._one, methods=["GET", "PUT", "DELETE"]),
            Route("/api/searches", self._search, methods=searched),
        ]
        if self.defect == "opens the environment":
            routes.append(Route("/api/actuator/env", lambda _: JSONResponse({"HOME": "/srv"})))
        return Starlette(routes=routes)

    async def _all(self, request: Request) -> Response:
        if request.method == "GET":
            return self._listed()
        if (body := await self._body(request)) is None:
            return self._wrong()
        self.made += 1
        key = str(self.made)
        times = {"createdAt": "2031-01-01T00:00:00Z", "updatedAt": "2031-01-01T00:00:00.25Z"}
        if self.defect == "changes before it creates":
            times["updatedAt"] = "2030-12-31T23:00:00Z"
        self.stored[key] = {**body, "id": key, **times}
        place = f"/notes/{key}" if self.defect == "says another place" else f"/api/notes/{key}"
        place += "0" if self.defect == "says where nothing is" else ""
        return JSONResponse(self.stored[key], 201, {"Location": place})

    async def _one(self, request: Request) -> Response:
        found = self.stored.get(request.path_params["id"])
        if found is None:
            return JSONResponse({"detail": "There is none."}, 404)
        if request.method == "DELETE":
            del self.stored[found["id"]]
            return Response(status_code=204)
        if request.method == "PUT":
            if (body := await self._body(request)) is None:
                return self._wrong()
            kept = {name: found[name] for name in ("id", "createdAt", "updatedAt")}
            if self.defect == "appends marks":
                body["marks"] = [*found.get("marks", []), *body.get("marks", [])]
            self.stored[found["id"]] = found = {**(found if self.defect == "merges" else {}), **body, **kept}
            return JSONResponse(found, 201 if self.defect == "creates by each PUT" else 200)
        return JSONResponse(found)

    async def _search(self, request: Request) -> Response:
        if request.method == "POST" and await self._body(request) is None:
            return self._wrong()
        return self._listed()

    def _listed(self) -> Response:
        every = list(self.stored.values())
        few = self.defect == "counts too few" and every
        return JSONResponse({"notes": every, "notesCount": len(every) - 1 if few else len(every)})

    async def _body(self, request: Request) -> dict[str, Any] | None:
        try:
            body = await request.json()
        except ValueError:
            return None
        return body if self._fits.is_valid(body) else None

    def _wrong(self) -> Response:
        return JSONResponse({"detail": TRACE if self.defect == "shows a trace" else "That does not fit."}, 422)

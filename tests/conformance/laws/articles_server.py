"""Articles and comments as somebody wrote them: wrapped, named by slugs, with `Token` before a token."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKENS = {"Token of-ada": "ada", "Token of-bob": "bob"}
DEFECTS = {
    "keeps the title": "UPDATE-APPLIES",
    "keeps the body": "UPDATE-APPLIES",
    "drops the tags": "UPDATE-REST",
    "drops the tags with the body": "UPDATE-REST",
    "keeps comments": "DELETE-GONE",
    "lets anybody write": "OWNERSHIP-OWN-CHANGED",
    "answers unwrapped": "CONTRACT-BODY-SCHEMA",
    "writes for nobody": "AUTH-REQUIRED",
}
"""Each mistake, and the law that finds it. Those about the body show after a title has moved the slug."""


@dataclass
class Articles:
    """Serves articles. Each defect is one wrong answer."""

    defect: str = ""
    shows_updates: bool = True
    """Whether the answer to an update has the article, and so its slug; else it is a 204."""
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    comments: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    made: int = 0

    @property
    def app(self) -> Starlette:
        """The API below /v2."""
        return Starlette(
            routes=[
                Route("/v2/articles", self._all, methods=["GET", "POST"]),
                Route("/v2/articles/{slug}", self._one, methods=["GET", "PUT", "DELETE"]),
                Route("/v2/articles/{slug}/comments", self._comments, methods=["GET", "POST"]),
                Route("/v2/articles/{slug}/comments/{id}", self._comment, methods=["DELETE"]),
            ]
        )

    def _caller(self, request: Request) -> str | None:
        given = request.headers.get("authorization", "")
        return TOKENS.get(given, "ada" if self.defect == "writes for nobody" else None)

    async def _all(self, request: Request) -> Response:
        if request.method == "GET":
            try:
                limit, offset = (int(request.query_params.get(k, d)) for k, d in (("limit", "20"), ("offset", "0")))
            except ValueError:
                return _wrong("query")
            if limit < 1 or offset < 0:
                return _wrong("query")
            found = list(reversed(self.stored.values()))
            return JSONResponse({"articles": found[offset:][:limit], "articlesCount": len(found)})
        caller, sent = self._caller(request), await _sent(request, "article")
        if caller is None:
            return _wrong("token", 401)
        if not _is_right(sent, ("title", "body")):
            return _wrong("body")
        slug = self._free_slug(sent["title"])
        self.made += 1
        article = {"description": None, "tagList": [], **{k: v for k, v in sent.items() if k in FIELDS}}
        self.stored[slug] = {**article, "slug": slug, "author": {"username": caller}}
        return self._shown(slug, 201)

    def _free_slug(self, title: str) -> str:
        slug = re.sub("[^a-z0-9]+", "-", title.lower()).strip("-") or "untitled"
        return f"{slug}-{len(self.stored)}-{self.made}" if slug in self.stored else slug

    def _shown(self, slug: str, status: int = 200) -> Response:
        found = self.stored[slug]
        return JSONResponse(found if self.defect == "answers unwrapped" else {"article": found}, status)

    async def _one(self, request: Request) -> Response:
        slug, caller = request.path_params["slug"], self._caller(request)
        if refused := self._refused(request.method, slug, caller):
            return refused
        if request.method == "PUT":
            return await self._change(request, slug)
        if request.method == "DELETE":
            del self.stored[slug]
            self.comments.pop(slug, None)
            return Response(status_code=200)
        return self._shown(slug)

    def _refused(self, method: str, slug: str, caller: str | None) -> Response | None:
        writes = method != "GET"
        if writes and caller is None:
            return _wrong("token", 401)
        if slug not in self.stored:
            return _wrong("article", 404)
        others = writes and self.stored[slug]["author"]["username"] != caller
        return _wrong("article", 403) if others and self.defect != "lets anybody write" else None

    async def _change(self, request: Request, slug: str) -> Response:
        article, sent = self.stored[slug], await _sent(request, "article")
        if not _is_right(sent, ()):
            return _wrong("body")
        changes = {k: v for k, v in sent.items() if k in ("title", "body") and v != article[k]}
        if "title" in changes:
            slug = self._move(slug, changes["title"])
        if self.defect == "drops the tags" or (self.defect == "drops the tags with the body" and "body" in changes):
            article["tagList"] = []
        kept = self.defect.removeprefix("keeps the ")
        article |= {k: v for k, v in changes.items() if k != kept}
        return self._shown(slug) if self.shows_updates else Response(status_code=204)

    def _move(self, slug: str, title: str) -> str:
        """Give an article the slug of its new title, and return that."""
        now = self._free_slug(title)
        self.stored[now] = self.stored.pop(slug)
        self.stored[now]["slug"] = now
        self.comments[now] = self.comments.pop(slug, [])
        return now

    async def _comments(self, request: Request) -> Response:
        slug, caller = request.path_params["slug"], self._caller(request)
        if slug not in self.stored:
            return _wrong("article", 404)
        if request.method == "GET":
            return JSONResponse({"comments": self.comments.get(slug, [])})
        sent = await _sent(request, "comment")
        if caller is None:
            return _wrong("token", 401)
        if not isinstance(sent, dict) or not isinstance(sent.get("body"), str) or not sent["body"]:
            return _wrong("body")
        self.made += 1
        comment = {"id": self.made, "body": sent["body"]}
        self.comments.setdefault(slug, []).append(comment)
        return JSONResponse({"comment": comment})

    async def _comment(self, request: Request) -> Response:
        slug, named = request.path_params["slug"], request.path_params["id"]
        if self._caller(request) is None:
            return _wrong("token", 401)
        left = [each for each in self.comments.get(slug, []) if str(each["id"]) != named]
        if slug not in self.stored or len(left) == len(self.comments.get(slug, [])):
            return _wrong("comment", 404)
        if self.defect != "keeps comments":
            self.comments[slug] = left
        return Response(status_code=200)


FIELDS = {"title": str, "body": str, "description": (str, type(None)), "tagList": list}


def _is_right(sent: Any, required: tuple[str, ...]) -> bool:
    if not isinstance(sent, dict) or any(name not in sent for name in required) or sent.get("title") == "":
        return False
    tags = sent.get("tagList", [])
    right = all(isinstance(sent[name], kind) for name, kind in FIELDS.items() if name in sent)
    return right and all(isinstance(each, str) for each in tags)


async def _sent(request: Request, name: str) -> Any:
    try:
        body = await request.json()
    except ValueError:
        return None
    return body.get(name) if isinstance(body, dict) else None


def _wrong(name: str, status: int = 422) -> Response:
    return JSONResponse({"errors": {name: ["is wrong"]}}, status)

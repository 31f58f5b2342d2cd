"""Starlette with nothing around it: a token check and the handlers. No scope, billing, validation, envelope."""

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.peers.data import Data

DATA = Data.read()
AUTHORIZATION = f"Bearer {DATA.token}"


def _build_json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def _is_signed_in(request: Request) -> bool:
    return request.headers.get("authorization") == AUTHORIZATION


async def _list(request: Request) -> Response:
    if not _is_signed_in(request):
        return _build_json({}, 401)
    return _build_json({"packs": list(DATA.packs.values())})


async def _get(request: Request) -> Response:
    if not _is_signed_in(request):
        return _build_json({}, 401)
    pack = DATA.packs.get(request.path_params["id"])
    return _build_json({}, 404) if pack is None else _build_json(pack)


async def _update_visibility(request: Request) -> Response:
    if not _is_signed_in(request):
        return _build_json({}, 401)
    if request.path_params["id"] not in DATA.packs:
        return _build_json({}, 404)
    body = orjson.loads(await request.body())
    return _build_json(DATA.set_visibility(request.path_params["id"], body["visibility"]))


app = Starlette(
    routes=[
        Route("/v1/packs", _list, methods=["GET"]),
        Route("/v1/packs/{id}", _get, methods=["GET"]),
        Route("/v1/packs/{id}", _update_visibility, methods=["PATCH"]),
    ]
)

"""Connexion as its documentation sets it up: the whole contract, its own security, both validations on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from connexion import AsyncApp
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver

from benchmarks.peers.data import Data

CONTRACT = Path(__file__).parents[2] / "openapi.yaml"
DATA = Data.read()

Answer = tuple[dict[str, Any], int, dict[str, str]]
HEADERS = {"X-Request-Id": "00000000"}


def bearer_info(token: str) -> dict[str, Any] | None:
    """Return who holds the token, as Connexion asks for it; None is a 401."""
    return {"sub": "caller"} if token == DATA.token else None


async def _list() -> Answer:
    return {"packs": list(DATA.packs.values())}, 200, HEADERS


async def _get(id: str) -> Answer:  # noqa: A002 - the contract's own name of the parameter
    pack = DATA.packs.get(id)
    return ({}, 404, HEADERS) if pack is None else (pack, 200, HEADERS)


async def _update_visibility(id: str, body: dict[str, Any]) -> Answer:  # noqa: A002 - as above
    if id not in DATA.packs:
        return {}, 404, HEADERS
    return DATA.set_visibility(id, body["visibility"]), 200, HEADERS


async def _refuse_unmeasured(**_arguments: Any) -> Answer:
    return {}, 501, HEADERS


HANDLERS: dict[str, Callable[..., Any]] = {
    "packs.list": _list,
    "packs.get": _get,
    "packs.update_visibility": _update_visibility,
}


def build_application(**options: Any) -> AsyncApp:
    """Return the application, with more options of Connexion's."""
    document = yaml.load(CONTRACT.read_bytes(), yaml.CSafeLoader)
    document["servers"] = [{"url": "/v1"}]
    for scheme in document["components"]["securitySchemes"].values():
        scheme["x-bearerInfoFunc"] = f"{__name__}.{bearer_info.__name__}"
    application = AsyncApp(
        __name__,
        resolver=Resolver(lambda name: HANDLERS.get(name, _refuse_unmeasured)),
        swagger_ui_options=SwaggerUIOptions(swagger_ui=False),
        **options,
    )
    application.add_api(document, validate_responses=True)
    return application


app = build_application()

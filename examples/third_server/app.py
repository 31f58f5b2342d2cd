"""Put the application together: its operations, its errors and its background life."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from examples.third_server import (  # noqa: F401  (their import registers their operations)
    activity,
    api_keys,
    audit,
    credentials,
    event_stats,
    members,
    packs,
    providers,
    roles,
    sandbox,
    secret_values,
    tasks,
    workspaces,
)
from examples.third_server.database import Database
from examples.third_server.errors import ApiError, render_error
from examples.third_server.gateway import Gateway
from examples.third_server.operations import OPERATIONS, router
from examples.third_server.worker import Worker


def create_app(database: Database, *, step_seconds: float, base_path: str) -> ASGIApp:
    """Make the application that serves a database."""
    step_ms = max(1, round(step_seconds * 1000))
    worker = Worker(step_ms)

    @asynccontextmanager
    async def live(_app: FastAPI) -> AsyncIterator[dict[str, Database]]:
        worker.start()
        worker.watch(database)
        yield {"database": database}
        worker.stop()
        database.close()

    app = FastAPI(openapi_url=None, redirect_slashes=False, lifespan=live)
    app.state.step_ms = step_ms
    app.state.base_path = base_path.rstrip("/")
    app.include_router(router)
    app.add_exception_handler(ApiError, _answer_error)
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    return Gateway(app, OPERATIONS.values(), base_path)


def _answer_error(request: Request, error: Exception) -> Response:
    """Answer a refused request."""
    if not isinstance(error, ApiError):
        raise error
    return render_error(error, request.scope["request_id"])


def _answer_nobody(_request: Request, _error: Exception) -> Response:
    """Answer a client that has gone while it was sending."""
    return Response(status_code=400)

"""An ASGI application as a transport of httpx, for clients that wait and for clients that do not.

The application runs on an event loop in a thread of its own, so a plain test may use it, and a test
that is a coroutine, on whatever loop that runs.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread
from typing import Any

import httpx

_AT_ITS_END = 5.0


class InProcess(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Carries requests to an application of this process; answers come whole, so no stream is for it."""

    def __init__(self, app: Any) -> None:
        self._application = httpx.ASGITransport(app)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="evershell-mock", daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; httpx.ReadTimeout where it does not come in the time that the client gives."""
        request.read()
        answer = self._begin(request)
        try:
            return answer.result(_patience(request))
        except TimeoutError as late:
            raise _late(answer, request) from late

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; httpx.ReadTimeout where it does not come in the time that the client gives."""
        await request.aread()
        answer = self._begin(request)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(answer), _patience(request))
        except TimeoutError as late:
            raise _late(answer, request) from late

    def stop(self) -> None:
        """End the event loop and its thread; no request after it."""
        with suppress(TimeoutError):  # what hangs still ends with the process: its threads are daemons
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(_AT_ITS_END)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _begin(self, request: httpx.Request) -> Future[httpx.Response]:
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        inner = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        try:
            answer = await self._application.handle_async_request(inner)
        except ConnectionResetError as end:  # a fault of the world: there is no connection that could end
            raise httpx.RemoteProtocolError(str(end), request=request) from end
        body = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()


def _patience(request: httpx.Request) -> float | None:
    timeout: dict[str, float | None] = request.extensions.get("timeout", {})
    return timeout.get("read")


def _late(answer: Future[httpx.Response], request: httpx.Request) -> httpx.ReadTimeout:
    answer.cancel()
    return httpx.ReadTimeout("the mock did not answer in time", request=request)

"""An ASGI application as a transport of httpx, for clients that wait and for clients that do not.

The application runs on an event loop in a thread of its own, so a plain test may use it, and a test
that is a coroutine, on whatever loop that runs. An answer is handed over as it comes: one that has no
end, such as a journal that is followed, can be read for as long as it is open.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
Message = Mapping[str, Any]
Application = Callable[[dict[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Any]

_AT_ITS_END = 5.0
_MOST_CHUNKS = 2
"""Parts of an answer that nobody has taken yet; past it the application waits."""


class Exchange:
    """One request, as the application sees it, on the application's loop; its answer, part by part."""

    def __init__(self, request: httpx.Request) -> None:
        self.request = request
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._head = asyncio.Event()
        self._whole = asyncio.Event()
        self._parts: asyncio.Queue[bytes | Exception | None] = asyncio.Queue(_MOST_CHUNKS)
        self._unread = True
        self._task: asyncio.Task[None] | None = None

    async def begin(self, app: Application) -> httpx.ByteStream | None:
        """Wait for the head of the answer; its body, where it is there as a whole already, else None."""
        self._task = asyncio.ensure_future(self._run(app))
        try:
            await self._head.wait()
        except asyncio.CancelledError:
            self._task.cancel()
            raise
        if not self.status:
            await self.part()
            raise httpx.RemoteProtocolError("the application sent no answer", request=self.request)
        return self._whole_body() if self._task.done() else None

    def _whole_body(self) -> httpx.ByteStream | None:
        """The body of an answer that came in one part and ended well; else None, and the parts stay."""
        parts = [self._parts.get_nowait() for _ in range(self._parts.qsize())]
        match parts:
            case [bytes(body), None]:
                return httpx.ByteStream(body)
        for part in parts:
            self._parts.put_nowait(part)
        return None

    async def part(self) -> bytes | None:
        """Return the next part of the body, None at its end; RemoteProtocolError where it is cut off."""
        part = await self._parts.get()
        if isinstance(part, ConnectionResetError):  # there is no connection that could end
            raise httpx.RemoteProtocolError(str(part), request=self.request) from part
        if isinstance(part, Exception):
            raise part
        return part

    async def close(self) -> None:
        """End the application's work for this request, where it has not ended."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self, app: Application) -> None:
        end: Exception | None = None
        try:
            await app(self._scope(), self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the client's to see
            end = error
        self._head.set()
        await self._parts.put(end)

    def _scope(self) -> dict[str, Any]:
        request = self.request
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": ("127.0.0.1", 123),
            "root_path": "",
        }

    async def _receive(self) -> Message:
        if self._unread:
            self._unread = False
            return {"type": "http.request", "body": self.request.content, "more_body": False}
        await self._whole.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", ()))
            self._head.set()
            return
        await self._parts.put(b"" if self.request.method == "HEAD" else message.get("body", b""))
        if not message.get("more_body", False):
            self._whole.set()


class InProcess(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Carries requests to an application of this process, and its answers back as they come."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._lock = Lock()
        self._stopped = False
        self._thread = Thread(target=self._loop.run_forever, name="evershell-mock", daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; httpx.ReadTimeout where it does not come in the time that the client gives."""
        request.read()
        exchange = Exchange(request)
        return self._response(exchange, self.wait_for(exchange.begin(self._app), request))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; httpx.ReadTimeout where it does not come in the time that the client gives."""
        await request.aread()
        exchange = Exchange(request)
        return self._response(exchange, await self.awaited(exchange.begin(self._app), request))

    def _response(self, exchange: Exchange, body: httpx.ByteStream | None) -> httpx.Response:
        stream = Body(self, exchange) if body is None else body
        return httpx.Response(exchange.status, headers=exchange.headers, stream=stream)

    def wait_for(self, work: Coroutine[Any, Any, T], request: httpx.Request) -> T:
        """Return what is done on the application's loop; httpx.ReadTimeout where the client has waited long enough."""
        doing = self._begun(work, request)
        try:
            return doing.result(_patience(request))
        except TimeoutError as late:
            raise _late(request) from late
        except CancelledError as end:
            raise _ended(request) from end
        finally:
            doing.cancel()

    async def awaited(self, work: Coroutine[Any, Any, T], request: httpx.Request) -> T:
        """Return the same to a coroutine on whatever loop."""
        doing = self._begun(work, request)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(doing), _patience(request))
        except TimeoutError as late:
            raise _late(request) from late
        except asyncio.CancelledError as end:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise _ended(request) from end  # it is the application's work that was cancelled
        finally:
            doing.cancel()

    def let_go(self, exchange: Exchange) -> Future[None]:
        """End what the application does for a client that reads no more."""
        return self._begun(exchange.close(), exchange.request)

    def stop(self) -> None:
        """End the event loop and its thread; no request after it."""
        with self._lock:
            self._stopped = True
        with suppress(TimeoutError):  # what hangs still ends with the process: its threads are daemons
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(_AT_ITS_END)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _begun(self, work: Coroutine[Any, Any, T], request: httpx.Request) -> Future[T]:
        with self._lock:
            if not self._stopped:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        raise _ended(request)

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of an answer that has not come as a whole yet; to be closed by who reads it."""

    def __init__(self, transport: InProcess, exchange: Exchange) -> None:
        self._transport = transport
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        """Give the parts as they come; httpx.ReadTimeout where one takes too long."""
        while (part := self._transport.wait_for(self._exchange.part(), self._exchange.request)) is not None:
            yield part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the same to a coroutine."""
        while (part := await self._transport.awaited(self._exchange.part(), self._exchange.request)) is not None:
            yield part

    def close(self) -> None:
        """Read no more."""
        with suppress(httpx.TransportError, CancelledError, TimeoutError):
            self._transport.let_go(self._exchange).result(_AT_ITS_END)

    async def aclose(self) -> None:
        """Read no more."""
        with suppress(httpx.TransportError):
            await asyncio.wait([asyncio.wrap_future(self._transport.let_go(self._exchange))], timeout=_AT_ITS_END)


def _patience(request: httpx.Request) -> float | None:
    timeout: dict[str, float | None] = request.extensions.get("timeout", {})
    return timeout.get("read")


def _late(request: httpx.Request) -> httpx.ReadTimeout:
    return httpx.ReadTimeout("the mock did not answer in time", request=request)


def _ended(request: httpx.Request) -> httpx.RemoteProtocolError:
    return httpx.RemoteProtocolError("the mock inside this program has ended", request=request)

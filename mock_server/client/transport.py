"""A transport of httpx that calls an ASGI application, for synchronous and asynchronous clients.

The application runs on an event loop in a thread of its own. An answer is handed over as it comes, so an
endless one, such as a journal that is followed, can be read while it is open.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
Message = Mapping[str, Any]
Application = Callable[[dict[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Any]

_CLOSE_TIMEOUT_S = 5.0
_MOST_CHUNKS = 2  # the parts of an answer that may wait to be read; at more the application waits


class InProcessExchange:
    """One request on the loop of the application, and its answer part by part."""

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
        """Wait for the head of the answer; return its body where it has come whole, else None."""
        self._task = asyncio.ensure_future(self._run(app))
        try:
            await self._head.wait()
        except asyncio.CancelledError:
            self._task.cancel()
            raise
        if not self.status:
            await self.read_part()
            raise httpx.RemoteProtocolError("the application sent no answer", request=self.request)
        return self._take_whole_body() if self._task.done() else None

    def _take_whole_body(self) -> httpx.ByteStream | None:
        """Return the body of an answer that came in one part and ended well; else None, and the parts stay."""
        parts = [self._parts.get_nowait() for _ in range(self._parts.qsize())]
        match parts:
            case [bytes(body), None]:
                return httpx.ByteStream(body)
        for part in parts:
            self._parts.put_nowait(part)
        return None

    async def read_part(self) -> bytes | None:
        """Return the next part of the body, None at its end; RemoteProtocolError where it is cut off."""
        part = await self._parts.get()
        if isinstance(part, ConnectionResetError):  # how the application drops a connection
            raise httpx.RemoteProtocolError(str(part), request=self.request) from part
        if isinstance(part, Exception):
            raise part
        return part

    async def close(self) -> None:
        """Cancel the work of the application for this request."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self, app: Application) -> None:
        end: Exception | None = None
        try:
            await app(self._make_scope(), self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - every error is raised to the client
            end = error
        self._head.set()
        await self._parts.put(end)

    def _make_scope(self) -> dict[str, Any]:
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


class InProcessTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport to an application in this process."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._lock = Lock()
        self._stopped = False
        self._thread = Thread(target=self._loop.run_forever, name="evershell-mock", daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; raises httpx.ReadTimeout after the time that the client gives."""
        request.read()
        exchange = InProcessExchange(request)
        return self._make_response(exchange, self.run(exchange.begin(self._app), request))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; raises httpx.ReadTimeout after the time that the client gives."""
        await request.aread()
        exchange = InProcessExchange(request)
        return self._make_response(exchange, await self.run_async(exchange.begin(self._app), request))

    def _make_response(self, exchange: InProcessExchange, body: httpx.ByteStream | None) -> httpx.Response:
        stream = StreamedBody(self, exchange) if body is None else body
        return httpx.Response(exchange.status, headers=exchange.headers, stream=stream)

    def run(self, work: Coroutine[Any, Any, T], request: httpx.Request) -> T:
        """Run work on the loop of the application; raises httpx.ReadTimeout after the time that the client gives."""
        with self._track(work, request) as doing:
            return doing.result(_read_timeout(request))

    async def run_async(self, work: Coroutine[Any, Any, T], request: httpx.Request) -> T:
        """Run work on the loop of the application, for a coroutine on another loop."""
        with self._track(work, request) as doing:
            return await asyncio.wait_for(asyncio.wrap_future(doing), _read_timeout(request))

    @contextmanager
    def _track(self, work: Coroutine[Any, Any, T], request: httpx.Request) -> Iterator[Future[T]]:
        """Work on the loop of the application, of which a timeout or the end of the loop is an error of httpx."""
        doing = self._submit(work, request)
        try:
            yield doing
        except TimeoutError as late:
            raise httpx.ReadTimeout("the mock did not answer in time", request=request) from late
        except (CancelledError, asyncio.CancelledError) as end:
            if isinstance(end, asyncio.CancelledError) and (task := asyncio.current_task()) and task.cancelling():
                raise  # the caller was cancelled, not the work
            raise _make_cut_off(request) from end
        finally:
            doing.cancel()

    def cancel(self, exchange: InProcessExchange) -> Future[None]:
        """Cancel the work of the application for a client that reads no more."""
        return self._submit(exchange.close(), exchange.request)

    def stop(self) -> None:
        """End the event loop and its thread; later requests fail."""
        with self._lock:
            self._stopped = True
        with suppress(TimeoutError):  # a daemon thread that hangs ends with the process
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(_CLOSE_TIMEOUT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _submit(self, work: Coroutine[Any, Any, T], request: httpx.Request) -> Future[T]:
        with self._lock:
            if not self._stopped:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        raise _make_cut_off(request)

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()


class StreamedBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of an answer that is still coming; the reader closes it."""

    def __init__(self, transport: InProcessTransport, exchange: InProcessExchange) -> None:
        self._transport = transport
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        """Yield the parts as they come; raises httpx.ReadTimeout where one takes too long."""
        while (part := self._transport.run(self._exchange.read_part(), self._exchange.request)) is not None:
            yield part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the parts as they come, to a coroutine."""
        while (part := await self._transport.run_async(self._exchange.read_part(), self._exchange.request)) is not None:
            yield part

    def close(self) -> None:
        """Stop reading."""
        with suppress(httpx.TransportError, CancelledError, TimeoutError):
            self._transport.cancel(self._exchange).result(_CLOSE_TIMEOUT_S)

    async def aclose(self) -> None:
        """Stop reading."""
        with suppress(httpx.TransportError):
            await asyncio.wait([asyncio.wrap_future(self._transport.cancel(self._exchange))], timeout=_CLOSE_TIMEOUT_S)


def _read_timeout(request: httpx.Request) -> float | None:
    timeout: dict[str, float | None] = request.extensions.get("timeout", {})
    return timeout.get("read")


def _make_cut_off(request: httpx.Request) -> httpx.RemoteProtocolError:
    return httpx.RemoteProtocolError("the mock inside this program has ended", request=request)

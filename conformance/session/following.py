"""Streams that are open while something else is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

from conformance.http.event_stream import Following, StreamReading
from conformance.http.exchange import Exchange, Request
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.session.harness import Harness


def follow(
    harness: Harness, asked: Sequence[tuple[Caller, Request]], acting: Callable[[Sequence[Following]], None]
) -> list[Exchange]:
    """Return what had come of streams that were all open at once, after it was acted.

    `acting` is given what comes, after all of them have begun.
    """
    opened: list[tuple[Following, Future[Exchange]]] = []
    with ThreadPoolExecutor(max(1, len(asked))) as threads, ExitStack() as left:
        for caller, request in asked:
            following = Following()
            left.callback(following.leave)
            reading = StreamReading(following=following)
            future = threads.submit(harness.send, caller, replace(request, reading=reading))
            if not following.wait_for_begin(future.done):
                raise NotProvoked(f"its precondition does not hold: {request.operation_id} answered {future.result()}")
            opened.append((following, future))
        acting([following for following, _ in opened])
        exchanges = []
        for following, future in opened:  # one after the other, so that what is learned is learned in order
            following.leave()
            exchanges.append(future.result())
    return exchanges

"""What happens in an org, sent as it happens to whoever follows it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from starlette.responses import Response, StreamingResponse

from examples.second_server.call import Call
from examples.second_server.store import Event
from examples.second_server.variants import Variant

COMMENT_S, LONGEST_S = 5, 240


Shows = Callable[[Event], bool]


def follow(call: Call) -> Response:
    """The stream of the caller's org: what was missed, and what happens from now on."""
    return opened(call, lambda event: call.rules.streams(call.caller, event))


def opened(call: Call, shows: Shows) -> Response:
    """A stream of those events of the org for which this holds."""
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(_sent(call, shows), media_type="text/event-stream", headers=headers)


async def _sent(call: Call, shows: Shows) -> AsyncIterator[str]:
    store = call.rules.store
    log = store.events.setdefault(call.caller.org_id, [])
    last = log[-1] if log else None
    yield ": here I am\n\n"
    for event in filter(shows, _missed(call, log)):
        yield _text(event)
    ends, news = time.monotonic() + LONGEST_S, asyncio.Event()
    store.followers.add(news)
    try:
        comment_at = time.monotonic() + COMMENT_S
        while (now := time.monotonic()) < ends:
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), max(0.0, min(comment_at, ends) - now))
            if time.monotonic() >= comment_at:
                yield ": still here\n\n"
                comment_at += COMMENT_S
            news.clear()
            fresh = _after(log, last)
            last = log[-1] if log else None
            for event in fresh:
                if shows(event):
                    yield _text(event)
    finally:
        store.followers.discard(news)


def _missed(call: Call, log: list[Event]) -> list[Event]:
    """What came after the last event that the caller has received, as the header says."""
    received = call.headers.get("last-event-id", "").lower()
    if not received:
        return []
    if not any(each.shown["id"] == received for each in log):
        return list(log) if Variant.REPLAY_ALL in call.rules.store.variants else []
    later = [each for each in log if each.shown["id"] > received]
    return sorted(later, key=lambda each: str(each.shown["id"]))


def _after(log: list[Event], last: Event | None) -> list[Event]:
    place = next((n for n in range(len(log), 0, -1) if log[n - 1] is last), 0)
    return log[place:]


def _text(event: Event) -> str:
    shown = event.shown
    return f"id: {shown['id']}\nevent: activity\ndata: {json.dumps(shown)}\n\n"

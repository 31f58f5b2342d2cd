"""Defects of streams: what comes down one, in which form and order, and who opens one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, replace
from itertools import islice
from typing import Any

import httpx
import orjson

from benchmarks.planted_defects.planting.defect import Declarer, shown
from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from benchmarks.planted_defects.planting.streams import PassingOn, wrong_listener
from benchmarks.planted_defects.scene import Scene
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.operations import wrong_reply
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import credential
from mock_server.resources.audit.event import Event, event_view, log_of
from mock_server.resources.audit.feed import ActivityFeed
from mock_server.resources.orgs import ORGS
from mock_server.state.log import position
from mock_server.state.state import State
from mock_server.worlds.call import Call
from mock_server.worlds.listeners import HEARTBEAT, Part

defect = Declarer(__name__)


class _FirstLost(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        return islice(super().missed(state), 1, None)


STREAM = "/activity/stream"


def begun(scene: Scene, who: str | None = "acme-owner", last: str = "", **query: str) -> str:
    """What comes down a stream at once."""
    headers = {"Authorization": f"Bearer {scene.mock.token(who)}"} if who else {}
    headers |= {"Last-Event-ID": last} if last else {}
    with scene.client.stream("GET", STREAM, headers=headers, params=query) as answer:
        return next(answer.iter_text()) if answer.status_code == 200 else str(answer.status_code)


def acts(scene: Scene) -> list[dict[str, Any]]:
    """The activity of the first two days, in its order."""
    query = {"filter": "category=activity", "order": "asc", "to": "2026-06-03T00:00:00Z"}
    found: list[dict[str, Any]] = scene.get("/audit", params=query).json()["events"]
    return found


def missed(scene: Scene, who: str = "acme-owner") -> list[list[str]]:
    """The lines of each event after the first of the log; of the first two days alone."""
    known = {each["id"] for each in acts(scene)}
    blocks = begun(scene, who, acts(scene)[0]["id"]).split("\n\n")[1:-1]
    return [lines for lines in (block.split("\n") for block in blocks) if any(name in "".join(lines) for name in known)]


def received(scene: Scene, who: str = "acme-owner") -> list[str]:
    return [next(each for each in lines if each.startswith("id: "))[4:] for lines in missed(scene, who)]


def place(scene: Scene) -> object:
    """Which event of the log comes first of those that were missed, and how many there are."""
    expected, got = [each["id"] for each in acts(scene)], received(scene)
    return (expected.index(got[0]), len(got)) if got else "none"


def appears(scene: Scene, text: str, who: str = "acme-owner") -> bool:
    """Whether a text stands in what was missed since the first event."""
    return text in begun(scene, who, acts(scene)[0]["id"])


OF_OWNER = "/workspaces/ws_01HZ/activity/stream"
ENDED, CUT, OPEN = "ended", "cut", "open"
MOMENT_S = 0.5


def live(scene: Scene, act: Callable[[Scene], object], path: str = STREAM) -> tuple[str, str]:
    """What comes down a stream after its beginning, while something is done, and what has become of it."""
    headers, text = {"Authorization": f"Bearer {scene.mock.token('acme-owner')}"}, ""
    with scene.client.stream("GET", path, headers=headers, timeout=MOMENT_S) as answer:
        parts = answer.iter_text()
        next(parts)
        act(scene)
        until = time.monotonic() + MOMENT_S
        try:
            for each in parts:
                text += each
                if time.monotonic() > until:
                    return text, OPEN
        except httpx.ReadTimeout:
            return text, OPEN
        except httpx.RemoteProtocolError:
            return text, CUT
    return text, ENDED


def stopped_and_started(scene: Scene) -> None:
    for status in ("stopped", "idle", "stopped", "idle"):
        scene.state("workspace is", org_id="org_acme", workspace_id="ws_01HZ", status=status)


def reset(scene: Scene) -> None:
    scene.world.reset()


def came(scene: Scene, path: str = STREAM) -> list[str]:
    """The ids of what came down a stream while a workspace was stopped and started."""
    text, _ = live(scene, stopped_and_started, path)
    return [line[4:] for line in text.split("\n") if line.startswith("id: ")]


defect("streams-first-missed-lost", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS)(
    "Whoever comes back is not sent the first event that was missed.",
    wrong_reply.of(lambda feed, _run: _FirstLost(*astuple(feed))),
    shown((1, 7), (2, 6), place),
)


class _LastAgain(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        if self.last_received is not None:
            events = log_of(state, self.org_id)
            missed = events[position(events, self.last_received) :]
            yield from (event for event in missed if self.shows(event, state))


defect("streams-last-comes-again", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS)(
    "Whoever comes back is sent the last event once more.",
    wrong_reply.of(lambda feed, _run: _LastAgain(*astuple(feed))),
    shown((1, 7), (0, 8), place),
)


class _NewestFirst(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        return reversed([*super().missed(state)])


defect("streams-newest-first", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS)(
    "What was missed comes with the newest event first.",
    wrong_reply.of(lambda feed, _run: _NewestFirst(*astuple(feed))),
    shown((1, 7), (7, 7), place),
)
defect("streams-last-id-ignored", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS)(
    "Whoever comes back is sent nothing of what was missed.",
    wrong_reply.of(lambda feed, _run: replace(feed, last_received=None)),
    shown((1, 7), "none", place),
)


class _EveryCategory(ActivityFeed):
    def shows(self, event: Event, state: State) -> bool:
        return event.category != "activity" or super().shows(event, state)


defect("streams-audit-shown", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS)(
    "Events of the category audit come down a stream as well.",
    wrong_reply.of(lambda feed, _run: _EveryCategory(*astuple(feed))),
    shown(False, True, appears, '"category":"audit"'),
)


class _EveryOrg(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        every = [replace(self, org_id=org_id) for org_id in state.all(ORGS)]
        found = (event for feed in every for event in ActivityFeed.missed(feed, state))
        return iter(sorted(found, key=lambda event: event.id))


defect("streams-of-every-org", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS)(
    "What was missed is what happened in any org.",
    wrong_reply.of(lambda feed, _run: _EveryOrg(*astuple(feed))),
    shown(False, True, appears, '"org_id":"org_globex"'),
)
defect("ownership-streams-not-narrowed", "OWNERSHIP-STREAM-OWN", on=ids.FOLLOW_EVENTS)(
    "Whoever sees the own workspaces alone is sent the events of all.",
    wrong_reply.of(lambda feed, _run: replace(feed, creator=None)),
    shown(False, True, appears, '"workspace_id":"ws_01HZ"', "acme-member"),
)


class _WithoutIds(ActivityFeed):
    def written(self, event: Event) -> bytes:
        return b"event: activity\n" + super().written(event).partition(b"\ndata: ")[2].join((b"data: ", b""))


defect("streams-without-ids", "STREAM-FORM", on=ids.FOLLOW_EVENTS)(
    "An event has no id, so that whoever comes back cannot say which was the last.",
    wrong_reply.of(lambda feed, _run: _WithoutIds(*astuple(feed))),
    shown(
        ["event", "id", "data"], ["event", "data"], lambda scene: [line.partition(":")[0] for line in missed(scene)[0]]
    ),
)


class _TypedByEvent(ActivityFeed):
    def written(self, event: Event) -> bytes:
        return super().written(event).replace(b"event: activity", b"event: " + event.event_type.encode(), 1)


defect("streams-typed-by-event", "STREAM-FORM", on=ids.FOLLOW_EVENTS)(
    "The type of an event is what happened, so that whoever listens for activity hears nothing.",
    wrong_reply.of(lambda feed, _run: _TypedByEvent(*astuple(feed))),
    shown("event: activity", "event: task_delivered", lambda scene: missed(scene)[0][0]),
)


class _InLines(ActivityFeed):
    def written(self, event: Event) -> bytes:
        shown = orjson.dumps(event_view(event, self.org_id), option=orjson.OPT_INDENT_2)
        return b"event: activity\nid: %b\ndata: %b\n\n" % (event.id.encode(), shown)


def show_data_in_lines(scene: Scene) -> object:
    count = len(missed(scene)[0])
    return count if count == 3 else count > 3


defect("streams-data-in-lines", "STREAM-FORM", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS)(
    "The data is indented JSON, of which all but the first line is lost.",
    wrong_reply.of(lambda feed, _run: _InLines(*astuple(feed))),
    shown(3, True, show_data_in_lines),
)


@defect("streams-key-not-taken", "STREAM-KEY-QUERY", on=ids.FOLLOW_EVENTS).by(wrong_gate(credential))
@shown(": heartbeat\n\n", "401", lambda scene: begun(scene, None, api_key=scene.mock.token("acme-full-access")))
def key_not_taken(right: Gate, call: Call) -> Passing:
    """A stream takes no API key in its query."""
    if b"authorization" not in call.headers and b"api_key=" in call.query_string:
        raise errors.Unauthenticated("You are not signed in.")
    return right(call)


class _LastLost(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        return iter([*super().missed(state)][:-1])


def show_last_missed_lost(scene: Scene) -> bool:
    query = {"filter": "category=activity", "limit": 1}
    newest = scene.get("/audit", params=query).json()["events"][0]["id"]
    return newest in begun(scene, last=acts(scene)[0]["id"])


defect("streams-last-missed-lost", "STREAM-REPLAY", on=ids.FOLLOW_ALL)(
    "Whoever comes back is not sent the last event that was missed.",
    wrong_reply.of(lambda feed, _run: _LastLost(*astuple(feed))),
    shown(True, False, show_last_missed_lost),
)


class _Silent(ActivityFeed):
    def missed(self, state: State) -> Iterator[Event]:
        return ActivityFeed(*astuple(self)).missed(state)

    def shows(self, event: Event, state: State) -> bool:
        del event, state
        return False


defect("streams-silent", "STREAM-LIVE", on=ids.FOLLOW_EVENTS)(
    "A stream brings what was missed, and nothing of what happens.",
    wrong_reply.of(lambda feed, _run: _Silent(*astuple(feed))),
    shown(True, False, lambda scene: bool(came(scene))),
)


class _EveryOther(_Silent):
    def shows(self, event: Event, state: State) -> bool:
        return int(event.id[-1], 16) % 2 == 0 and ActivityFeed(*astuple(self)).shows(event, state)


def show_every_other_lost(scene: Scene) -> object:
    got = came(scene)
    listed = [each["id"] for each in scene.get("/audit", params={"limit": len(got) + 1}).json()["events"]]
    return [0] if sorted(got) == sorted(listed)[1:] else len(got) > 1


defect("streams-every-other-lost", "STREAM-LIVE", on=ids.FOLLOW_ALL)(
    "Of what happens every other event is lost on its way down a stream.",
    wrong_reply.of(lambda feed, _run: _EveryOther(*astuple(feed))),
    shown([0], True, show_every_other_lost),
)


def show_whether_one_comes_again(scene: Scene) -> bool:
    got = came(scene, OF_OWNER)
    return len({*got}) < len(got)


@defect("streams-live-twice", "STREAM-LIVE", on=ids.FOLLOW_WITHIN).by(wrong_listener)
@shown(False, True, show_whether_one_comes_again)
class _Twice(PassingOn):
    """What happens comes down the stream of a workspace twice."""

    def take(self, part: Part) -> bool:
        again = part.content.startswith(b"event:")
        return super().take(part) and (not again or super().take(part))


def show_whether_what_comes_is_whole(scene: Scene) -> bool:
    text, _ = live(scene, stopped_and_started, OF_OWNER)
    return all(line.endswith("}") for line in text.split("\n") if line.startswith("data: "))


@defect("streams-half-an-event", "STREAM-LIVE", "STREAM-FORM", on=ids.FOLLOW_ALL).by(wrong_listener)
@shown(True, False, show_whether_what_comes_is_whole)
class _Half(PassingOn):
    """Of what happens half of an event comes, and the rest is lost."""

    def take(self, part: Part) -> bool:
        content = part.content
        whole = not content.startswith(b"event:")
        return super().take(part if whole else Part(content[: len(content) // 2] + b"\n\n"))


@defect("streams-without-heartbeats", "STREAM-HEARTBEAT", on=ids.FOLLOW_ALL).by(wrong_listener)
@shown(True, False, lambda scene: ": heartbeat" in live(scene, lambda _: None)[0])
class _WithoutHeartbeats(PassingOn):
    """After the first one no comment comes down a stream."""

    begun = False

    def take(self, part: Part) -> bool:
        begun, self.begun = self.begun, True
        return super().take(part) if not begun or part.content != HEARTBEAT else True


@defect("streams-heartbeats-are-events", "STREAM-HEARTBEAT", on=ids.FOLLOW_EVENTS).by(wrong_listener)
@shown(False, True, lambda scene: "event: heartbeat" in live(scene, lambda _: None)[0])
class _HeartbeatEvents(PassingOn):
    """In the place of a comment comes an event without data."""

    def take(self, part: Part) -> bool:
        content = part.content.replace(HEARTBEAT, b"event: heartbeat\ndata:\n\n")
        return super().take(Part(content))


@defect("streams-never-end", "STREAM-ENDS", on=ids.FOLLOW_ALL).by(wrong_listener)
@shown(ENDED, OPEN, lambda scene: live(scene, reset)[1])
class _NeverEnding(PassingOn):
    """A stream does not end, and nothing more comes down it."""

    def end(self) -> None:
        pass


@defect("streams-end-cut", "STREAM-ENDS", on=ids.FOLLOW_ALL).by(wrong_listener)
@shown(ENDED, CUT, lambda scene: live(scene, reset)[1])
class _Cut(PassingOn):
    """In the place of a stream's end its connection is closed."""

    def end(self) -> None:
        self.right.drop()

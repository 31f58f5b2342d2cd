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
from benchmarks.planted_defects.planting.log import events
from benchmarks.planted_defects.planting.mistakes import edits
from benchmarks.planted_defects.planting.requests import Passing, wrong_gate
from benchmarks.planted_defects.planting.streams import PassingOn, wrong_listener
from benchmarks.planted_defects.scene import Scene
from mock_server import errors
from mock_server.deviations.planting import ids
from mock_server.deviations.planting.deviation import Plan
from mock_server.pipeline.gates import Gate
from mock_server.pipeline.gates.access import check_credential
from mock_server.resources.audit.event import Event, read_log, show_event
from mock_server.resources.audit.feed import ActivityFeed
from mock_server.resources.orgs import ORGS
from mock_server.state.log import find_position
from mock_server.state.state import State
from mock_server.worlds.call import Call
from mock_server.worlds.listeners import HEARTBEAT, Part

defect = Declarer(__name__)

STREAM, OF_OWNER = "/activity/stream", "/workspaces/ws_01HZ"
ENDED, CUT, OPEN = "ended", "cut", "open"
MOMENT_S = 0.5


def _feeds(kind: type[ActivityFeed]) -> Plan:
    """Plan that streams are fed by another class of feeds."""
    return edits(lambda feed: kind(*astuple(feed)))


def begun(scene: Scene, who: str | None = "acme-owner", last: str = "", place: str = "", **query: str) -> str:
    """Return what comes down a stream at once, that of the org or of a place in it; the status where none is opened."""
    headers = {"Authorization": f"Bearer {scene.mock.token(who)}"} if who else {}
    headers |= {"Last-Event-ID": last} if last else {}
    with scene.client.stream("GET", place + STREAM, headers=headers, params=query) as answer:
        return next(answer.iter_text()) if answer.status_code == 200 else str(answer.status_code)


def acts(scene: Scene) -> list[dict[str, Any]]:
    """Return the activity of the first two days, in its order."""
    return events(scene, filter="category=activity", order="asc", to="2026-06-03T00:00:00Z")


def missed(scene: Scene) -> list[list[str]]:
    """Return the lines of each event after the first of the log; of the first two days alone."""
    known = {each["id"] for each in acts(scene)}
    blocks = begun(scene, last=acts(scene)[0]["id"]).split("\n\n")[1:-1]
    return [lines for lines in (block.split("\n") for block in blocks) if any(name in "".join(lines) for name in known)]


def place(scene: Scene) -> object:
    """Return which event of the log comes first of those that were missed, and how many there are."""
    got = [next(each for each in lines if each.startswith("id: "))[4:] for lines in missed(scene)]
    return ([each["id"] for each in acts(scene)].index(got[0]), len(got)) if got else "none"


def names_of_lines(scene: Scene) -> list[str]:
    return [line.partition(":")[0] for line in missed(scene)[0]]


def appears(scene: Scene, text: str, who: str = "acme-owner") -> bool:
    """Return whether a text stands in what was missed since the first event."""
    return text in begun(scene, who, acts(scene)[0]["id"])


def brings_newest(scene: Scene) -> bool:
    return appears(scene, events(scene, filter="category=activity", limit=1)[0]["id"])


def live(scene: Scene, act: Callable[[Scene], object] = lambda _scene: None, place: str = "") -> tuple[str, str]:
    """Return what comes down a stream after its beginning, while something is done, and what has become of it."""
    headers, text = {"Authorization": f"Bearer {scene.mock.token('acme-owner')}"}, ""
    with scene.client.stream("GET", place + STREAM, headers=headers, timeout=MOMENT_S) as answer:
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


def stop_and_start(scene: Scene) -> None:
    for status in ("stopped", "idle", "stopped", "idle"):
        scene.state("workspace is", org_id="org_acme", workspace_id="ws_01HZ", status=status)


def came(scene: Scene, name: str = "id", place: str = "") -> list[str]:
    """Return what comes down a stream in lines of this name while a workspace is stopped and started."""
    text, _ = live(scene, stop_and_start, place)
    return [line.partition(": ")[2] for line in text.split("\n") if line.startswith(f"{name}: ")]


def brings_all(scene: Scene) -> bool:
    got = came(scene)
    listed = events(scene, limit=len(got) + 1)
    return sorted(got) == sorted(each["id"] for each in listed)[1:] or len(got) < 2


def brings_each_once(scene: Scene) -> bool:
    got = came(scene, place=OF_OWNER)
    return len({*got}) == len(got)


def end(scene: Scene) -> str:
    """Return what a reset of the world makes of a stream."""
    return live(scene, lambda scene: scene.world.reset())[1]


defect("streams-last-id-ignored", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS)(
    "Whoever comes back is sent nothing of what was missed.",
    edits(lambda feed: replace(feed, last_received=None)),
    shown((1, 7), "none", place),
)
defect("ownership-streams-not-narrowed", "OWNERSHIP-STREAM-OWN", on=ids.FOLLOW_EVENTS)(
    "Whoever sees the own workspaces alone is sent the events of all.",
    edits(lambda feed: replace(feed, creator=None)),
    shown(False, True, appears, '"workspace_id":"ws_01HZ"', "acme-member"),
)


@defect("streams-first-missed-lost", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS).plans(_feeds)
@shown((1, 7), (2, 6), place)
class _FirstLost(ActivityFeed):
    """The first event that was missed is not sent to a client that comes back."""

    def read_missed(self, state: State) -> Iterator[Event]:
        return islice(super().read_missed(state), 1, None)


@defect("streams-last-comes-again", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS).plans(_feeds)
@shown((1, 7), (0, 8), place)
class _LastAgain(ActivityFeed):
    """The last event is sent once more to a client that comes back."""

    def read_missed(self, state: State) -> Iterator[Event]:
        if self.last_received is not None:
            events = read_log(state, self.org_id)
            missed = events[find_position(events, self.last_received) :]
            yield from (event for event in missed if self.shows(event, state))


@defect("streams-newest-first", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS).plans(_feeds)
@shown((1, 7), (7, 7), place)
class _NewestFirst(ActivityFeed):
    """Missed events come with the newest event first."""

    def read_missed(self, state: State) -> Iterator[Event]:
        return reversed([*super().read_missed(state)])


@defect("streams-audit-shown", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS).plans(_feeds)
@shown(False, True, appears, '"category":"audit"')
class _EveryCategory(ActivityFeed):
    """Events of the category audit come down a stream as well."""

    def shows(self, event: Event, state: State) -> bool:
        return event.category != "activity" or super().shows(event, state)


@defect("streams-of-every-org", "STREAM-ONLY-ACTIVITY", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS).plans(_feeds)
@shown(False, True, appears, '"org_id":"org_globex"')
class _EveryOrg(ActivityFeed):
    """Missed events come from any org."""

    def read_missed(self, state: State) -> Iterator[Event]:
        every = [replace(self, org_id=org_id) for org_id in state.all(ORGS)]
        found = (event for feed in every for event in ActivityFeed.read_missed(feed, state))
        return iter(sorted(found, key=lambda event: event.id))


@defect("streams-without-ids", "STREAM-FORM", on=ids.FOLLOW_EVENTS).plans(_feeds)
@shown(["event", "id", "data"], ["event", "data"], names_of_lines)
class _WithoutIds(ActivityFeed):
    """An event has no id, so that whoever comes back cannot say which was the last."""

    def write(self, event: Event) -> bytes:
        return b"event: activity\n" + super().write(event).partition(b"\ndata: ")[2].join((b"data: ", b""))


@defect("streams-typed-by-event", "STREAM-FORM", on=ids.FOLLOW_EVENTS).plans(_feeds)
@shown("event: activity", "event: task_delivered", lambda scene: missed(scene)[0][0])
class _TypedByEvent(ActivityFeed):
    """The type of an event is what happened, so that whoever listens for activity hears nothing."""

    def write(self, event: Event) -> bytes:
        return super().write(event).replace(b"event: activity", b"event: " + event.event_type.encode(), 1)


@defect("streams-data-in-lines", "STREAM-FORM", "STREAM-REPLAY", on=ids.FOLLOW_EVENTS).plans(_feeds)
@shown(False, True, lambda scene: len(missed(scene)[0]) > 3)
class _InLines(ActivityFeed):
    """The data is indented JSON, of which all but the first line is lost."""

    def write(self, event: Event) -> bytes:
        data = orjson.dumps(show_event(event, self.org_id), option=orjson.OPT_INDENT_2)
        return b"event: activity\nid: %b\ndata: %b\n\n" % (event.id.encode(), data)


@defect("streams-key-not-taken", "STREAM-KEY-QUERY", on=ids.FOLLOW_EVENTS).by(wrong_gate(check_credential))
@shown(": heartbeat\n\n", "401", lambda scene: begun(scene, None, api_key=scene.mock.token("acme-full-access")))
def key_not_taken(right: Gate, call: Call) -> Passing:
    """A stream takes no API key in its query."""
    if b"authorization" not in call.headers and b"api_key=" in call.query_string:
        raise errors.Unauthenticated("You are not signed in.")
    return right(call)


@defect("streams-last-missed-lost", "STREAM-REPLAY", on=ids.FOLLOW_ALL).plans(_feeds)
@shown(True, False, brings_newest)
class _LastLost(ActivityFeed):
    """The last event that was missed is not sent to a client that comes back."""

    def read_missed(self, state: State) -> Iterator[Event]:
        return iter([*super().read_missed(state)][:-1])


@defect("streams-silent", "STREAM-LIVE", on=ids.FOLLOW_EVENTS).plans(_feeds)
@shown(True, False, lambda scene: bool(came(scene)))
class _Silent(ActivityFeed):
    """A stream brings what was missed, and nothing of what happens."""

    def read_missed(self, state: State) -> Iterator[Event]:
        return ActivityFeed(*astuple(self)).read_missed(state)

    def shows(self, event: Event, state: State) -> bool:
        del event, state
        return False


@defect("streams-every-other-lost", "STREAM-LIVE", on=ids.FOLLOW_ALL).plans(_feeds)
@shown(True, False, brings_all)
class _EveryOther(_Silent):
    """Every other event is lost on its way down a stream."""

    def shows(self, event: Event, state: State) -> bool:
        return int(event.id[-1], 16) % 2 == 0 and ActivityFeed(*astuple(self)).shows(event, state)


@defect("streams-live-twice", "STREAM-LIVE", on=ids.FOLLOW_WITHIN).by(wrong_listener)
@shown(True, False, brings_each_once)
class _Twice(PassingOn):
    """Each event comes down the stream of a workspace twice."""

    def take(self, part: Part) -> bool:
        again = part.content.startswith(b"event:")
        return super().take(part) and (not again or super().take(part))


@defect("streams-half-an-event", "STREAM-LIVE", "STREAM-FORM", on=ids.FOLLOW_ALL).by(wrong_listener)
@shown(True, False, lambda scene: all(line.endswith("}") for line in came(scene, "data", OF_OWNER)))
class _Half(PassingOn):
    """Half of an event comes down a stream, and the rest is lost."""

    def take(self, part: Part) -> bool:
        content = part.content
        whole = not content.startswith(b"event:")
        return super().take(part if whole else Part(content[: len(content) // 2] + b"\n\n"))


@defect("streams-without-heartbeats", "STREAM-HEARTBEAT", on=ids.FOLLOW_ALL).by(wrong_listener)
@shown(True, False, lambda scene: ": heartbeat" in live(scene)[0])
class _WithoutHeartbeats(PassingOn):
    """No comment comes down a stream after the first one."""

    begun = False

    def take(self, part: Part) -> bool:
        begun, self.begun = self.begun, True
        return super().take(part) if not begun or part.content != HEARTBEAT else True


@defect("streams-heartbeats-are-events", "STREAM-HEARTBEAT", on=ids.FOLLOW_EVENTS).by(wrong_listener)
@shown(False, True, lambda scene: "event: heartbeat" in live(scene)[0])
class _HeartbeatEvents(PassingOn):
    """An event without data comes in the place of a comment."""

    def take(self, part: Part) -> bool:
        content = part.content.replace(HEARTBEAT, b"event: heartbeat\ndata:\n\n")
        return super().take(Part(content))


@defect("streams-never-end", "STREAM-ENDS", on=ids.FOLLOW_ALL).by(wrong_listener)
@shown(ENDED, OPEN, end)
class _NeverEnding(PassingOn):
    """A stream does not end, and nothing more comes down it."""

    def end(self) -> None:
        pass


@defect("streams-end-cut", "STREAM-ENDS", on=ids.FOLLOW_ALL).by(wrong_listener)
@shown(ENDED, CUT, end)
class _Cut(PassingOn):
    """A stream's connection is closed instead of ended."""

    def end(self) -> None:
        self.right.drop()

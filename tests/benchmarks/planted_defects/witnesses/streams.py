"""What shows the defects of streams."""

import time
from collections.abc import Callable
from typing import Any

import httpx

from tests.benchmarks.planted_defects.scene import Scene
from tests.benchmarks.planted_defects.witness import witness

STREAM = "/activity/stream"
SUBMITTED = "task_submitted"


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


def ids(scene: Scene, who: str = "acme-owner") -> list[str]:
    return [next(each for each in lines if each.startswith("id: "))[4:] for lines in missed(scene, who)]


def place(scene: Scene) -> object:
    """Which event of the log comes first of those that were missed, and how many there are."""
    expected, got = [each["id"] for each in acts(scene)], ids(scene)
    return (expected.index(got[0]), len(got)) if got else "none"


@witness("streams-first-missed-lost", right=(1, 7), wrong=(2, 6))
def first_of_what_was_missed(scene: Scene) -> object:
    return place(scene)


@witness("streams-last-comes-again", right=(1, 7), wrong=(0, 8))
def last_of_what_was_received(scene: Scene) -> object:
    return place(scene)


@witness("streams-newest-first", right=(1, 7), wrong=(7, 7))
def order_of_what_was_missed(scene: Scene) -> object:
    return place(scene)


@witness("streams-last-id-ignored", right=(1, 7), wrong="none")
def what_was_missed(scene: Scene) -> object:
    return place(scene)


def shown(scene: Scene, text: str, who: str = "acme-owner") -> bool:
    """Whether a text stands in what was missed since the first event."""
    return text in begun(scene, who, acts(scene)[0]["id"])


@witness("streams-audit-shown", right=False, wrong=True)
def other_categories(scene: Scene) -> bool:
    return shown(scene, '"category":"audit"')


@witness("streams-of-every-org", right=False, wrong=True)
def other_orgs(scene: Scene) -> bool:
    return shown(scene, '"org_id":"org_globex"')


@witness("ownership-streams-not-narrowed", right=False, wrong=True)
def workspaces_of_somebody_else(scene: Scene) -> bool:
    return shown(scene, '"workspace_id":"ws_01HZ"', "acme-member")


@witness("streams-without-ids", right=["event", "id", "data"], wrong=["event", "data"])
def lines_of_an_event(scene: Scene) -> list[str]:
    return [line.partition(":")[0] for line in missed(scene)[0]]


@witness("streams-typed-by-event", right="event: activity", wrong="event: task_delivered")
def type_of_an_event(scene: Scene) -> str:
    return missed(scene)[0][0]


@witness("streams-data-in-lines", right=3, wrong=True)
def lines_of_the_data(scene: Scene) -> object:
    count = len(missed(scene)[0])
    return count if count == 3 else count > 3


@witness("streams-key-not-taken", right=": heartbeat\n\n", wrong="401")
def key_in_the_query(scene: Scene) -> str:
    return begun(scene, None, api_key=scene.mock.token("acme-full-access"))


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


@witness("streams-last-missed-lost", right=True, wrong=False)
def whether_the_newest_is_there(scene: Scene) -> bool:
    query = {"filter": "category=activity", "limit": 1}
    newest = scene.get("/audit", params=query).json()["events"][0]["id"]
    return newest in begun(scene, last=acts(scene)[0]["id"])


@witness("streams-silent", right=True, wrong=False)
def anything_of_what_happens(scene: Scene) -> bool:
    return bool(came(scene))


@witness("streams-every-other-lost", right=[0], wrong=True)
def steps_between_the_ids_that_came(scene: Scene) -> object:
    got = came(scene)
    listed = [each["id"] for each in scene.get("/audit", params={"limit": len(got) + 1}).json()["events"]]
    return [0] if sorted(got) == sorted(listed)[1:] else len(got) > 1


@witness("streams-live-twice", right=False, wrong=True)
def whether_one_comes_again(scene: Scene) -> bool:
    got = came(scene, OF_OWNER)
    return len({*got}) < len(got)


@witness("streams-half-an-event", right=True, wrong=False)
def whether_what_comes_is_whole(scene: Scene) -> bool:
    text, _ = live(scene, stopped_and_started, OF_OWNER)
    return all(line.endswith("}") for line in text.split("\n") if line.startswith("data: "))


@witness("streams-without-heartbeats", right=True, wrong=False)
def whether_comments_go_on(scene: Scene) -> bool:
    return ": heartbeat" in live(scene, lambda _: None)[0]


@witness("streams-heartbeats-are-events", right=False, wrong=True)
def whether_they_are_events(scene: Scene) -> bool:
    return "event: heartbeat" in live(scene, lambda _: None)[0]


@witness("streams-never-end", right=ENDED, wrong=OPEN)
def what_a_reset_does(scene: Scene) -> str:
    return live(scene, reset)[1]


@witness("streams-end-cut", right=ENDED, wrong=CUT)
def how_a_reset_ends_it(scene: Scene) -> str:
    return live(scene, reset)[1]

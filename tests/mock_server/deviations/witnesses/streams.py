"""What shows the defects of streams."""

from typing import Any

from tests.mock_server.deviations.scene import Scene
from tests.mock_server.deviations.witness import witness

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

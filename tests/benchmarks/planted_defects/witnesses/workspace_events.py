"""What shows the defects of the log, the statistics, the activity and the stream of a workspace."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness
from tests.benchmarks.planted_defects.witnesses.streams import acts

OF_OWNER, OF_MEMBER, OF_OTHER_ORG = "/workspaces/ws_01HZ", "/workspaces/ws_acme_busy", "/workspaces/ws_globex_idle"
HIDDEN, NOT_FOUND = "403 workspace_not_visible", "404 workspace_not_found"
FIRST_DAY = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}
ALL = {"limit": 1000}
NOON = "2026-06-13T12:00:00Z"
"""Before the last task of the owner's workspace."""


def listed(scene: Scene, place: str = OF_OWNER, who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.get(f"{place}/audit", who, params={**ALL, **query}).json()["events"]
    return found


def counted(scene: Scene, place: str = OF_OWNER, who: str = "acme-owner", **query: Any) -> list[int]:
    answer = scene.get(f"{place}/audit/stats", who, params=query)
    return [each["value"] for each in answer.json()["buckets"]]


def activity(scene: Scene, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.get(f"{OF_OWNER}/activity", params={**ALL, **query}).json()["events"]
    return found


def times(found: list[dict[str, Any]]) -> list[str]:
    return [each["timestamp"][8:16] for each in found]


@witness("filtering-workspace-of-the-org", right=12, wrong=14)
def events_of_a_day(scene: Scene) -> int:
    return len(listed(scene, **FIRST_DAY))


@witness("filtering-workspace-without-activity", right=4, wrong=0)
def activity_of_a_day(scene: Scene) -> int:
    return sum(each["category"] == "activity" for each in listed(scene, **FIRST_DAY))


@witness("filtering-workspace-counted-without-activity", right=[12], wrong=[8])
def count_of_a_day(scene: Scene) -> list[int]:
    return counted(scene, **FIRST_DAY)


def decided(scene: Scene) -> None:
    """Have the members' workspace restarted by somebody else."""
    for status in ("stopped", "provisioning"):
        scene.state("workspace is", org_id="org_acme", workspace_id="ws_acme_busy", status=status)


@witness("filtering-workspace-of-the-caller", right=True, wrong=False)
def events_of_others_in_an_own_workspace(scene: Scene) -> bool:
    decided(scene)
    return any(each["user_id"] == "system" for each in listed(scene, OF_MEMBER, "acme-member"))


@witness("filtering-workspace-counted-of-the-caller", right=True, wrong=False)
def count_of_events_of_others_in_an_own_workspace(scene: Scene) -> bool:
    decided(scene)
    return counted(scene, OF_MEMBER, "acme-member") == [len(listed(scene, OF_MEMBER))]


@witness("ownership-events-of-others-listed", right=HIDDEN, wrong="200")
def log_of_somebody_else(scene: Scene) -> str:
    return said(scene.get(f"{OF_OWNER}/audit", "acme-member"))


@witness("ownership-events-of-others-counted", right=HIDDEN, wrong="200")
def statistics_of_somebody_else(scene: Scene) -> str:
    return said(scene.get(f"{OF_OWNER}/audit/stats", "acme-member"))


@witness("ownership-activity-of-others-listed", right=HIDDEN, wrong="200")
def activity_of_somebody_else(scene: Scene) -> str:
    return said(scene.get(f"{OF_OWNER}/activity", "acme-member"))


def followed(scene: Scene, place: str, who: str = "acme-owner", last: str = "") -> str:
    """What comes down the stream of a workspace at once, or why none is opened."""
    headers = {"Authorization": f"Bearer {scene.mock.token(who)}"} | ({"Last-Event-ID": last} if last else {})
    with scene.client.stream("GET", f"{place}/activity/stream", headers=headers) as answer:
        if answer.status_code != 200:
            answer.read()
            return said(answer)
        return next(answer.iter_text())


@witness("ownership-streams-of-others", right=HIDDEN, wrong=": heartbeat\n\n")
def stream_of_somebody_else(scene: Scene) -> str:
    return followed(scene, OF_OWNER, "acme-member")


@witness("ownership-events-of-all-orgs-listed", right=NOT_FOUND, wrong="200")
def log_of_another_org(scene: Scene) -> str:
    return said(scene.get(f"{OF_OTHER_ORG}/audit"))


@witness("ownership-streams-of-all-orgs", right=NOT_FOUND, wrong=": heartbeat\n\n")
def stream_of_another_org(scene: Scene) -> str:
    return followed(scene, OF_OTHER_ORG)


@witness("paging-workspace-forgotten", right=["ws_01HZ"], wrong=["", "ws_01HZ"])
def workspaces_of_the_second_page(scene: Scene) -> list[str]:
    first = scene.get(f"{OF_OWNER}/audit", params={"limit": 2}).json()
    second = scene.get(f"{OF_OWNER}/audit", params={"limit": 11, "cursor": first["cursor"]}).json()
    return sorted({each.get("workspace_id", "") for each in second["events"]})


@witness("filtering-of-workspaces-ignored", right=1, wrong=12)
def events_of_a_type(scene: Scene) -> int:
    return len(listed(scene, filter="event_type=task_running", **FIRST_DAY))


@witness("statistics-of-workspaces-unfiltered", right=[1], wrong=[12])
def count_of_a_type(scene: Scene) -> list[int]:
    return counted(scene, filter="event_type=task_running", **FIRST_DAY)


@witness("paging-activity-limit-exceeded", right=2, wrong=3)
def length_of_a_page(scene: Scene) -> int:
    return len(activity(scene, limit=2))


@witness("activity-of-both-categories", right=["activity"], wrong=["activity", "audit"])
def categories(scene: Scene) -> list[str]:
    return sorted({each["category"] for each in activity(scene)})


@witness("activity-of-the-org", right=["ws_01HZ"], wrong=["ws_01HZ", "ws_acme_busy"])
def workspaces(scene: Scene) -> list[str]:
    return sorted({each["workspace_id"] for each in activity(scene)})


@witness("activity-of-control-plane-alone", right=["agent", "control-plane"], wrong=["control-plane"])
def actors(scene: Scene) -> list[str]:
    return sorted({each["actor"] for each in activity(scene)})


@witness("activity-after-included", right=["13T11:00"], wrong=["13T11:00", "13T09:30"])
def after_an_event(scene: Scene) -> list[str]:
    return times(activity(scene, after="2026-06-13T09:30:00Z"))


@witness("activity-after-is-before", right=["13T11:00"], wrong=True)
def after_an_event_the_oldest_first(scene: Scene) -> object:
    found = times(activity(scene, after="2026-06-13T09:30:00Z", order="asc"))
    return found if len(found) == 1 else len(found) > 1


@witness("activity-after-of-the-first-page", right=["13T09:20", "13T09:30"], wrong=["13T09:10", "13T09:20"])
def after_on_the_second_page(scene: Scene) -> list[str]:
    first = scene.get(f"{OF_OWNER}/activity", params={"limit": 2, "after": "2026-06-13T09:10:00Z"}).json()
    second = scene.get(f"{OF_OWNER}/activity", params={"limit": 2, "cursor": first["cursor"]}).json()
    return sorted([first["events"][1]["timestamp"][8:16], *times(second["events"])])[:2]


@witness("activity-after-beside-a-cursor", right="400 validation_error", wrong="200")
def after_and_a_cursor(scene: Scene) -> str:
    cursor = scene.get(f"{OF_OWNER}/activity", params={"limit": 2}).json()["cursor"]
    return said(scene.get(f"{OF_OWNER}/activity", params={"after": NOON, "cursor": cursor}))


@witness("activity-tasks-ignored", right=0, wrong=28)
def activity_of_another_task(scene: Scene) -> int:
    return len(activity(scene, task_id="task_acme_running"))


@witness("activity-types-in-part", right=["task_running"], wrong=True)
def types(scene: Scene) -> object:
    found = sorted({each["event_type"] for each in activity(scene, event_type="task_running")})
    return found if len(found) == 1 else len(found) > 1


@witness("streams-workspace-of-the-org", right=False, wrong=True)
def events_of_other_workspaces(scene: Scene) -> bool:
    return '"workspace_id":"ws_acme_busy"' in followed(scene, OF_OWNER, last=acts(scene)[0]["id"])

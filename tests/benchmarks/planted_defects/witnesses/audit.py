"""What shows the defects of events and of their lists."""

from typing import Any

from tests.benchmarks.planted_defects.scene import Scene, said
from tests.benchmarks.planted_defects.witness import witness

FIRST_DAY = {"from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"}
PROVIDER = "/providers/provider_01HZ"


def events(scene: Scene, who: str = "acme-owner", **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = scene.get("/audit", who, params=query).json()["events"]
    return found


def last(scene: Scene, name: str) -> Any:
    """A column of the event that was written last."""
    return events(scene, limit=1)[0].get(name)


def types(scene: Scene, count: int) -> list[str]:
    """The types of the events that were written last, the last first."""
    return [each["event_type"] for each in events(scene, limit=count)]


@witness("audit-replaced-file-unwritten", right=["pack.file_replaced"], wrong=["pack.created"])
def event_of_a_replaced_file(scene: Scene) -> list[str]:
    state = {"org_id": "org_acme", "image_origin": "upload"}
    pack = scene.state("pack exists", **state)["pack_id"]
    scene.put(f"/packs/{pack}/files/pack.yaml", _with_a_comment(scene, pack))
    return [each if each == "pack.file_replaced" else "pack.created" for each in types(scene, 1)]


def _with_a_comment(scene: Scene, pack: str) -> bytes:
    return scene.get(f"/packs/{pack}/files/pack.yaml").content + b"# more\n"


@witness("audit-deleted-secret-unwritten", right="secret.deleted", wrong="secret.set")
def event_of_a_deleted_secret(scene: Scene) -> Any:
    scene.ask("DELETE", "/secrets/DB_PASSWORD")
    return last(scene, "event_type")


@witness("audit-equal-update-written", right="secret.set", wrong="provider.updated")
def event_of_an_empty_update(scene: Scene) -> Any:
    scene.ask("PATCH", PROVIDER, json={})
    return last(scene, "event_type")


@witness("audit-archived-again-written", right="secret.set", wrong="provider.archived")
def event_of_archiving_again(scene: Scene) -> Any:
    scene.ask("POST", "/providers/provider_acme_old/archive")
    return last(scene, "event_type")


@witness("audit-refused-written", right="secret.set", wrong="provider.unarchived")
def event_of_what_is_refused(scene: Scene) -> Any:
    scene.ask("POST", f"{PROVIDER}/unarchive")
    return last(scene, "event_type")


@witness("audit-secrets-are-activity", right="audit", wrong="activity")
def category_of_a_secret_set(scene: Scene) -> Any:
    scene.ask("PUT", "/secrets/NEW", json={"value": "x"})
    return last(scene, "category")


@witness("audit-packs-by-the-agent", right="control-plane", wrong="agent")
def actor_of_a_shared_pack(scene: Scene) -> Any:
    scene.patch("pack_acme_pager", "community")
    return last(scene, "actor")


@witness("audit-providers-in-a-workspace", right=None, wrong="ws_0")
def workspace_of_an_updated_provider(scene: Scene) -> Any:
    scene.ask("PATCH", PROVIDER, json={"display_name": "Another"})
    return last(scene, "workspace_id")


@witness("audit-key-as-owner", right="system", wrong="usr_acme_owner")
def user_of_what_a_key_did(scene: Scene) -> Any:
    scene.ask("PATCH", PROVIDER, "acme-full-access", json={"display_name": "Another"})
    return last(scene, "user_id")


@witness("audit-person-as-system", right="usr_acme_operator", wrong="system")
def user_of_what_a_person_did(scene: Scene) -> Any:
    scene.ask("PATCH", PROVIDER, "acme-operator", json={"display_name": "Another"})
    return last(scene, "user_id")


@witness("audit-id-of-version-4", right="7", wrong="4")
def version_of_an_id(scene: Scene) -> str:
    return str(last(scene, "id"))[14]


def times(found: list[dict[str, Any]]) -> list[str]:
    """The minutes of the day of events."""
    return [each["timestamp"][11:16] for each in found]


@witness("paging-order-ignored", right=["09:00", "09:10"], wrong=["11:10", "11:00"])
def oldest_first(scene: Scene) -> list[str]:
    return times(events(scene, order="asc", limit=2, **FIRST_DAY))


@witness("paging-oldest-first", right=["11:10", "11:00"], wrong=["09:00", "09:10"])
def without_an_order(scene: Scene) -> list[str]:
    return times(events(scene, limit=2, **FIRST_DAY))


@witness("paging-limit-exceeded", right=3, wrong=4)
def length_of_a_page_of_three(scene: Scene) -> int:
    return len(events(scene, limit=3))


@witness("paging-limit-of-nobody", right=100, wrong=200)
def length_of_a_page(scene: Scene) -> int:
    return len(events(scene))


def walked(scene: Scene, pages: int) -> list[str]:
    """The minutes of the first pages of two events of the first day."""
    query: dict[str, Any] = {"limit": 2, "order": "asc", **FIRST_DAY}
    found: list[str] = []
    for _ in range(pages):
        page = scene.get("/audit", params=query).json()
        found += times(page.get("events", []))
        if "cursor" not in page:
            break
        query["cursor"] = page["cursor"]
    return found


FIRST_SIX = ["09:00", "09:10", "09:20", "09:30", "09:40", "09:50"]


@witness("paging-walk-skips-one", right=FIRST_SIX[:4], wrong=["09:00", "09:10", "09:30"])
def two_pages(scene: Scene) -> list[str]:
    return walked(scene, 2)


@witness("paging-walk-ends-early", right=FIRST_SIX, wrong=FIRST_SIX[:4])
def three_pages(scene: Scene) -> list[str]:
    return walked(scene, 3)


@witness("paging-cursor-nowhere", right=FIRST_SIX[:4], wrong=FIRST_SIX[:2])
def the_second_of_two_pages(scene: Scene) -> list[str]:
    return walked(scene, 2)


@witness("paging-cursor-on-the-last", right=False, wrong=True)
def cursor_of_the_last_page(scene: Scene) -> bool:
    return "cursor" in scene.get("/audit", params={"limit": 1000}).json()


@witness("paging-cursor-forgiven", right="400 invalid_cursor", wrong="200")
def what_is_no_cursor(scene: Scene) -> str:
    return said(scene.get("/audit", params={"cursor": "none"}))


@witness("paging-cursor-of-a-number", right="next", wrong="the same")
def second_page_after_a_new_event(scene: Scene) -> str:
    first = scene.get("/audit", params={"limit": 1}).json()
    scene.ask("PUT", "/secrets/NEW", json={"value": "x"})
    second = scene.get("/audit", params={"limit": 1, "cursor": first["cursor"]}).json()
    return "the same" if second["events"] == first["events"] else "next"


def kept(scene: Scene, *filters: str, **query: Any) -> int:
    """How many events of the first day filters keep."""
    return len(events(scene, filter=list(filters), **{**FIRST_DAY, **query}))


@witness("filtering-of-one-value", right=2, wrong=1)
def filter_of_two_values(scene: Scene) -> int:
    return kept(scene, "event_type=task_running,task_completed")


@witness("filtering-not-negated", right=13, wrong=1)
def filter_of_what_has_not(scene: Scene) -> int:
    return kept(scene, "event_type!=task_running")


@witness("filtering-of-any", right=8, wrong=14)
def filter_of_what_is_there(scene: Scene) -> int:
    return kept(scene, "decision!=")


@witness("filtering-of-the-last", right=1, wrong=14)
def two_filters(scene: Scene) -> int:
    return kept(scene, "decision=deny", "user_id=usr_acme_owner")


@witness("filtering-window-without-end", right=14, wrong=100)
def events_of_a_day(scene: Scene) -> int:
    return kept(scene)


@witness("filtering-window-with-its-end", right=["09:00"], wrong=["09:10", "09:00"])
def event_at_the_end(scene: Scene) -> list[str]:
    return times(events(scene, **{**FIRST_DAY, "to": "2026-06-01T09:10:00Z"}))


@witness("filtering-window-without-its-start", right=["11:10"], wrong=[])
def event_at_the_start(scene: Scene) -> list[str]:
    return times(events(scene, **{**FIRST_DAY, "from": "2026-06-01T11:10:00Z"}))


@witness("filtering-events-of-all-listed", right=[], wrong=["usr_acme_owner"])
def events_of_somebody_else(scene: Scene) -> list[str]:
    return sorted({each["user_id"] for each in events(scene, "acme-member", **FIRST_DAY)})


@witness("filtering-events-of-all-counted", right=[], wrong=[14])
def count_of_events_of_somebody_else(scene: Scene) -> list[int]:
    return [each["value"] for each in scene.get("/audit/stats", "acme-member", params=FIRST_DAY).json()["buckets"]]


@witness("filtering-cursor-of-others", right="400 invalid_cursor", wrong="200")
def cursor_of_another_org(scene: Scene) -> str:
    cursor = scene.get("/audit", params={"limit": 1}).json()["cursor"]
    return said(scene.get("/audit", "globex-owner", params={"cursor": cursor}))

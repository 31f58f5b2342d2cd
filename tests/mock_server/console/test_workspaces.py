"""The workspaces of an org as cards: how they stand, what agents do by the clock, and what comes down the feed."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.mock_server.console.conftest import Open, opened, view_of
from tests.mock_server.serving import DOCUMENT, Mock

pytestmark = pytest.mark.needs_browser

NOW = "2026-07-01T09:00:00Z"
SPARE = "role_acme_spare"


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def card(page: Page, workspace: str) -> Locator:
    return page.get_by_role("article", name=workspace, exact=True)


def press(within: Page | Locator, name: str) -> None:
    within.get_by_role("button", name=name, exact=True).click()


def freeze(mock: Mock) -> None:
    mock.control("PUT", "/clock", json={"mode": "frozen", "now": NOW})


def set_up(mock: Mock, state: str, **params: Any) -> Any:
    body = {"action": "setup", "state": state, "params": {"org_id": "org_acme", **params}}
    return mock.control("POST", "/states", json=body).json()


def made(mock: Mock) -> tuple[str, str]:
    """A new workspace that provisions, and a task that waits in it; nobody holds them."""
    workspace = set_up(mock, "workspace exists", role_id=SPARE, held=False)["workspace_id"]
    task = set_up(mock, "task exists", workspace_id=workspace, description="Do it.", held=False)["task_id"]
    return workspace, task


def feed(page: Page) -> list[str]:
    return part(page, "Feed").locator("li strong").all_text_contents()


@pytest.mark.parametrize("persona", ["acme-owner", "acme-member", "globex-read-only"])
def test_the_cards_are_what_the_api_lists_for_the_persona(console: Open, mock: Mock, persona: str) -> None:
    listed = mock.send("GET", "/v1/workspaces", persona).json()["workspaces"]
    page = console("workspaces", f"?as={persona}")
    expect(page.get_by_role("article")).to_have_count(len(listed))
    for each in listed:
        shown = card(page, each["id"])
        expect(shown.locator(".badge").first).to_have_text(each["status"])
        expect(shown).to_contain_text(each["created_by_user_id"])
        tasks = mock.send("GET", f"/v1/workspaces/{each['id']}/tasks", persona).json()
        for task in tasks:
            expect(shown.get_by_role("listitem").filter(has_text=task["id"])).to_contain_text(task["status"])
    page.get_by_role("link", name="What is not shown, and why").click()
    expect(part(page, "Not shown")).to_contain_text(f"Not shown to {persona}")


def test_the_queue_begins_with_what_is_worked_on(console: Open) -> None:
    page = console("workspaces")
    queue = card(page, "ws_acme_busy").get_by_role("listitem")
    expect(queue).to_have_text(
        ["running Find the slow query.task_acme_running", "submitted Write a test for it.task_acme_queued"]
    )
    expect(queue.get_by_role("progressbar")).to_have_count(2)
    finished = card(page, "ws_01HZ").get_by_role("listitem").first
    expect(finished).to_contain_text("cancelled_by_user")
    expect(finished.get_by_role("progressbar")).to_have_count(0)


def test_a_task_runs_by_hand_from_step_to_step(console: Open, mock: Mock) -> None:
    freeze(mock)
    workspace, task = made(mock)
    page = console("workspaces")
    clock, shown = part(page, "Clock"), card(page, workspace)
    expect(clock).to_contain_text(f"Next: workspaces/{workspace} in 2 s.")
    expect(shown).to_contain_text("provisioning")
    expect(shown.get_by_role("listitem")).to_contain_text("submitted")
    expected = [("idle", "submitted"), ("busy", "delivered"), ("busy", "running"), ("idle", "completed")]
    for status, done in expected:
        press(clock, "To the next step")
        expect(shown.locator(".head .badge[title=status]")).to_have_text(status)
        expect(shown.get_by_role("listitem").filter(has_text=task)).to_contain_text(done)
    expect(shown.get_by_role("listitem")).to_contain_text("9 s")
    expect(clock).to_contain_text("Nothing is due.")
    expect(clock.get_by_role("button", name="To the next step")).to_be_disabled()
    assert feed(page) == ["task_completed", "task_running", "task_delivered", "workspace_ready"]
    assert part(page, "Feed").locator("time").evaluate_all("all => all.map((one) => one.dateTime)") == [
        f"2026-07-01T09:00:0{second}.000Z" for second in (9, 4, 3, 2)
    ]


def test_a_task_runs_by_itself_in_ten_seconds(console: Open, mock: Mock) -> None:
    page = console("workspaces")
    workspace, _ = made(mock)
    task = card(page, workspace).get_by_role("listitem")
    for status in ("submitted", "running", "completed"):
        expect(task).to_contain_text(status)
    expect(task).to_have_text(re.compile("[89] s$"))  # of the task, which is a moment younger than its workspace
    assert feed(page)[0] == "task_completed"
    expect(part(page, "Clock")).to_contain_text("Nothing is due.")


def test_the_clock_is_moved_by_some_seconds_or_by_a_minute(console: Open, mock: Mock) -> None:
    freeze(mock)
    clock = part(console("workspaces"), "Clock")
    for name, now in (("+2 s", "2026-07-01T09:00:02Z"), ("+1 min", "2026-07-01T09:01:02Z")):
        press(clock, name)
        expect(clock.get_by_role("status")).to_contain_text(f"It is {now} in {mock.world}")
        assert mock.control("GET", "/clock").json()["now"] == now
    press(clock, "Back to real")
    expect(clock.get_by_text("real", exact=True)).to_be_visible()


def test_one_workspace_has_its_own_page_and_feed(console: Open, mock: Mock) -> None:
    freeze(mock)
    (one, _), (other, _) = made(mock), made(mock)
    page = console("workspaces")
    press(part(page, "Clock"), "To the next step")
    expect(part(page, "Feed").locator("li")).to_have_count(2)
    card(page, one).get_by_role("link", name=one).click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator("#views [aria-current=page]")).to_have_text(one)
    expect(part(page, "Feed").locator("li").first).to_contain_text("workspace_ready")
    press(part(page, "Clock"), "+1 min")
    expect(card(page, one).get_by_role("listitem")).to_contain_text("completed")
    happened = mock.send("GET", f"/v1/workspaces/{one}/activity", "acme-owner").json()["events"]
    expect(part(page, "Feed").locator("li strong")).to_have_text([each["event_type"] for each in happened])
    assert len(happened) > 3
    assert other not in part(page, "Feed").inner_text()
    asked = [
        each["path"]
        for each in mock.control("GET", "/journal?with_console=true").json()["entries"]
        if "stream" in each["path"]
    ]
    assert asked == ["/v1/activity/stream", f"/v1/workspaces/{one}/activity/stream"]
    page.locator("#views").get_by_role("link", name="Workspaces").click()
    expect(card(page, other).get_by_role("listitem")).to_contain_text("completed")


def test_what_a_persona_does_not_get_is_said_in_the_words_of_the_api(console: Open, mock: Mock) -> None:
    page = console("workspaces")
    for operation in ("workspaces.list", "activity.stream"):
        fault = {"operation_id": operation, "status": 403, "times": "always"}
        assert mock.control("POST", "/faults", json=fault).status_code == 201
    page.get_by_label("As", exact=True).select_option("acme-auditor")
    for name in ("Workspaces", "Feed"):
        expect(part(page, name).locator(".problem")).to_contain_text("403 permission_denied")
    expect(page.get_by_role("article")).to_have_count(0)
    mock.control("DELETE", "/faults")
    page.get_by_label("As", exact=True).select_option("acme-member")
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.locator("main .problem")).to_have_count(0)


def test_the_feed_goes_on_after_a_reset(console: Open, mock: Mock) -> None:
    workspace, _ = made(mock)
    page = console("workspaces")
    expect(card(page, workspace)).to_be_visible()
    mock.control("POST", "/reset")
    expect(card(page, workspace)).to_have_count(0)
    press(part(page, "Feed"), "Clear: the feed")
    again, _ = made(mock)
    expect(card(page, again).get_by_role("listitem")).to_contain_text("completed")
    expect(part(page, "Feed").locator("li").first).to_contain_text("task_completed")


def test_little_is_asked_for(console: Open, mock: Mock) -> None:
    """One list and the tasks of each card at the beginning; of an event the list and the tasks of its workspace."""
    freeze(mock)
    workspace, _ = made(mock)
    page = console("workspaces")
    begun = len(mock.control("GET", "/journal?with_console=true").json()["entries"])
    assert begun == page.get_by_role("article").count() + 2
    for status in ("idle", "busy"):
        press(part(page, "Clock"), "To the next step")
        expect(card(page, workspace).locator(".head .badge[title=status]")).to_have_text(status)
    entries = mock.control("GET", "/journal?with_console=true").json()["entries"][begun:]
    assert {each["operation_id"] for each in entries} == {"workspaces.list", "tasks.list"}
    assert len(entries) < 9
    assert {each["path"] for each in entries if each["operation_id"] == "tasks.list"} == {
        f"/v1/workspaces/{workspace}/tasks"
    }


def test_a_workspace_is_made_stopped_and_put_away_from_the_page(console: Open, mock: Mock) -> None:
    freeze(mock)
    before = {each["id"] for each in mock.send("GET", "/v1/workspaces", "acme-owner").json()["workspaces"]}
    page = console("workspaces")
    press(page, "Create: the org")
    part(page, "Viewer").get_by_label("role_id, optional").select_option(SPARE)
    press(page, "Send: Create")
    expect(part(page, "Viewer").locator(".done")).to_contain_text("POST /workspaces 201")
    expect(page.get_by_role("article")).to_have_count(len(before) + 1)
    [workspace] = {
        each["id"] for each in mock.send("GET", "/v1/workspaces", "acme-owner").json()["workspaces"]
    } - before
    shown = card(page, workspace)
    expect(page.get_by_role("article").first).to_have_attribute("aria-label", workspace)
    expect(shown.locator(".head .badge[title=status]").first).to_have_text("provisioning")
    press(part(page, "Clock"), "+2 s")
    press(shown, f"Stop: {workspace}")
    expect(shown.locator(".head .badge[title=status]").first).to_have_text("stopping")
    press(part(page, "Clock"), "+2 s")
    press(shown, f"Archive: {workspace}")
    expect(shown).to_have_count(0)
    page.get_by_label("include_archived").check()
    expect(shown).to_contain_text("archived")
    press(shown, f"Unarchive: {workspace}")
    expect(shown.get_by_text("archived", exact=True)).to_have_count(0)
    assert feed(page) == [
        f"workspace_{each}" for each in ("unarchived", "archived", "stopped", "stopping", "ready", "created")
    ]


def test_what_a_status_has_no_step_for_is_there_to_be_refused(console: Open) -> None:
    page = console("workspaces")
    shown = card(page, "ws_01HZ")
    expect(shown.get_by_role("button", name="Stop: ws_01HZ")).to_be_visible()
    expect(shown.get_by_role("button", name="Archive: ws_01HZ")).to_have_count(0)
    shown.get_by_text("Refused now").click()
    press(shown, "Archive: ws_01HZ")
    expect(shown.locator(".problem")).to_contain_text("409 invalid_state")


@pytest.mark.parametrize("workspace", ["ws_acme_stopped", "ws_acme_stopping", "ws_acme_failed"])
def test_a_workspace_without_an_agent_is_offered_no_task(console: Open, workspace: str) -> None:
    shown = card(console("workspaces"), workspace)
    submit = shown.get_by_role("button", name=f"Submit task: {workspace}")
    expect(shown.get_by_text("Refused now")).to_be_visible()
    expect(submit).to_have_count(0)
    shown.get_by_text("Refused now").click()
    expect(submit).to_be_visible()


def test_every_operation_of_the_contract_that_changes_a_workspace_is_a_button(console: Open) -> None:
    names = {
        each["operationId"].partition(".")[2].replace("_", " ").capitalize()
        for path, item in DOCUMENT["paths"].items()
        for method, each in item.items()
        if path.startswith("/workspaces/{id}/")
        and method in {"post", "put", "patch", "delete"}
        and each["tags"] == ["workspaces"]
    }
    shown = card(console("workspaces"), "ws_01HZ")
    shown.get_by_text("Refused now").click()
    shown_names = shown.locator(".actions button").all_text_contents()
    assert names <= set(shown_names)
    assert len(shown_names) == len(set(shown_names))


def test_a_card_leads_with_its_role_says_what_is_due_and_shows_a_step_as_it_is_taken(console: Open, mock: Mock) -> None:
    freeze(mock)
    workspace, _ = made(mock)
    [role] = [
        each["role_id"]
        for each in mock.send("GET", "/v1/workspaces", "acme-owner").json()["workspaces"]
        if each["id"] == workspace
    ]
    record = mock.control("GET", f"/collections/roles/{role}").json()["record"]
    page = console("workspaces")
    shown = card(page, workspace)
    expect(shown.get_by_role("heading")).to_have_text(record.get("display_name", record["name"]))
    expect(shown.locator(f"[data-due='workspaces/{workspace}']")).to_have_text("→ idle in 2 s")
    expect(shown.locator(".step")).to_be_empty()
    press(part(page, "Clock"), f"Go there: workspaces/{workspace}")
    expect(shown.locator(".step")).to_contain_text("→")
    expect(shown.locator(f"[data-due='workspaces/{workspace}']")).to_be_empty()
    expect(shown.locator(".head .badge[title=status]")).to_have_text("idle")


def test_a_form_keeps_what_is_typed_while_things_happen(console: Open, mock: Mock) -> None:
    freeze(mock)
    workspace, _ = made(mock)
    page = console("workspaces")
    press(page, "Create: the org")
    part(page, "Viewer").get_by_text("More fields").click()
    part(page, "Viewer").get_by_label("role_name, optional").fill("on-call")
    press(part(page, "Clock"), "+1 min")
    expect(card(page, workspace).get_by_role("listitem")).to_contain_text("completed")
    expect(part(page, "Viewer").get_by_label("role_name, optional")).to_have_value("on-call")


def test_who_looks_makes_no_world_anew_that_was_deleted(console: Open, mock: Mock) -> None:
    """The page has a clock that runs to what is due, and a stream that ends with the world."""
    page = console("workspaces")
    made(mock)
    expect(part(page, "Clock")).to_contain_text("Next:")
    mock.control("DELETE", "")
    expect(page.get_by_text(f"The world {mock.world} was deleted.")).to_be_visible()
    expect(part(page, "Clock")).to_contain_text("is due.")
    assert mock.world not in [each["name"] for each in mock.send("GET", "/_mock/worlds").json()["worlds"]]


def test_a_hidden_page_holds_no_stream_and_catches_up(console: Open, mock: Mock) -> None:
    freeze(mock)
    workspace, _ = made(mock)
    page = console("workspaces")
    press(part(page, "Clock"), "To the next step")
    expect(part(page, "Feed").locator("li")).to_have_count(1)
    hide = """hidden => {
        Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(hide, True)
    expect(page.locator("#status")).to_have_text("Paused")
    mock.control("PUT", "/clock", json={"advance_seconds": 60})
    page.evaluate(hide, False)
    expect(part(page, "Feed").locator("li").first).to_contain_text("task_completed")
    assert feed(page) == ["task_completed", "task_running", "task_delivered", "workspace_ready"]
    expect(card(page, workspace).get_by_role("listitem")).to_contain_text("completed")


def test_a_contract_without_workspaces_is_said_to_be_one(browser: Browser, mock: Mock) -> None:
    with opened(browser) as (page, wrong):

        def without(route: Route) -> None:
            document = route.fetch().json()
            for path in [each for each in document["paths"] if each.startswith("/workspaces")]:
                del document["paths"][path]
            route.fulfill(json=document)

        page.route("**/_mock/contract", without)
        view_of(page, mock.origin, mock.world, "workspaces")
        said = "The contract that this mock serves has no workspaces.list, no workspaces.get, no tasks.list."
        expect(page.get_by_text(said)).to_be_visible()
        assert wrong == []


def test_a_workspace_is_restarted_forked_and_resumed_from_the_page(console: Open, mock: Mock) -> None:
    freeze(mock)
    page = console("workspaces")
    busy = card(page, "ws_acme_busy")
    press(busy, "Restart: ws_acme_busy")
    press(busy, "Send: Restart")
    expect(busy.locator(".problem")).to_contain_text("409 workspace_busy")
    busy.get_by_label("force, optional").select_option("true")
    press(busy, "Send: Restart")
    expect(busy.locator(".head .badge[title=status]").first).to_have_text("provisioning")
    idle = card(page, "ws_01HZ")
    press(idle, "Fork: ws_01HZ")
    idle.get_by_label("fork_point_task_count").fill("0")
    press(idle, "Send: Fork")
    expect(page.get_by_role("article").first).to_contain_text("fork of ws_01HZ")
    stopped = card(page, "ws_acme_stopped")
    expect(stopped.get_by_role("button", name="Resume: ws_acme_stopped")).to_be_visible()
    page.get_by_label("As", exact=True).select_option("acme-member")
    press(stopped, "Resume: ws_acme_stopped")
    expect(stopped.locator(".head .badge[title=status]").first).to_have_text("provisioning")


def test_a_task_is_submitted_and_runs_to_its_end_by_itself(console: Open) -> None:
    """From nothing to a workspace with a finished task, in the ten seconds that it takes on a real clock."""
    page = console("workspaces")
    press(page, "Submit task: the org")
    part(page, "Viewer").get_by_label("role_id, optional").select_option(SPARE)
    part(page, "Viewer").get_by_label("description").fill("Write it up.")
    press(page, "Send: Submit task")
    expect(part(page, "Viewer").locator(".done")).to_contain_text("POST /tasks 202")
    shown = page.get_by_role("article").filter(has_text="Write it up.")
    for status in ("submitted", "running", "completed"):
        expect(shown.get_by_role("listitem")).to_contain_text(status)
    expect(shown.get_by_role("listitem")).to_contain_text("9 s")
    assert feed(page) == [
        *(f"task_{each}" for each in ("completed", "running", "delivered")),
        "workspace_ready",
        "task_submitted",
        "workspace_created",
    ]


def test_tasks_queue_on_a_card_and_the_current_one_is_cancelled(console: Open, mock: Mock) -> None:
    freeze(mock)
    page = console("workspaces", "?workspace=ws_01HZ")
    shown = card(page, "ws_01HZ")
    for text in ("The first.", "The second."):
        press(shown, "Submit task: ws_01HZ")
        shown.get_by_label("description").fill(text)
        press(shown, "Send: Submit task")
        expect(shown.get_by_role("listitem").filter(has_text=text)).to_contain_text("submitted")
    first, second = (shown.get_by_role("listitem").filter(has_text=text) for text in ("The first.", "The second."))
    press(part(page, "Clock"), "+2 s")
    expect(first).to_contain_text("running")
    expect(second).to_contain_text("submitted")
    press(shown, "Cancel task: ws_01HZ")
    expect(shown.locator(".done")).to_contain_text("POST /workspaces/ws_01HZ/task/cancel 202")
    press(part(page, "Clock"), "+1 min")
    expect(first).to_contain_text("cancelled_by_user")
    expect(second).to_contain_text("completed")
    assert "task_cancel_requested" in feed(page)


def test_an_agent_that_nobody_can_reach_is_seen_to_be_so(console: Open, mock: Mock) -> None:
    freeze(mock)
    set_up(mock, "agent is unreachable", workspace_id="ws_01HZ")
    page = console("workspaces", "?workspace=ws_01HZ")
    shown = card(page, "ws_01HZ")
    press(shown, "Submit task: ws_01HZ")
    shown.get_by_label("description").press("Enter")
    press(part(page, "Clock"), "To the next step")
    task = shown.get_by_role("listitem").filter(has_text="agent_unreachable")
    expect(task).to_contain_text("delivery_failed")
    expect(part(page, "Feed").locator("li").first).to_contain_text("delivery_failed")


def test_packs_that_are_no_longer_those_of_the_role_are_marked(console: Open, mock: Mock) -> None:
    page = console("workspaces", "?as=acme-member")

    def stale(route: Route) -> None:
        found = route.fetch().json()["workspaces"]
        route.fulfill(json={"workspaces": [{**each, "pack_status": "stale"} for each in found]})

    page.route(f"**/_worlds/{mock.world}/v1/workspaces", stale)
    page.reload()
    expect(page.get_by_text("packs stale", exact=True)).to_have_count(2)

"""The audit view: the events of an org as a persona gets them, filtered, page by page, and counted."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.mock_server.console.conftest import Open, opened
from tests.mock_server.serving import Mock

pytestmark = pytest.mark.needs_browser


def rows(page: Page) -> Locator:
    return page.get_by_role("region", name="Events").locator("tbody tr")


def filtered(page: Page, column: str, operator: str, values: str = "") -> None:
    """Add a filter and list."""
    page.get_by_role("button", name="Add a filter").click()
    row = page.get_by_role("group").filter(has=page.get_by_label("Column")).last
    row.get_by_label("Column").select_option(column)
    row.get_by_label("Operator").select_option(label=operator)
    if values:
        row.get_by_label("Values").fill(values)
    page.get_by_role("button", name="List", exact=True).click()


def test_filters_narrow_and_the_address_leads_there_again(console: Open, mock: Mock) -> None:
    page = console("audit", "?as=acme-owner")
    expect(rows(page)).to_have_count(20)
    filtered(page, "event_type", "is one of", "secret.set,provider.updated")
    filtered(page, "user_id", "is none of", "usr_acme_member")
    filtered(page, "resource_id", "is there")
    query = "filter=event_type=secret.set,provider.updated&filter=user_id!=usr_acme_member&filter=resource_id!="
    events = mock.send("GET", f"/v1/audit?{query}&limit=20", "acme-owner").json()["events"]
    expect(page.get_by_role("region", name="Events").locator("p code")).to_contain_text("resource_id%21%3D")
    expect(rows(page)).to_have_count(len(events))
    assert rows(page).locator("td[data-label=Event] strong").all_text_contents() == [
        each["event_type"] for each in events
    ]
    with opened(page.context.browser) as (other, _):  # type: ignore[arg-type]
        other.goto(page.url)
        expect(other.get_by_label("Column")).to_have_count(3)
        expect(rows(other)).to_have_count(len(events))
    page.get_by_role("button", name="Remove: the filter").first.click()
    page.get_by_role("button", name="List", exact=True).click()
    expect(page.get_by_role("region", name="Events").locator("p code")).not_to_contain_text("event_type")


def test_pages_follow_each_other_by_the_cursor_until_there_are_no_more(console: Open, mock: Mock) -> None:
    page = console("audit", "?as=acme-owner&order=asc&limit=6&from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z")
    events = mock.send(
        "GET", "/v1/audit?order=asc&from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z", "acme-owner"
    ).json()["events"]
    assert len(events) == 14
    for shown in (6, 12, 14):
        expect(rows(page)).to_have_count(shown)
        expect(page.get_by_text(f"{shown} shown.")).to_be_visible()
        more = page.get_by_role("button", name="Next page")
        if shown < 14:
            more.click()
    expect(page.get_by_text("There are no more.")).to_be_visible()
    expect(more).to_have_count(0)
    times = rows(page).locator("time").evaluate_all("times => times.map((time) => time.dateTime)")
    assert times == [each["timestamp"] for each in events]


@pytest.mark.parametrize(
    ("label", "value", "field"), [("from", "yesterday", "from"), ("limit", "0", "limit"), ("limit", "many", "limit")]
)
def test_what_the_api_refuses_is_said_in_its_words(console: Open, label: str, value: str, field: str) -> None:
    page = console("audit")
    page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="List", exact=True).click()
    problem = page.get_by_role("region", name="Events").locator(".problem")
    expect(problem).to_contain_text("400 validation_error")
    expect(problem.locator("li code")).to_have_text(field)
    page.get_by_label(label, exact=True).fill("")
    page.get_by_role("button", name="List", exact=True).click()
    expect(problem).to_have_count(0)


def test_a_cursor_that_is_refused_is_said_beside_the_page(console: Open) -> None:
    page = console("audit", "?limit=5")
    expect(rows(page)).to_have_count(5)
    page.route("**/audit?*cursor=*", lambda route: route.continue_(url=f"{route.request.url}x"))
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_role("region", name="Events").locator(".problem")).to_contain_text("400 invalid_cursor")
    expect(rows(page)).to_have_count(5)


def test_statistics_are_those_of_the_api(console: Open, mock: Mock) -> None:
    page = console("audit", "?as=acme-owner")
    part = page.get_by_role("region", name="Statistics")
    part.get_by_label("group_by").fill("decision,event_type")
    part.get_by_label("time_bucket").select_option("1d")
    part.get_by_label("top").fill("1:decision")
    part.get_by_role("button", name="Count").click()
    buckets = mock.send(
        "GET", "/v1/audit/stats?group_by=decision,event_type&time_bucket=1d&top=1:decision", "acme-owner"
    ).json()["buckets"]
    expect(part.locator("tbody tr")).to_have_count(len(buckets))
    shown = part.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.lastChild.textContent)")
    assert shown == [str(each["value"]) for each in buckets]
    assert part.locator("thead th").all_text_contents() == ["decision", "event_type", "bucket", "value"]
    part.get_by_label("bucket_by").fill("latency_ms:100")
    part.get_by_role("button", name="Count").click()
    expect(part.locator(".problem")).to_contain_text("It does not go with time_bucket.")


def test_who_may_see_the_own_events_alone_sees_no_others(console: Open) -> None:
    page = console("audit", "?as=acme-member")
    expect(rows(page)).to_have_count(20)
    by = rows(page).locator("td[data-label=By]").all_text_contents()
    assert all(text.startswith("usr_acme_member") for text in by)
    page.get_by_label("As", exact=True).select_option("acme-runner")
    expect(page.get_by_role("region", name="Events").locator(".problem")).to_contain_text("403 permission_denied")


def test_a_change_is_an_event_at_once_and_leaves_pages_that_were_turned(console: Open, mock: Mock) -> None:
    page = console("audit", "?as=acme-owner&limit=5")
    change = ("PATCH", "/v1/packs/pack_acme_pager", "acme-owner")
    mock.send(*change, json={"visibility": "community"})
    expect(rows(page).first).to_contain_text("pack.visibility_changed")
    rows(page).first.get_by_text("Show").click()
    expect(rows(page).first.locator("dl")).to_contain_text("pack_acme_pager")
    page.get_by_role("button", name="Next page").click()
    expect(rows(page)).to_have_count(10)
    mock.send(*change, json={"visibility": "org"})
    page.get_by_role("link", name="Journal").click()
    expect(page.locator("ol.journal > li").first).to_contain_text("visibility community → org")
    entries = mock.control("GET", "/journal?with_console=true").json()["entries"]
    lists = [each for each in entries if each["operation_id"] == "audit.list"]
    assert len(lists) == 3  # the first page, that page anew, and the second one

"""What a person does with the console, from the first press to what it came to."""

import json
import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.archives import zipped
from tests.mock_server.console.conftest import VIEWS, Open
from tests.mock_server.pipeline.gates.test_form import archive
from tests.mock_server.serving import Mock

pytestmark = pytest.mark.needs_browser

PACK = "pack_acme_pager"
MARKUP = '<img src=x onerror="document.title=1">'

# What a front end does.
ASK = """async ([world, token]) => (await fetch(`/_worlds/${world}/v1/packs/pack_acme_pager`, {
  method: 'PATCH', body: '{"visibility": "community"}',
  headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
})).status"""


def marked() -> bytes:
    """A pack whose texts are markup."""
    content = f"name: marked\nversion: 1.0.0\ndisplay_name: '{MARKUP}'\ndescription: '{MARKUP}'\n".encode()
    return zipped({"pack.yaml": content})


def patch(mock: Mock, persona: str, visibility: str, pack: str = PACK) -> httpx.Response:
    return mock.send("PATCH", f"/v1/packs/{pack}", persona, json={"visibility": visibility})


def newest(page: Page) -> Locator:
    return page.locator("ol.journal > li").first


def row(page: Page, pack: str) -> Locator:
    return page.locator(f"tr[data-pack={pack}]")


def told(page: Page, pack: str) -> Locator:
    return page.locator(f"tr[data-answer={pack}]")


def press(within: Page | Locator, name: str) -> None:
    within.get_by_role("button", name=name, exact=True).click()


def test_past_due_and_the_423_in_the_journal(console: Open, mock: Mock) -> None:
    page = console("simulate")
    page.get_by_label("Billing of Acme").select_option("past due")
    expect(page.get_by_text(f"org_acme is past due in {mock.world}.", exact=True).first).to_be_visible()
    page = console("journal")
    expect(page.get_by_text("There are no requests yet")).to_be_visible()
    assert page.evaluate(ASK, [mock.world, mock.tokens["acme-owner"]]) == 423
    expect(newest(page)).to_contain_text("423 billing_inactive")
    expect(newest(page)).to_contain_text("billing: The org's billing is not active: past due.")
    newest(page).get_by_role("button").click()
    expect(page.get_by_label("Body of the request", exact=True)).to_contain_text('"visibility": "community"')
    expect(page.get_by_label("Body of the response", exact=True)).to_contain_text('"code": "billing_inactive"')
    expect(page.get_by_label("curl to repeat it", exact=True)).to_contain_text(f"/_worlds/{mock.world}/v1/packs/{PACK}")


def test_fork_change_compare_restore(console: Open, mock: Mock) -> None:
    fork = f"{mock.world}-fork"
    page = console("worlds")
    page.get_by_label("New world").fill(fork)
    page.get_by_label("Begins as").select_option(mock.world)
    press(page, "Create")
    expect(page.get_by_label("World", exact=True)).to_have_value(fork)
    page.get_by_label("New snapshot").fill("before")
    press(page, "Save")
    expect(page.get_by_text("Saved before.")).to_be_visible()
    page.get_by_role("link", name="Packs").click()
    press(row(page, PACK), "Make community: Pager")
    expect(row(page, PACK).get_by_text("Make org")).to_be_visible()
    page.get_by_role("link", name="Worlds").click()
    press(page, "Compare with now: before")
    expect(page.get_by_role("row", name=f"packs/{PACK} visibility org community")).to_be_visible()
    press(page, "Restore: before")
    expect(page.get_by_text(f"{fork} stands as before says.").first).to_be_visible()
    press(page, "Compare with now: before")
    expect(page.get_by_text("Nothing has changed since before.")).to_be_visible()
    assert mock.entries == []


def test_a_fault_is_met_and_used_up(console: Open, mock: Mock) -> None:
    page = console("simulate")
    faults = page.get_by_role("region", name="Faults")
    faults.get_by_label("Operation").select_option("packs.update_visibility")
    faults.get_by_text("Another fault").click()
    faults.get_by_label("Error", exact=True).select_option("409 pack_in_use")
    faults.get_by_label("Delay, ms").fill("1")
    press(faults, "Arm the fault")
    expect(faults.get_by_role("cell", name="409 pack_in_use, 1 ms late")).to_be_visible()
    assert patch(mock, "acme-owner", "community").json()["error"]["code"] == "pack_in_use"
    expect(faults.get_by_text("No fault is armed.")).to_be_visible()
    assert patch(mock, "acme-owner", "community").status_code == 200


def test_the_journal_says_what_a_fault_did_and_whose_token_was_no_longer_good(console: Open, mock: Mock) -> None:
    page = console("journal")
    mock.control("POST", "/faults", json={"operation_id": "packs.get", "status": 404, "delay_ms": 2})
    mock.send("GET", "/v1/packs/pack_acme_pager", "acme-read-only")
    mock.send("GET", "/v1/packs", "acme-member", headers={"Prefer": "code=200"})
    token = mock.control("POST", "/tokens", json={"persona": "acme-owner", "state": "expired"}).json()["token"]
    mock.send("GET", "/v1/packs", headers={"Authorization": f"Bearer {token}"})
    rows = page.locator("ol.journal > li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0).locator(".who")).to_have_text("acme-owner (expired)")
    expect(rows.nth(1).locator(".who")).to_have_text("acme-member")
    expect(rows.nth(2).locator(".who")).to_have_text("acme-read-only")
    expect(rows.nth(2).locator(".why")).to_contain_text("fault 1, 404 pack_not_found, 2 ms late:")
    rows.nth(2).locator("button.entry").click()
    expect(rows.nth(2).locator(".facts")).to_contain_text("acme-read-only · fault 1, 404 pack_not_found, 2 ms late")
    rows.nth(0).locator("button.entry").click()
    expect(rows.nth(0).get_by_label("curl to repeat it", exact=True)).to_contain_text(
        "YOUR-TOKEN"
    )  # not the one that is good


@pytest.mark.parametrize("width", [1000, 1280, 1600])
def test_the_columns_of_the_journal_stand_under_each_other(console: Open, mock: Mock, width: int) -> None:
    mock.control("POST", "/faults", json={"operation_id": "packs.get", "delay_ms": 150})
    mock.send("GET", "/v1/packs/pack_acme_pager", "acme-read-only")
    mock.send("PATCH", "/v1/packs/pack_acme_pager", "acme-owner", json={"visibility": "community"})
    mock.send("GET", "/v1/packs/pack_acme_pager/files/a/long/path/of/many/parts/README.md", "cyberdyne-submit-observe")
    mock.send("GET", "/v1/packs")
    mock.control("POST", "/rewind", json={"to": 1})
    page = console("journal")
    page.set_viewport_size({"width": width, "height": 900})
    rows = page.locator("ol.journal > li button.entry")
    expect(rows).to_have_count(4)
    lefts = rows.evaluate_all(
        "rows => rows.map((row) => [...row.children].slice(0, 5).map((cell) => cell.getBoundingClientRect().left))"
    )
    assert len({tuple(left) for left in lefts}) == 1
    rights = rows.evaluate_all("rows => rows.map((row) => row.querySelector('.ms').getBoundingClientRect().right)")
    assert len(set(rights)) == 1


def test_a_fault_that_says_nothing_is_refused_in_words_beside_it(console: Open, mock: Mock) -> None:
    faults = console("simulate").get_by_role("region", name="Faults")
    faults.get_by_text("Another fault").click()
    press(faults, "Arm the fault")
    expect(faults.locator(".problem")).to_contain_text("400 validation_error")
    assert mock.control("GET", "/faults").json() == {"faults": []}


def test_the_journal_is_saved_for_other_tools(console: Open, mock: Mock) -> None:
    mock.send("GET", f"/v1/packs/{PACK}", "acme-owner")
    page = console("journal")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as HAR").click()
    saved = json.loads(saving.value.path().read_text(encoding="utf-8"))
    assert saving.value.suggested_filename == f"{mock.world}.har"
    assert [each["request"]["url"] for each in saved["log"]["entries"]] == [f"{mock.origin}/v1/packs/{PACK}"]


def test_back_to_before_a_request(console: Open, mock: Mock) -> None:
    before = mock.control("GET", "/packs?viewer=org_acme").json()
    patch(mock, "acme-owner", "community")
    patch(mock, "acme-owner", "private")
    page = console("journal")
    page.locator("ol.journal > li").nth(1).get_by_role("button").click()
    press(page, "Rewind to before this")
    expect(page.get_by_text(f"{mock.world} stands right before request 1.").first).to_be_visible()
    expect(page.locator("ol.journal > li.undone")).to_have_count(2)
    assert mock.control("GET", "/packs?viewer=org_acme").json() == before


def test_markup_stays_text_wherever_it_comes_from(console: Open, mock: Mock) -> None:
    made = mock.send("POST", "/v1/packs/upload", "acme-owner", files={"archive": ("p.tar.gz", marked())})
    assert made.status_code == 201, made.text
    mock.send("GET", f"/v1/packs/{MARKUP}?q={MARKUP}", "acme-owner")
    mock.send("PATCH", f"/v1/packs/{PACK}", "acme-owner", json={"visibility": MARKUP})
    page = console("packs")
    expect(page.get_by_text(MARKUP).first).to_be_visible()
    for view in VIEWS.keys() - {"packs"}:
        page = console(view)
        if view == "journal":
            for entry in page.locator("ol.journal > li > button").all():
                entry.click()
            expect(page.get_by_text("img src=x").first).to_be_visible()
        assert page.locator("img").count() == 0
        assert page.title().endswith("Evershell mock")


@pytest.mark.parametrize(
    ("viewer", "pack", "seen", "marked"),
    [
        ("acme-owner", PACK, True, 0),
        ("globex-member", "pack_acme_release_notes", True, 1),
        ("globex-member", PACK, False, 0),
    ],
)
def test_a_viewer_sees_what_the_view_says(  # noqa: PLR0917
    console: Open, mock: Mock, viewer: str, pack: str, seen: bool, marked: int
) -> None:
    page = console("packs", f"?as={viewer}")
    expect(row(page, pack).get_by_text("hidden", exact=True)).to_have_count(marked)
    expect(row(page, pack).get_by_text("not visible")).to_have_count(0 if seen else 1)
    assert (mock.send("GET", f"/v1/packs/{pack}", viewer).status_code == 200) == seen
    page.get_by_label("Show what this viewer cannot see").uncheck()
    expect(row(page, pack)).to_have_count(1 if seen else 0)


def test_files_are_read_as_the_viewer(console: Open, mock: Mock) -> None:
    page = console("packs", "?as=acme-read-only")
    press(row(page, PACK), "Files: Pager")
    page.get_by_role("button", name="pack.yaml · ").locator("visible=true").click()
    expect(page.get_by_label("pack.yaml", exact=True)).to_contain_text("name: pager")
    [entry] = mock.control("GET", "/journal?with_console=true").json()["entries"]
    assert (entry["operation_id"], entry["caller"], entry["status"]) == ("packs.read_file", "acme-read-only", 200)


def test_what_the_api_refuses_is_said_beside_it_and_what_it_does_is_seen(console: Open) -> None:
    page = console("packs", "?as=acme-read-only")
    press(row(page, PACK), "Make community: Pager")
    expect(told(page, PACK)).to_contain_text("403 permission_denied")
    expect(told(page, PACK)).to_contain_text("The operation asks for caps:write.")
    page.get_by_label("As", exact=True).select_option("acme-owner")
    press(row(page, PACK), "Delete: Pager")
    press(page, "Delete it")
    expect(told(page, PACK)).to_contain_text("409 pack_in_use")
    page.get_by_label("Or a small pack named").fill("made-here")
    press(page, "Make and upload")
    expect(page.get_by_text("Made Here", exact=True)).to_be_visible()
    press(page, "Make and upload")
    expect(page.get_by_role("region", name="Upload")).to_contain_text("409 pack_exists")
    page.get_by_label("Archive (.tar.gz)").set_input_files(
        {"name": "p.tar.gz", "mimeType": "application/gzip", "buffer": b"no archive"}
    )
    press(page, "Upload")
    expect(page.get_by_role("region", name="Upload")).to_contain_text("400 validation_error")
    page.get_by_label("Archive (.tar.gz)").set_input_files(
        {"name": "p.tar.gz", "mimeType": "application/gzip", "buffer": archive("chosen")}
    )
    press(page, "Upload")
    expect(page.get_by_text("Chosen", exact=True)).to_be_visible()
    press(page, "Delete: Chosen")
    press(page, "Delete it")
    expect(page.get_by_text("Chosen", exact=True)).to_have_count(0)


def test_a_change_from_elsewhere_is_seen_without_a_reload(console: Open, mock: Mock) -> None:
    page = console("packs")
    patch(mock, "acme-owner", "community")
    expect(row(page, PACK).get_by_text("Make org")).to_be_visible()


def test_a_token_is_copied_and_others_are_made(console: Open, mock: Mock) -> None:
    page = console("callers", "?as=acme-owner")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    card = page.get_by_role("article", name="acme-owner")
    press(card, "Copy: Token")
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == mock.tokens["acme-owner"]
    for state in ("Expired", "Revoked"):
        press(card, f"{state} one: acme-owner")
        expect(card.get_by_text(f"Made one that is {state.lower()}.")).to_be_visible()
        token = card.get_by_label("token", exact=True).inner_text()
        answer = mock.send("GET", "/v1/packs", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, state


@pytest.mark.parametrize("persona", ["acme-auditor", "acme-runner"])
def test_who_has_no_role_is_said_to_have_scopes_of_their_own(console: Open, persona: str) -> None:
    for view in ("start", "callers"):
        expect(console(view, f"?as={persona}").get_by_text("own scopes").first).to_be_visible()


def test_each_snippet_is_the_request_in_another_tongue(console: Open, mock: Mock) -> None:
    page = console("callers", "?as=acme-read-only")
    card = page.get_by_role("article", name="acme-read-only")
    card.get_by_text("Snippets").click()
    url = f"{mock.origin}/_worlds/{mock.world}/v1/packs"
    for tongue in ("curl", "fetch", "httpx"):
        text = card.get_by_label(tongue, exact=True).inner_text()
        assert url in text
        assert f"Bearer {mock.tokens['acme-read-only']}" in text
    answer: dict[str, Any] = {}
    exec(card.get_by_label("httpx", exact=True).inner_text(), answer)  # noqa: S102 - what a reader of it does
    assert answer["answer"].status_code == 200
    script = card.get_by_label("fetch", exact=True).inner_text()
    assert page.evaluate(f"async () => {{ {script}; return answer.status; }}") == 200


def test_the_browser_is_signed_in_and_out(console: Open, mock: Mock) -> None:
    page = console("callers", "?as=acme-member")
    press(page, "Sign this browser in: acme-member")
    expect(page.get_by_text("This browser is signed in as acme-member").first).to_be_visible()
    session = f"async () => (await (await fetch('/_worlds/{mock.world}/v1/me/session')).json()).email"
    assert page.evaluate(session) == "member@acme.example"
    page = console("contract", "?operation=session.get")
    tried = page.get_by_role("region", name="Try it")
    tried.get_by_label("As").select_option("whom this browser is signed in as")
    press(tried, "Send")
    expect(tried.get_by_label("Answer")).to_contain_text("member@acme.example")
    tried.get_by_label("As").select_option("nobody")
    press(tried, "Send")
    expect(tried.get_by_label("Answer")).to_contain_text("unauthenticated")
    press(console("callers"), "Sign this browser out")
    expect(page.get_by_text("This browser is signed in as nobody.").first).to_be_visible()
    assert page.context.cookies() == []


def test_somebody_with_just_these_scopes(console: Open, mock: Mock) -> None:
    page = console("callers", "?q=nobody")
    page.get_by_label("Scopes, those and no others").fill("audit:read")
    press(page, "Make a token")
    token = page.get_by_label("token", exact=True).inner_text()
    session = mock.send("GET", "/v1/me/session", headers={"Authorization": f"Bearer {token}"}).json()
    assert (session["org_id"], session["permissions"]) == ("org_acme", ["audit:read"])
    page.get_by_label("Org", exact=True).fill("org_acne")
    press(page, "Make a token")
    expect(page.get_by_role("region", name="Somebody else")).to_contain_text("Did you mean org_acme?")


def test_the_clock_stands_moves_and_is_real_again(console: Open, mock: Mock) -> None:
    page = console("simulate")
    clock = page.get_by_role("region", name="Clock")

    def now() -> tuple[str, str]:
        told = mock.control("GET", "/clock").json()
        return told["mode"], told["now"]

    clock.get_by_text("To another time").click()

    zone = page.evaluate("new Date('2098-12-31T12:00:00').toISOString()")
    clock.get_by_label("Freeze at, local time").fill("2098-12-31T12:00:00")
    press(clock, "Freeze")
    expect(clock.get_by_text("frozen", exact=True)).to_be_visible()
    assert now() == ("frozen", zone.replace(".000Z", "Z"))
    clock.get_by_label("Move by, negative: back").fill("1")
    press(clock, "Move")
    expect(clock.locator("time")).to_have_attribute(
        "title", zone.replace("2098-12-31", "2099-01-01").replace(".000Z", "Z")
    )
    press(clock, "Back to real")
    expect(clock.get_by_text("real", exact=True)).to_be_visible()
    assert now()[0] == "real"


def test_the_preference_that_is_shown_gets_the_answer(console: Open, mock: Mock) -> None:
    page = console("simulate")
    prefer = page.get_by_role("region", name="Prefer")
    prefer.get_by_label("Operation that is asked").select_option("packs.delete")
    prefer.get_by_label("Answer").select_option("502 registry_cleanup_failed")
    header = prefer.get_by_label("header", exact=True).inner_text().partition(": ")[2]
    answer = mock.send("DELETE", f"/v1/packs/{PACK}", "acme-owner", headers={"Prefer": header})
    assert answer.json()["error"]["code"] == "registry_cleanup_failed"


def test_a_cell_says_how_to_provoke_it_and_is_met_then(console: Open, mock: Mock) -> None:
    page = console("coverage")
    cell = page.get_by_role("button", name="packs.update_visibility 423 billing_inactive: 0, not met yet")
    cell.click()
    how = page.get_by_role("region", name="How to get it")
    expect(how).to_contain_text("org past due under")
    expect(how).to_contain_text("Prefer: code=423")
    patch(mock, "initech-owner", "community", "pack_initech_reports")
    expect(page.get_by_role("button", name="packs.update_visibility 423 billing_inactive: 1, met once")).to_be_visible()
    expect(page.get_by_text(re.compile("^1 of .* were met"))).to_be_visible()
    how.get_by_role("link", name="let the next requests have it").click()
    expect(page.get_by_label("Error", exact=True)).to_have_value("423 billing_inactive")


def test_the_answers_of_an_operation_stand_by_the_class_of_their_status(console: Open) -> None:
    page = console("coverage")
    titles = page.locator(".heat thead th").all_text_contents()
    assert titles[:3] == ["Operation", "Met", "2xx"]
    placed = page.locator(".heat tbody button").evaluate_all(
        "all => all.map((each) => [each.closest('td').cellIndex, each.dataset.key.split(' ')[1][0]])"
    )
    assert {titles[column] for column, digit in placed if digit == "4"} == {"4xx"}
    assert {f"{digit}xx" for _, digit in placed} == {*titles[2:]}
    fixed = page.locator(".heat tbody th").first
    assert fixed.evaluate("each => getComputedStyle(each).position") == "sticky"
    page.get_by_label("Find an operation").fill("packs.del")
    expect(page.locator(".heat tbody th")).to_have_text(["packs.delete"])


def test_an_operation_is_tried_as_somebody(console: Open, mock: Mock) -> None:
    page = console("contract", "?operation=packs.update_visibility")
    expect(page.get_by_text("caps:write").first).to_be_visible()
    expect(page.get_by_text("PACK-PATCH-ONLY-VISIBILITY")).to_be_visible()
    tried = page.get_by_role("region", name="Try it")
    tried.get_by_label("id", exact=True).fill(PACK)
    tried.get_by_label("As").select_option("acme-operator")
    tried.get_by_label("Body").fill('{"visibility": "community"}')
    press(tried, "Send")
    expect(tried.get_by_label("Answer")).to_contain_text('"visibility": "community"')
    tried.get_by_label("As").select_option("acme-read-only")
    press(tried, "Send")
    expect(tried.get_by_label("Answer")).to_contain_text('"permission_denied"')
    tried.get_by_label("As").select_option("acme-operator")
    tried.get_by_label("Prefer").select_option("409 pack_in_use")
    press(tried, "Send")
    expect(tried.get_by_label("Answer")).to_contain_text('"pack_in_use"')
    entries = mock.entries
    callers = [(entry["caller"], entry["from_console"]) for entry in entries]
    assert callers == [("acme-operator", False), ("acme-read-only", False), ("acme-operator", False)]


def test_the_journal_says_when_and_what_was_before_and_after(console: Open, mock: Mock) -> None:
    page = console("journal")
    patch(mock, "acme-owner", "community")
    made = mock.send("POST", "/v1/packs/upload", "acme-owner", files={"archive": ("p.tar.gz", archive("made"))}).json()
    mock.send("DELETE", f"/v1/packs/{made['id']}", "acme-owner")
    rows = page.locator("ol.journal > li")
    expect(rows).to_have_count(3)
    expect(rows.nth(2).locator(".why")).to_have_text("visibility org → community")
    expect(rows.nth(1).locator(".why")).to_have_text(f"created {made['id']}")
    expect(rows.nth(0).locator(".why")).to_have_text(f"deleted {made['id']}")
    time = rows.nth(0).locator("button.entry time")
    expect(time).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
    told = mock.control("GET", "/journal?last=1").json()["entries"][0]["time"]
    expect(time).to_have_attribute("datetime", told)


def test_an_entry_is_found_by_its_link_and_by_its_request_id(console: Open, mock: Mock) -> None:
    for persona in ("acme-owner", None, "acme-member"):
        answer = mock.send("GET", f"/v1/packs/{PACK}", persona)
    read = mock.send("GET", "/v1/packs", "acme-owner", headers={"X-Mock-Console": "1"})
    page = console("journal", f"?q={mock.send('GET', '/v1/packs').json()['error']['request_id']}")
    rows = page.locator("ol.journal > li")
    expect(page.get_by_text("1 of 4 requests")).to_be_visible()
    page.goto(answer.headers["x-mock-journal"])
    expect(page.locator("ol.journal > li.open .id")).to_have_text("#3")
    expect(page.locator("ol.journal > li.open .facts")).to_contain_text(answer.headers["x-request-id"])
    expect(rows).to_have_count(4)
    page.goto(read.headers["x-mock-journal"])
    expect(page.locator("ol.journal > li.open .id")).to_have_text(["#4", "#3"])
    expect(rows.nth(1).locator(".why .badge")).to_have_text("console")
    expect(page.get_by_label("with_console")).to_be_checked()
    mock.send("GET", "/v1/packs", "acme-owner", headers={"X-Mock-Console": "1"})
    expect(rows).to_have_count(6)
    page.get_by_label("with_console").uncheck()
    expect(rows).to_have_count(4)


@pytest.mark.parametrize("no", ["Escape", "Enter"])
def test_a_deletion_is_asked_for_first_and_leaving_it_is_the_first_choice(console: Open, mock: Mock, no: str) -> None:
    page = console("packs")
    delete = row(page, "pack_acme_git_basics").get_by_role("button", name="Delete: Git, the basics")
    delete.press("Enter")
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_have_accessible_name(
        re.compile(r"Delete Git, the basics \(pack_acme_git_basics\) as acme-owner\?")
    )
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press(no)
    expect(dialog).to_have_count(0)
    expect(delete).to_be_focused()
    assert mock.entries == []
    delete.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Git, the basics is gone.")).to_be_visible()
    assert mock.send("GET", "/v1/packs/pack_acme_git_basics", "acme-owner").status_code == 404


def test_a_deletion_that_is_tried_in_the_contract_is_asked_for_first(console: Open, mock: Mock) -> None:
    page = console("contract", "?operation=packs.delete")
    press(page.get_by_role("region", name="Try it"), "Send")
    press(page, "Cancel")
    assert mock.entries == []


def test_who_one_is_stands_first(console: Open, mock: Mock) -> None:
    page = console("callers", "?as=hooli-operator")
    first = page.locator("main article, main section").first
    expect(first.get_by_role("heading")).to_have_text("You are hooli-operator")
    expect(first.locator("dl")).to_contain_text("Hooli org_hooli trial")
    expect(first.locator("dl")).to_contain_text("operator person")
    expect(first.get_by_label("Token", exact=True)).to_have_value(mock.tokens["hooli-operator"])
    page.get_by_label("Find").fill("umbrella-read")
    page.get_by_role("link", name="umbrella-read-only").click()
    expect(page.get_by_role("heading", name="You are umbrella-read-only")).to_be_visible()
    expect(page.get_by_label("Find")).to_have_value("umbrella-read")


@pytest.mark.parametrize(
    ("chosen", "status", "said"),
    [
        ("429 with Retry-After", 429, "429 undeclared"),
        ("503", 503, "503 undeclared"),
        ("502, HTML of a gateway", 502, "502 undeclared HTML"),
    ],
)
def test_an_error_that_the_contract_does_not_declare_is_armed_and_marked(
    console: Open, mock: Mock, chosen: str, status: int, said: str
) -> None:
    page = console("simulate")
    faults = page.get_by_role("region", name="Faults")
    faults.get_by_label("Operation").select_option("packs.list")
    faults.get_by_text("Another fault").click()
    faults.get_by_label("Error", exact=True).select_option(label=chosen)
    faults.get_by_label("Every time").check()
    press(faults, "Arm the fault")
    expect(faults.get_by_role("cell", name=said)).to_be_visible()
    for _ in range(2):
        answer = mock.send("GET", "/v1/packs", "acme-owner")
        assert answer.status_code == status
        assert ("retry-after" in answer.headers) == (status != 502)
        assert answer.headers["content-type"].startswith("text/html") == (status == 502)
    page = console("journal")
    expect(newest(page).locator(".badge").filter(has_text="undeclared")).to_be_visible()
    page.get_by_label("Anything").fill("undeclared")
    expect(page.locator("ol.journal > li:visible")).to_have_count(2)

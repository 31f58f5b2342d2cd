"""The first view: what a client needs, requests that are true as they are shown, and what to try next."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.mock_server.console.conftest import Open, opened
from tests.mock_server.pipeline.gates.test_form import archive
from tests.mock_server.serving import DOCUMENT, Mock
from tests.repo.sources import ROOT

pytestmark = pytest.mark.needs_browser

OPERATIONS = {
    operation["operationId"]: int(next(status for status in operation["responses"] if status.startswith("2")))
    for path in DOCUMENT["paths"].values()
    for method, operation in path.items()
    if method in {"get", "put", "post", "patch", "delete"}
}
# The contract's example is an image of another repository than the pack's, what is in use is not archived, nor is what
# runs, or what workspaces run of, an API key of a provider has no consent to start, and the workspace of the examples
# has no snapshot, and not that file: the request is true, but is refused.
ABSENT = {
    "packs.replace_image": 400,
    "credentials.start_oauth": 400,
    "providers.archive": 409,
    "providers.unarchive": 409,
    "agent_roles.archive": 409,
    "agent_roles.unarchive": 409,
    "workspaces.archive": 409,
    "workspaces.unarchive": 409,
    "workspaces.resume": 409,
    "sandbox.download": 404,
    "snapshots.list_files": 404,
    "snapshots.read_file": 404,
    "snapshots.download": 404,
}
STREAMS = [
    operation["operationId"]
    for path in DOCUMENT["paths"].values()
    for method, operation in path.items()
    if method == "get" and "text/event-stream" in operation["responses"]["200"].get("content", {})
]
ENDING = {name: status for name, status in OPERATIONS.items() if name not in STREAMS}
"""The operations whose answers end, so that a command for one ends by itself."""
FORMS = ("packs.upload", "packs.replace_file", "tasks.submit", "secrets.set")
"""Of these each command looks unlike any other."""


def third(number: int) -> list[str]:
    """Every third of the operations, and those whose commands look unlike any other."""
    return list(dict.fromkeys([*FORMS, *list(ENDING)[number::3]]))


TSC = ROOT / "node_modules/.bin/tsc"


def shown(page: Page, way: str) -> str:
    page.get_by_role("button", name=way, exact=True).click()
    return page.get_by_label(way, exact=True).inner_text()


def start(console: Open, operation: str, persona: str = "acme-owner") -> Page:
    page = console("start", f"?operation={operation}&as={persona}")
    expect(page.get_by_label("Operation")).to_have_value(operation)
    return page


def last_entry(mock: Mock) -> dict[str, Any]:
    entries: list[dict[str, Any]] = mock.control("GET", "/journal?last=1").json()["entries"]
    return entries[0]


def test_base_url_and_token_of_whom_one_is_are_there_to_copy(console: Open, mock: Mock) -> None:
    page = console("start")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.get_by_label("Base URL", exact=True)).to_have_value(f"{mock.origin}/_worlds/{mock.world}/v1")
    expect(page.get_by_label("Token", exact=True)).to_have_value(mock.tokens["acme-owner"])
    page.get_by_label("As", exact=True).select_option("globex-read-only")
    expect(page.get_by_label("Token", exact=True)).to_have_value(mock.tokens["globex-read-only"])
    expect(page.get_by_text("globex-read-only: an API key of Globex, read only")).to_be_visible()
    page.get_by_role("button", name="Copy: Token").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == mock.tokens["globex-read-only"]
    page.reload()
    expect(page.get_by_label("As", exact=True)).to_have_value("globex-read-only")
    expect(console("packs").get_by_label("As", exact=True)).to_have_value("globex-read-only")


def test_the_world_default_has_the_plain_base_url(browser: Browser, mock: Mock) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{mock.origin}/_mock/")
        expect(page.get_by_label("Base URL", exact=True)).to_have_value(f"{mock.origin}/v1")


@pytest.mark.parametrize("operation", third(0))
def test_curl_does_what_it_says(console: Open, mock: Mock, tmp_path: Path, operation: str) -> None:
    command = shown(start(console, operation), "curl")
    (tmp_path / "pack.tar.gz").write_bytes(archive("from-a-shell"))
    said = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True).stdout  # noqa: S602
    entry = last_entry(mock)
    assert (entry["operation_id"], entry["caller"], entry["from_console"]) == (operation, "acme-owner", False)
    assert entry["status"] == ABSENT.get(operation, OPERATIONS[operation]), said
    assert said.startswith(f"HTTP/1.1 {entry['status']}")


@pytest.mark.parametrize("operation", [name for name in third(1) if name != "packs.upload"])
def test_fetch_does_what_it_says(console: Open, mock: Mock, operation: str) -> None:
    page = start(console, operation)
    script = shown(page, "fetch")
    status = page.evaluate(f"async () => {{ {script}; return answer.status; }}")
    entry = last_entry(mock)
    assert (entry["operation_id"], entry["caller"], entry["status"]) == (operation, "acme-owner", status)
    assert status == ABSENT.get(operation, OPERATIONS[operation])


@pytest.mark.parametrize("operation", STREAMS)
def test_of_a_stream_no_more_than_the_beginning_is_waited_for(console: Open, mock: Mock, operation: str) -> None:
    page = start(console, operation)
    page.get_by_role("button", name="Send it from here").click()
    expect(page.get_by_role("region", name="Last request")).to_contain_text("200")
    assert last_entry(mock)["operation_id"] == operation


@pytest.mark.parametrize("operation", STREAMS)
def test_what_reads_a_stream_ends_by_itself_and_says_so(
    console: Open, mock: Mock, capsys: pytest.CaptureFixture[str], operation: str
) -> None:
    page = start(console, operation)
    command = shown(page, "curl")
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False)  # noqa: S602
    assert done.returncode == 28  # as curl says that the time it was given is over
    assert done.stdout.startswith("HTTP/1.1 200")
    assert done.stdout.endswith(": heartbeat\n\n")
    script = shown(page, "fetch")
    assert page.evaluate(f"async () => {{ {script}; return answer.status; }}") == 200
    program = shown(page, "Python (httpx)")
    exec(program, {})  # noqa: S102 - what a reader of it does
    assert capsys.readouterr().out.startswith("200\n: heartbeat\n")
    entries = mock.entries
    assert [(each["operation_id"], each["status"]) for each in entries] == [(operation, 200)] * 3
    for text in (command, script, program, shown(page, "TypeScript")):
        assert "The answer goes on for minutes: this reads it for some 5 seconds." in text


def test_fetch_sends_the_file_that_was_chosen(console: Open) -> None:
    page = start(console, "packs.upload")
    script = shown(page, "fetch")
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), {type: 'file'}))")
    page.locator("input[type=file]").set_input_files(
        {"name": "p.tar.gz", "mimeType": "application/gzip", "buffer": archive("from-a-page")}
    )
    assert page.evaluate(f"async () => {{ {script}; return answer.status; }}") == 201


@pytest.mark.parametrize("operation", third(2))
def test_python_does_what_it_says(
    console: Open, mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    program = shown(start(console, operation), "Python (httpx)")
    (tmp_path / "pack.tar.gz").write_bytes(archive("from-python"))
    monkeypatch.chdir(tmp_path)
    said: dict[str, Any] = {}
    exec(program, said)  # noqa: S102 - what a reader of it does
    assert said["answer"].status_code == ABSENT.get(operation, OPERATIONS[operation])
    assert last_entry(mock)["operation_id"] == operation


@pytest.mark.needs_node
def test_typescript_compiles_and_has_the_types_of_the_contract(console: Open, tmp_path: Path) -> None:
    for operation in OPERATIONS:
        program = shown(start(console, operation), "TypeScript")
        (tmp_path / f"{operation}.ts").write_text(f"{program}\nexport {{}};\n", encoding="utf-8")
    listed = (tmp_path / "packs.list.ts").read_text(encoding="utf-8")
    assert "const data: PackList = await answer.json();" in listed
    assert 'type Visibility = "org" | "community";' in listed
    strict = ["--strict", "--noEmit", "--target", "es2022", "--module", "esnext", "--lib", "es2022,dom,dom.iterable"]
    done = subprocess.run(
        [TSC, *strict, *tmp_path.glob("*.ts")], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    wrong = listed.replace("console.log(data)", "console.log(data.packs[0].nothing)")
    (tmp_path / "packs.list.ts").write_text(wrong, encoding="utf-8")
    done = subprocess.run([TSC, *strict, "packs.list.ts"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Property 'nothing' does not exist on type 'Pack'" in done.stdout


def test_the_last_request_has_its_verdict_and_leads_to_its_entry(console: Open, mock: Mock) -> None:
    page = console("start")
    last = page.get_by_role("region", name="Last request")
    expect(last).to_contain_text("There was no request yet.")
    mock.send("DELETE", "/v1/packs/pack_acme_pager", "acme-read-only")
    expect(last).to_contain_text("403 permission_denied")
    expect(last).to_contain_text("DELETE /v1/packs/pack_acme_pager")
    expect(last).to_contain_text("Refused by scope The operation asks for caps:write.")
    expect(last).to_contain_text("acme-read-only")
    mock.send("PATCH", "/v1/packs/pack_acme_pager", "acme-owner", json={"visibility": "community"})
    expect(last).to_contain_text("visibility org → community")
    last.get_by_role("link", name="In the journal").click()
    entry = page.locator("ol.journal > li").first
    expect(entry.get_by_role("button", expanded=True)).to_contain_text("#2")
    expect(entry.get_by_label("Body of the request", exact=True)).to_contain_text("community")


def test_a_request_is_sent_from_here_and_counts_as_a_clients(console: Open, mock: Mock) -> None:
    page = start(console, "packs.upload")
    page.get_by_role("button", name="Send it from here").click()
    last = page.get_by_role("region", name="Last request")
    expect(last).to_contain_text("created pack_")
    counted = {cell["operation_id"]: cell for cell in cells(mock) if cell["count"]}
    assert [(name, cell["status"], cell["count"]) for name, cell in counted.items()] == [("packs.upload", 201, 1)]
    page = console("coverage")
    expect(page.get_by_text(f"1 of {len(cells(mock))} declared answers were met by clients")).to_be_visible()
    mock.send("GET", "/v1/packs", "acme-owner")
    expect(page.get_by_text(f"2 of {len(cells(mock))} declared answers were met by clients")).to_be_visible()


def test_an_operation_is_chosen_by_some_letters_and_its_answer_stands_below_send(console: Open, mock: Mock) -> None:
    page = console("start")
    chosen = page.get_by_role("combobox", name="Operation", exact=True)
    offered = page.get_by_role("listbox", name="What fits").get_by_role("option")
    chosen.click()
    expect(offered).to_have_count(len(OPERATIONS))
    chosen.press_sequentially("get /me/sess")
    chosen.press("Enter")
    expect(chosen).to_have_value("session.get")
    expect(page).to_have_url(re.compile("operation=session.get"))
    send = page.get_by_role("button", name="Send it from here")
    send.click()
    answer = page.get_by_label("Answer", exact=True)
    expect(answer).to_contain_text('"email": "owner@acme.example"')
    tops = [each.evaluate("each => each.getBoundingClientRect().top") for each in (send, answer)]
    assert tops == sorted(tops)
    assert last_entry(mock)["operation_id"] == "session.get"
    chosen.fill("no such operation")
    expect(offered).to_have_count(0)
    chosen.press("Tab")
    expect(chosen).to_have_value("session.get")
    chosen.click()
    offered.filter(has_text="/packs/upload").click()
    expect(chosen).to_have_value("packs.upload")


def cells(mock: Mock) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = mock.control("GET", "/coverage").json()["cells"]
    return found


@pytest.mark.parametrize(
    ("link", "heading"),
    [
        ("Change what it sends", "Contract"),
        ("See it in the journal", "Journal"),
        ("Make Acme past due", "Billing, clock, faults"),
        ("Give each test a world", "Worlds"),
    ],
)
def test_what_to_try_next_leads_there(console: Open, link: str, heading: str) -> None:
    page = console("start")
    page.get_by_role("region", name="Next").get_by_role("link", name=link).click()
    expect(page.get_by_role("heading", level=2, name=heading)).to_be_visible()


def test_an_old_link_leads_to_what_the_view_is_called_now(browser: Browser, mock: Mock) -> None:
    with opened(browser) as (page, wrong):
        page.goto(f"{mock.origin}/_mock/#/{mock.world}/levers?operation=packs.get&answer=404+pack_not_found")
        expect(page.get_by_role("heading", level=2, name="Billing, clock, faults")).to_be_visible()
        expect(page.get_by_label("Error", exact=True)).to_have_value("404 pack_not_found")
        assert f"#/{mock.world}/simulate?operation=packs.get" in page.url
        assert wrong == []

"""A page on another port, in a real browser."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from mock_server import Settings, create_app
from tests.chromium import chromium
from tests.mock_server.browser.pages import pages as served_pages
from tests.mock_server.pipeline.gates.test_form import archive
from tests.mock_server.serving import Mock, served

pytestmark = pytest.mark.needs_browser

# Names that lead to this machine, as a page's and a mock's names lead elsewhere for others.
NAMES = ("app.example", "evil.example")
RESOLVED = f"--host-resolver-rules={','.join(f'MAP {name} 127.0.0.1' for name in NAMES)}"


@pytest.fixture(scope="module")
def pages() -> Iterator[int]:
    with served_pages() as port:
        yield port


@pytest.fixture(scope="module")
def origin(pages: int) -> Iterator[str]:
    """A mock that lets one named origin in beside those of this machine."""
    with served(create_app(Settings(cors_origins=(f"http://app.example:{pages}",)))) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(RESOLVED) as started:
        yield started


@pytest.fixture
def page(browser: Browser, pages: int) -> Iterator[Page]:
    """The page, as a user of this machine has it open."""
    with browser.new_context() as context:
        opened = context.new_page()
        opened.goto(f"http://localhost:{pages}/page.html")
        yield opened


@pytest.fixture
def world(origin: str, request: pytest.FixtureRequest) -> Mock:
    return Mock(origin, request.node.name.partition("[")[0][:60])


TOKEN = "sk_mock_acme_full_access_1001"


def ask(page: Page, mock: Mock, method: str, path: str, *, token: str = TOKEN, **options: Any) -> dict[str, Any]:
    """Let the page ask, with a credential and a world: the browser then asks beforehand."""
    headers = {"Authorization": f"Bearer {token}", "X-Mock-World": mock.world, **options.pop("headers", {})}
    sent = {"method": method, "headers": headers, **options}
    answer: dict[str, Any] = page.evaluate("([url, options]) => ask(url, options)", [mock.origin + path, sent])
    return answer


def patch(page: Page, mock: Mock, visibility: str, **options: Any) -> dict[str, Any]:
    options["headers"] = {"Content-Type": "application/json", **options.pop("headers", {})}
    return ask(page, mock, "PATCH", "/v1/packs/pack_01HZ", body=f'{{"visibility": "{visibility}"}}', **options)


def test_it_reads_and_changes(page: Page, world: Mock) -> None:
    listed = ask(page, world, "GET", "/v1/packs")
    assert (listed["status"], len(listed["body"]["packs"]) > 0) == (200, True)
    assert patch(page, world, "community")["status"] == 200
    read = ask(page, world, "GET", "/v1/packs/pack_01HZ")
    assert (read["status"], read["body"]["visibility"]) == (200, "community")
    assert read["headers"]["x-request-id"]


def test_it_uploads_what_a_user_chose(page: Page, world: Mock) -> None:
    page.set_input_files("#archive", {"name": "p.tar.gz", "mimeType": "application/gzip", "buffer": archive("chosen")})
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Mock-World": world.world}
    answer = page.evaluate("([url, headers]) => upload(url, headers)", [f"{world.origin}/v1/packs/upload", headers])
    assert (answer["status"], answer["body"]["name"], answer["body"]["visibility"]) == (201, "chosen", "community")


def test_it_reads_a_423_with_its_envelope(page: Page, world: Mock) -> None:
    world.control("PUT", "/orgs/org_acme/billing", json={"posture": "past_due"})
    refused = patch(page, world, "community")
    error = refused["body"]["error"]
    assert (refused["status"], error["code"]) == (423, "billing_inactive")
    assert error["request_id"] == refused["headers"]["x-request-id"]


def test_it_reads_refusals_of_every_kind(page: Page, world: Mock) -> None:
    kinds = [
        ask(page, world, "GET", "/v1/nothing"),
        ask(page, world, "DELETE", "/v1/packs"),
        ask(page, world, "GET", "/v1/packs", token="nobody"),
        ask(page, world, "GET", "/v1/packs/pack_01HZ", headers={"Prefer": "code=404"}),
        ask(page, world, "GET", "/v1/packs", headers={"X-Mock-World": "no world!"}),
    ]
    assert [each["status"] for each in kinds] == [404, 405, 401, 404, 400]
    assert kinds[1]["headers"]["allow"] == "GET, POST"
    assert kinds[2]["headers"]["www-authenticate"] == "Bearer"
    assert kinds[3]["headers"]["preference-applied"] == "code=404"


def test_it_may_use_the_control_api(page: Page, world: Mock) -> None:
    patch(page, world, "community")
    reset = ask(page, world, "POST", f"/_mock/worlds/{world.world}/reset")
    assert (reset["status"], reset["body"]) == (200, {"name": world.world})
    assert ask(page, world, "GET", "/v1/packs/pack_01HZ")["body"]["visibility"] == "org"


def test_it_follows_the_journal(page: Page, world: Mock) -> None:
    stream = f"{world.origin}/_mock/worlds/{world.world}/journal/stream"
    page.evaluate("async url => { window.stream = await listen(url); }", stream)
    world.send("GET", "/v1/packs")
    event = page.evaluate("stream.first")
    assert event["id"] == "1"
    assert '"operation_id":"packs.list"' in event["data"]


@pytest.mark.parametrize("fault", [{"drop": True}, {"truncate": 20}])
def test_it_sees_connections_end(page: Page, world: Mock, fault: dict[str, Any]) -> None:
    """On a connection that it had kept, too, where it asks again by itself if that ends without a byte."""
    assert ask(page, world, "GET", "/v1/packs")["status"] == 200
    world.control("POST", "/faults", json={"operation_id": "packs.list", **fault})
    assert ask(page, world, "GET", "/v1/packs") == {"failed": "TypeError"}
    assert ask(page, world, "GET", "/v1/packs")["status"] == 200


def sign_in(page: Page, mock: Mock, persona: str) -> str:
    """Sign in at the mock, by the name that the page has too, and return; the mock's URL by that name."""
    back = page.url
    url = mock.origin.replace("127.0.0.1", "localhost")
    page.goto(f"{url}/_mock/login?persona={persona}&return_to={back}")
    assert page.url == back
    return url


def test_it_signs_in_and_acts_with_the_cookie(page: Page, world: Mock) -> None:
    url = sign_in(page, world, "acme-owner")
    assert page.evaluate("document.cookie") == ""
    base = f"{url}/_worlds/{world.world}/v1"
    with_cookie = {"credentials": "include"}
    session = page.evaluate("([url, options]) => ask(url, options)", [f"{base}/me/session", with_cookie])
    assert (session["status"], session["body"]["email"]) == (200, "owner@acme.example")
    change = {
        "method": "PATCH",
        "headers": {"Content-Type": "application/json"},
        "body": '{"visibility": "community"}',
        **with_cookie,
    }
    changed = page.evaluate("([url, options]) => ask(url, options)", [f"{base}/packs/pack_01HZ", change])
    assert (changed["status"], changed["body"]["visibility"]) == (200, "community")
    anonymous = page.evaluate("url => ask(url)", f"{base}/me/session")
    assert anonymous["status"] == 401


def test_another_page_neither_reads_nor_changes(page: Page, world: Mock, pages: int) -> None:
    url = sign_in(page, world, "acme-owner")
    page.goto(f"http://evil.example:{pages}/page.html")
    assert ask(page, world, "GET", "/v1/packs") == {"failed": "TypeError"}
    assert patch(page, world, "community") == {"failed": "TypeError"}
    simple = {"method": "POST", "mode": "no-cors", "credentials": "include"}
    for path in (f"/_mock/worlds/{world.world}/tokens/revoke", f"/_worlds/{world.world}/v1/packs/upload"):
        page.evaluate("([url, options]) => ask(url, options)", [url + path, simple])
    entries = world.control("GET", "/journal").json()["entries"]
    assert [entry["status"] for entry in entries if entry["method"] != "GET"] == [401]
    page.goto(f"http://app.example:{pages}/page.html")
    assert ask(page, world, "GET", "/v1/packs")["status"] == 200


NAMES_OF_THIS_MACHINE = ("localhost", "127.0.0.1", "app.localhost")
WITH_COOKIE = {"credentials": "include"}
CHANGE = {
    **WITH_COOKIE,
    "method": "PATCH",
    "headers": {"Content-Type": "application/json"},
    "body": '{"visibility": "community"}',
}


def fetched(page: Page, url: str, options: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = page.evaluate("([url, options]) => ask(url, options)", [url, options])
    return answer


def acts_as_owner(page: Page, base: str) -> None:
    """The page reads and changes with the cookie, and with nothing else."""
    session = fetched(page, f"{base}/me/session", WITH_COOKIE)
    assert (session["status"], session["body"].get("email")) == (200, "owner@acme.example")
    changed = fetched(page, f"{base}/packs/pack_01HZ", CHANGE)
    assert (changed["status"], changed["body"]["visibility"]) == (200, "community")
    assert fetched(page, f"{base}/me/session", {})["status"] == 401


@pytest.mark.parametrize("mock_name", NAMES_OF_THIS_MACHINE[:2])
@pytest.mark.parametrize("page_name", NAMES_OF_THIS_MACHINE)
def test_a_user_signs_in_whatever_page_and_mock_are_called(
    page: Page, world: Mock, pages: int, page_name: str, mock_name: str
) -> None:
    """Sent to the sign-in, and returned: then the page acts at the mock's name, and at its own."""
    mock = world.origin.replace("127.0.0.1", mock_name)
    back = f"http://{page_name}:{pages}/page.html?tab=mine#top"
    page.goto(f"{mock}/_mock/login?persona=acme-owner&return_to={quote(back, safe='')}")
    assert page.url == back
    for name in {mock_name, page_name}:
        acts_as_owner(page, f"{world.origin.replace('127.0.0.1', name)}/_worlds/{world.world}/v1")


@pytest.mark.parametrize("mock_name", NAMES_OF_THIS_MACHINE[:2])
@pytest.mark.parametrize("page_name", NAMES_OF_THIS_MACHINE)
def test_a_page_signs_in_by_itself_and_out(page: Page, world: Mock, pages: int, page_name: str, mock_name: str) -> None:
    mock = world.origin.replace("127.0.0.1", mock_name)
    page.goto(f"http://{page_name}:{pages}/page.html")
    assert fetched(page, f"{mock}/_mock/login?persona=acme-owner", WITH_COOKIE)["status"] == 200
    base = f"{mock}/_worlds/{world.world}/v1"
    acts_as_owner(page, base)
    assert fetched(page, f"{mock}/_mock/login?persona=acme-member", WITH_COOKIE)["status"] == 200
    assert fetched(page, f"{base}/me/session", WITH_COOKIE)["body"]["role"] == "member"
    assert fetched(page, f"{mock}/_mock/logout", {**WITH_COOKIE, "method": "POST"})["status"] == 200
    assert fetched(page, f"{base}/me/session", WITH_COOKIE)["status"] == 401


@pytest.mark.parametrize(("page_name", "mock_name"), [("localhost", "127.0.0.1"), ("127.0.0.1", "localhost")])
def test_whom_the_mock_signed_in_the_page_signs_out(
    page: Page, world: Mock, pages: int, page_name: str, mock_name: str
) -> None:
    mock = world.origin.replace("127.0.0.1", mock_name)
    page.goto(f"{mock}/_mock/login?persona=acme-owner&return_to=http://{page_name}:{pages}/page.html")
    assert fetched(page, f"{mock}/v1/me/session", WITH_COOKIE)["status"] == 200
    assert fetched(page, f"{mock}/_mock/logout", {**WITH_COOKIE, "method": "POST"})["status"] == 200
    assert fetched(page, f"{mock}/v1/me/session", WITH_COOKIE)["status"] == 401


def test_the_cookie_of_one_site_is_none_of_another(page: Page, world: Mock, pages: int) -> None:
    """What a page that is not let in sends has no cookie, wherever somebody signed in before."""
    page.goto(f"{world.origin}/_mock/login?persona=acme-owner&return_to=http://localhost:{pages}/page.html")
    page.goto(f"http://evil.example:{pages}/page.html")
    simple = {"method": "POST", "mode": "no-cors", "credentials": "include"}
    fetched(page, f"{world.origin}/_mock/login?persona=acme-owner", {"mode": "no-cors", "credentials": "include"})
    for name in ("localhost", "127.0.0.1"):
        base = world.origin.replace("127.0.0.1", name)
        fetched(page, f"{base}/_worlds/{world.world}/v1/packs/upload", simple)
    assert [entry["status"] for entry in world.control("GET", "/journal").json()["entries"]] == [401, 401]

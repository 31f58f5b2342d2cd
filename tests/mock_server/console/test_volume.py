"""The console of a world with many objects: a page at a time, and a search that the mock answers."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from mock_server import Settings, create_app
from tests.mock_server.console.conftest import Open
from tests.mock_server.serving import Mock, served

pytestmark = pytest.mark.needs_browser
PACKS = 230


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The URL of a mock with more packs and roles than a page has."""
    with served(create_app(Settings(scale=(("packs", PACKS), ("roles", 120))))) as url:
        yield url


def test_packs_are_shown_a_page_at_a_time_and_a_search_finds_each(console: Open, mock: Mock) -> None:
    packs = mock.control("GET", "/packs?viewer=org_acme").json()
    page = console("packs", "?as=acme-owner")
    rows = page.locator("tr[data-pack]")
    expect(rows).to_have_count(100)
    expect(page.locator("table.packs caption")).to_have_text(
        f"{packs['count']} packs; {packs['visible']} of {packs['count']} are seen by acme-owner"
    )
    first = rows.first.get_attribute("data-pack")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("group", name="Pages")).to_contain_text(f"101 to 200 of {packs['count']}")
    assert rows.first.get_attribute("data-pack") != first

    sought = packs["packs"][-1]
    page.get_by_role("searchbox", name="Search").fill(sought["pack"]["display_name"].upper())
    expect(rows).to_have_count(1)
    expect(rows).to_have_attribute("data-pack", sought["id"])
    assert page.url.endswith(f"search={sought['pack']['display_name'].upper().replace(' ', '+')}")
    page.reload()
    expect(rows).to_have_count(1)
    page.get_by_label("Show what this viewer cannot see").uncheck()
    page.get_by_role("searchbox", name="Search").fill("")
    expect(page.get_by_role("group", name="Pages")).to_contain_text(f"1 to 100 of {packs['visible']}")


def test_a_collection_and_the_settings_are_shown_a_page_at_a_time_too(console: Open) -> None:
    page = console("collections", "?name=packs")
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(100)
    page.get_by_role("searchbox", name="Search").fill("PACK_ACME_PAGER")
    expect(rows).to_have_count(1)
    page.get_by_role("searchbox", name="Search").fill("no such text")
    expect(page.get_by_text("There are none.")).to_be_visible()

    page = console("settings", "?of=agent_roles&as=acme-owner")
    shown = page.get_by_role("region", name="Shown", exact=True)
    expect(shown.locator("tbody tr")).to_have_count(100)
    shown.get_by_role("button", name="Next").click()
    expect(shown.get_by_role("button", name="Next")).to_be_disabled()
    shown.get_by_role("searchbox", name="Search").fill("role_acme_oncall")
    expect(shown.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("search=GLOBEX&limit=1", ["pack_globex_ledger"]),
        ("search=globex&offset=1&limit=1", ["pack_globex_metrics"]),
        ("search=globex&visible=true", ["pack_globex_metrics"]),
        ("search=globex&offset=9", []),
    ],
)
def test_a_part_of_the_packs_is_asked_for(mock: Mock, query: str, ids: list[str]) -> None:
    told = mock.control("GET", f"/packs?viewer=org_acme&{query}").json()
    assert [each["id"] for each in told["packs"]] == ids
    assert (told["count"], told["visible"]) == (2, 1)


def test_a_part_of_a_collection_is_asked_for(mock: Mock) -> None:
    told = mock.control("GET", "/collections?name=roles&search=ONCALL&limit=1").json()
    assert told["count"] >= 1
    assert len(told["objects"]) == 1
    whole = mock.control("GET", "/collections?name=roles").json()
    part = mock.control("GET", f"/collections?name=roles&offset={whole['count'] - 2}").json()
    assert part["objects"] == whole["objects"][-2:]

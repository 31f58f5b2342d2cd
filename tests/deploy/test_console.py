"""The console on several nodes: it lists the worlds of all of them."""

import pytest
from playwright.sync_api import expect

from tests import plain
from tests.chromium import chromium
from tests.deploy.front import Front

pytestmark = [pytest.mark.needs_haproxy, pytest.mark.needs_browser]


def test_the_worlds_of_all_nodes_are_listed_with_their_nodes(behind: Front) -> None:
    for number in range(4):
        plain.post(f"{behind.origin}/_mock/worlds", json={"name": f"seen-{number}"})
    with chromium() as browser, browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{behind.origin}/_mock/#/default/worlds")
        row = page.get_by_role("row").filter(has_text="seen-")
        expect(row).to_have_count(4)
        assert {each.get_by_role("cell").nth(1).inner_text() for each in row.all()} == {"n1", "n2"}
        expect(page.get_by_role("columnheader", name="Node")).to_be_visible()
        expect(page.get_by_label("World", exact=True)).to_contain_text("seen-3")

"""A page that Chromium runs asks through the proxy: all of it passes, and what is wrong is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import plain
from tests.chromium import chromium
from tests.conformance.targets import judge
from tests.conformance.traffic.page import script
from tests.conformance.traffic.proxy.proxied import proxied, rules
from tests.live import served_mock

pytestmark = pytest.mark.needs_browser

PAGE = script("""
  await ask('GET', '/packs');
  await ask('GET', '/me/session');
  await ask('PATCH', '/packs/pack_01HZ', { visibility: 'community' });
  await ask('GET', '/packs/pack_01HZ');
  await upload();
  const stream = new EventSource(`${origin}/v1/activity/stream?api_key=sk_mock_acme_full_access_1001`);
  await new Promise((opened, failed) => { stream.onopen = opened; stream.onerror = failed; });
  const next = new Promise((came) => stream.addEventListener('activity', came));
  await ask('POST', '/workspaces/ws_01HZ/tasks', { description: 'Look.' });
  await next;
  stream.close();
  await ask('GET', '/packs?limit=3');
  return token;
""")
DEFECT = "visibility-not-stored"


def test_a_page_asks_through_the_proxy(tmp_path: Path) -> None:
    record, live, again = (tmp_path / name for name in ("out.har", "live.json", "again.json"))
    options = ("--alone", "--side", "both")
    with (
        served_mock("--deviation", DEFECT) as origin,
        proxied(origin, *options, "--record", record, "--report", f"json={live}") as proxy,
        chromium() as browser,
    ):
        context = browser.new_context(extra_http_headers={"X-Conformance-Test": "shares a pack"})
        page = context.new_page()
        page.goto(f"{proxy.url}/_mock/")
        token = page.evaluate(PAGE, proxy.url)
        context.close()
        assert proxy.end() == 1
    judge(record, *options, "--report", f"json={again}", command="traffic")
    one, other = (json.loads(path.read_text(encoding="utf-8")) for path in (live, again))
    assert {each["rule"] for each in one["findings"]} == {"PACK-PATCH-APPLIES", "CLIENT-QUERY"}
    assert rules(one) == rules(other)
    assert one["traffic"]["judged"] == 8
    assert all(each["case"].endswith(", test shares a pack") for each in one["findings"])
    assert token not in record.read_text() + live.read_text() + again.read_text()


def test_a_page_that_navigates_is_named_by_a_call() -> None:
    """No header is set where a page is opened by its address, so the test is named before."""
    with served_mock() as origin, proxied(origin, "--side", "client") as proxy, chromium() as browser:
        proxy.name_test("opens the list")
        browser.new_page().goto(f"{proxy.url}/v1/packs")
        found = {each["rule"]: each["case"] for each in proxy.report()["findings"]}
        assert plain.post(f"{proxy.url}/_conformance/test", content=b"").status_code == 204
    assert found["CLIENT-CREDENTIAL-MISSING"].endswith(", test opens the list")

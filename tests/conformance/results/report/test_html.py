import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.contract.contract import Provenance
from conformance.http.exchange import Exchange
from conformance.results.report import html
from conformance.results.verdict import Case, Finding, Run, Verdict
from tests.chromium import chromium
from tests.conformance.results.report.rendered import Page


def test_nothing_that_a_target_says_becomes_markup(run: Run) -> None:
    page = Page(html.render(run))
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert len(scripts) == 1
    assert '<script>alert("pack")</script>' in page.text


def test_the_page_needs_nothing_from_elsewhere(run: Run) -> None:
    text = html.render(run)
    page = Page(text)
    assert not [tag for tag, _ in page.elements if tag in ("link", "img", "iframe", "base")]
    assert not [a for _, a in page.elements if a.get("src")]
    assert all((a.get("href") or "#").startswith("#") for _, a in page.elements)
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_each_defect_has_promise_exchange_command_and_seed(run: Run) -> None:
    text = Page(html.render(run)).text
    for shown in (
        "PACK-PATCH-ONLY-VISIBILITY",
        run.contract.rules["PACK-PATCH-ONLY-VISIBILITY"].text,
        "expected display_name as it was",
        "PATCH /packs/pack_01HZ",
        "curl --silent --show-error --include",
        "$ACME_OWNER_TOKEN",
        "evershell-conformance replay REPORT.json ",
        "2 requests",
        "Seed 42",
    ):
        assert shown in text


def test_every_link_leads_somewhere(run: Run) -> None:
    page = Page(html.render(run))
    ids = {attributes.get("id") for _, attributes in page.elements}
    links = {a["href"] for tag, a in page.elements if tag == "a" and a.get("href")}
    assert len(links) > 3
    assert {link for link in links if (link or "").removeprefix("#") not in ids} == set()


def test_every_operation_status_and_rule_is_there(run: Run) -> None:
    page = Page(html.render(run))
    for operation_id in run.contract.operations:
        assert operation_id in page.text
    for rule_id in run.contract.rules:
        assert rule_id in page.text
    assert re.search(r"teapot .1, undeclared", page.text)


def test_the_slowest_cases_are_named_with_their_seconds(run: Run) -> None:
    shown = html.render(run).partition('id="slowest"')[2]
    assert re.findall(r'block">([^<]+)</td>\s+<td data-label="seconds">([\d.]+)', shown)[:2] == [
        ("passed", "1.50"),
        ("failed", "0.01"),
    ]


def test_what_went_wrong_with_the_run_stands_above_everything(make_run: Callable[..., Run]) -> None:
    run = make_run(unusable="every credential is refused", left_behind=("pack pack_09HZ",), errors=("KeyError",))
    text = Page(html.render(run)).text
    for shown in ("every credential is refused", "pack pack_09HZ", "KeyError"):
        assert text.index(shown) < text.index("Matrix: operations by statuses")


@pytest.mark.parametrize("body", [b"\xff\x00", b"x" * 100_000, b'"\\ud800"', b"[" * 5000, b""])
def test_any_answer_can_be_shown(
    make_run: Callable[..., Run], finding: Finding, exchange: Exchange, body: bytes
) -> None:
    shown = replace(finding, exchange=replace(exchange, body=body))
    page = html.render(make_run(Case("c", shown.rule, None, Verdict.FAILED, findings=(shown,))))
    assert len(page.encode("utf-8")) < 200_000


@pytest.mark.needs_browser
@pytest.mark.parametrize("width", [390, 1400])
def test_a_browser_shows_it_from_disk_without_complaint(run: Run, tmp_path: Path, width: int) -> None:
    page = tmp_path / "report.html"
    page.write_text(html.render(run), encoding="utf-8")
    browser = shutil.which("chromium")
    assert browser is not None
    done = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
            f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},900", "--dump-dom", page.as_uri(),
        ],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert not re.findall(r"CONSOLE.*", done.stderr)
    # The script ran: the filter, hidden without it, is there to be used.
    assert '<form class="filter">' in done.stdout
    assert "PACK-PATCH-ONLY-VISIBILITY" in done.stdout


@pytest.mark.needs_browser
def test_findings_and_rules_are_filtered_each_for_itself(
    make_run: Callable[..., Run], finding: Finding, tmp_path: Path
) -> None:
    other = replace(finding, operation_id="packs.get", rule="OWNERSHIP-ORG-ID", provenance=Provenance.SEED)
    guess = replace(finding, provenance=Provenance.ASSUMED)
    page = tmp_path / "report.html"
    run = make_run(Case("c", finding.rule, None, Verdict.FAILED, findings=(guess, other)))
    page.write_text(html.render(run), encoding="utf-8")
    with chromium() as browser:
        shown = browser.new_page()
        shown.goto(page.as_uri())
        findings, rules = shown.locator(".finding:visible"), shown.locator(".rules tr[data-verdict]:visible")
        every = rules.count()
        assert (findings.count(), every) == (2, len(run.contract.rules))
        shown.get_by_role("searchbox", name="Filter findings by text").fill("ownership-org")
        assert (findings.count(), rules.count()) == (1, every)
        assert "OWNERSHIP-ORG-ID" in findings.inner_text()
        shown.get_by_role("searchbox", name="Filter findings by text").fill("")
        shown.get_by_role("searchbox", name="Filter rules by text").fill("OWNERSHIP-ORG-ID")
        assert (findings.count(), rules.count()) == (2, 1)
        shown.locator("section", has=shown.locator("#findings")).get_by_label("advisory").uncheck()
        assert findings.count() == 1

"""The site is built without a warning, leads nowhere that is not there, asks nobody else, and fits on a phone."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
import yaml

from tests.chromium import chromium
from tests.listening import listening
from tests.openapi import DOCUMENT, OPERATIONS
from tests.repo.console import replayed
from tests.repo.make_shell import in_make_shell
from tests.repo.sources import ROOT, tracked
from tools.site.build import build
from tools.site.links import Links, links_of
from tools.site.openapi31 import FILE, to_openapi31
from tools.site.sources import DOCUMENTS, NAVIGATION

PHONE = {"width": 390, "height": 800}
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


@dataclass
class Page(HTMLParser):
    """What a page is called within, leads to and loads."""

    text: str
    ids: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    loaded: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag has of these."""
        given = {name: value for name, value in attrs if value is not None}
        self.ids |= {given["id"]} if "id" in given else set()
        self.links |= {given["href"]} if tag == "a" and "href" in given else set()
        if (target := given.get(LOADS.get(tag, ""))) and given.get("rel") not in {"prev", "next", "canonical"}:
            self.loaded.add(target)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def pages(site: Path) -> Mapping[str, Page]:
    return {path.name: Page(path.read_text(encoding="utf-8")) for path in site.glob("*.html")}


def leads_nowhere(site: Path, pages: Mapping[str, Page], page: str, link: str) -> bool:
    path, anchor = urldefrag(link)
    name = unquote(path).removeprefix("/") or ("index.html" if path else page)
    return not (site / name).exists() or bool(anchor and unquote(anchor) not in pages[name].ids)


def test_every_link_leads_to_a_page_and_a_place_in_it(site: Path, pages: Mapping[str, Page]) -> None:
    inner = [(name, link) for name, page in pages.items() for link in page.links if not re.match(r"[a-z]+:", link)]
    assert len(inner) > 1000
    assert [each for each in inner if leads_nowhere(site, pages, *each)] == []


def test_the_contract_in_3_1_is_beside_the_pages_and_the_overview_leads_there(
    site: Path, pages: Mapping[str, Page]
) -> None:
    assert yaml.safe_load((site / FILE).read_text(encoding="utf-8")) == to_openapi31(dict(DOCUMENT))
    assert FILE in pages["contract.html"].links


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: Mapping[str, Page]) -> None:
    loaded = {target for page in pages.values() for target in page.loaded}
    assert [target for target in loaded if re.match(r"(?:[a-z]+:)?//", target)] == []
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import )['\"]?(?:https?:)?//[^)'\" ]+", styles) == []


@pytest.mark.needs_browser
def test_a_phone_shows_each_page_without_scrolling_sideways_and_asks_nobody_else(site: Path) -> None:
    handler = functools.partial(Quiet, directory=str(site))
    with listening(handler) as origin, chromium() as browser:  # type: ignore[arg-type]  # a class that knows its folder
        page = browser.new_context(viewport=PHONE).new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        wide = {}
        for path in sorted(site.glob("*.html")):
            page.goto(f"{origin}/{path.name}")
            if (width := page.evaluate("document.scrollingElement.scrollWidth")) > PHONE["width"]:
                wide[path.name] = width
        assert wide == {}
        assert [url for url in asked if not url.startswith(origin)] == []


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, without a line a request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as its base names it
        """Say nothing."""


def test_each_operation_and_each_rule_has_its_place(pages: Mapping[str, Page]) -> None:
    places = set().union(*(page.ids for name, page in pages.items() if name.startswith("contract-")))
    assert set(OPERATIONS) - places == set()
    assert [rule for rule in DOCUMENT["x-rules"] if f"<code>{rule}</code>" not in pages["rules.html"].text] == []


def test_each_operation_shows_the_rules_that_name_it_and_no_others(pages: Mapping[str, Page]) -> None:
    rules = DOCUMENT["x-rules"]
    named = re.compile("|".join(sorted(rules, key=len, reverse=True)))
    shown: dict[str, set[str]] = {}
    for name, page in pages.items():
        parts = re.split(r'<h2 id="([a-z_]+\.[a-z_]+)"', page.text) if name.startswith("contract-") else []
        shown |= {each: set(named.findall(text)) for each, text in zip(parts[1::2], parts[2::2], strict=True)}
    assert shown == {
        each: {rule for rule in rules if any(fnmatch(each, it) for it in rules[rule].get("operations", ()))}
        for each in OPERATIONS
    }


def test_the_scopes_of_an_operation_name_who_holds_them(pages: Mapping[str, Page]) -> None:
    overview, packs = (pages[f"contract{area}.html"].text for area in ("", "-packs"))
    assert [name for name in (*DOCUMENT["x-roles"], *DOCUMENT["x-permission-sets"]) if name not in overview] == []
    row = re.search(r"<td>held by</td>\s*<td>(.*?)</td>", packs, re.DOTALL)
    assert row
    assert re.findall(r"<code>(\w+)</code>", row[1]) == ["owner", "operator", "full_access"]
    assert "134217728" in pages["schemas.html"].text
    assert "<code>tenant_id</code> too for microsoft" in pages["schemas.html"].text


def test_the_search_knows_the_guides_and_the_contract(site: Path) -> None:
    index = (site / "search.json").read_text(encoding="utf-8")
    assert all(title in index for title in ("Make an org past due", "Replace the image of a pack", "OWNERSHIP-LISTED"))


def test_every_document_is_a_page_that_the_navigation_has() -> None:
    documents = {path.relative_to(ROOT).as_posix() for path in tracked() if path.suffix == ".md"}
    assert {it for it in documents if it.startswith("docs/")} - set(DOCUMENTS) == set()
    assert sorted(page for listed in NAVIGATION.values() for page in listed) == sorted(DOCUMENTS.values())


def test_a_dead_link_of_a_document_is_an_error() -> None:
    links = Links({"docs/a.md": "a.md", "README.md": "start.md"}, lambda path: path == "tools/site")
    assert links.rewritten("docs/a.md", "[x](../README.md#y) [z](../tools/site)\n```\n[k](no)\n```\n") == (
        "[x](start.md#y) z (`tools/site`)\n```\n[k](no)\n```\n"
    )
    with pytest.raises(LookupError, match=r"docs/a\.md: gone\.md leads nowhere"):
        links.rewritten("docs/a.md", "[x](gone.md)")


def test_the_sessions_of_the_first_page_print_what_it_shows() -> None:
    written, printed = replayed(ROOT / "docs/index.md")
    assert written
    assert printed == written


def test_the_page_on_tools_has_no_command_but_sources() -> None:
    text = (ROOT / "docs/which-tool.md").read_text(encoding="utf-8")
    assert "```" not in text
    for tool in ("Prism", "Scalar", "WireMock", "Mockoon", "MSW", "Specmatic", "Pact"):
        [section] = re.findall(rf"^\*\*\[{tool}.*?(?=^\*\*\[|^## )", text, re.MULTILINE | re.DOTALL)
        assert any(link.startswith("https://") for link in links_of(section)), tool


def test_make_docs_builds_where_git_does_not_look() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/build/" in ignored
    assert shutil.which("zensical", path=str(ROOT / ".venv/bin")) or shutil.which("zensical")


PLAYED = {
    "clients/typescript/README.md": "clients/test_typescript.py",
    "console_app/README.md": "examples/test_console_app.py",
    "README.md": "repo/test_readme.py",
    "any-contract.md": "repo/test_guide.py",
    "arazzo/README.md": "examples/test_workflows.py",
    "contract-changes.md": "repo/console.py",
    "index.md": "repo/test_site.py",
    "load.md": "repo/test_load_guide.py",
    "mock.md": "repo/test_guide.py",
    "own-rules.md": "repo/test_foreign_project.py",
    "part-real.md": "repo/test_guide.py",
    "pipelines.md": "examples/test_pipelines.py",
    "recipes.md": "examples/test_recipes.py",
    "reliability.md": "repo/test_reliability.py",
    "scale.md": "deploy/test_page.py",
    "schemathesis.md": "conformance/test_schemathesis_hooks.py",
    "seedable.md": "repo/test_seedable_guide.py",
    "settings.md": "repo/test_guide.py",
    "shared-server.md": "repo/test_site.py",
    "sharing.md": "repo/test_guide.py",
    "suite.md": "repo/test_suite_guide.py",
    "traffic.md": "repo/test_traffic_guide.py",
    "second_server/README.md": "examples/test_readme.py",
    "tools/README.md": "examples/test_plain_tools.py",
}
"""By page that has blocks of commands, the test that runs them, or sees that what takes hours is there."""


def test_each_page_with_commands_has_a_test_that_runs_them() -> None:
    texts = {document: (ROOT / document).read_text(encoding="utf-8") for document in DOCUMENTS}
    with_commands = [
        document for document, text in texts.items() if re.search(r"^```(?:sh|console)$", text, re.MULTILINE)
    ]
    assert {document.removeprefix("docs/").removeprefix("examples/") for document in with_commands} == set(PLAYED)
    assert all((ROOT / "tests" / test).exists() for test in PLAYED.values())


def test_the_command_of_the_page_on_shared_servers_succeeds(tmp_path: Path) -> None:
    text = (ROOT / "docs/shared-server.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    done = in_make_shell(block, XDG_STATE_HOME=str(tmp_path))
    assert done.returncode == 0, done.stdout

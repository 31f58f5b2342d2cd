"""Nothing that a target says is obeyed by what shows it: a terminal, a browser, a CI job, a reader of Markdown."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance.results.plain_text import plain, plain_line
from conformance.results.report.markdown_text import as_text as in_markdown
from tests.conformance.targets import Judged, judge, profile
from tests.proxy.messages import Answer
from tests.proxy.proxy import proxying

EVIL = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31m\x9b31m\u202e\u2066\ud800\x00\r"
    '</pre><script>alert(1)</script><img src=x onerror=alert(1)>"\'><a href="javascript:alert(1)">'
    "]]><!-- --> &#x1b; {{ 7*7 }} {% raw %} "
    "| cell |\n\n# heading\n[a](javascript:alert(1)) ![i](http://evil.example/i.png) `code` <http://evil.example> "
    "https://evil.example www.evil.example @team #1 GH-1 $x$ ~~no~~\n"
    "no violation found: 0 violations\n::error::owned\n##vso[task.complete]\n[/red][bold]"
)
ANSWER = {"error": {"code": EVIL, "message": EVIL, "request_id": EVIL, "details": {EVIL: [EVIL]}}, "id": EVIL}
# What HTTP lets stand in a header: bytes above 0x7f, which are control characters in Latin-1.
HEADERS = {
    "Content-Type": "application/json",
    "X-Request-Id": '\x9b31m<script>"|`',
    "WWW-Authenticate": "\x9b2J\x85 Bearer",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that is shown of one run on the target."""

    run: Judged
    folder: Path
    replayed: Judged
    compared: Judged

    def text(self, kind: str) -> str:
        return (self.folder / kind).read_text(encoding="utf-8")

    @property
    def printed(self) -> dict[str, str]:
        judged = {"run": self.run, "replay": self.replayed, "compare": self.compared}
        return {name: each.said + each.complained for name, each in judged.items()}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("reports")
    body = json.dumps(ANSWER).encode()
    with proxying() as target, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        target.answers = lambda passed: Answer(200 if passed.target.endswith("/me/session") else 418, HEADERS, body)
        named = profile(folder / "target.toml", f"{target.origin}/v1")
        reports = [o for kind in ("json", "html", "junit", "markdown") for o in ("--report", f"{kind}={folder / kind}")]
        run = judge("--target", named, "--clause", "envelope", "--clause", "session", "--only", "directed", *reports)
        findings = json.loads((folder / "json").read_text("utf-8"))["findings"]
        evil = next(finding for finding in findings if "owned" in finding["got"])
        replayed = judge(folder / "json", evil["fingerprint"], command="replay")
        compared = judge(folder / "json", folder / "json", command="compare")
        yield Shown(run, folder, replayed, compared)


def test_it_is_judged_like_any_other(shown: Shown) -> None:
    assert (shown.run.code, shown.compared.code) == (1, 0)
    assert "does not conform" in shown.run.last_line
    assert all("\\x1b]0;owned" in printed for printed in shown.printed.values())


@pytest.mark.parametrize("command", ["run", "replay", "compare"])
def test_a_terminal_is_told_to_do_nothing(shown: Shown, command: str) -> None:
    """No control character, none that turns the direction, and no line that begins with somebody else's words."""
    printed = shown.printed[command]
    assert [c for c in printed if not (c.isprintable() or c in "\n\t")] == []
    assert [line for line in printed.splitlines() if line.startswith(("::", "##", "no violation found"))] == []


@pytest.mark.parametrize("kind", ["html", "junit", "markdown", "json"])
def test_no_report_holds_what_a_terminal_or_an_editor_obeys(shown: Shown, kind: str) -> None:
    ours = "\n\t\N{ZERO WIDTH NON-JOINER}"  # the last keeps Markdown from making a link of an address
    assert [c for c in shown.text(kind) if not (c.isprintable() or c in ours)] == []


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_browser_sees_text(shown: Shown) -> None:
    page = Page(shown.text("html"))
    assert "<script>alert(1)</script>" in page.text
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert not [tag for tag, _ in page.elements if tag in ("img", "iframe", "object", "embed", "base", "link")]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in page.elements)


def test_a_reader_of_junit_sees_text(shown: Shown) -> None:
    root = ET.fromstring(shown.text("junit"))  # noqa: S314 - our own report
    assert {element.tag for element in root.iter()} <= {
        *("testsuites", "testsuite", "properties", "property", "testcase"),
        *("failure", "error", "skipped", "system-out"),
    }
    assert any("<script>alert(1)</script>" in (element.text or "") for element in root.iter())


def rendered(text: str) -> list[str]:
    """The kinds of everything that Markdown makes of a text, tables and struck words included."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return [each.type for token in parser.parse(text) for each in (token, *(token.children or ()))]


def test_a_summary_in_markdown_has_no_more_markup_than_ours(shown: Shown) -> None:
    text = shown.text("markdown")
    kinds = rendered(text)
    assert "table_open" in kinds
    assert not {kind for kind in kinds if "html" in kind or kind in ("link_open", "image", "s_open", "fence")}
    assert kinds.count("heading_open") == 1
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}
    # What sites make a link of by themselves.
    assert not re.search(r"https?://evil|www\.evil|@team|(?<!\\)#1\b|GH-1", re.sub(r"`[^`]*`", "", text))


@given(st.text())
def test_plain_text_is_shown_as_it_is_and_everything_else_as_an_escape(text: str) -> None:
    assert all(c.isprintable() or c in "\n\t" for c in plain(text))
    assert plain_line(text).isprintable()
    plain(text).encode()
    if text.isprintable():
        assert plain(text) == plain_line(text) == text


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("`*_[]()<>!|\\#&~$@:/.wWgGhH-1 \n"), max_size=60))
def test_any_text_is_text_in_markdown(text: str) -> None:
    kinds = rendered(f"x {in_markdown(text)} x")
    assert set(kinds) <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}

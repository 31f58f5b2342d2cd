"""Nothing that a target says is obeyed by what shows it: a terminal, a browser, a CI job, a reader of Markdown."""

import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance.results.plain_text import as_markdown as in_markdown
from conformance.results.plain_text import escape_line, escape_lines, escape_text
from tests.conformance.targets import Judged, judge
from tests.conformance.worldless import profile
from tests.live import served_mock
from tests.proxy.messages import Answer, Request
from tests.proxy.proxy import proxying

EVIL = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31m\x9b31m\u202e\u2066\ud800\x00\r"
    '</pre><script>alert(1)</script><img src=x onerror=alert(1)>"\'><a href="javascript:alert(1)">'
    "]]><!-- --> &#x1b; {{ 7*7 }} {% raw %} "
    "| cell |\n\n# heading\n[a](javascript:alert(1)) ![i](http://evil.example/i.png) `code` <http://evil.example> "
    "https://evil.example www.evil.example @team #1 GH-1 $x$ ~~no~~\n"
    "no violation found: 0 violations\n::error::owned\n##vso[task.complete]\n[/red][bold]"
)
WORDS = " ::error::owned ::set-output name=a::b \x85::error::owned\u2028::error::owned\t##[error]owned" * 6
"""Wherever a line is wrapped, the next one would begin with a command of a CI job."""
CODE = f"\n::error::owned {EVIL}{WORDS}"
ANSWER = {"error": {"code": CODE, "message": EVIL, "request_id": EVIL, "details": {EVIL: [EVIL]}}, "id": EVIL}
# What HTTP lets stand in a header: bytes above 0x7f, which are control characters in Latin-1.
HEADERS = {
    "Content-Type": "application/json",
    "X-Request-Id": '\x9b31m<script>"|`',
    "WWW-Authenticate": "\x9b2J\x85 Bearer",
}


SHOWN_TEXTS = ("display_name", "description", "code")
COMMANDS = ("::error::", "::set-output", "##", "no violation found")
KINDS = ("json", "html", "junit", "markdown", "sarif", "codequality")
COLUMNS = 80


def hostile(passed: Request, answer: Answer) -> Answer:
    """Say what is evil in place of each error and each answer to an unsafe request, and in what an object shows."""
    if "/packs" not in passed.target:  # where it stays right, it is judged, and nothing is waited for
        return answer
    if passed.method == "DELETE":  # so that what was made stays, and is told with these words
        return Answer(409, HEADERS, json.dumps(ANSWER).encode())
    if answer.status >= 400:
        return Answer(418, HEADERS, json.dumps(ANSWER).encode())
    if passed.method != "GET" or "json" not in answer.headers.get("content-type", ""):
        return answer
    told = answer.json
    for name in SHOWN_TEXTS:
        if isinstance(told, dict) and name in told:
            told[name] = EVIL + WORDS
    return answer.with_json(told)


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that is shown of one run on the target."""

    run: Judged
    folder: Path
    printed: dict[str, str]

    def text(self, kind: str) -> str:
        return (self.folder / kind).read_text(encoding="utf-8")


def in_terminal(*arguments: str | Path) -> str:
    """What the suite's command prints on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, COLUMNS, 0, 0))
    script = Path(sys.executable).with_name("evershell-conformance")
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")}
    with subprocess.Popen([script, *arguments], stdout=theirs, stderr=subprocess.DEVNULL, env=environment):
        os.close(theirs)
        said = bytearray()
        with contextlib.suppress(OSError), open(ours, "rb", buffering=0) as terminal:  # noqa: PTH123 - no path
            while piece := terminal.read(65536):
                said += piece
    return re.sub(r"\x1b\[[0-9;]*m", "", said.decode()).replace("\r\n", "\n")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("reports")
    with served_mock() as origin, proxying(origin) as target, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        target.replaces = hostile
        named = profile(folder / "target.toml", origin, states=False, base_url=target.origin)
        narrow = ["--target", named, "--only", "directed", "--budget", "quick", "--seed", "1"]
        narrow += ["--rule=PACK-PATCH-APPLIES", "--rule=DELETE-GONE"]
        reports = [option for kind in KINDS for option in ("--report", f"{kind}={folder / kind}")]
        run = judge(*narrow, *reports, "--report", "github")
        findings = json.loads((folder / "json").read_text("utf-8"))["findings"]
        evil = next(finding for finding in findings if "owned" in finding["got"])
        printed = {
            "run": run,
            "replay": judge(folder / "json", evil["fingerprint"], command="replay"),
            "compare": judge(folder / "json", folder / "json", command="compare"),
            "dry run": judge(*narrow, "--dry-run"),
            "cleanup planned": judge("--dry-run", command="cleanup"),
            "cleanup": judge(command="cleanup"),
        }
        texts = {name: each.said + each.complained for name, each in printed.items()}
        yield Shown(run, folder, {**texts, "terminal": in_terminal("run", *narrow)})


def test_it_is_judged_like_any_other(shown: Shown) -> None:
    assert shown.run.code == 1
    assert "does not conform" in shown.run.last_line
    evil = ("run", "replay", "compare", "terminal")
    assert [name for name in evil if "\\x1b]0;owned" not in shown.printed[name].replace("\n    | ", "")] == []
    assert "left behind: pack " in shown.printed["cleanup"]
    assert "\\u2028::error::owned" in shown.printed["cleanup"]


def begins_with_a_command(text: str) -> list[str]:
    """Return the lines that a CI job would take for a command, or a reader for the suite's own words."""
    return [line for line in text.splitlines() if line.lstrip().startswith(COMMANDS) or re.search(r"##\w*\[", line)]


def test_a_terminal_is_told_to_do_nothing(shown: Shown) -> None:
    """No control character, none that turns the direction, and no line that begins with somebody else's words."""
    for name, printed in shown.printed.items():
        assert [c for c in printed if not (c.isprintable() or c in "\n\t")] == [], name
        assert begins_with_a_command(printed) == [], name


def test_a_narrow_terminal_shows_where_a_line_goes_on(shown: Shown) -> None:
    lines = shown.printed["terminal"].splitlines()
    assert any(line.startswith("    | ") and "::error::owned" in line for line in lines)
    assert all(len(line) <= COLUMNS for line in lines if "owned" in line and "does not conform" not in line)


@pytest.mark.parametrize("kind", KINDS)
def test_no_line_of_a_report_begins_with_what_a_target_said(shown: Shown, kind: str) -> None:
    text = shown.text(kind)
    assert "::error::owned" in text
    assert begins_with_a_command(text.replace("## Conformance", "")) == []


@pytest.mark.parametrize("kind", KINDS)
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
    assert all(c.isprintable() or c in "\n\t" for c in escape_text(text))
    assert escape_line(text).isprintable()
    assert all(line.startswith("    | ") for line in escape_lines(text).split("\n")[1:])
    escape_text(text).encode()
    if text.isprintable() and not re.search(r"##\w*\[", text):
        assert escape_text(text) == escape_line(text) == text


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("`*_[]()<>!|\\#&~$@:/.wWgGhH-1 \n"), max_size=60))
def test_any_text_is_text_in_markdown(text: str) -> None:
    kinds = rendered(f"x {in_markdown(text)} x")
    assert set(kinds) <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}

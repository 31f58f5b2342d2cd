"""Reports as they read."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

from conformance.results.report import html, markdown, terminal
from conformance.results.verdict import Run


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def on_a_terminal(run: Run, *, verbose: bool = True) -> str:
    """What is printed on a terminal."""
    file = io.StringIO()
    terminal.show(run, file, verbose=verbose)
    return file.getvalue()


def unmarked(text: str) -> str:
    """Markdown as it reads: without the escapes."""
    return re.sub(r"\\(.)", r"\1", text).replace("\N{ZERO WIDTH NON-JOINER}", "").replace("`", "")


def as_text(kind: str, run: Run) -> str:
    """The report as it reads."""
    if kind == "html":
        return "\n".join(Page(html.render(run)).texts)
    return unmarked(markdown.render(run)) if kind == "markdown" else on_a_terminal(run)

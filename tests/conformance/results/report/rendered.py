"""Reports as people read them."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

from conformance.results.report import html, markdown, terminal
from conformance.results.verdict import Run


class Page(HTMLParser):
    """The texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def on_a_terminal(run: Run) -> str:
    file = io.StringIO()
    terminal.show(run, file)
    return file.getvalue()


def unmarked(text: str) -> str:
    """Markdown as it reads: without the escapes."""
    return re.sub(r"\\(.)", r"\1", text).replace("\N{ZERO WIDTH NON-JOINER}", "").replace("`", "")


def as_text(kind: str, run: Run) -> str:
    """The report as it reads."""
    if kind == "html":
        return "\n".join(Page(html.render(run)).texts)
    return unmarked(markdown.render(run)) if kind == "markdown" else on_a_terminal(run)

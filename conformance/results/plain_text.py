"""Text of a target as it is safe to show, so that no terminal, browser, editor or CI job obeys it, and counts."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

BAR = "    | "
"""The beginning of a line that goes on with the text of the line before it."""
JOB_COMMAND = re.compile(r"##(?=\w*\[)")
"""The beginning of a command of Azure Pipelines, TeamCity or older GitHub runners, such as `##vso[`, where it stands in
a line."""
_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_FEED = "\ue000"
"""The stand-in for a line feed of a text until the XML is written; `escape_text` leaves no such character in a text."""
LONGEST_IN_MARKDOWN = 160
_LINKED = re.compile(r"(?i)(@|www(?=\.)|:(?=//)|\bgh(?=-\d))")
"""The beginnings of text that Markdown viewers turn into a link."""


def escape_text(text: str) -> str:
    """Return the text with escapes for all that is not printable; line feeds and tabs stay.

    Control characters, characters that change the direction of text, and surrogates are not printable. The beginnings
    of commands that a CI job finds anywhere in a line are escaped too.
    """
    shown = JOB_COMMAND.sub(r"#\\x23", text) if "##" in text else text
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in shown)


def escape_line(text: str) -> str:
    """Return the text as `escape_text` does, with escapes for line feeds and tabs too."""
    return escape_text(text).replace("\n", "\\n").replace("\t", "\\t")


def escape_lines(text: str) -> str:
    """Return the text as `escape_text` does, each line but the first behind a bar.

    A CI job takes a line that begins with `::error::`, after spaces too, for a command.
    """
    return escape_text(text).replace("\n", f"\n{BAR}")


def count_noun(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def as_xml_text(value: str) -> str:
    """Escape characters that XML forbids, and terminal controls; `write_xml` escapes the rest."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", escape_text(value)).replace("\n", _LINE_FEED)


def write_xml(root: ET.Element) -> str:
    """Return the XML of a document, in which no line of the file begins with a text."""
    ET.indent(root)
    xml = ET.tostring(root, "unicode").replace(_LINE_FEED, "&#10;")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xml}\n'


def as_json(document: Any) -> str:
    """Return the document in ASCII, since a target may send invalid text, with each text behind a quote on its line."""
    return JOB_COMMAND.sub(r"#\\u0023", json.dumps(document, indent=2)) + "\n"


def as_markdown(value: str) -> str:
    """Return the text on one line, shortened, with all markup of Markdown and HTML escaped."""
    line = escape_line(" ".join(value.split()))
    cut = line if len(line) <= LONGEST_IN_MARKDOWN else line[: LONGEST_IN_MARKDOWN - 1] + "\N{HORIZONTAL ELLIPSIS}"
    escaped = re.sub(r"([\\`*_{}\[\]<>#|!~&$])", r"\\\1", cut)
    return _LINKED.sub("\\1\N{ZERO WIDTH NON-JOINER}", escaped)


def as_markdown_code(value: str) -> str:
    """Return the text as code, without the characters that would end it."""
    line = re.sub(r"[`|]", "", escape_line(" ".join(value.split())))
    return f"`{line}`" if line else ""

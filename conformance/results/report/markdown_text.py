"""Text and code in Markdown, with all escaped that a viewer would take for markup or a link."""

from __future__ import annotations

import re

from conformance.results.plain_text import plain_line

LONGEST = 160
_LINKED = re.compile(r"(?i)(@|www(?=\.)|:(?=//)|\bgh(?=-\d))")
"""The beginnings of text that Markdown viewers turn into a link."""


def as_text(value: str) -> str:
    """Return the text on one line, shortened, with all markup of Markdown and HTML escaped."""
    line = plain_line(" ".join(value.split()))
    cut = line if len(line) <= LONGEST else line[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"
    escaped = re.sub(r"([\\`*_{}\[\]<>#|!~&$])", r"\\\1", cut)
    return _LINKED.sub("\\1\N{ZERO WIDTH NON-JOINER}", escaped)


def as_code(value: str) -> str:
    """Return the text as code, without the characters that would end it."""
    line = re.sub(r"[`|]", "", plain_line(" ".join(value.split())))
    return f"`{line}`" if line else ""

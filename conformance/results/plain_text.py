"""Escapes for text of a target, so that no terminal, browser, editor or CI job obeys it."""

from __future__ import annotations

import re

BAR = "    | "
"""What a line begins with that goes on with the text of the line before it."""
JOB_COMMAND = re.compile(r"##(?=\w*\[)")
"""The beginning of a command of Azure Pipelines, TeamCity or older GitHub runners, such as `##vso[`, where it stands in
a line."""


def plain(text: str) -> str:
    """Return the text with escapes for all that is not printable; line feeds and tabs stay.

    Control characters, characters that change the direction of text, and surrogates are not printable. The beginnings
    of commands that a CI job finds anywhere in a line are escaped too.
    """
    shown = JOB_COMMAND.sub(r"#\\x23", text) if "##" in text else text
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in shown)


def plain_line(text: str) -> str:
    """Return the text as `plain` does, with escapes for line feeds and tabs too."""
    return plain(text).replace("\n", "\\n").replace("\t", "\\t")


def plain_lines(text: str) -> str:
    """Return the text as `plain` does, each line but the first behind a bar.

    A CI job takes a line that begins with `::error::`, after spaces too, for a command.
    """
    return plain(text).replace("\n", f"\n{BAR}")

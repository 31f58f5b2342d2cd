"""Escapes for text of a target, so that no terminal, browser or editor obeys it."""

from __future__ import annotations


def plain(text: str) -> str:
    """Return the text with escapes for all that is not printable; line feeds and tabs stay.

    Control characters, characters that change the direction of text, and surrogates are not printable.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def plain_line(text: str) -> str:
    """Return the text as `plain` does, with escapes for line feeds and tabs too."""
    return plain(text).replace("\n", "\\n").replace("\t", "\\t")

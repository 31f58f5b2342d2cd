"""Text of a target as text: nothing in it is obeyed by what shows it."""

from __future__ import annotations


def plain(text: str) -> str:
    """The text with escapes in place of what a terminal, a browser or an editor would obey and not show.

    That are control characters, those that turn the direction of what follows, and halves of a character. Line feeds
    and tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def plain_line(text: str) -> str:
    """The same on one line: nobody else's words begin a line of ours."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

"""Text in XML, without what XML may not hold and what a reader would obey."""

from __future__ import annotations

import re

from conformance.results.plain_text import plain

_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_xml_text(value: str) -> str:
    """Escape what XML may not hold, and what a reader would obey."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", plain(value))

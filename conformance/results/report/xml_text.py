"""Text in XML, without what XML may not hold and what a reader would obey."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from conformance.results.plain_text import plain

_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


_LINE_FEED = "\ue000"
"""Stands for a line feed of a text until the XML is written; `plain` leaves no such character in a text."""


def as_xml_text(value: str) -> str:
    """Escape what XML may not hold, and what a reader would obey; `written` makes XML of it."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", plain(value)).replace("\n", _LINE_FEED)


def written(root: ET.Element) -> str:
    """Return the XML of a document, in which no line of the file begins with a text."""
    ET.indent(root)
    xml = ET.tostring(root, "unicode").replace(_LINE_FEED, "&#10;")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xml}\n'

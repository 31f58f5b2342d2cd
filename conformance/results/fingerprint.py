"""Fingerprints of findings: the same defect has the same one in every run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

SHORTEST = 4
_VALUES = (
    # A pack's name, or the display name that is made of it.
    re.compile(r"conformance[- ][0-9a-z]{1,16}[- ][0-9a-f]{6,}", re.IGNORECASE),
    re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)?"),
    re.compile(r"\b(?:[a-z]+:)?(?=[0-9a-f]*[0-9])[0-9a-f]{8,}\b"),
    re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
)


def fingerprint(*parts: str, values: Iterable[str] = ()) -> str:
    """Return twelve hex digits of the parts, without these ids and other values that differ in every run."""
    text = "\0".join(parts)
    for value in sorted(values, key=len, reverse=True):
        # A shorter id may stand in any text by chance.
        text = text.replace(value, "*") if len(value) >= SHORTEST else text
    for pattern in _VALUES:
        text = pattern.sub("*", text)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]

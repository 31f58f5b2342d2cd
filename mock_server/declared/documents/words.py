"""Names of fields and parameters, compared without case and punctuation."""

from __future__ import annotations

import re


def flatten(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())

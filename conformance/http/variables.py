"""The shell variables that stand for secrets in reports."""

from __future__ import annotations

import re
from collections.abc import Mapping

WORLD = re.compile(r"conformance-[0-9a-f]{16}(?![0-9a-f-])")
"""The name of a test's own world."""


def token_variable(caller: str) -> str | None:
    """Return the environment variable for a caller's credential: ACME_OWNER_TOKEN for `acme-owner`."""
    if caller == "anonymous":
        return None
    return re.sub(r"[^A-Z0-9]+", "_", caller.upper()).strip("_") + "_TOKEN"


def header_variable(name: str) -> str:
    """Return the variable for the value of a header that the user adds: HEADER_X_GATE for `X-Gate`."""
    return "HEADER_" + re.sub(r"[^A-Z0-9]+", "_", name.upper())


def masked(text: str, masks: Mapping[str, str]) -> str:
    """Return the text with a variable in place of each secret; masks: secret to variable."""
    for secret in sorted((each for each in masks if each in text), key=len, reverse=True):
        if secret in text:
            # In braces where what follows would be read as part of the variable's name.
            name = masks[secret]
            text = re.sub(re.escape(secret) + r"(?=\w)", f"${{{name}}}", text).replace(secret, f"${name}")
    return text

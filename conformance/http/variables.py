"""The shell variables that stand for secrets in reports: no report holds a secret itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

WORLD = re.compile(r"conformance-[0-9a-f]{16}(?![0-9a-f-])")
"""The name of a world that a test has to itself."""


def token_variable(caller: str) -> str | None:
    """The environment variable for a caller's credential: `acme-owner` is ACME_OWNER_TOKEN."""
    if caller == "anonymous":
        return None
    return re.sub(r"[^A-Z0-9]+", "_", caller.upper()).strip("_") + "_TOKEN"


def header_variable(name: str) -> str:
    """The same for the value of a header that the user adds: `X-Gate` is HEADER_X_GATE."""
    return "HEADER_" + re.sub(r"[^A-Z0-9]+", "_", name.upper())


def veiled(text: str, masks: Mapping[str, str]) -> str:
    """The text, the variable of each secret in its place; masks: secret to variable."""
    for secret in sorted(masks, key=len, reverse=True):
        if secret in text:
            # In braces where what follows would be read as part of the variable's name.
            name = masks[secret]
            text = re.sub(re.escape(secret) + r"(?=\w)", f"${{{name}}}", text).replace(secret, f"${name}")
    return text

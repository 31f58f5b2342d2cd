"""The shell variables that stand for secrets in reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from conformance.profile import Caller

WORLD = re.compile(r"conformance-[0-9a-f]{16}(?![0-9a-f-])")
"""The name of a test's own world."""
_SHELL = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_OF_SCRIPTS = re.compile(r"PATH|HOME|IFS|MARK|WORLD|FOLDER|CURL|STATUS|CODE|GOT|FILE|(ID|MADE|VALUES)_[0-9]+")
"""Variables that the script of a finding sets or needs itself."""


def token_variable(caller: str) -> str | None:
    """Return the environment variable for a caller's credential: ACME_OWNER_TOKEN for `acme-owner`."""
    if caller == "anonymous":
        return None
    return re.sub(r"[^A-Z0-9]+", "_", caller.upper()).strip("_") + "_TOKEN"


def named_by_profile(callers: Iterable[Caller]) -> dict[str, str]:
    """Return the variable that the profile reads each caller's credential from, by the one that stands for it.

    Callers whose variable no shell can read, or a script uses itself, are left out.
    """
    pairs = ((token_variable(caller.name), caller.environment) for caller in callers)
    usable = ((stands, read) for stands, read in pairs if stands and read and _SHELL.fullmatch(read))
    return {stands: read for stands, read in usable if stands != read and not _OF_SCRIPTS.fullmatch(read)}


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

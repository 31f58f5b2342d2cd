"""The shell variables that stand for secrets in reports."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from urllib.parse import quote, quote_plus

from conformance.profile import Caller

CUT = "..."
"""The mark that stands where a text was cut."""
SHORTEST_SECRET = 12
"""The letters of the shortest text that is taken for a secret: a shorter one would hide half of every answer."""
SECRET = re.compile(r"\$(?:([A-Z0-9_]+_TOKEN|HEADER_[A-Z0-9_]+)\b|\{([A-Z0-9_]+_TOKEN|HEADER_[A-Z0-9_]+)\})")
"""The variable of a credential or header where it stands in an exchange."""
_PARTS_OF_SESSION = 3
_SHELL = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_OF_SHELLS = re.compile("PATH|HOME|IFS|BODY")
"""Variables that a shell, or the curl command of a finding, has its own use for."""


def name_token_variable(caller: str) -> str | None:
    """Return the environment variable for a caller's credential: ACME_OWNER_TOKEN for `acme-owner`."""
    if caller == "anonymous":
        return None
    return re.sub(r"[^A-Z0-9]+", "_", caller.upper()).strip("_") + "_TOKEN"


def read_profile_variables(callers: Iterable[Caller]) -> dict[str, str]:
    """Return the variable that the profile reads each caller's credential from, by the one that stands for it.

    Callers whose variable no shell can read, or has its own use for, are left out.
    """
    pairs = ((name_token_variable(caller.name), caller.environment) for caller in callers)
    usable = ((stands, read) for stands, read in pairs if stands and read and _SHELL.fullmatch(read))
    return {stands: read for stands, read in usable if stands != read and not _OF_SHELLS.fullmatch(read)}


def name_header_variable(name: str) -> str:
    """Return the variable for the value of a header that the user adds: HEADER_X_GATE for `X-Gate`."""
    return "HEADER_" + re.sub(r"[^A-Z0-9]+", "_", name.upper())


def list_forms(secret: str, variable: str) -> Iterator[tuple[str, str]]:
    """Yield each form in which a secret may stand in a text, with the variable in its place.

    It may be escaped for a URL, for JSON or for HTML. The payload and the signature of a session (JWT) are secrets of
    their own, wherever a part of it was put into something else.
    """
    url = (quote(secret, safe="", errors="surrogatepass"), quote_plus(secret, errors="surrogatepass"))
    forms = (secret, *url, json.dumps(secret)[1:-1], escape(secret))
    yield from ((form, variable) for form in dict.fromkeys(forms))
    parts = secret.split(".")
    if len(parts) == _PARTS_OF_SESSION:
        names = (f"{variable}_PAYLOAD", f"{variable}_SIGNATURE")
        yield from ((part, name) for part, name in zip(parts[1:], names, strict=True) if len(part) >= SHORTEST_SECRET)


def mask_text(text: str, masks: Mapping[str, str]) -> str:
    """Return the text with a variable in place of each secret; masks: secret to variable."""
    for secret in sorted((each for each in masks if each in text), key=len, reverse=True):
        if secret in text:
            # In braces where what follows would be read as part of the variable's name.
            name = masks[secret]
            text = re.sub(re.escape(secret) + r"(?=\w)", f"${{{name}}}", text).replace(secret, f"${name}")
    return text


def mask_cut_text(text: str, masks: Mapping[str, str]) -> str:
    """Return a text that may have been cut with a variable in place of each secret, and of the part of one at a cut."""
    if not text:
        return text
    text = mask_text(text, masks)
    for secret, name in masks.items():
        text = _without_end(_without_beginning(text, secret, name), secret, name)
    return text


def _without_beginning(text: str, secret: str, name: str) -> str:
    """Return the text with a variable in place of the beginning of a secret at which it was cut."""
    at = text.find(secret[:SHORTEST_SECRET]) if len(secret) > SHORTEST_SECRET else -1
    if at < 0:
        return text
    end = at + _count_common_letters(text[at:], secret)
    return f"{text[:at]}${name}{text[end:]}" if not text[end:] or text.startswith(CUT, end) else text


def _without_end(text: str, secret: str, name: str) -> str:
    """Return the text with a variable in place of the end of a secret before which it was cut."""
    end = text.find(secret[-SHORTEST_SECRET:]) + SHORTEST_SECRET if len(secret) > SHORTEST_SECRET else 0
    if end < SHORTEST_SECRET:
        return text
    at = end - _count_common_letters(text[:end][::-1], secret[::-1])
    return f"{text[:at]}${name}{text[end:]}" if not text[:at] or text[:at].endswith(CUT) else text


def _count_common_letters(one: str, other: str) -> int:
    """Return how many letters two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (mine, theirs) in enumerate(pairs) if mine != theirs), min(len(one), len(other)))

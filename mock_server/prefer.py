"""The header Prefer (RFC 7240), as far as it asks for an answer: `code=409, error=pack_in_use, example=NAME`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mock_server.contract import Operation
from mock_server.errors import ValidationFailed
from mock_server.forced import Forced, choose, in_words, offered
from mock_server.remembered import remembered
from mock_server.schema import shorten

HEADER = "Prefer"

_KNOWN = ("code", "error", "example")
_PREFERENCE = re.compile(
    r"""(?:^|[,;])\s*([!\#$%&'*+.^_`|~0-9A-Za-z-]+)\s*           # a name
        (?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?  # and its value, quoted or plain""",
    re.VERBOSE,
)


def preferred(header: bytes, operation: Operation) -> Forced | None:
    """The answer that a client prefers; None where it prefers nothing of this kind.

    ValidationFailed lists what the operation declares where that answer is not among it.
    """
    asked = _asked(header)
    if not asked:
        return None
    status = asked.get("code")
    found = None
    if status is None or status.isdecimal():
        found = choose(
            operation,
            status=None if status is None else int(status[:9]),
            code=asked.get("error"),
            name=asked.get("example"),
        )
    applied = ", ".join(f"{name}={value}" for name, value in asked.items())
    if found is None:
        text = f"There is no answer {shorten(applied)}. {in_words(operation)}"
        raise ValidationFailed(fields={HEADER: text}, details={"declared": offered(operation)})
    return Forced(*found, headers=(("Preference-Applied", applied),))


@remembered
def _asked(header: bytes) -> Mapping[str, str]:
    """What is asked for, by name; of a name that is there twice the first counts, and others mean nothing here."""
    asked: dict[str, str] = {}
    for name, quoted, plain in _PREFERENCE.findall(header.decode("latin-1")):
        if name.lower() in _KNOWN:
            asked.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain)
    return {name: asked[name] for name in _KNOWN if name in asked}

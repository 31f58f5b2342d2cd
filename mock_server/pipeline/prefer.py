"""The header Prefer (RFC 7240), as far as it asks for an answer: `code=409, error=pack_in_use, example=NAME`.

`undeclared` beside a code asks for an error that the contract does not declare, `delay=500` for any answer later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from mock_server.bounded_cache import bounded_cache
from mock_server.contract.compiled import Operation
from mock_server.contract.forced import (
    CODE,
    STATUSES,
    ForcedAnswer,
    choose,
    describe_offered,
    list_offered,
    make_undeclared,
)
from mock_server.contract.schema import shorten
from mock_server.errors import ValidationFailed

HEADER = "Prefer"
MOST_DELAY_MS = 600_000

_KNOWN = ("code", "error", "example", "undeclared", "html", "delay")
_ALONE = {"code", "error", "example", "undeclared", "delay"}  # what means something without the others
_FLAGS = {"undeclared", "html"}
_PREFERENCE = re.compile(
    r"""(?:^|[,;])\s*([!\#$%&'*+.^_`|~0-9A-Za-z-]+)\s*           # a name
        (?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?  # and its value, quoted or plain""",
    re.VERBOSE,
)
_NUMBER = re.compile("[0-9]{1,9}")


class Preference(NamedTuple):
    """The answer and the delay that a client prefers."""

    answer: ForcedAnswer | None  # None: the one that it earns
    delay_ms: int
    applied: str  # as the answer repeats it


def read_preference(header: bytes, operation: Operation) -> Preference | None:
    """Return what a client prefers; None where it prefers nothing of this kind.

    ValidationFailed says what is wrong with it; where the operation declares no such answer, what it does declare.
    """
    asked = _parse(header)
    if not asked:
        return None
    applied = ", ".join(f"{name}={value}" if value else name for name, value in asked.items())
    delay_ms = _read_delay(asked)
    applying = (("Preference-Applied", applied),)
    if "undeclared" in asked:
        wanted = _read_undeclared(asked)
        wanted.headers += applying
        return Preference(wanted, delay_ms, applied)
    if asked.keys() == {"delay"}:
        return Preference(None, delay_ms, applied)
    if "html" in asked:
        raise _make_refusal(
            "html is the page of a gateway: send it beside undeclared, as in code=502, undeclared, html."
        )
    status, found = asked.get("code"), None
    if status is None or status.isdecimal():
        found = choose(
            operation,
            status=None if status is None else int(status[:9]),
            code=asked.get("error"),
            name=asked.get("example"),
        )
    if found is None:
        more = ""
        if status is not None and _NUMBER.fullmatch(status) and int(status) in STATUSES:
            more = f"; Prefer: code={int(status)}, undeclared gets it all the same"
        text = f"There is no answer {shorten(applied)}{more}. {describe_offered(operation)}"
        raise ValidationFailed(fields={HEADER: text}, details={"declared": list_offered(operation)})
    return Preference(ForcedAnswer(*found, headers=applying), delay_ms, applied)


def _read_undeclared(asked: Mapping[str, str]) -> ForcedAnswer:
    status, code = asked.get("code", ""), asked.get("error")
    if _NUMBER.fullmatch(status) is None or int(status) not in STATUSES:
        raise _make_refusal(
            f"undeclared goes beside a code of {STATUSES[0]} to {STATUSES[-1]}, as in code=503, undeclared."
        )
    if "example" in asked:
        raise _make_refusal("An answer that is not declared has no examples: leave out example, or undeclared.")
    if code is not None and ("html" in asked or CODE.fullmatch(code) is None):
        raise _make_refusal(
            "The page of a gateway has no error code: leave out error, or html."
            if "html" in asked
            else "The error of an undeclared answer is 1 to 64 lower-case letters, digits and '_', and begins "
            "with a letter."
        )
    return make_undeclared(int(status), code=code, html="html" in asked)


def _read_delay(asked: Mapping[str, str]) -> int:
    sent = asked.get("delay", "0")
    if _NUMBER.fullmatch(sent) is None or int(sent) > MOST_DELAY_MS:
        raise _make_refusal(f"delay is a number of milliseconds, {MOST_DELAY_MS} at most, as in delay=500.")
    return int(sent)


def _make_refusal(text: str) -> ValidationFailed:
    return ValidationFailed(fields={HEADER: text})


@bounded_cache
def _parse(header: bytes) -> Mapping[str, str]:
    """Return the preferences by name; of a name that is there twice the first counts, and others mean nothing here."""
    asked: dict[str, str] = {}
    for sent, quoted, plain in _PREFERENCE.findall(header.decode("latin-1")):
        name, value = sent.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain
        if name in _KNOWN and not (name in _FLAGS and value == "false"):
            asked.setdefault(name, value)
    if not asked.keys() & _ALONE:
        return {}
    return {name: asked[name] for name in _KNOWN if name in asked}

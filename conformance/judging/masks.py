"""Values that a recorder put in the place of what it kept back."""

from __future__ import annotations

import re

_WORDS = r"filtered|redacted|masked|hidden|removed|sanitized|sanitised|scrubbed|secret|censored"
_MASK = re.compile(rf"[\[<({{*_]*\s*(?:{_WORDS})\s*[\]>)}}*_]*|\*{{3,}}|x{{6,}}|•{{3,}}|\.\.\.", re.IGNORECASE)
_BARE = re.compile(rf"(?:{_WORDS})", re.IGNORECASE)
_WITHIN = re.compile(rf"\[(?:{_WORDS})\]|<(?:{_WORDS})>|\*\*\*(?:{_WORDS})?\*\*\*", re.IGNORECASE)
_STAND_IN = re.compile(r"s\d+-x*")


def make_stand_in(number: int, length: int) -> str:
    """Return what stands for a secret in a text: as long, and of no other one."""
    return f"s{number}-".ljust(length, "x")[:length]


def is_stand_in(value: object) -> bool:
    """Return whether a value stands for a secret, so that nothing is known of that but how long it is."""
    return isinstance(value, str) and _STAND_IN.fullmatch(value) is not None


def is_masked(value: str) -> bool:
    """Return whether a whole value, or a credential behind its scheme, is a mask."""
    said = value.strip()
    scheme, _, credential = said.partition(" ")
    return _is_mask(said) or (bool(scheme) and _is_mask(credential.strip()))


def has_mask(text: str) -> bool:
    """Return whether there is a mask somewhere in a text, such as a body or a query."""
    return _WITHIN.search(text) is not None


def _is_mask(text: str) -> bool:
    found = _MASK.fullmatch(text)
    # A word alone may be what was sent, but where it stands in brackets or stars.
    return found is not None and (not _BARE.fullmatch(text) or text.isupper())

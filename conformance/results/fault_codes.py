"""The codes that Web Fuzzing Commons gives to faults, by which tools compare what they find."""

from __future__ import annotations

from collections.abc import Mapping

FAULT_CODES: Mapping[str, int] = {
    "CONTRACT-NO-SERVER-ERROR": 100,
    "AUTH-CHALLENGE": 109,
    "DELETE-GONE": 113,
    "REFUSED-CHANGES-NOTHING": 114,
    "PUT-NOT-CREATED": 116,
    "PUT-REPLACES": 117,
    "PUT-REPEATED": 118,
    "CONFIG-PATCH-REST": 119,
    "PROVIDER-CONFIG-MERGES": 119,
    "CONTRACT-LOCATION": 120,
    "CONTRACT-BODY-SCHEMA": 200,
    "CONTRACT-CONTENT-TYPE": 200,
    "CONTRACT-HEADERS": 200,
    "CONTRACT-STATUS-DECLARED": 200,
    "ENVELOPE-EVERY-ERROR": 200,
    "ENVELOPE-KEYS": 200,
    "CONTRACT-INVALID-REFUSED": 206,
    "OWNERSHIP-PRIVATE-INDISTINCT": 304,
    "OWNERSHIP-OWN-CHANGED": 306,
    "OWNERSHIP-SHARED-DELETE": 306,
    "OWNERSHIP-SHARED-READ-ONLY": 306,
    "SCOPE-REQUIRED": 306,
    "AUTH-REQUIRED": 307,
    "CONTRACT-NO-STACK-TRACE": 309,
    "CONTRACT-NOTHING-HIDDEN": 310,
    "PROTOCOL-UNKNOWN-PATH": 310,
}
"""The code of the fault that a finding of each rule is, where one of them is that and nothing else."""


def find_tag(rule_id: str) -> str | None:
    """Return the code of a rule's faults as a tag; None where no code fits."""
    code = FAULT_CODES.get(rule_id)
    return None if code is None else f"WFC-F{code}"

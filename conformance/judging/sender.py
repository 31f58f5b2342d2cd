"""The sender of a request, as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.profile import Caller

World = tuple[str, str, str]
"""A server of one recording: the recording, the base URL, and the world that a header names."""
STRANGE_ORG = "~another-org~"
"""The org of a caller whose org is not known."""


class Signature(StrEnum):
    """The signature of a request, as far as the recording says."""

    NOT = "no credential"
    WRONGLY = "no bearer credential"
    UNKNOWN = "not recorded"
    BEARER = "a bearer credential"


@dataclass(frozen=True, slots=True)
class RequestSender:
    """The sender of a request."""

    signed: Signature
    name: str
    """The name in reports."""
    key: str = ""
    """The salted hash of the credential; empty where there is none."""
    caller: Caller | None = None
    """The caller that the sender is, where the org is known."""
    by_profile: bool = False
    """Whether a profile says who that is, whatever the target says."""

    @property
    def viewer(self) -> str | None:
        """Return the org for whom all is the same that is shown, else whose credential it is.

        None where neither is known.
        """
        if self.caller is not None:
            return self.caller.org
        return self.key if self.signed is Signature.BEARER else None


NOBODY = RequestSender(Signature.NOT, "anonymous")
UNRECORDED = RequestSender(Signature.UNKNOWN, "unrecorded")

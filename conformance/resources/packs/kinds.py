"""How a pack may stand to the org of a caller: own, of another org, of the platform."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """How a pack stands to the org of the caller who asks for it."""

    id: str
    own: bool
    visibility: str
    platform: bool = False

    @property
    def visible(self) -> bool:
        return self.own or self.platform or self.visibility == "community"


OWN_PRIVATE = Kind("own-org", own=True, visibility="org")
OWN_COMMUNITY = Kind("own-community", own=True, visibility="community")
FOREIGN_PRIVATE = Kind("foreign-org", own=False, visibility="org")
FOREIGN_COMMUNITY = Kind("foreign-community", own=False, visibility="community")
PLATFORM = Kind("platform", own=False, visibility="community", platform=True)
KINDS = (OWN_PRIVATE, OWN_COMMUNITY, FOREIGN_PRIVATE, FOREIGN_COMMUNITY, PLATFORM)

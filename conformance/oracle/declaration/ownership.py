"""The owners of a resource's objects, who may see one, and how much of them a caller sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.contract.contract import JsonObject, Operation
from conformance.profile import Caller


@dataclass(frozen=True, slots=True)
class Ownership:
    """The relation of an object to the org of the caller who asks for it."""

    id: str
    is_own: bool
    visibility: str
    """`org`: its own org alone sees it; `community`: all orgs do."""
    is_platform: bool = False
    known_key: str | None = None
    """The beginning of the keys of `[known]` that name such an object of the target."""
    words: str = ""
    """The words for it, as for a resource."""

    @property
    def is_visible(self) -> bool:
        return self.is_own or self.is_platform or self.visibility == "community"

    def __str__(self) -> str:
        return self.id


OWN_PRIVATE = Ownership("own-org", is_own=True, visibility="org")


OWN_COMMUNITY = Ownership("own-community", is_own=True, visibility="community")


FOREIGN_PRIVATE = Ownership(
    "foreign-org", is_own=False, visibility="org", known_key="foreign_private", words="a private {} of another org"
)


FOREIGN_COMMUNITY = Ownership(
    "foreign-community",
    is_own=False,
    visibility="community",
    known_key="foreign_community",
    words="a community {} of another org",
)


PLATFORM = Ownership(
    "platform",
    is_own=False,
    visibility="community",
    is_platform=True,
    known_key="platform",
    words="a {} of the platform",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalObjects:
    """Objects that belong to one person of their org, or to nobody; some callers see no one else's than their own."""

    shown_in: str
    """The field that names the person by user id; where it is absent or empty the object is nobody's."""
    hidden: str
    """The rule that keeps what is somebody else's from such a caller."""
    listed: str
    """The rule that says what their lists hold."""
    stays: str | None = None
    """The rule by which an object shows whose it is, where that never changes."""
    scope: str | None = None
    """The scope with which everybody's are seen. None: the one that an operation asks for, but for its `:own`."""
    refusal: tuple[int, str] | None = None
    """The refusal that such a caller gets about somebody else's object. None: the 404 of what is not there."""
    below: str | None = None
    """The rule that keeps it from such a caller in all other operations than the one that shows it.

    There a 403 permission_denied is right too. None: `hidden`, and nothing else is right.
    """
    are_nobodys_shown: bool | None = True
    """Whether what is nobody's is shown to all of the org. None: what shows nobody may be anybody's."""
    state_param: str | None = None
    """The parameter of the state `<name> exists` that says by user id whose the object is."""
    others: frozenset[str] = frozenset()
    """Scopes that an operation may ask for beside, and whose `:own` keeps nobody from an object."""

    def find_person(self, shown: JsonObject) -> str | None:
        """Return the user id of whose an object is, as it is shown; None where it is nobody's."""
        found = shown.get(self.shown_in)
        return found if isinstance(found, str) and found else None

    def narrows(self, caller: Caller, operation: Operation) -> bool | None:
        """Return whether the caller is kept from what is somebody else's; None where its scopes are not known."""
        if caller.scopes is None:
            return None
        if self.scope is not None:
            return self.scope not in caller.scopes
        whole = (frozenset(each for each in group if not each.endswith(OWN)) for group in operation.permissions.groups)
        return any(caller.scopes.isdisjoint(group) for group in whole if group.isdisjoint(self.others))

    def hides(self, person: str | None, caller: Caller, user_id: str | None, operation: Operation) -> bool | None:
        """Return whether an object of this person is kept from the caller, who has this user id; None: not known."""
        narrowed = self.narrows(caller, operation)
        if person is None and self.are_nobodys_shown is not False:
            return None if self.are_nobodys_shown is None and narrowed is not False else False
        if narrowed is False or (person is not None and person == user_id):
            return False
        return narrowed if user_id is not None or person is None else None


OWN = ":own"
"""The end of a scope that reaches no further than what is the caller's own."""


@dataclass(frozen=True, slots=True)
class SwitchableFeature:
    """A part of the API that an org may be without: each operation on it is refused then."""

    state: str
    """The provider state in which it is so."""
    code: str
    """The code of the refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgOwned:
    """The access to objects of which each is of one org, which sees, changes and removes it."""

    ownerships: tuple[Ownership, ...] = (OWN_PRIVATE, FOREIGN_PRIVATE)
    """The relations that an object may have to a caller's org."""
    shown_as: Callable[[JsonObject], Ownership | None] = lambda _: OWN_PRIVATE
    """The function that tells the ownership of an object in the answer to a list; None: that cannot be told."""
    personal: PersonalObjects | None = None
    """The rules for objects that belong to people of the org too, which callers are kept from those of others."""

    @property
    def is_shared(self) -> bool:
        """Return whether an org may show an object of its own to all others."""
        return FOREIGN_COMMUNITY in self.ownerships


PART = OrgOwned(ownerships=())
"""The access to what is a part of something else: whoever may see or change that may see or change it."""

"""What a resource is declared with: whose its objects are, how one is made, and what a request for one takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from conformance.contract.contract import JsonObject, Operation
from conformance.http.exchange import Request
from conformance.needs import Need
from conformance.profile import Caller


@dataclass(frozen=True, slots=True)
class Ownership:
    """How an object stands to the org of the caller who asks for it."""

    id: str
    own: bool
    visibility: str
    """`org`: its own org alone sees it; `community`: all orgs do."""
    platform: bool = False
    known_key: str | None = None
    """How the keys of `[known]` begin that name such an object of the target."""
    words: str = ""
    """The same of a resource."""

    @property
    def visible(self) -> bool:
        return self.own or self.platform or self.visibility == "community"

    def __str__(self) -> str:
        return self.id


OWN_PRIVATE = Ownership("own-org", own=True, visibility="org")
OWN_COMMUNITY = Ownership("own-community", own=True, visibility="community")
FOREIGN_PRIVATE = Ownership(
    "foreign-org", own=False, visibility="org", known_key="foreign_private", words="a private {} of another org"
)
FOREIGN_COMMUNITY = Ownership(
    "foreign-community",
    own=False,
    visibility="community",
    known_key="foreign_community",
    words="a community {} of another org",
)
PLATFORM = Ownership(
    "platform", own=False, visibility="community", platform=True, known_key="platform", words="a {} of the platform"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """Objects that belong to one person of their org, or to nobody; some callers see no one else's than their own."""

    shown_in: str
    """The field that names the person by user id; where it is absent or empty the object is nobody's."""
    hidden: str
    """The rule that keeps what is somebody else's from such a caller."""
    listed: str
    """The rule that says what their lists hold."""
    scope: str | None = None
    """With this scope everybody's are seen. None: with the scope that an operation asks for, but for its `:own`."""
    refusal: tuple[int, str] | None = None
    """What such a caller is answered about somebody else's. None: the 404 of what is not there."""
    below: str | None = None
    """The rule that keeps it from such a caller in all other operations than the one that shows it.

    There a 403 permission_denied is right too. None: `hidden`, and nothing else is right.
    """
    nobodys_are_shown: bool | None = True
    """Whether what is nobody's is shown to all of the org. None: what shows nobody may be anybody's."""
    state_param: str | None = None
    """The parameter of the state `<name> exists` that says by user id whose the object is."""

    def person_in(self, shown: JsonObject) -> str | None:
        """The user id of whose an object is, as it is shown; None where it is nobody's."""
        found = shown.get(self.shown_in)
        return found if isinstance(found, str) and found else None

    def narrows(self, caller: Caller, operation: Operation) -> bool | None:
        """Whether the caller is kept from what is somebody else's; None where its scopes are not known."""
        if caller.scopes is None:
            return None
        if self.scope is not None:
            return self.scope not in caller.scopes
        whole = (frozenset(each for each in group if not each.endswith(OWN)) for group in operation.permissions.groups)
        return any(caller.scopes.isdisjoint(group) for group in whole)

    def hides(self, person: str | None, caller: Caller, user_id: str | None, operation: Operation) -> bool | None:
        """Whether an object of this person is kept from the caller, who has this user id; None: not known."""
        narrowed = self.narrows(caller, operation)
        if person is None and self.nobodys_are_shown is not False:
            return None if self.nobodys_are_shown is None and narrowed is not False else False
        if narrowed is False or (person is not None and person == user_id):
            return False
        return narrowed if user_id is not None or person is None else None


OWN = ":own"
"""The end of a scope that reaches no further than what is the caller's own."""


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A part of the API that an org may be without: each operation on it is refused then."""

    state: str
    """The provider state in which it is so."""
    code: str
    """That of the refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgOwned:
    """Each object is of one org, which sees, changes and removes it."""

    ownerships: tuple[Ownership, ...] = (OWN_PRIVATE, FOREIGN_PRIVATE)
    """Every way in which an object may stand to a caller's org."""
    shown_as: Callable[[JsonObject], Ownership | None] = lambda _: OWN_PRIVATE
    """How an object in the answer to a list stands to the org that asked; None: that cannot be told."""
    personal: Personal | None = None
    """Where objects belong to people of the org too, which callers are kept from those of others."""

    @property
    def shared(self) -> bool:
        """Whether an org may show an object of its own to all others."""
        return FOREIGN_COMMUNITY in self.ownerships


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptInUse:
    """What keeps an object from being archived: an object of another resource, not archived itself, that runs."""

    by: str
    """The resource of what runs."""
    field: str
    """The field of it that names what it is of."""
    of: str
    """The resource of what it is of: that of the object, or one of what is archived with the object."""
    running: frozenset[str]
    """The statuses in which it runs."""
    assumed: frozenset[str]
    """Those of them that the contract alone takes for running."""
    refused: str
    """The error code of what is refused."""
    counted: str
    """The key of the details that says how many run."""
    given: str
    """The key of `[known]` that names an object of which something runs; that may be tried to be archived."""
    shown_in: str = "status"
    """The field that has its status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What objects do by themselves: they go from status to status, and some requests are served in some alone."""

    moves: frozenset[str]
    """The fields that change by themselves."""
    onward: Mapping[str, frozenset[str]]
    """By status: what it becomes without anybody's doing, sooner or later. What is absent stays."""
    stopped_by: str
    """The operation that brings one to rest, after which it takes a while."""
    at_rest: frozenset[str]
    """The statuses in which one rests, so that it can be put away."""
    shown_in: str = "status"
    """The field that has the status."""

    def goes_on(self, status: str) -> bool:
        """Whether what has this status does not stay in it."""
        return status in self.onward

    def becoming(self, status: str) -> frozenset[str]:
        """The status, and all that it may become without anybody's doing."""
        found, left = {status}, [status]
        while left:
            left += (new := self.onward.get(left.pop(), frozenset()) - found)
            found |= new
        return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archiving:
    """Objects are taken out of use, and back; whoever may see one reads it by its id all the while."""

    by: str
    """The operation that archives one."""
    undone_by: str
    """The operation that takes one into use again."""
    asked_for: str = "include_archived"
    """The query parameter with which the list has archived ones too."""
    shown_in: str = "archived_at"
    """The field that only an archived one has."""
    moves: frozenset[str] = frozenset({"archived_at", "updated_at"})
    """The fields that both change."""
    refused_again: bool = False
    """Whether what is archived cannot be archived again. Else that changes nothing."""
    by_state: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the state `<name> exists` that make an archived one, where it can."""
    kept_by: KeptInUse | None = None
    """What keeps one in use, so that it cannot be archived."""

    def keeps(self, resource: str) -> str | None:
        """The key of `[known]` that names an object of this resource that is kept in use; None where there is none."""
        return self.kept_by.given if self.kept_by and self.kept_by.of == resource else None

    def in_list(self, query: str) -> bool:
        """Whether a list that was asked for with this query has archived ones."""
        return parse_qs(query).get(self.asked_for) == ["true"]


def asks_for_fewer(query: str, archiving: Archiving | None) -> bool:
    """Whether a list that is asked for with this query may hold fewer objects than without, archived ones aside."""
    return not parse_qs(query, keep_blank_values=True).keys() <= {archiving.asked_for if archiving else ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """What an object is based on: archiving that archives the object too, which comes back only after it."""

    resource: str
    field: str
    """The field of the object that names it."""
    refused: str
    """The error code of what is refused while it is archived."""


PART = OrgOwned(ownerships=())
"""Of what is a part of something else: whoever may see or change that may see or change it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request body, or one part of a form, and how it gets a right value."""

    value: Callable[[Any, Caller | None, Any], Any]
    """Of the test session, the caller, and the fact of the object that the path names, or None.

    Without a caller: a value that is right in its form, for a request that is refused before it is looked at.
    None: the field is left out.
    """
    needs: Callable[[Operation], tuple[Need, ...]] = lambda _: ()
    """What the value needs of the target or its profile, any one of them."""
    owner_knows: bool = False
    """Whether the value has to suit something of the object that its owner alone is shown."""
    marked: Callable[[Any, str], str | None] = lambda _, value: value
    """Of the test session and a value: the same with the run's mark, where it names something that others may name."""
    stored: bool = False
    """Whether a value that fits its schema is right only by what the target has, or by what else it says.

    So a generated one seldom is.
    """
    have: Callable[[Any, Any], bool] = lambda *_: True
    """Of the test session and a value: has the target have what the value names; whether that can be had."""


def fresh_name(session: Any, _caller: Caller | None, _fact: Any) -> Any:
    """A name that nothing has, with the run's mark."""
    return session.fresh_name()


def one_of_two(name: str, first: Any, second: Any) -> Field:
    """A field with one of two values, not the one that the object has."""

    def value(_session: Any, _caller: Caller | None, fact: Any) -> Any:
        return second if fact is not None and fact.shown.get(name) == first else first

    return Field(value)


def marked_name(session: Any, value: str) -> str:
    """A name that ends like this one, and begins with the run's mark."""
    return f"{session.prefix}{value[len(session.prefix) :] or value}"


@dataclass(frozen=True, slots=True)
class Requested:
    """What a creation asks for: by this its object is found in a list where its answer got lost."""

    name: str | None
    fields: Mapping[str, str]
    """Fields of the object by which one is told whose name has no place for the run's mark."""

    def is_shown_by(self, shown: JsonObject) -> bool:
        """Whether a listed object has all of these fields; False where there is none."""
        return bool(self.fields) and all(shown.get(name) == value for name, value in self.fields.items())


def text_in_json(request: Request, field: str) -> str | None:
    """The text of a field of a JSON body; None where there is none."""
    try:
        body = json.loads(request.content or b"")
    except (ValueError, RecursionError):
        return None
    text = body.get(field) if isinstance(body, dict) else None
    return text if isinstance(text, str) else None


def id_of(shown: Any) -> str:
    """The id of an object that an answer shows, and of one that has none its name; empty where it shows neither."""
    found = shown.get("id", shown.get("name")) if isinstance(shown, Mapping) else None
    return found if isinstance(found, str) else ""


def objects_in(listing: Any) -> list[JsonObject]:
    """The objects in the body of an answer to a list, which are in the one field of it that is an array."""
    fields = listing.values() if isinstance(listing, Mapping) else ()
    found = next((value for value in fields if isinstance(value, list)), [])
    return [each for each in found if isinstance(each, Mapping)]

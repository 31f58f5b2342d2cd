"""Objects that a field shares with everybody: who sees one, and which write shares it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.contract.contract import JsonObject
from conformance.contract.resource_types import ResourceType
from conformance.oracle.declaration.ownership import (
    FOREIGN_COMMUNITY,
    FOREIGN_PRIVATE,
    OWN_COMMUNITY,
    OWN_PRIVATE,
    OrgOwned,
    Ownership,
    PersonalObjects,
)
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact
from conformance.recipes.about import with_right_body
from conformance.recipes.making import choose_maker, require_shown
from conformance.values import copy_with

SHARED = OWN_COMMUNITY.visibility


@dataclass(frozen=True, kw_only=True)
class SharedFact(Fact):
    """The knowledge of one object that everybody may be shown."""

    is_shared: bool = False

    @property
    def is_shareable(self) -> bool:
        return True

    def is_visible_to(self, org: str) -> bool:
        """Return whether its declaration shows it: to its owner always, to everybody where it is shared."""
        return self.is_owned_by(org) or self.is_shared


@dataclass(frozen=True, kw_only=True, eq=False)
class SharedResource(Resource):
    """A resource of which its type says who sees its objects."""

    declared: ResourceType
    private: Mapping[str, Any] | None
    """Fields of a creation by which nobody else sees one; None where there are none."""

    def read_fact(self, known: Fact | None, org: str, shown: JsonObject) -> Fact | None:
        plain = Resource.read_fact(self, known, org, shown)
        if plain is None:
            return None
        theirs = self._hides_owner and self.owner not in shown
        fact = copy_with(
            plain,
            owner=known.owner if known and known.owner else None if theirs else plain.owner,
            foreign_to=(known.foreign_to if known else frozenset()) | ({org} if theirs else frozenset()),
            shown=known.shown if theirs and known and known.owner else plain.shown,
        )
        return _as_shared(fact, shared=is_shared(self.declared, shown))

    def make_own(self, session: Any, org: str, ownership: Ownership, operation: Any) -> Fact | None:
        """Return a new object of the org, for everybody where it is to be shared, else for its org alone."""
        if self.private is None or not self.made_by:
            return None
        creation = session.contract.operations[self.made_by[0]]
        maker = choose_maker(session, self, creation, org, operation=operation)
        request = with_right_body(session, creation, maker, {}, None)
        name, values = self.declared.visible[0]
        seen_so = {name: min(values)} if ownership.visibility == SHARED else self.private
        sent = json.loads(request.content or b"{}") | seen_so
        answer = session.hold(maker, replace(request, content=json.dumps(sent).encode()))
        return require_shown(session, self, answer.json)

    def describe_given(self, fact: Fact, ownership: Ownership) -> Fact:
        return _as_shared(fact, shared=ownership.visibility == SHARED)

    @property
    def _hides_owner(self) -> bool:
        return self.owner in self.owner_only


def _as_shared(fact: Fact, *, shared: bool) -> SharedFact:
    return SharedFact(**{name: getattr(fact, name) for name in Fact.__dataclass_fields__}, is_shared=shared)


def is_shared(declared: ResourceType, shown: JsonObject) -> bool:
    """Return whether everybody sees an object that is shown so."""
    return any(shown.get(name) in values for name, values in declared.visible)


def build_access(declared: ResourceType, personal: PersonalObjects | None) -> OrgOwned:
    """Return whose the objects are: each of an org, which may show it to all others."""

    def find_ownership(shown: JsonObject) -> Ownership | None:
        """Return how a listed object stands to the org that asked; None where it shows its owner to everybody."""
        if not is_shared(declared, shown):
            return OWN_PRIVATE
        if declared.owner not in declared.owner_only:
            return None
        return OWN_COMMUNITY if declared.owner in shown else FOREIGN_COMMUNITY

    ways = (OWN_PRIVATE, OWN_COMMUNITY, FOREIGN_PRIVATE, FOREIGN_COMMUNITY)
    return OrgOwned(ownerships=ways, shown_as=find_ownership, personal=personal)

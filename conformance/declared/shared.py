"""Objects that everybody sees where a field has one of some values: who is shown one, and how one is made so."""

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
    Personal,
)
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.recipes.about import with_right_body
from conformance.recipes.making import maker_of, shown_fact

SHARED = OWN_COMMUNITY.visibility


@dataclass(frozen=True, kw_only=True)
class SharedFact(Fact):
    """What is known of one object that everybody may be shown."""

    shared: bool = False

    @property
    def shareable(self) -> bool:
        return True

    def visible_to(self, org: str) -> bool:
        """By its declaration: its owner always, everybody where it is shared."""
        return self.owned_by(org) or self.shared


@dataclass(frozen=True, slots=True, eq=False)
class Sharing:
    """What the declaration of a type says of who sees its objects."""

    declared: ResourceType
    private: Mapping[str, Any]
    """Fields of a creation by which nobody else sees one."""

    def access(self, personal: Personal | None) -> OrgOwned:
        """Whose the objects are: each of an org, which may show it to all others."""
        ways = (OWN_PRIVATE, OWN_COMMUNITY, FOREIGN_PRIVATE, FOREIGN_COMMUNITY)
        return OrgOwned(ownerships=ways, shown_as=self._shown_as, personal=personal)

    def read(self, known: Fact | None, org: str, shown: JsonObject) -> Fact | None:
        """The fact of an object that an org was shown; None where that is not shaped as one."""
        resource, owner_field = require_resource(self.declared.name), self.declared.owner or ""
        plain = replace(resource, read=None).fact_shown(known, org, shown)
        if plain is None:
            return None
        theirs = self._hides_owner and owner_field not in shown
        owner = known.owner if known and known.owner else None if theirs else plain.owner
        foreign = (known.foreign_to if known else frozenset()) | ({org} if theirs else frozenset())
        kept = known.shown if theirs and known and known.owner else plain.shown
        return SharedFact(
            resource=plain.resource,
            id=plain.id,
            name=plain.name,
            owner=owner,
            person=plain.person,
            foreign_to=foreign,
            archived=plain.archived,
            shown=kept,
            shared=self._is_shared(shown),
        )

    def own(self, session: Any, org: str, ownership: Ownership, operation: Any) -> Fact:
        """A new object of the org, for everybody where it is to be shared, else for its org alone."""
        resource = require_resource(self.declared.name)
        creation = session.contract.operations[resource.made_by[0]]
        maker = maker_of(session, resource, creation, org, operation=operation)
        request = with_right_body(session, creation, maker, {}, None)
        sent = json.loads(request.content or b"{}") | (self._shared if ownership.visibility == SHARED else self.private)
        answer = session.hold(maker, replace(request, content=json.dumps(sent).encode()))
        return shown_fact(session, resource, answer.json)

    def given(self, fact: Fact, ownership: Ownership) -> Fact:
        """The fact of an object of another org that the profile names."""
        shared = ownership.visibility == SHARED
        return SharedFact(resource=fact.resource, id=fact.id, foreign_to=fact.foreign_to, shared=shared)

    @property
    def _shared(self) -> Mapping[str, Any]:
        name, values = self.declared.visible[0]
        return {name: min(values)}

    @property
    def _hides_owner(self) -> bool:
        return self.declared.owner in self.declared.owner_only

    def _is_shared(self, shown: JsonObject) -> bool:
        return any(shown.get(name) in values for name, values in self.declared.visible)

    def _shown_as(self, shown: JsonObject) -> Ownership | None:
        """How a listed object stands to the org that asked; None where it shows its owner to everybody."""
        if not self._is_shared(shown):
            return OWN_PRIVATE
        if not self._hides_owner:
            return None
        return OWN_COMMUNITY if self.declared.owner in shown else FOREIGN_COMMUNITY

"""What the API is about: all that the suite needs to know of one resource alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation
from conformance.http.exchange import Exchange, Request
from conformance.mark import FORM
from conformance.oracle.bodies import fields as fields_of_body
from conformance.oracle.breach import Breach
from conformance.oracle.call import Call, InPath, Refusals, WrongfulRefusal
from conformance.oracle.declaration.fields import (
    Field,
    Requested,
    id_of,
    objects_in,
    text_in_json,
)
from conformance.oracle.declaration.lifetime import Archiving, Life, Parent
from conformance.oracle.declaration.ownership import (
    PART,
    OrgOwned,
    Ownership,
    SwitchedOff,
)
from conformance.oracle.declaration.provider_state import ProviderState
from conformance.oracle.effect import DataEffect
from conformance.oracle.facts import Fact, State
from conformance.oracle.law import Kind, Law
from conformance.profile import Caller, Profile

Read = Callable[[Fact | None, str, JsonObject], Fact | None]
"""Of what was known of an object, the org that was answered and what it was shown: the fact; None where it is none."""


Refusal = Callable[[Call, Refusals], None]
"""Of a call whose body is valid: adds the refusals that its operation's own meaning makes right."""


Effect = Callable[[Call, Exchange], State]
"""Of a call that succeeded, what its answer shows known already: the state after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of the contract."""

    name: str
    """As `x-resource` names it: the key of its facts, of `[known.<name>]`, and of the state `<name> exists`."""
    within: str | None = None
    """The resource that its objects are a part of, and whose facts tell of them. Read by the oracle."""
    in_path: InPath = field(default_factory=InPath)
    """Whether an object that a path names is there, and who may see and change it. Read by the oracle."""
    read: Read | None = None
    """The fact that an answer shows; without it id, name, and the org as its owner. Read by learning."""
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    """By operation id: refusals by state, beside those that hold for all. Read by the oracle."""
    wrongful: Callable[[Call], Iterable[WrongfulRefusal]] = lambda _: ()
    """What refusals of its own would break where a request has to be served. Read by the oracle."""
    effects: Mapping[str, Effect] = field(default_factory=dict)
    """By operation id: what a success does that its answer does not show. Read by learning."""
    in_case_ids: bool = True
    """Whether the ids of cases that are spread over resources name it."""
    access: OrgOwned = PART
    """Whose its objects are."""
    owner: str = "org_id"
    """The field in which an object shows the org that it is of."""
    owner_only: frozenset[str] = frozenset()
    """Fields that the org of an object alone is shown, beside those that their schema marks."""
    switched_off: SwitchedOff | None = None
    """The state in which an org is without them, where there is one."""
    by_name: bool = False
    """Whether a path names its objects by names that each org gives for itself, so that nobody knows one of another."""
    returns: bool = False
    """Whether what was removed may come back under its id."""
    listed_by: str | None = None
    """The operation that lists those that a caller sees; all of them, without pages."""
    shown_by: str | None = None
    """The operation that shows one."""
    removed_by: str | None = None
    """The operation that removes one; None: it goes with what it is in, or stays and is archived at most."""
    archiving: Archiving | None = None
    """How one is archived and taken into use again, where that can be."""
    life: Life | None = None
    """What one does by itself, where that is anything."""
    ready: Callable[[Any, Fact, Operation], Fact] = lambda _, fact, __: fact
    """Of the test session, an object of the run and an operation: the fact once it is as the operation takes it."""
    parent: Parent | None = None
    """What one is based on, where that is archived with all that is based on it."""
    released: Mapping[str, Any] = field(default_factory=dict)
    """Fields of an update by which one that is put away lets go of all others, which else could not be removed."""
    updated_by: str | None = None
    """The operation that changes the fields that its body has, and no others."""
    named_in: str = "name"
    """The field in which an object shows what its creation named it, the run's mark among it; empty: it has no name."""
    marked_alone: bool = False
    """Whether those alone are facts that carry the mark of a run: by others callers sign in, so they are left alone."""
    shown_once: frozenset[str] = frozenset()
    """Fields that the answer to a creation shows, and no other answer: no report has them either."""
    no_secret: frozenset[str] = frozenset()
    """Those of them that reports may have."""
    made_by: tuple[str, ...] = ()
    """The operations that make one; the first that the target allows counts, then the state `<name> exists`."""
    made_beside: Mapping[str, str] = field(default_factory=dict)
    """Operations that make one too, and answer with something else: by id, the field of that which has its id."""
    leaves: frozenset[str] = frozenset()
    """The operations that put something into one that nobody can remove from it again."""
    own: Callable[[Any, str, Ownership, Operation | None], Any] | None = None
    """Of the test session, an org, an own ownership and the operation that it is for: the fact of a new object.

    None: the operations of `made_by` and the state are tried in turn.
    """
    given: Callable[[Fact, Ownership], Fact] = lambda fact, _: fact
    """Of the fact of an object of another org that the profile names: the resource's own kind of fact."""
    platform: Callable[[Any], Any] | None = None
    """Of the test session: the fact of an object of the platform."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    """By name, how a field of a request body gets a right value."""
    body: Callable[[Any, Caller | None], JsonObject] | None = None
    """Of the test session and the caller: a right JSON body, where its fields depend on each other or on the caller.

    Without a caller: right in its form.
    """
    content: Callable[[Any, Mapping[str, str]], bytes] = lambda *_: b"changed by the conformance suite\n"
    """Of the fact and the path's values: a right body that is neither JSON nor a form."""
    in_object: Callable[[Any], Sequence[str]] | None = None
    """Of a part: of the fact of what it is in, the values of the path parameter that names it; the usual one first."""
    have_in: Callable[[Any, Fact], Fact] | None = None
    """Of the test session and the fact of what a part is in: the fact once there is such a part in it."""
    filters: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """By query parameter of its list: the field that names another object, the resource of that, and a rule.

    By the rule all that is listed is of an object that has the name which is asked for.
    """
    listed_in: str | None = None
    """Of a part: the operation that lists those of an object."""
    unchanged: Callable[[Any], JsonObject] = lambda fact: fact.shown
    """Of a fact: fields of a request body that leave the object as it is."""
    requests: Callable[[State, Request], Requested] | None = None
    """Of a creation, in the state of that moment: what it asks for; None: a JSON body says the name."""
    kinds: tuple[Kind, ...] = ()
    """The kinds of its objects on which every write is tried; none: one for each own ownership."""
    laws: Mapping[str, Law] = field(default_factory=dict)
    """By operation id: what a write may change of its object."""
    by_viewer: frozenset[str] = frozenset()
    """Fields in which callers may be shown different values of one object."""
    contradictions: Callable[[JsonObject, str | None], Iterable[Breach]] = lambda *_: ()
    """Of an object as it was shown, and the caller's org where that is known: what cannot be so of it."""
    as_asked: Callable[[Contract, Mapping[str, Any], JsonObject, str | None], Iterable[Breach]] = lambda *_: ()
    """Of what was sent to a creation, files too, what it answered with, and the caller's user id: what cannot be so."""
    creator_by: Mapping[str, str] = field(default_factory=dict)
    """By operation id: the rule by which what it makes, and shows later, is the caller's."""
    applied: Mapping[str, str] = field(default_factory=dict)
    """By operation id: the rule by which its answer shows the fields that were sent."""
    shown_as_sent: frozenset[str] | None = None
    """Those of these fields that show what was sent as it was; None: all of them."""
    merged: frozenset[str] = frozenset()
    """Fields of an update that are merged with what is there, key by key; a null takes a key away."""
    clears: frozenset[str] = frozenset()
    """Fields of an update that a null takes from the object."""
    outside: frozenset[str] = frozenset()
    """Fields that change by what somebody does elsewhere, such as at a provider."""
    written: frozenset[str] = frozenset()
    """Fields that show what callers wrote, beside those of the bodies of its creations."""
    causes: Mapping[str, Any] = field(default_factory=dict)
    """By error code, or operation id and error code: how it is provoked (`recipes.causes.Cause`)."""
    state_params: Callable[[Any, str], Mapping[str, Any]] = lambda *_: {}
    """Of the test session and an org: parameters of the state `<name> exists` beside the org and the name."""
    states: Mapping[str, ProviderState] = field(default_factory=dict)
    """By name, the provider states that are about one."""
    known: Mapping[str, str] = field(default_factory=dict)
    """Keys of `[known]` beside those of `access`, and what each of them gives."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Keys of `[known]` that say how the run is to make one, and what each of them says."""
    objection: Callable[[Profile, Request], str | None] = lambda *_: None
    """Of the profile and a creation: why it is not sent to a server that others use; None: it is."""
    look: Callable[[Sequence[JsonObject]], Mapping[str, str]] = lambda _: {}
    """Of the objects that the first caller's org is shown: what they give for `known`."""
    steps: Callable[[Any, Resource, Caller, Caller | None], Any] | None = None
    """Of the test session, a caller and one of another org: what is asked in sequences; None: `recipes.steps.Steps`."""
    generated: Callable[[Any, Resource], Any] | None = None
    """Of the test session: what puts real data into generated bodies; None: `recipes.bodies.Bodies`."""

    def fact_shown(self, known: Fact | None, org: str, shown: JsonObject) -> Fact | None:
        """The fact of an object that org was shown; None where that is not shaped as one."""
        if self.read is not None:
            return self.read(known, org, shown)
        object_id, name = shown.get("id"), shown.get(self.named_in)
        if not isinstance(object_id, str):
            return None
        shown_owner = shown.get(self.owner)
        owner = known.owner if known and known.owner else shown_owner if isinstance(shown_owner, str) else org
        named = name if isinstance(name, str) else None
        if self.marked_alone and not FORM.match(named or ""):
            return None
        archived = self.archiving is not None and shown.get(self.archiving.shown_in) is not None
        kept = {field: value for field, value in shown.items() if field not in self.shown_once}
        person = self.access.personal.person_in(shown) if self.access.personal else None
        return Fact(
            resource=self.name, id=object_id, name=named, owner=owner, person=person, archived=archived, shown=kept
        )

    @property
    def stays_away(self) -> bool:
        """Whether what was removed never comes back under its id."""
        return not self.by_name and not self.returns

    @property
    def moves(self) -> frozenset[str]:
        """The fields that change without anybody's doing."""
        return self.life.moves if self.life else frozenset()

    def requested(self, state: State, request: Request) -> Requested:
        """What a creation asks for, in the state of that moment."""
        if self.requests is not None:
            return self.requests(state, request)
        return Requested(text_in_json(request, self.named_in), {})

    def as_made(self, operation_id: str | None, answer: JsonObject) -> JsonObject:
        """What the answer to a creation shows of the object that it made."""
        key = self.made_beside.get(operation_id or "")
        return answer if key is None else {"id": answer.get(key)}

    def objects_listed(self, listing: Any) -> list[dict[str, Any]]:
        """The objects in the answer to a list, each with the id that it has, or that its name is."""
        return [{**shown, "id": id_of(shown)} for shown in objects_in(listing)]

    def in_custody(self, object_id: str) -> str:
        """What stands for an object of this id among all that a run makes: ids tell objects of all resources apart."""
        return object_id

    def out_of_custody(self, held: str) -> str:
        """The id of the object that this stands for."""
        return held

    def once_shown(self, answer: object) -> Mapping[str, str]:
        """By field: the texts in the answer to a creation that no other answer shows, and no report."""
        found = answer if isinstance(answer, Mapping) else {}
        secret = sorted(self.shown_once - self.no_secret)
        return {name: found[name] for name in secret if isinstance(found.get(name), str)}

    def hides(self, state: State, fact: Fact, caller: Caller, operation: Operation) -> bool | None:
        """Whether an object of the caller's org is kept from the caller, since it is somebody else's; None: not known.

        `operation`: what the caller asks for.
        """
        if self.access.personal is None or not fact.owned_by(caller.org):
            return False
        return self.access.personal.hides(fact.person, caller, state.person_of(caller), operation)

    def narrows(self, caller: Caller, operation: Operation) -> bool:
        """Whether the caller may be kept from what is somebody else's of its org."""
        return self.access.personal is not None and self.access.personal.narrows(caller, operation) is not False

    def is_listed(self, fact: Fact, query: str = "") -> bool:
        """Whether a list that was asked for with this query holds an object for those who see it."""
        return self.archiving is None or not fact.archived or self.archiving.in_list(query)

    @property
    def lasts(self) -> bool:
        """Whether what is made stays for good: it can be archived, and never removed."""
        return self.removed_by is None and self.archiving is not None

    @property
    def removals(self) -> int:
        """How many requests it takes to remove one, or to put it away."""
        return 1 + bool(self.released) + bool(self.life)

    def is_alike(self, name: str, shown: object, sent: object) -> bool:
        """Whether a field shows what was sent for it."""
        field = self.fields.get(name)
        return field.alike(shown, sent) if field else shown == sent

    def written_fields(self, contract: Contract) -> frozenset[str]:
        """The fields that show what callers wrote."""
        made_by = (contract.operations[each] for each in self.made_by if each in contract.operations)
        return self.written.union(*map(fields_of_body, made_by))

    def loss_of(self, contract: Contract, differing: Iterable[str]) -> DataEffect | None:
        """What a change of these fields does that nobody asked for: of those that callers wrote, data is lost."""
        return None if self.written_fields(contract).isdisjoint(differing) else DataEffect.LOST

    @property
    def state(self) -> str:
        """The state by which the target's own side makes one."""
        return f"{self.name} exists"

    @property
    def id_key(self) -> str:
        """How the values of a state name the object that it made."""
        return f"{self.name}_id"

    def known_key(self, ownership: Ownership) -> str | None:
        """The key of `[known]` for such an object; None where the run makes its own."""
        return f"{ownership.known_key}_{self.name}" if ownership.known_key and not self.by_name else None

    def __str__(self) -> str:
        return self.name

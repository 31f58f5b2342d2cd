"""The declaration of one resource: all that the suite needs to know of it alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conformance.contract.contract import Contract, JsonObject, Operation
from conformance.http.exchange import Request
from conformance.mark import FORM
from conformance.oracle.bodies import list_fields as fields_of_body
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.call import Call, ObjectInPath, WrongfulRefusal
from conformance.oracle.declaration.behavior import Behavior, Part
from conformance.oracle.declaration.fields import Field, RequestedValues, list_objects, read_id, read_json_text
from conformance.oracle.declaration.lifetime import Archiving, Life, Parent
from conformance.oracle.declaration.ownership import PART, OrgOwned, Ownership, SwitchableFeature
from conformance.oracle.declaration.provider_state import ProviderState
from conformance.oracle.facts import Fact, State
from conformance.oracle.law import Kind
from conformance.profile import Caller, Profile

MAKING: tuple[Part, ...] = ("create", "put")


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """One resource of the contract, with defaults that a module of its own may override."""

    name: str
    """The name in `x-resource`: the key of its facts, of `[known.<name>]`, and of the state `<name> exists`."""
    operations: tuple[Behavior, ...] = ()
    """The behavior of operations, each once; of those that make one the first that the target allows counts."""
    within: str | None = None
    """The resource that its objects are a part of, and whose facts tell of them."""
    in_path: ObjectInPath = field(default_factory=ObjectInPath)
    """Whether an object that a path names is there, and who may see and change it."""
    in_case_ids: bool = True
    """Whether the ids of cases that are spread over resources name it."""
    access: OrgOwned = PART
    """The access to its objects: who owns, sees and changes them."""
    owner: str = ""
    """The field in which an object shows the org that it is of; empty: that of all objects of the API."""
    owner_only: frozenset[str] = frozenset()
    """Fields that the org of an object alone is shown, beside those that their schema marks."""
    switched_off: SwitchableFeature | None = None
    """The state in which an org is without them, where there is one."""
    by_name: bool = False
    """Whether a path names its objects by names that each org gives for itself, so that nobody knows one of another."""
    returns: bool = False
    """Whether what was removed may come back under its id."""
    archiving: Archiving | None = None
    """The way in which one is archived and taken into use again, where that can be."""
    life: Life | None = None
    """The life that one has by itself, where it has any."""
    parent: Parent | None = None
    """The resource that one is based on, where that is archived with all that is based on it."""
    released: Mapping[str, Any] = field(default_factory=dict)
    """Fields of an update by which one that is put away lets go of all others, which else could not be removed."""
    named_in: str = "name"
    """The field in which an object shows what its creation named it, the run's mark among it; empty: it has no name."""
    marked_alone: bool = False
    """Whether those alone are facts that carry the mark of a run: by others callers sign in, so they are left alone."""
    shown_once: frozenset[str] = frozenset()
    """Fields that the answer to a creation shows, and no other answer: no report has them either."""
    no_secret: frozenset[str] = frozenset()
    """The fields among them that reports may have."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    """The recipe by which a field of a request body gets a right value, by name."""
    kinds: tuple[Kind, ...] = ()
    """The kinds of its objects on which every write is tried; none: one for each own ownership."""
    by_viewer: frozenset[str] = frozenset()
    """Fields in which callers may be shown different values of one object."""
    merged: frozenset[str] = frozenset()
    """Fields of an update that are merged with what is there, key by key; a null takes a key away."""
    clears: frozenset[str] = frozenset()
    """Fields of an update that a null takes from the object."""
    outside: frozenset[str] = frozenset()
    """Fields that change by what somebody does elsewhere, such as at a provider."""
    written: frozenset[str] = frozenset()
    """Fields that show what callers wrote, beside those of the bodies of its creations."""
    causes: Mapping[str, Any] = field(default_factory=dict)
    """The recipe that brings any of its operations to an error code (`recipes.causes.Cause`)."""
    blames: Mapping[str, str] = field(default_factory=dict)
    """The rule that a refusal breaks where any of its operations has to be served, by error code."""
    states: Mapping[str, ProviderState] = field(default_factory=dict)
    """The provider states that are about one, by name."""
    known: Mapping[str, str] = field(default_factory=dict)
    """Keys of `[known]` beside those of `access`, and what each of them gives."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Keys of `[known]` that say how the run is to make one, and what each of them says."""
    steps: Any = None
    """The class of what is asked on expeditions; None: `recipes.steps.Steps`."""
    generated: Any = None
    """The class of what puts real data into generated bodies; None: `recipes.bodies.Bodies`."""

    # What a home overrides

    def read_fact(self, known: Fact | None, org: str, shown: JsonObject) -> Fact | None:
        """Return the fact of an object that org was shown; None where that is not shaped as one."""
        object_id, name = shown.get(self.named_in if self.by_name else "id"), shown.get(self.named_in)
        if not isinstance(object_id, str):
            return None
        shown_owner = None if self.by_name else shown.get(self.owner)
        owner = known.owner if known and known.owner else shown_owner if isinstance(shown_owner, str) else org
        named = name if isinstance(name, str) else None
        if (self.marked_alone or self.by_name) and not FORM.match(named or ""):
            return None
        archived = self.archiving is not None and shown.get(self.archiving.shown_in) is not None
        kept = {field: value for field, value in shown.items() if field not in self.shown_once}
        person = self.access.personal.find_person(shown) if self.access.personal else None
        return Fact(
            resource=self.name, id=object_id, name=named, owner=owner, person=person, archived=archived, shown=kept
        )

    def blame(self, call: Call) -> Iterator[WrongfulRefusal]:
        """Yield what each refusal would break where the request has to be served; what is said first counts."""
        yield from self.find_behavior(call.operation.operation_id).blames.items()
        yield from self.blames.items()

    def find_contradictions(self, _shown: JsonObject, _org: str | None) -> Iterable[Breach]:
        """Return what cannot be so of an object as it was shown; org: the caller's, where that is known."""
        return ()

    def check_made(
        self, _contract: Contract, _sent: Mapping[str, Any], _shown: JsonObject, _user_id: str | None
    ) -> Iterable[Breach]:
        """Yield what is wrong with the answer to a creation, judged by the request and its caller."""
        return ()

    def read_request(self, _state: State, request: Request) -> RequestedValues:
        """Return what a creation asks for, in the state of that moment."""
        if self.by_name:
            name = request.path_values.get(self.named_in)
            return RequestedValues(name, {self.named_in: name} if name else {})
        return RequestedValues(read_json_text(request, self.named_in), {})

    def find_objection(self, _profile: Profile, _request: Request) -> str | None:
        """Return why a creation is not sent to a server that others use; None: it is."""
        return None

    def find_known(self, _listed: Sequence[JsonObject]) -> Mapping[str, str]:
        """Return what the objects that the first caller's org is shown give for `known`."""
        return {}

    def make_own(self, _session: Any, _org: str, _ownership: Ownership, _operation: Operation | None) -> Any:
        """Return a new object of the org for this operation.

        None: those that make one, and the state, are tried in turn.
        """
        return None

    def make_personal(self, _session: Any, _person: Caller) -> Any:
        """Return a new object that is this person's.

        None: by a state that says whose it is, else by a plain creation.
        """
        return None

    def make_platform(self, _session: Any) -> Any:
        """Return an object of the platform; None where no recipe makes one."""
        return None

    def make_ready(self, _session: Any, fact: Fact, _operation: Operation) -> Fact:
        """Return the fact of an object of the run once it is as the operation takes it."""
        return fact

    def describe_given(self, fact: Fact, _ownership: Ownership) -> Fact:
        """Return the resource's own kind of fact for that of an object of another org that the profile names."""
        return fact

    def choose_state_params(self, _session: Any, _org: str) -> Mapping[str, Any]:
        """Return parameters of the state `<name> exists` beside the org and the name."""
        return {}

    def choose_right_body(self, _session: Any, _caller: Caller | None) -> JsonObject | None:
        """Return a right JSON body whose fields depend on each other or on the caller; None: `fields` says it.

        Without a caller: right in its form.
        """
        return None

    def make_new_content(self, _fact: Any, _values: Mapping[str, str]) -> bytes:
        """Return a right body that is neither JSON nor a form, for an object and the values of the path."""
        return b"changed by the conformance suite\n"

    def list_unchanged_fields(self, fact: Any) -> JsonObject:
        """Return fields of a request body that leave the object as it is."""
        shown: JsonObject = fact.shown
        return shown

    def list_parts(self, _fact: Any) -> Sequence[str]:
        """Return values of the path parameter that names such a part of an object, the usual one first.

        None: it is no part.

        Without a fact: of an object that is not there.
        """
        return ()

    def find_content(self, _fact: Fact, _name: str) -> bytes | None:
        """Return the bytes that such a part of an object is known to have; None: that is not known, or it has none."""
        return None

    def put_into(self, _session: Any, fact: Fact) -> Fact:
        """Return the fact of an object once there is such a part in it."""
        return fact

    # What follows

    @cached_property
    def _by_id(self) -> Mapping[str, Behavior]:
        return {each.operation_id: each for each in self.operations}

    def find_behavior(self, operation_id: str | None) -> Behavior:
        """Return what it knows of an operation; of one of which it says nothing, that."""
        return self._by_id.get(operation_id or "", NOTHING_SAID)

    def _list_parts_played(self, *parts: Part) -> tuple[str, ...]:
        return tuple(each.operation_id for each in self.operations if each.part in parts)

    @cached_property
    def listed_by(self) -> str | None:
        """The operation that lists those that a caller sees; all of them, without pages."""
        return next(iter(self._list_parts_played("list")), None)

    @cached_property
    def listed_in(self) -> str | None:
        """Return the operation that lists the parts of an object, of a part."""
        return next(iter(self._list_parts_played("list within")), None)

    @cached_property
    def shown_by(self) -> str | None:
        """The operation that shows one."""
        return next(iter(self._list_parts_played("read")), None)

    @cached_property
    def removed_by(self) -> str | None:
        """The operation that removes one; None: it goes with what it is in, or stays and is archived at most."""
        return next(iter(self._list_parts_played("remove")), None)

    @cached_property
    def updated_by(self) -> str | None:
        """The operation that changes the fields that its body has, and no others."""
        return next(iter(self._list_parts_played("update")), None)

    @cached_property
    def made_by(self) -> tuple[str, ...]:
        """The operations that make one; the first that the target allows counts, then the state `<name> exists`."""
        return self._list_parts_played(*MAKING)

    @property
    def is_part(self) -> bool:
        """Return whether its objects are in others, and nothing but their place."""
        return bool(self.list_parts(None))

    @property
    def stays_away(self) -> bool:
        """Return whether what was removed never comes back under its id."""
        return not self.by_name and not self.returns

    @property
    def moves(self) -> frozenset[str]:
        """The fields that change without anybody's doing."""
        return self.life.moves if self.life else frozenset()

    def as_made(self, operation_id: str | None, answer: JsonObject) -> JsonObject:
        """Return what the answer to a creation shows of the object that it made."""
        key = self.find_behavior(operation_id).beside
        return answer if key is None else {"id": answer.get(key)}

    def list_objects(self, listing: Any) -> list[dict[str, Any]]:
        """Return the objects in the answer to a list, each with the id that it has, or that its name is."""
        return [{**shown, "id": read_id(shown)} for shown in list_objects(listing)]

    def to_custody(self, object_id: str) -> str:
        """Return what stands for an object of this id among all that a run makes, apart from ids of other resources."""
        return object_id

    def from_custody(self, held: str) -> str:
        """Return the id of the object that this stands for."""
        return held

    def list_once_shown(self, answer: object) -> Mapping[str, str]:
        """Return by field the texts in the answer to a creation that no other answer shows, and no report."""
        found = answer if isinstance(answer, Mapping) else {}
        secret = sorted(self.shown_once - self.no_secret)
        return {name: found[name] for name in secret if isinstance(found.get(name), str)}

    def hides(self, state: State, fact: Fact, caller: Caller, operation: Operation) -> bool | None:
        """Return whether an object of the caller's org is kept from the caller, since it is somebody else's.

        None: not known.

        `operation`: what the caller asks for.
        """
        if self.access.personal is None or not fact.is_owned_by(caller.org):
            return False
        return self.access.personal.hides(fact.person, caller, state.find_person(caller), operation)

    def narrows(self, caller: Caller, operation: Operation) -> bool:
        """Return whether the caller may be kept from what is somebody else's of its org."""
        return self.access.personal is not None and self.access.personal.narrows(caller, operation) is not False

    def is_listed(self, fact: Fact, query: str = "") -> bool:
        """Return whether a list that was asked for with this query holds an object for those who see it."""
        return self.archiving is None or not fact.archived or self.archiving.is_listed(query)

    @property
    def lasts(self) -> bool:
        """Return whether what is made stays for good: it can be archived, and never removed."""
        return self.removed_by is None and self.archiving is not None

    @property
    def removals(self) -> int:
        """Return how many requests it takes to remove one, or to put it away."""
        return 1 + bool(self.released) + bool(self.life)

    def is_alike(self, name: str, shown: object, sent: object) -> bool:
        """Return whether a field shows what was sent for it."""
        field = self.fields.get(name)
        return field.alike(shown, sent) if field else shown == sent

    def list_written_fields(self, contract: Contract) -> frozenset[str]:
        """Return the fields that show what callers wrote."""
        made_by = (contract.operations[each] for each in self.made_by if each in contract.operations)
        return self.written.union(*map(fields_of_body, made_by))

    def find_loss(self, contract: Contract, differing: Iterable[str]) -> DataEffect | None:
        """Return the effect of an unasked change of these fields: of those that callers wrote, data is lost."""
        return None if self.list_written_fields(contract).isdisjoint(differing) else DataEffect.LOST

    @property
    def state(self) -> str:
        """The state by which the target's own side makes one."""
        return f"{self.name} exists"

    @property
    def id_key(self) -> str:
        """Return how the values of a state name the object that it made."""
        return f"{self.name}_id"

    def find_known_key(self, ownership: Ownership) -> str | None:
        """Return the key of `[known]` for such an object; None where the run makes its own."""
        return f"{ownership.known_key}_{self.name}" if ownership.known_key and not self.by_name else None

    def __str__(self) -> str:
        return self.name


NOTHING_SAID = Behavior("")

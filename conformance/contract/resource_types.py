"""The features of an API and the types of its resources, as a contract declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Features:
    """The features of the API; each is None where it has not, and then no rule of it applies."""

    tenancy: str | None = None
    """The field of an object that names its org."""
    billing: str | None = None
    """The code of what the posture of an org does not let through."""
    session: str | None = None
    """The operation that says who the caller is."""

    def has(self, name: str) -> bool:
        """Return whether the API has the feature of this name."""
        return getattr(self, name) is not None


@dataclass(frozen=True, slots=True)
class Parts:
    """The ids of the operations on a type, by the part that each plays; None where there is none."""

    list: str | None = None
    create: str | None = None
    read: str | None = None
    update: str | None = None
    remove: str | None = None
    put: str | None = None
    """The one that sets an object under the name in its path, or replaces it."""
    archive: str | None = None
    unarchive: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names an object of another type."""

    to: str
    by: str | None = None
    """The field of that which has the name; None: its id."""
    code: str = "validation_error"
    """The code of what names none that is there."""
    archived: str | None = None
    """The code of what names one that is archived; None where that may be named."""

    @property
    def codes(self) -> frozenset[str]:
        """The codes by which an operation refuses what the field names."""
        return frozenset({self.code}) if self.archived is None else frozenset({self.code, self.archived})


@dataclass(frozen=True, slots=True)
class PersonalType:
    """Objects that belong to a person: the field that says so, and the scope with which everybody's are seen."""

    field: str
    all: str


@dataclass(frozen=True, slots=True)
class OffSwitch:
    """A feature that an org may be without, and the code of each request on it then."""

    subsystem: str
    code: str


@dataclass(frozen=True, slots=True)
class Keeper:
    """An object of another resource that, in some statuses, keeps an object from being archived."""

    resource: str
    by: str
    """The field of that which names what it is of."""
    shown_in: str
    """The field that has its status."""
    statuses: tuple[str, ...]
    code: str


@dataclass(frozen=True, slots=True)
class ArchiveType:
    """The way in which an object is taken out of use."""

    stamp: str
    """The field that only an archived one has."""
    cascades: Mapping[str, str] = field(default_factory=dict)
    """The field of what is archived with it that names it, by resource."""
    kept_by: Keeper | None = None


@dataclass(frozen=True, slots=True)
class ResourceType:
    """The type of one resource's objects, as the contract declares it."""

    name: str
    schema: str
    """The name of the schema that shows one."""
    parts: Parts = Parts()
    prefix: str | None = None
    """The beginning of the ids that the server makes."""
    key: str | None = None
    """The field by which its owner names it, in the place of an id."""
    owner: str | None = None
    unique: tuple[str, ...] = ()
    """The fields of which no two objects of one owner have the same, together."""
    immutable: frozenset[str] = frozenset()
    merged: frozenset[str] = frozenset()
    owner_only: frozenset[str] = frozenset()
    refers: Mapping[str, Reference] = field(default_factory=dict)
    visible: tuple[tuple[str, frozenset[str]], ...] = ()
    """Fields, and the values with which everybody sees one; its owner always does."""
    is_listed_to_all: bool = False
    """Whether the list shows one to everybody, also to whom it is not shown alone."""
    personal: PersonalType | None = None
    switched_off: OffSwitch | None = None
    archive: ArchiveType | None = None
    code: tuple[str, ...] = ()
    """Ids, or patterns, of the operations of which the declaration does not say all."""
    path: str | None = None
    """The path of one, where no parameter has an `x-resource`."""
    id_field: str | None = None
    """The field that has its id, where the server makes one and it is called otherwise."""
    within: str | None = None
    """The resource in whose path its own begins."""


@dataclass(frozen=True, slots=True)
class ResourceShape:
    """The form in which a document without our rules shows the objects of one resource, and by which operations."""

    name: str
    path: str
    """The path of one object."""
    key: str
    """The field of an object that its path names it by."""
    is_named_by_caller: bool
    """Whether who makes one gives its key."""
    is_declared: bool
    """Whether `x-resource-types` has it; else it was inferred from the paths."""
    within: str | None = None
    """The resource in whose path its own begins, which it goes with."""
    read: str | None = None
    """The operation that shows one."""
    create: str | None = None
    list: str | None = None
    update: str | None = None
    remove: str | None = None
    sent_in: Mapping[str, str] = field(default_factory=dict)
    """The one field of a request's body that an object is wrapped in, by operation that has one."""
    shown_in: Mapping[str, str] = field(default_factory=dict)
    """The one field of an answer that an object, or the list, is wrapped in, by operation that has one."""
    is_owned: bool = False
    """Whether nobody but its owner changes one."""
    is_private: bool = False
    """Whether its owner alone is shown one."""
    is_listed_to_all: bool = False
    """Whether the list shows one to others too."""
    unique: tuple[str, ...] = ()
    immutable: frozenset[str] = frozenset()

    @property
    def operations(self) -> tuple[str, ...]:
        """The ids of the operations that play a part, in the order of a life."""
        return tuple(filter(None, (self.create, self.read, self.list, self.update, self.remove)))


NO_FEATURES = Features()

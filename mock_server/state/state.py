"""The state of a world as one value: persistent collections, changed by making a new value.

A state remembers which objects were touched since the one that was committed before it, so that what
a request changed is known without comparing whole collections.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import field, replace
from hashlib import sha256

from rpds import HashTrieMap

from mock_server.access.callers import Credential
from mock_server.bounded_cache import remembered
from mock_server.resources.models import Member, Org, Pack, Role
from mock_server.resources.packs.registry import Held, Reference, Registry
from mock_server.resources.packs.role_index import Index, reindexed
from mock_server.state.clock import Clock
from mock_server.state.frozen import frozen_value
from mock_server.state.ids import object_id
from mock_server.state.rendered import Rendered

Key = tuple[str, Hashable]
"""A collection's name, and the key of an object in it."""


class Touched:
    """One object that a change touched, and what was touched before it."""

    __slots__ = ("before", "key")

    def __init__(self, key: Key, before: Touched | None) -> None:
        self.key = key
        self.before = before


@frozen_value
class State:
    """Everything that a world's requests can see or change.

    The collections are read directly; packs, roles and credentials are written through the methods, which
    keep the indexes by name and by pack and the hashing of tokens in step. `purge_failures` are faults, not
    data: no snapshot brings them back. `given_out` is how far the counters had come before the world was
    taken back to an earlier state: no id comes twice.
    """

    seed: int = 0
    orgs: HashTrieMap[str, Org] = field(default_factory=HashTrieMap)
    members: HashTrieMap[tuple[str, str], Member] = field(default_factory=HashTrieMap)
    roles: HashTrieMap[str, Role] = field(default_factory=HashTrieMap)
    packs: HashTrieMap[str, Pack] = field(default_factory=HashTrieMap)
    pack_names: HashTrieMap[tuple[str | None, str], str] = field(default_factory=HashTrieMap)
    registry: Registry = field(default_factory=Registry)
    credentials: HashTrieMap[str, Credential] = field(default_factory=HashTrieMap)
    purge_failures: HashTrieMap[str, int] = field(default_factory=HashTrieMap)
    counters: HashTrieMap[str, int] = field(default_factory=HashTrieMap)
    clock: Clock = field(default_factory=Clock)
    given_out: HashTrieMap[str, int] = field(default_factory=HashTrieMap, compare=False)
    role_orgs: Index = field(default_factory=HashTrieMap, compare=False, repr=False)
    touched: Touched | None = field(default=None, compare=False, repr=False)
    shown: Mapping[Hashable, Rendered] | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def objects(self) -> int:
        """How many objects it holds, repositories of images among them."""
        collections = (self.orgs, self.members, self.roles, self.packs, self.credentials, self.registry.repositories)
        return sum(map(len, collections))

    def next_id(self, kind: str) -> tuple[State, str]:
        """Return the state that has given out one more id of this kind, and the id."""
        count = max(self.counters.get(kind, 0), self.given_out.get(kind, 0)) + 1
        counted = replace(self, counters=self.counters.insert(kind, count), touched=self._touching("counters", kind))
        return counted, f"{kind}_{object_id(self.seed, count)}"

    def highest_ids(self) -> HashTrieMap[str, int]:
        """Return how far the ids of each kind have come, whatever the counters were taken back to."""
        highest = self.given_out
        for kind, count in self.counters.items():
            if count > highest.get(kind, 0):
                highest = highest.insert(kind, count)
        return highest

    def with_clock(self, clock: Clock) -> State:
        """Return the state with this clock."""
        return replace(self, clock=clock)

    def with_org(self, org: Org) -> State:
        """Return the state with this org added, or put in the place of its former self."""
        return replace(self, orgs=self.orgs.insert(org.id, org), touched=self._touching("orgs", org.id))

    def with_member(self, member: Member) -> State:
        """Return the state with this member added or replaced."""
        key = (member.org_id, member.user_id)
        return replace(self, members=self.members.insert(key, member), touched=self._touching("members", key))

    def with_role(self, role: Role) -> State:
        """Return the state with this role added or replaced."""
        return replace(
            self,
            roles=self.roles.insert(role.id, role),
            role_orgs=reindexed(self.role_orgs, self.roles.get(role.id), role),
            touched=self._touching("roles", role.id),
        )

    def without_role(self, role_id: str) -> State:
        """Return the state without this role, if it is there."""
        return replace(
            self,
            roles=self.roles.discard(role_id),
            role_orgs=reindexed(self.role_orgs, self.roles.get(role_id), None),
            touched=self._touching("roles", role_id),
        )

    def with_pack(self, pack: Pack) -> State:
        """Return the state with this pack added or replaced."""
        names = self.pack_names.insert((pack.org_id, pack.name), pack.id)
        return replace(self.with_changed_pack(pack), pack_names=names)

    def with_changed_pack(self, pack: Pack) -> State:
        """Return the state with this pack in the place of its former self, of the same org and name.

        Spelt out in the order of the fields, because most writes come to this one: `replace` takes six times
        as long.
        """
        return State(
            self.seed,
            self.orgs,
            self.members,
            self.roles,
            self.packs.insert(pack.id, pack),
            self.pack_names,
            self.registry,
            self.credentials,
            self.purge_failures,
            self.counters,
            self.clock,
            self.given_out,
            self.role_orgs,
            Touched(("packs", pack.id), self.touched),
        )

    def without_pack(self, pack_id: str) -> State:
        """Return the state without this pack, if it is there; an uploaded one's images go with it."""
        pack = self.packs.get(pack_id)
        if pack is None:
            return self
        state = self._without_repository(pack.reference.repository) if pack.image_origin == "upload" else self
        return replace(
            state,
            packs=self.packs.remove(pack_id),
            pack_names=self.pack_names.discard((pack.org_id, pack.name)),
            purge_failures=self.purge_failures.discard(pack_id),
            touched=Touched(("packs", pack_id), state.touched),
        )

    def roles_with(self, pack_id: str, *, other_than: str | None = None) -> int:
        """Return how many roles reference the pack, archived ones too, but for those of one org."""
        orgs = self.role_orgs.get(pack_id, ())
        return len(orgs) if other_than is None else len(orgs) - orgs.count(other_than)

    def with_image(self, image_ref: str, held: Held) -> State:
        """Return the state whose registry holds this under the reference; ValueError for what is none."""
        reference = Reference.of(image_ref)
        touched = self._touching("registry", reference.repository)
        return replace(self, registry=self.registry.push(reference, held), touched=touched)

    def without_image(self, image_ref: str) -> State:
        """Return the state whose registry holds nothing under the reference; ValueError for what is none."""
        reference = Reference.of(image_ref)
        touched = self._touching("registry", reference.repository)
        return replace(self, registry=self.registry.drop(reference), touched=touched)

    def _without_repository(self, repository: str) -> State:
        touched = self._touching("registry", repository)
        return replace(self, registry=self.registry.without(repository), touched=touched)

    def with_purge_failures(self, pack_id: str, times: int) -> State:
        """Return the state in which the next `times` purges of the pack's image fail."""
        if times == 0:
            return replace(self, purge_failures=self.purge_failures.discard(pack_id))
        return replace(self, purge_failures=self.purge_failures.insert(pack_id, times))

    def credential(self, token: str) -> Credential | None:
        """Return what the state knows of this token."""
        return self.credentials.get(token_key(token))

    def with_credential(self, token: str, credential: Credential) -> State:
        """Return the state that knows this token; the token itself is not kept."""
        key = token_key(token)
        touched = self._touching("credentials", key)
        return replace(self, credentials=self.credentials.insert(key, credential), touched=touched)

    def without_credential(self, token: str) -> State:
        """Return the state that knows nothing of this token."""
        key = token_key(token)
        return replace(self, credentials=self.credentials.discard(key), touched=self._touching("credentials", key))

    def _touching(self, collection: str, key: Hashable) -> Touched:
        return Touched((collection, key), self.touched)


def more_objects(after: State, before: State) -> int:
    """Return how many objects more `after` holds; compared by collection, since most changes keep nearly all."""
    more = 0
    if after.packs is not before.packs:
        more += len(after.packs) - len(before.packs)
    if after.registry is not before.registry:
        more += len(after.registry.repositories) - len(before.registry.repositories)
    if after.credentials is not before.credentials:
        more += len(after.credentials) - len(before.credentials)
    if after.roles is not before.roles:
        more += len(after.roles) - len(before.roles)
    if after.orgs is not before.orgs:
        more += len(after.orgs) - len(before.orgs)
    if after.members is not before.members:
        more += len(after.members) - len(before.members)
    return more


def settle(after: State, before: State) -> None:
    """Let go of what was touched before `before`.

    To be called when `after` takes the place of `before`: nothing would end the list otherwise.
    """
    node, earlier = after.touched, before.touched
    if node is None or node is earlier:
        return
    while node.before is not None and node.before is not earlier:
        node = node.before
    node.before = None


def touched(after: State, before: State) -> tuple[Key, ...]:
    """Return what was touched on the way from `before`, whose place `after` took."""
    keys: list[Key] = []
    node = after.touched
    while node is not None and node is not before.touched:
        keys.append(node.key)
        node = node.before
    return tuple(dict.fromkeys(reversed(keys)))


@remembered
def token_key(token: str) -> str:
    """Return what stands for a token in the state: its SHA-256, so that no state leaks tokens."""
    return sha256(token.encode()).hexdigest()

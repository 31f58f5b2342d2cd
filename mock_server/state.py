"""The state of a world as one value: persistent collections, changed by making a new value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256

from rpds import HashTrieMap

from mock_server.callers import Credential
from mock_server.ids import object_id
from mock_server.models import Member, Org, Pack, Role
from mock_server.registry import Held, Reference, Registry

ANY_PACK = "*"
"""In the place of a pack's id: a purge fails whichever pack's image it is of."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything that a world's requests can see or change.

    The collections are read directly; packs and credentials are written through the methods, which
    keep the index by name and the hashing of tokens in step.
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

    def next_id(self, kind: str) -> tuple[State, str]:
        """Return the state that has given out one more id of this kind, and the id."""
        count = self.counters.get(kind, 0) + 1
        counted = replace(self, counters=self.counters.insert(kind, count))
        return counted, f"{kind}_{object_id(self.seed, count)}"

    def with_org(self, org: Org) -> State:
        """Return the state with this org added, or put in the place of its former self."""
        return replace(self, orgs=self.orgs.insert(org.id, org))

    def with_member(self, member: Member) -> State:
        """Return the state with this member added or replaced."""
        key = (member.org_id, member.user_id)
        return replace(self, members=self.members.insert(key, member))

    def with_role(self, role: Role) -> State:
        """Return the state with this role added or replaced."""
        return replace(self, roles=self.roles.insert(role.id, role))

    def without_role(self, role_id: str) -> State:
        """Return the state without this role, if it is there."""
        return replace(self, roles=self.roles.discard(role_id))

    def with_pack(self, pack: Pack) -> State:
        """Return the state with this pack added or replaced."""
        return replace(
            self,
            packs=self.packs.insert(pack.id, pack),
            pack_names=self.pack_names.insert((pack.org_id, pack.name), pack.id),
        )

    def without_pack(self, pack_id: str) -> State:
        """Return the state without this pack, if it is there; an uploaded one's images go with it."""
        pack = self.packs.get(pack_id)
        if pack is None:
            return self
        uploaded = pack.image_origin == "upload"
        return replace(
            self,
            registry=self.registry.without(pack.reference.repository) if uploaded else self.registry,
            packs=self.packs.remove(pack_id),
            pack_names=self.pack_names.remove((pack.org_id, pack.name)),
            purge_failures=self.purge_failures.discard(pack_id),
        )

    def roles_with(self, pack_id: str, *, other_than: str | None = None) -> int:
        """Return how many roles reference the pack, archived ones too, but for those of one org."""
        return sum(pack_id in role.pack_ids and role.org_id != other_than for role in self.roles.values())

    def with_image(self, image_ref: str, held: Held) -> State:
        """Return the state whose registry holds this under the reference; ValueError for what is none."""
        return replace(self, registry=self.registry.push(Reference.of(image_ref), held))

    def without_image(self, image_ref: str) -> State:
        """Return the state whose registry holds nothing under the reference; ValueError for what is none."""
        return replace(self, registry=self.registry.drop(Reference.of(image_ref)))

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
        return replace(self, credentials=self.credentials.insert(token_key(token), credential))

    def without_credential(self, token: str) -> State:
        """Return the state that knows nothing of this token."""
        return replace(self, credentials=self.credentials.discard(token_key(token)))


@lru_cache(maxsize=4096)
def token_key(token: str) -> str:
    """Return what stands for a token in the state: its SHA-256, so that no state leaks tokens."""
    return sha256(token.encode()).hexdigest()

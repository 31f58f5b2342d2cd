"""From a document to the state that it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import jsonschema_rs
from rpds import HashTrieMap

from mock_server.access.callers import Caller, Credential
from mock_server.contract.schema import faults
from mock_server.resources.conforming import Conformity
from mock_server.resources.models import Member, Org, Role
from mock_server.resources.packs.role_index import indexed
from mock_server.state.clock import Clock, ClockError, frozen, real_time
from mock_server.state.portable.faults import FieldFault, Findings, moment_of, optional_moment
from mock_server.state.portable.images import read_images
from mock_server.state.portable.json_schema import json_schema
from mock_server.state.portable.packs import read_packs, read_registry
from mock_server.state.state import State

Record = Mapping[str, Any]
T = TypeVar("T")

_COLLECTIONS = (
    *("counters", "orgs", "members", "roles", "packs"),
    *("registry", "images", "contents", "credentials"),
)


class StateReader:
    """Reads documents by their own schema, by what a state must be, and by the contract's schemas."""

    def __init__(self, components: Mapping[str, Any], conformity: Conformity) -> None:
        self.schema = json_schema(components)
        self._validator = jsonschema_rs.Draft7Validator(self.schema, validate_formats=True)
        self._conformity = conformity

    def read(self, document: Any, like: State) -> State:
        """Return the state of a document.

        Objects that `like` holds just so are taken from there, and the seed of ids too. Raises
        StateFaults with every place that is wrong; a record is read no further once something is, and
        the contract judges only a document that is whole.
        """
        state = self.read_unjudged(document, like)
        findings = Findings()
        for collection, object_id, place, text in self.breaches(state):
            findings.add(f"It breaks the contract: {'.'.join(place)}: {text}", collection, object_id)
        findings.stop()
        return state

    def breaches(self, state: State) -> Iterator[tuple[str, str, list[str], str]]:
        """Each place that breaks the contract: collection, object id, the path in the object, what is wrong."""
        return self._conformity.breaches(state)

    def read_unjudged(self, document: Any, like: State) -> State:
        """Return the state of a document, whatever the contract says of it; raises StateFaults as `read` does."""
        findings = Findings()
        self._check(document, findings)
        orgs = document["orgs"]
        images = read_images(document, like, findings)
        state = State(
            seed=like.seed,
            orgs=_collection(document, "orgs", _org, like.orgs, findings),
            members=_members(document, findings),
            roles=_collection(document, "roles", partial(_role, orgs), like.roles, findings),
            registry=read_registry(document, images, findings),
            credentials=_collection(document, "credentials", partial(_credential, orgs), like.credentials, findings),
            counters=_collection(document, "counters", lambda _kind, count: int(count), {}, findings),
            clock=findings.one(partial(_clock, document.get("clock")), "clock") or Clock(),
        )
        state = replace(state, role_orgs=indexed(state.roles.values()))
        state = read_packs(state, document, images, like, findings)
        findings.stop()
        return state

    def _check(self, document: Any, findings: Findings) -> None:
        """Note what the schema says; StateFaults where a whole collection cannot be read."""
        for place, text in faults(self._validator, document):
            findings.add(text, *place)
        if findings.is_wrong():  # no object at all
            findings.stop()
        for name in _COLLECTIONS:
            collection = document.get(name)
            if isinstance(collection, dict) and "" in collection:  # what is wrong there may be told of elsewhere
                findings.add("A name is empty.", name)
        if any(findings.is_wrong(name) for name in _COLLECTIONS):
            findings.stop()


def _collection(
    document: Record, name: str, make: Callable[[str, Any], T], like: Mapping[str, T], findings: Findings
) -> HashTrieMap[str, T]:
    made = findings.each(document[name], make, name)
    return HashTrieMap({key: _same(value, like.get(key)) for key, value in made.items() if value is not None})


def _same(value: T, known: T | None) -> T:
    """The object that is known already, where it says the same."""
    return known if known is not None and known == value else value


def _members(document: Record, findings: Findings) -> HashTrieMap[tuple[str, str], Member]:
    members: dict[tuple[str, str], Member] = {}
    for org_id, people in document["members"].items():
        if findings.is_wrong("members", org_id):
            continue
        if org_id not in document["orgs"]:
            findings.add(f"There is no org {org_id}.", "members", org_id)
        for user_id, record in people.items():
            members[org_id, user_id] = Member(user_id, org_id, record["email"], record["role"])
    return HashTrieMap(members)


def _org(org_id: str, record: Record) -> Org:
    ends = optional_moment(record, "trial_ends_at")
    return Org(org_id, record["name"], record["billing_status"], ends)


def _role(orgs: Record, role_id: str, record: Record) -> Role:
    _check_org(orgs, record)
    archived_at = optional_moment(record, "archived_at")
    return Role(role_id, record["org_id"], record["name"], tuple(record["pack_ids"]), archived_at)


def _credential(orgs: Record, _key: str, record: Record) -> Credential:
    _check_org(orgs, record)
    caller = Caller(
        kind=record["kind"],
        org_id=record["org_id"],
        user_id=record["user_id"],
        email=record["email"],
        role=record["role"],
        permissions=tuple(record["permissions"]),
        label=record.get("label"),
        permission_set=record.get("permission_set"),
    )
    return Credential(caller, optional_moment(record, "expires_at"), record["revoked"])


def _check_org(orgs: Record, record: Record) -> None:
    if record["org_id"] not in orgs:
        raise FieldFault(f"There is no org {record['org_id']}.", "org_id")


def _clock(record: Record) -> Clock:
    try:
        if record["mode"] == "real":
            if "now" in record:
                raise FieldFault("A real clock stands at no time.", "now")
            return Clock().advanced(record.get("offset_seconds", 0), real_time())
        if "now" not in record:
            raise FieldFault("A frozen clock has a time at which it stands.", "now")
        return frozen(moment_of(record, "now"))
    except ClockError as error:
        raise FieldFault(str(error), "now" if record["mode"] == "frozen" else "offset_seconds") from error

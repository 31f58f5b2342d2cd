"""New API keys with their values, and their revocation."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.http.exchange import Exchange
from conformance.oracle.declaration.fields import id_of
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.recipes.reading import field
from conformance.recipes.requests import build, with_json
from conformance.resources.api_keys.registered import CREATE, REVOKE
from conformance.session.harness import Harness


@dataclass(frozen=True, slots=True, eq=False)
class NewKey:
    """A key that the test made."""

    maker: Caller
    made: Exchange
    """The answer to its creation."""
    value: str
    name: str
    """How reports call its bearer."""

    @property
    def id(self) -> str:
        return id_of(self.made.json)

    @property
    def credential(self) -> Credential:
        return Credential(self.name, f"Bearer {self.value}")


def new_key(harness: Harness, permission_set: str = "read_only", name: str = "a new key") -> NewKey:
    """A new key; not provoked where the answer holds no value."""
    creation = harness.contract.operations[CREATE]
    maker = harness.able(creation)
    body = {"label": harness.fresh_name(), "permission_set": permission_set}
    made = harness.hold(maker, with_json(creation, {}, body))
    value = field(made.json, "value")
    if not isinstance(value, str) or not value:
        raise NotProvoked("its precondition does not hold: a creation did not answer with a value")
    return NewKey(maker, made, value, name)


def asked_by(harness: Harness, key: NewKey) -> Exchange:
    """What the target says of whoever presents the key."""
    return harness.send(key.credential, build(harness.contract.operations["session.get"]), org=key.maker.org)


def revoke(harness: Harness, key: NewKey) -> Exchange:
    """Revoke a key; not provoked where that is refused."""
    operation = harness.contract.operations[REVOKE]
    return harness.hold(key.maker, build(operation, {p.name: key.id for p in operation.path_parameters}))

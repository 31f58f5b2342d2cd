"""API keys of an org: what is right for one, and all that the suite is told of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract.contract import Contract, JsonObject
from conformance.http.exchange import Exchange
from conformance.oracle.breach import Breach
from conformance.oracle.call import ObjectInPath
from conformance.oracle.declaration.fields import Field, make_fresh_name, mark_name, read_id
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.recipes.reading import get_field
from conformance.recipes.requests import build, with_json
from conformance.results.difference import count_same_beginning, from_field
from conformance.session.harness import Harness

CREATE, REVOKE = "api_keys.create", "api_keys.revoke"
VALUE, PREFIX = "KEY-VALUE", "KEY-PREFIX"
SHORTEST = 16
"""Characters of a value that is long enough for its parts to say something."""


def _choose_permission_set(session: Any, _caller: Caller | None, _fact: Any) -> str:
    found: str = session.random.choice(list(session.contract.permission_sets))
    return found


FIELDS: Mapping[str, Field] = {
    "label": Field(make_fresh_name, marked=mark_name),
    "permission_set": Field(_choose_permission_set),
}


class KeyResource(Resource):
    """API keys, whose value its creation alone shows."""

    def check_made(
        self, _contract: Contract, sent: Mapping[str, Any], shown: JsonObject, _user_id: str | None
    ) -> Iterator[Breach]:
        """Yield a breach where the permission set or the prefix of a new key is wrong."""
        asked, given = sent.get("permission_set"), shown.get("permission_set")
        if asked is not None and given != asked:
            yield Breach(
                VALUE, "the permission set as sent", "another", evidence=from_field("permission_set", asked, given)
            )
        prefix, value = shown.get("prefix"), shown.get("value")
        if not isinstance(prefix, str) or not isinstance(value, str) or len(value) < SHORTEST:
            return
        if not ends_alike(prefix, value):
            said = "a prefix that begins and ends as the value does"
            yield Breach(PREFIX, said, "another", evidence=from_field("prefix", said, "another"))
        if (same := count_same_beginning(prefix, value)) > len(value) // 2:
            yield Breach(PREFIX, "a prefix without the rest of the value", f"its first {same} characters")


def ends_alike(prefix: str, value: str) -> bool:
    """Return whether a prefix begins and ends as the value of its key does."""
    return prefix[:3] == value[:3] and prefix[-4:] == value[-4:]


register(
    KeyResource(
        name="api_key",
        named_in="label",
        marked_alone=True,
        in_path=ObjectInPath(is_in_full=False),
        shown_once=frozenset({"value"}),
        fields=FIELDS,
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class NewKey:
    """A key that the test made."""

    maker: Caller
    made: Exchange
    """The answer to its creation."""
    value: str
    name: str
    """The name by which reports call its bearer."""

    @property
    def id(self) -> str:
        return read_id(self.made.json)

    @property
    def credential(self) -> Credential:
        return Credential(self.name, f"Bearer {self.value}")


def make_key(harness: Harness, permission_set: str = "read_only", name: str = "a new key") -> NewKey:
    """Return a new key; not provoked where the answer holds no value."""
    creation = harness.contract.operations[CREATE]
    maker = harness.able(creation)
    body = {"label": harness.make_fresh_name(), "permission_set": permission_set}
    made = harness.hold(maker, with_json(creation, {}, body))
    value = get_field(made.json, "value")
    if not isinstance(value, str) or not value:
        raise NotProvoked("its precondition does not hold: a creation did not answer with a value")
    return NewKey(maker, made, value, name)


def ask_with(harness: Harness, key: NewKey) -> Exchange:
    """Return what the target says of whoever presents the key."""
    return harness.send(key.credential, build(harness.contract.operations["session.get"]), org=key.maker.org)


def revoke(harness: Harness, key: NewKey) -> Exchange:
    """Revoke a key; not provoked where that is refused."""
    operation = harness.contract.operations[REVOKE]
    return harness.hold(key.maker, build(operation, {p.name: key.id for p in operation.path_parameters}))

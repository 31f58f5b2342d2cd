"""Laws of credentials: of API keys that were revoked, secrets that were given out, and the session of a caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from conformance.contract.contract import Contract
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import find_resource_made, find_resource_of
from conformance.results.difference import from_field, from_fields

REVOKED = "AUTH-REVOKED"


@dataclass(slots=True)
class RevokedKeys:
    """The keys of one place."""

    key_of: Callable[[str], str]
    """The function that tells the sender of a request by the credential."""
    settle_s: float = 0.0
    made: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """The caller who signs with what a creation showed, by resource and id."""
    revoked: dict[str, float] = field(default_factory=dict)
    """The time at which the revocation was answered, by sender."""

    def judge(self, seen: ObservedExchange, opinion: Opinion) -> None:
        """Say whether somebody is served who signs with a revoked key; learn what is made, and revoked."""
        opinion.add(self._check_served(seen))
        operation, resource = seen.operation, find_resource_of(seen.operation) if seen.operation else None
        if operation is None or resource is None or not seen.exchange.has_succeeded:
            return
        made = find_resource_made(operation)
        if made is not None and seen.is_answer_known and (once := made.list_once_shown(seen.json)):
            self.made[made.name, read_id(seen.json)] = tuple(map(self.key_of, once.values()))
        if operation.operation_id == resource.removed_by and seen.ended is not None:
            for named in seen.values.values():
                self.revoked |= dict.fromkeys(self.made.get((resource.name, named), ()), seen.ended)

    def _check_served(self, seen: ObservedExchange) -> Iterator[Breach]:
        since = self.revoked.get(seen.sender.key)
        after = since is not None and seen.started is not None and since + self.settle_s <= seen.started
        if after and seen.exchange.has_succeeded:
            yield Breach(REVOKED, "401 unauthenticated, for a key that was revoked", str(seen.exchange))


SHORTEST = 12
"""A shorter text may stand in any answer by chance."""
SENT: Mapping[str, str] = {"credential": "CREDENTIAL-SECRET-HIDDEN", "secret": "SECRET-HIDDEN"}
"""The rule that keeps what was sent out of every answer, by resource."""
ONCE = "KEY-VALUE-ONCE"
MOST = 200


@dataclass(slots=True)
class Secrets:
    """The secrets of one place, with the rule that each answer that shows one breaks; kept in memory alone."""

    written: frozenset[str]
    """The names of fields that are written only."""
    _known: dict[str, str] = field(default_factory=dict, repr=False)
    _plain: set[str] = field(default_factory=set, repr=False)
    """Texts that were sent in fields which everybody may read."""

    def judge(self, seen: ObservedExchange, opinion: Opinion) -> None:
        """Say whether an answer shows a secret, and learn those that it or its request has."""
        new = dict(self._list_sent(seen))
        plain = (value for name, value in seen.sent_fields.items() if name not in self.written)
        self._plain |= {each for each in plain if isinstance(each, str) and len(each) >= SHORTEST}
        if (known := {**self._known, **new}) and seen.is_answer_known and seen.exchange.body:
            opinion.add(self._check_shown(seen, known))
        given = dict(self._list_given(seen))
        for secret, rule in {**new, **given}.items():
            if len(self._known) < MOST:
                self._known[secret] = rule

    @property
    def every(self) -> tuple[str, ...]:
        """The secrets, so that no report has one."""
        return tuple(self._known)

    def _list_sent(self, seen: ObservedExchange) -> Iterator[tuple[str, str]]:
        resource = find_resource_of(seen.operation) if seen.operation else None
        rule = SENT.get(resource.name) if resource else None
        sent = seen.sent_fields if rule else {}
        hidden = (value for name, value in sent.items() if name in self.written and isinstance(value, str))
        yield from ((value, rule) for value in hidden if rule and len(value) >= SHORTEST)

    def _list_given(self, seen: ObservedExchange) -> Iterator[tuple[str, str]]:
        """Yield what the answer to a creation shows once."""
        made = find_resource_made(seen.operation) if seen.operation else None
        if made is not None and seen.exchange.has_succeeded and seen.is_answer_known:
            yield from ((value, ONCE) for value in made.list_once_shown(seen.json).values() if len(value) >= SHORTEST)

    def _check_shown(self, seen: ObservedExchange, secrets: Mapping[str, str]) -> Iterator[Breach]:
        text = seen.exchange.body.decode("utf-8", "replace")
        for secret, rule in secrets.items():
            if secret in text and not any(secret in each for each in self._plain):
                yield Breach(rule, "no secret in an answer", "one", effect=DataEffect.LEAKED)


@lru_cache(maxsize=4)
def write_only(contract: Contract) -> frozenset[str]:
    """Return the names of fields that are sent, and never shown."""
    return frozenset(_write_only(contract.document))


def _write_only(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        properties = node.get("properties")
        for name, schema in properties.items() if isinstance(properties, Mapping) else ():
            if isinstance(schema, Mapping) and schema.get("writeOnly") is True:
                yield name
    for each in node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ():
        yield from _write_only(each)


API_KEY, LABEL, SCOPES = "SESSION-API-KEY", "SESSION-KEY-LABEL", "SESSION-SCOPES"
_OF_A_KEY: Mapping[str, Any] = {"user_id": "system", "email": "", "role": "", "memberships": []}
_OF_KEYS_ALONE = ("api_key_label", "api_key_permission_set")


def judge_session(contract: Contract, seen: ObservedExchange, opinion: Opinion) -> None:
    """Say what cannot be so of the session of a caller."""
    said = seen.json
    if (
        contract.does_tell_caller(seen.exchange.operation_id)
        and seen.exchange.has_succeeded
        and isinstance(said, Mapping)
    ):
        caller = seen.sender.caller if seen.sender.is_from_profile else None
        known = caller is not None and bool(caller.role or caller.permission_set)
        is_of_a_key = caller.permission_set is not None if caller and known else _is_of_a_key(said)
        opinion.add(_check_kind(said, is_of_a_key=is_of_a_key), [API_KEY if is_of_a_key else LABEL])
        if not (known and bool(said.get("role")) is is_of_a_key):  # else that is what is wrong with it
            opinion.add(_check_scopes(contract, said), [SCOPES])


def _is_of_a_key(said: Mapping[str, Any]) -> bool:
    """Return whether most of what tells a key from a person tells a key."""
    signs = [said.get("user_id") == "system", not said.get("role"), not said.get("memberships"), not said.get("email")]
    return bool(sum(signs) > len(signs) / 2)


def _check_kind(said: Mapping[str, Any], *, is_of_a_key: bool) -> Iterator[Breach]:
    if not is_of_a_key:
        if there := [name for name in _OF_KEYS_ALONE if name in said]:
            evidence = from_fields(there, {}, said)
            yield Breach(LABEL, "no field of a key in the session of a person", ", ".join(there), evidence=evidence)
        return
    if wrong := [name for name, right in _OF_A_KEY.items() if name in said and said[name] != right]:
        evidence = from_fields(wrong, _OF_A_KEY, said)
        yield Breach(API_KEY, "the session of an API key", f"another {', '.join(wrong)}", evidence=evidence)
    if lacking := [name for name in _OF_KEYS_ALONE if name not in said]:
        said_of = "label and permission set of a key", f"no {', '.join(lacking)}"
        yield Breach(LABEL, *said_of, evidence=from_fields(lacking, {}, said))


def _check_scopes(contract: Contract, said: Mapping[str, Any]) -> Iterator[Breach]:
    held = said.get("permissions")
    right = contract.find_granted_scopes(said.get("role"), said.get("api_key_permission_set"))
    if right is not None and isinstance(held, list) and right != frozenset(map(str, held)):
        evidence = from_field("permissions", sorted(right), sorted(map(str, held)))
        yield Breach(SCOPES, "the scopes of the role, or of the permission set", "others", evidence=evidence)

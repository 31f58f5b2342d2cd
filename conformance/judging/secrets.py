"""Secrets that a recording shows being sent or given out: no later answer shows one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from conformance.contract.contract import Contract
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import Opinion
from conformance.oracle.breach import Breach
from conformance.oracle.declaration.registry import find_resource_made, find_resource_of
from conformance.oracle.effect import DataEffect

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
        if (known := {**self._known, **new}) and seen.answer_known and seen.exchange.body:
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
        if made is not None and seen.exchange.succeeded and seen.answer_known:
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

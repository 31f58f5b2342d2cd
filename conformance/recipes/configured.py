"""Sequences about objects that are configured field by field: an update shows what it sent, and keeps the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.contract import JsonObject
from conformance.http.exchange import Exchange
from conformance.oracle.facts import Fact
from conformance.oracle.laws import Breach
from conformance.recipes.reading import field
from conformance.recipes.steps import Steps
from conformance.results.difference import of_field


class ConfiguredSteps(Steps):
    """Steps about a resource with an update, which are demanded to change what they send and nothing else."""

    def expected(self, sent: Mapping[str, Any], before: JsonObject) -> Mapping[str, Any]:
        """What an object shows after these fields were sent: of one that a null clears None, others merged by key."""
        expected = dict(sent)
        for name in self.resource.merged & sent.keys():
            merged = {**(before.get(name) or {}), **sent[name]}
            expected[name] = {key: value for key, value in merged.items() if value is not None} or None
        return expected

    def rule_of_field(self, _name: str) -> str:
        """The rule that is broken where a field does not show what was sent."""
        return "CONFIG-PATCH-APPLIES"

    def after_write(self, exchange: Exchange, before: Fact, read: JsonObject) -> Iterator[Breach]:
        yield from Steps.after_write(self, exchange, before, read)
        if exchange.operation_id != self.resource.updated_by:
            return
        sent: Mapping[str, Any] = json.loads(exchange.request.content or b"{}")
        for name, expected in self.expected(sent, before.shown).items():
            if not self.resource.is_alike(name, got := field(read, name), expected):
                evidence = of_field(name, expected, got)
                yield Breach(self.rule_of_field(name), f"{name} as it was sent", "another", evidence=evidence)
        rest = before.shown.keys() - sent.keys() - {"updated_at"}
        for name in sorted(each for each in rest if before.shown[each] != field(read, each)):
            evidence = of_field(name, before.shown[name], field(read, name))
            yield Breach("CONFIG-PATCH-REST", f"{name} as before", "another", evidence=evidence)

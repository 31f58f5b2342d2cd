"""Sequences about objects of a declared resource: made, changed field by field, and named by what is taken."""

from __future__ import annotations

import json
from typing import Any

from conformance.contract.contract import Operation
from conformance.http.exchange import Request
from conformance.oracle.bodies import list_fields
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.oracle.facts import Fact
from conformance.profile import Caller, Credential
from conformance.recipes.about import choose_path_values
from conformance.recipes.requests import with_json
from conformance.recipes.steps import ConfiguredSteps

TAKEN, CLEARS = 5, 6
"""The choices that are not plain: a name that is taken, a field that a null clears."""


class DeclaredSteps(ConfiguredSteps):
    """Objects that are made, some under a taken name, and whose fields are set and cleared one by one."""

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        resource = self.resource
        if operation.operation_id == resource.updated_by and find_resource_in_path(operation):
            asking = caller if isinstance(caller, Caller) else self.lead
            return with_json(
                operation, choose_path_values(operation, fact), self._draw_changes(operation, asking, fact, choice)
            )
        request = ConfiguredSteps.request(self, operation, caller, fact, choice)
        named = resource.named_in
        if (
            operation.operation_id in resource.made_by
            and choice == TAKEN
            and fact.name
            and named in list_fields(operation)
        ):
            sent = json.loads(request.content or b"{}")
            return with_json(operation, request.path_values, {**sent, named: fact.name})
        return request

    def _draw_changes(self, operation: Operation, caller: Caller, fact: Fact, choice: int) -> dict[str, Any]:
        """Return the body of an update: nothing, a field, or a null."""
        clears = sorted(self.resource.clears)
        if choice == CLEARS and clears:
            return {clears[0]: None}
        known = [name for name in list_fields(operation) if name in self.resource.fields]
        if choice == 0 or not known:
            return {}
        name = known[choice % len(known)]
        return {name: self.resource.fields[name].value(self.harness, caller, fact)}

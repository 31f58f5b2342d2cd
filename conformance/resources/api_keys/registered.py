"""What the suite is told of API keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.oracle.call import InPath
from conformance.oracle.declaration.fields import Field, fresh_name, marked_name
from conformance.oracle.declaration.registry import register
from conformance.oracle.declaration.resource import Resource
from conformance.profile import Caller
from conformance.resources.api_keys.shown import as_asked

CREATE, REVOKE = "api_keys.create", "api_keys.revoke"


def _permission_set(session: Any, _caller: Caller | None, _fact: Any) -> str:
    found: str = session.random.choice(list(session.contract.permission_sets))
    return found


FIELDS: Mapping[str, Field] = {
    "label": Field(fresh_name, marked=marked_name),
    "permission_set": Field(_permission_set),
}

register(
    Resource(
        name="api_key",
        named_in="label",
        marked_alone=True,
        in_path=InPath(in_full=False),
        shown_once=frozenset({"value"}),
        fields=FIELDS,
        as_asked=as_asked,
    )
)

"""Who sees an object: its owner, everybody where it has some value, or the one person whose it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server.access.callers import Caller
from mock_server.declared.resource_types import ResourceType
from mock_server.state.collection import same_org


def make_visibility(resource: ResourceType) -> Callable[[Any, str], bool]:
    """Return what tells whether an org sees an object."""
    if "owner" not in resource.said:
        return lambda _value, _org_id: True
    ways = [
        (name, frozenset([values] if isinstance(values, str) else values))
        for each in resource.said.get("visible", ())
        if isinstance(each, dict)
        for name, values in each.items()
    ]
    if not ways:
        return same_org

    def visible(value: Any, org_id: str) -> bool:
        return same_org(value, org_id) or any(getattr(value, name) in values for name, values in ways)

    return visible


def make_hiding(resource: ResourceType) -> Callable[[Any, Caller], bool]:
    """Return what tells whether an object is hidden from one caller of an org that sees it."""
    if resource.personal is None:
        return lambda _value, _caller: False
    return make_hiding_from_others(resource.personal["field"], resource.personal["all"])


def make_hiding_from_others(field: str, scope: str) -> Callable[[Any, Caller], bool]:
    """Return what tells whether an object is hidden, since it is somebody else's and the caller lacks the scope.

    `field`: who has it, by user id; what nobody has is hidden from nobody.
    """

    def hidden(value: Any, caller: Caller) -> bool:
        person = getattr(value, field)
        return person is not None and person != caller.user_id and scope not in caller.permissions

    return hidden

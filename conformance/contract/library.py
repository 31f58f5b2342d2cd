"""The library of rules: of which operations each general one holds, and what it asks of the contract.

The suite has a test of each. A contract says of its own operations in `x-rules` which rules they keep; of those that
follow from the declaration of a type, each general rule holds whose traits they have, without being named there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from conformance.contract.contract import Operation, Rule, is_named
from conformance.contract.declarations import is_declared_whole
from conformance.contract.resource_types import Features, Parts, ResourceType

Holds = Callable[[ResourceType, Operation], bool]
"""The test whether a rule holds of an operation that plays a part in a declared type."""


def _ask_for_part(*names: str) -> Holds:
    """Return whether the operation plays one of these parts."""
    return lambda declared, operation: operation.operation_id in {getattr(declared.parts, name) for name in names}


def _ask_for_billing(posture: str) -> Holds:
    return lambda _, operation: operation.billing == posture


def _ask_for_all(*conditions: Holds) -> Holds:
    return lambda declared, operation: all(each(declared, operation) for each in conditions)


def _is_on_one(_declared: ResourceType, operation: Operation) -> bool:
    return bool(operation.resources)


def _is_read_alone(declared: ResourceType, _operation: Operation) -> bool:
    return declared.parts.read is not None


def _is_unique(declared: ResourceType, _operation: Operation) -> bool:
    return bool(declared.unique)


def _is_shared(declared: ResourceType, _operation: Operation) -> bool:
    return bool(declared.visible)


def _is_archived(declared: ResourceType, _operation: Operation) -> bool:
    return declared.archive is not None


GENERAL: Mapping[str, Holds] = {
    "SCOPE-REQUIRED": lambda _, operation: bool(operation.permissions),
    "SCOPE-SUFFICIENT": lambda _, operation: bool(operation.permissions),
    "SCOPE-ANY-CALLER": lambda _, operation: not operation.permissions,
    "BILLING-CREATE-REFUSED": _ask_for_billing("create"),
    "BILLING-TRIAL-COUNTS": _ask_for_billing("create"),
    "BILLING-WIND-DOWN-FREE": _ask_for_billing("wind-down"),
    "BILLING-READ-FREE": _ask_for_billing("read"),
    "OWNERSHIP-LISTED": _ask_for_part("list"),
    "OWNERSHIP-NOT-LISTED": _ask_for_part("list"),
    "OWNERSHIP-LIST-ITEM": _ask_for_all(_ask_for_part("list", "read"), _is_read_alone),
    "OWNERSHIP-OWN-SERVED": _is_on_one,
    "OWNERSHIP-PRIVATE-HIDDEN": _is_on_one,
    "OWNERSHIP-PRIVATE-INDISTINCT": _is_on_one,
    "OWNERSHIP-SHARED-READABLE": _ask_for_all(_ask_for_part("read"), _is_shared),
    "OWNERSHIP-SHARED-READ-ONLY": _ask_for_all(_ask_for_part("update", "archive", "unarchive"), _is_shared),
    "OWNERSHIP-SHARED-DELETE": _ask_for_all(_ask_for_part("remove"), _is_shared),
    "EFFECT-EVERY-CALLER": lambda *_: True,
    "REFUSED-CHANGES-NOTHING": lambda _, operation: not operation.is_safe,
    "EFFECT-NOTHING-ELSE": lambda _, operation: not operation.is_safe,
    "CREATE-READABLE": _ask_for_part("list", "read", "create", "put"),
    "DELETE-GONE": _ask_for_all(_is_on_one, lambda declared, _: declared.parts.remove is not None),
    "CONFIG-CREATE-APPLIES": _ask_for_part("create"),
    "CONFIG-NAME-TAKEN": _ask_for_all(_ask_for_part("create"), _is_unique),
    "CONFIG-PATCH-APPLIES": _ask_for_part("update"),
    "CONFIG-PATCH-REST": _ask_for_part("update"),
    "CONFIG-PATCH-NOOP": _ask_for_part("update"),
    "CONFIG-CONTENT": _ask_for_all(_ask_for_part("create", "update"), lambda declared, _: bool(declared.refers)),
    "LIST-ARCHIVED": _ask_for_all(_ask_for_part("list", "archive", "unarchive"), _is_archived),
    "ARCHIVE-STAMPS": _ask_for_all(_ask_for_part("read", "archive", "unarchive"), _is_archived),
    "ARCHIVE-AGAIN": _ask_for_part("archive"),
    "ARCHIVE-NOT-ARCHIVED": _ask_for_part("unarchive"),
    "SUBSYSTEM-DISABLED": lambda declared, _: declared.switched_off is not None,
    "PARALLEL-NAMES": _ask_for_all(_ask_for_part("create"), _is_unique),
    "CONTRACT-INVALID-REFUSED": lambda _, operation: operation.body is not None,
}
"""The operations of a declared type of which a general rule holds, by the id of the rule."""
_ASKS_FOR = {"tenancy": ("OWNERSHIP-",), "billing": ("BILLING-", "SESSION-BILLING-"), "session": ("SESSION-",)}
"""The beginnings of the ids of the rules that hold only where the API has a feature, by that feature."""


def find_missing_features(rule_id: str, features: Features) -> tuple[str, ...]:
    """Return the features that a rule asks for and the API has not."""
    asked = (name for name, beginnings in _ASKS_FOR.items() if rule_id.startswith(beginnings))
    return tuple(name for name in asked if not features.has(name))


def with_general_rules(
    rules: Mapping[str, Rule], types: Mapping[str, ResourceType], operations: Mapping[str, Operation]
) -> dict[str, Rule]:
    """Return the rules, the general ones about the declared operations too of which they hold."""
    found = dict(rules)
    for rule_id in GENERAL.keys() & rules.keys():
        rule = rules[rule_id]
        new = [
            each for each in _find_operations_held_by(rule_id, types, operations) if not is_named(each, rule.operations)
        ]
        if new:
            found[rule_id] = replace(rule, operations=(*rule.operations, *dict.fromkeys(new)))
    return found


def _find_operations_held_by(
    rule_id: str, types: Mapping[str, ResourceType], operations: Mapping[str, Operation]
) -> Iterator[str]:
    for declared in types.values():
        for operation_id in _list_ids_of_parts(declared.parts):
            whole = is_declared_whole(declared, operation_id)
            if whole and GENERAL[rule_id](declared, operations[operation_id]):
                yield operation_id


def _list_ids_of_parts(parts: Parts) -> list[str]:
    """Return the ids of all operations that play a part."""
    return [each for name in Parts.__dataclass_fields__ if (each := getattr(parts, name))]

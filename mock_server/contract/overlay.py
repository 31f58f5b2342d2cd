"""OpenAPI Overlay 1.0: changes to a document that stand in a file of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError, JSONPathMatch

from mock_server.contract.texts import parse_yaml
from mock_server.errors import ContractError

_VERSION = "1.0."
_FIELDS = {"target", "description", "update", "remove"}
_PATHS = JSONPathEnvironment(strict=True)  # RFC 9535 and nothing beside
_KINDS = {str: "a string", bool: "a boolean", int: "a number", float: "a number", type(None): "null"}


class Action(NamedTuple):
    """One change of an overlay."""

    place: str
    """The file and the JSON pointer in it."""
    target: JSONPath
    update: Any
    remove: bool


class OverlayResult(NamedTuple):
    """A document after the changes of an overlay."""

    document: dict[str, Any]
    unmatched: tuple[str, ...]
    """A line for each action whose target finds nothing, which changes nothing and may be a slip."""


def read_overlay(text: bytes, name: str) -> tuple[Action, ...]:
    """Return the actions of an overlay in their order; ContractError, with a JSON pointer, where it is none."""
    overlay = parse_yaml(text, name)
    if not isinstance(overlay, dict) or not isinstance(overlay.get("overlay"), str):
        raise ContractError(f"{name}: is not an overlay: it has to begin with `overlay: 1.0.0`")
    if not overlay["overlay"].startswith(_VERSION):
        raise ContractError(f"{name}: /overlay: is {overlay['overlay']}, and has to be 1.0.x")
    actions = overlay.get("actions")
    if not isinstance(actions, list) or not actions:
        raise ContractError(f"{name}: /actions: has to be a list of at least one action")
    return tuple(_read_action(each, f"{name}: /actions/{at}") for at, each in enumerate(actions))


def _read_action(said: Any, place: str) -> Action:
    if not isinstance(said, dict) or not isinstance(said.get("target"), str):
        raise ContractError(f"{place}: has to be an action with a target, such as $.paths['/todos'].get")
    if unknown := [each for each in said if each not in _FIELDS and not each.startswith("x-")]:
        raise ContractError(f"{place}/{unknown[0]}: is unknown; an action has target, update, remove and description")
    remove = said.get("remove", False)
    if not isinstance(remove, bool):
        raise ContractError(f"{place}/remove: has to be true or false")
    if not remove and "update" not in said:
        raise ContractError(f"{place}: has to have an update, or remove: true")
    try:
        target = _PATHS.compile(said["target"])
    except JSONPathError as error:
        reason = str(error).partition("\n")[0]
        raise ContractError(f"{place}/target: {said['target']} is not JSONPath as in RFC 9535: {reason}") from error
    if not isinstance(target, JSONPath):  # a union of several, which strict paths do not have
        raise ContractError(f"{place}/target: {said['target']} has to be one path")
    return Action(place, target, said.get("update"), remove)


def apply_overlay(document: Mapping[str, Any], actions: Iterable[Action]) -> OverlayResult:
    """Return a copy of a document with the actions of an overlay, each applied to what the one before it left.

    An object is merged: what both have is merged in turn, lists are made longer, anything else is replaced. A list
    gets one more entry. ContractError where an action cannot be applied to what its target selects.
    """
    changed = deepcopy(dict(document))
    unmatched = []
    for action in actions:
        found = {match.parts: match for match in action.target.finditer(changed)}
        if not found:
            unmatched.append(f"{action.place}/target: {action.target} finds nothing, so the action changes nothing")
        for match in found.values():
            _check_selected(action, match)
        if action.remove:
            _remove(action, found.values())
        else:
            for match in found.values():
                _update(action, match)
    return OverlayResult(changed, tuple(unmatched))


def _check_selected(action: Action, match: JSONPathMatch) -> None:
    if not isinstance(match.obj, dict | list):
        raise ContractError(
            f"{action.place}/target: selects {match.pointer()}, which is {_KINDS[type(match.obj)]}; select the object "
            "or list around it"
        )


def _update(action: Action, match: JSONPathMatch) -> None:
    update = deepcopy(action.update)
    if isinstance(match.obj, list):
        match.obj.append(update)
    elif isinstance(match.obj, dict) and isinstance(update, dict):
        _merge(match.obj, update)
    else:
        raise ContractError(f"{action.place}/update: has to be an object, since {match.pointer()} is one")


def _merge(below: dict[str, Any], above: dict[str, Any]) -> None:
    for key, value in above.items():
        known = below.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            _merge(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            known.extend(value)
        else:
            below[key] = value


def _remove(action: Action, found: Iterable[JSONPathMatch]) -> None:
    for match in sorted(
        found, key=_find_index, reverse=True
    ):  # the last entry of a list first: none moves before its turn
        if match.parent is None:
            raise ContractError(f"{action.place}/target: selects the whole document, which cannot be removed")
        del match.parent.obj[match.parts[-1]]  # type: ignore[attr-defined]  # a map or a list, since it has parts


def _find_index(match: JSONPathMatch) -> int:
    last = match.parts[-1] if match.parts else 0
    return last if isinstance(last, int) else 0

"""An OpenAPI Overlay 1.0 that is laid over a document: what somebody keeps beside a document that is not theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from jsonpath import JSONPathEnvironment, JSONPathError, JSONPathMatch

from conformance.contract.contract import ContractError

_PATHS = JSONPathEnvironment(strict=True)  # RFC 9535, and nothing beside it


def overlay_on(document: Any, overlay: Any, place: str) -> tuple[Any, tuple[str, ...]]:
    """Return a copy of the document with the actions of an overlay done in their order, and a line for each slip.

    An action that is about nothing that the document has changes nothing; ContractError, which begins with `place`,
    where something else is wrong.
    """
    if not isinstance(overlay, Mapping) or not str(overlay.get("overlay", "")).startswith("1.0."):
        raise ContractError(f"{place}: is no OpenAPI Overlay 1.0: it has to begin with `overlay: 1.0.0`")
    actions = overlay.get("actions")
    if not isinstance(actions, list) or not actions:
        raise ContractError(f"{place}: /actions: has to be a list of one action at least")
    changed = deepcopy(document)
    slips = [
        line for at, each in enumerate(actions) for line in _apply_action(changed, each, f"{place}: /actions/{at}")
    ]
    return changed, tuple(slips)


def _apply_action(document: Any, action: Any, place: str) -> Iterator[str]:
    """Remove what the target of an action finds, else merge its update into that; yield a line where it is nothing."""
    if not isinstance(action, Mapping) or not isinstance(action.get("target"), str):
        raise ContractError(f"{place}: has to be an action with a target, such as $.paths['/todos'].get")
    target, removes = action["target"], action.get("remove") is True
    if not removes and "update" not in action:
        raise ContractError(f"{place}: has to have an update, or remove: true")
    try:
        found = {match.parts: match for match in _PATHS.compile(target).finditer(document)}
    except JSONPathError as error:
        reason = str(error).partition("\n")[0]
        raise ContractError(f"{place}/target: {target} is no JSONPath as in RFC 9535: {reason}") from None
    if not found:
        yield f"{place}/target: {target} finds nothing in the document, so it changes nothing"
    for match in sorted(found.values(), key=_index, reverse=removes):  # the last of a list goes first: no place moves
        if removes:
            _remove(match, place)
        else:
            _update(match, action["update"], place)


def _index(match: JSONPathMatch) -> int:
    last = match.parts[-1] if match.parts else 0
    return last if isinstance(last, int) else 0


def _remove(match: JSONPathMatch, place: str) -> None:
    if match.parent is None:
        raise ContractError(f"{place}/target: is the whole document, which cannot be removed")
    holder: Any = match.parent.obj
    del holder[match.parts[-1]]


def _update(match: JSONPathMatch, update: Any, place: str) -> None:
    found: Any = match.obj
    if isinstance(found, dict) and isinstance(update, Mapping):
        _merge(found, update)
    elif isinstance(found, list):
        found.append(deepcopy(update))
    else:
        raise ContractError(f"{place}/update: {match.path} is no object or list that it could be merged into")


def _merge(into: dict[str, Any], update: Mapping[str, Any]) -> None:
    """Merge objects key by key: a list gets the items, and any other value gives way."""
    for key, value in update.items():
        there = into.get(key)
        if isinstance(there, dict) and isinstance(value, Mapping):
            _merge(there, value)
        elif isinstance(there, list) and isinstance(value, list):
            there += deepcopy(value)
        else:
            into[key] = deepcopy(value)

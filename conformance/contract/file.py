"""The file openapi.yaml, found, parsed, and laid over by an OpenAPI Overlay 1.0; `reader` makes a contract of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonpath import JSONPathEnvironment, JSONPathError, JSONPathMatch

from conformance.contract.contract import Contract, ContractError
from conformance.contract.reader import read
from conformance.contract.vocabulary import find_shipped

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


CONTRACT = "openapi.yaml"


class _Loader(yaml.CSafeLoader):
    """YAML as JSON sees it: a timestamp stays the text that stands there."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def load(path: Path | None = None, *, owned: bool = False, overlay: Path | None = None) -> Contract:
    """Return the contract at path (default: the one that came with the suite); ContractError if it cannot be used.

    `owned`: as it binds its own team. `overlay`: the file of an overlay that is laid over it.
    """
    contract = _read(path or find_shipped(CONTRACT), overlay) if path or overlay else _read_own()
    return contract.as_owned() if owned else contract


@cache
def _read_own() -> Contract:
    return _read(find_shipped(CONTRACT))


def _read(source: Path, overlay: Path | None = None) -> Contract:
    content = _read_content(source, "--contract")
    if overlay is None:
        contract = parse_contract(content, source, "mend it or name another with --contract")
    else:
        contract = overlay_contract(content, source, _read_content(overlay, "--overlay"), overlay)
    for each in contract.operations.values():
        if each.body and each.body.takes_archive and each.body.archive is None:
            place = f"{source}: paths.{each.path}.{each.method.lower()}"
            raise ContractError(
                f"{place}: takes an archive, and no x-archive says which; add it to the part of the form"
            )
    return contract


def _read_content(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        named = "a contract" if option == "--contract" else "an overlay"
        raise ContractError(f"{path}: cannot be read ({error.strerror}); name {named} with {option}") from None


def parse_contract(content: bytes, source: Path, remedy: str = "mend it") -> Contract:
    """Return the contract in the content of a file.

    ContractError says what is wrong in `source`, and what would help.
    """
    return replace(read(source, _parse_yaml(content, source, remedy)), text=content)


def overlay_contract(
    content: bytes, source: Path, laid_over: bytes, overlay: Path, remedy: str = "mend it"
) -> Contract:
    """Return the contract in the content of a file with that of an overlay laid over it; raises ContractError."""
    actions = _parse_yaml(laid_over, overlay, "mend it or leave --overlay out")
    document, slips = overlay_on(_parse_yaml(content, source, remedy), actions, str(overlay))
    return replace(read(source, document), text=content, remarks=slips)


def _parse_yaml(content: bytes, source: Path, remedy: str) -> Any:
    try:
        return yaml.load(content, _Loader)  # noqa: S506  # a safe loader without timestamps
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 1}" if where else ""
        raise ContractError(f"{source}: not valid YAML{line}; {remedy}") from None

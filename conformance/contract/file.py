"""The file openapi.yaml, found and parsed; `conformance.contract.reader` reads what stands in it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from conformance.contract.contract import Contract, ContractError
from conformance.contract.overlay import overlay_on
from conformance.contract.reader import read
from conformance.contract.shipped import find_shipped

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

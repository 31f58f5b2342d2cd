"""The file of a pack that says what it is, read as the contract's schema of it says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import yaml

from conformance.contract.contract import Contract, Provenance
from conformance.contract.schemas import get_schemas
from conformance.oracle.bodies import has_nul, is_measured_otherwise

MANIFEST = "pack.yaml"
_LARGEST_NUMBER = 2**63


class ArchiveRefused(Exception):
    """The contract refuses the archive; the rule says by which promise, and `provenance` how well founded that is."""

    def __init__(self, rule: str, reason: str, provenance: Provenance = Provenance.SEED) -> None:
        super().__init__(reason)
        self.rule, self.provenance = rule, provenance


def read_manifest(data: bytes, contract: Contract) -> Mapping[str, Any]:
    """Return what a pack.yaml says; Refused where it is none or does not fit the contract's schema of it."""
    try:
        said = yaml.load(data.decode(), yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        raise ArchiveRefused("UPLOAD-PACK-YAML", f"{MANIFEST} is not YAML") from None
    if not isinstance(said, Mapping):
        raise ArchiveRefused("UPLOAD-PACK-YAML", f"{MANIFEST} is no mapping")
    if complaints := get_schemas(contract).find_complaints(contract.archive.manifest, _list_known(said, contract)):
        raise ArchiveRefused("CREATE-PACK-YAML", f"{MANIFEST}: {complaints[0]}")
    return said


def may_be_refused(said: Mapping[str, Any], contract: Contract) -> bool:
    """Return whether a pack.yaml that fits may be refused: for U+0000, or since a text is too long in UTF-16 units."""
    known = _list_known(said, contract)
    return has_nul(known) or is_measured_otherwise(get_schemas(contract), contract.archive.manifest, known)


def _list_known(said: Mapping[str, Any], contract: Contract) -> dict[str, Any]:
    """Return what the contract says something of."""
    return {key: _as_json(said[key]) for key in contract.archive.manifest.get("properties", {}) if key in said}


def _as_json(value: Any, levels: int = 2) -> Any:
    """Return the value as JSON has it, for a schema to judge.

    What JSON has no value for is an empty object, and so is what lies deeper: aliases make little YAML endless.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return value if math.isfinite(value) and abs(value) < _LARGEST_NUMBER else 0
    if isinstance(value, list) and levels:
        return [_as_json(each, levels - 1) for each in value]
    if isinstance(value, Mapping) and levels:
        return {str(key): _as_json(each, levels - 1) for key, each in value.items()}
    return {}

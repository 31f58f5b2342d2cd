"""The opening of a contract, from when its resources are those at hand."""

from __future__ import annotations

from pathlib import Path

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.declared.compiler import compile_resources
from conformance.declared.plain_resources import find_plain_resources
from conformance.oracle.declaration.registry import list_known_keys, list_written_resources, use
from conformance.profile import Profile, read_named_contract, read_profile


def use_contract(contract: Contract) -> Contract:
    """Take what the contract declares of its resources, beside what their homes say; return the contract."""
    found = (
        find_plain_resources(contract)
        if contract.is_plain
        else compile_resources(contract.whole, list_written_resources())
    )
    use(found, contract.features.tenancy)
    return contract


def read_described(path: Path, contract: Path | None = None, overlay: Path | None = None) -> Profile:
    """Return the profile in a TOML file, whose keys depend on a contract: this one, else the one that it names.

    ProfileError or ContractError where one of them cannot be used.
    """
    judged_by = use_contract(load(contract or read_named_contract(path), overlay=overlay))
    return read_profile(path, list_known_keys(), has_orgs=not judged_by.is_plain)

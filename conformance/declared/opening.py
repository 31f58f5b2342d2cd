"""The opening of a contract, from when its resources are those at hand."""

from __future__ import annotations

from pathlib import Path

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.declared.compiler import resources_of
from conformance.declared.plain_resources import plain_resources
from conformance.oracle.declaration.registry import known_keys, use, written_resources
from conformance.profile import Profile, contract_named_by, read_profile


def use_contract(contract: Contract) -> Contract:
    """Take what the contract declares of its resources, beside what their homes say; return the contract."""
    found = plain_resources(contract) if contract.is_plain else resources_of(contract.whole, written_resources())
    use(found, contract.features.tenancy)
    return contract


def read_described(path: Path, contract: Path | None = None, overlay: Path | None = None) -> Profile:
    """Return the profile in a TOML file, whose keys depend on a contract: this one, else the one that it names.

    ProfileError or ContractError where one of them cannot be used.
    """
    judged_by = use_contract(load(contract or contract_named_by(path), overlay=overlay))
    return read_profile(path, known_keys(), has_orgs=not judged_by.is_plain)

"""Secrets that answers show, kept out of reports."""

from __future__ import annotations

from conformance.contract.contract import Contract
from conformance.http.client import Client
from conformance.http.exchange import Exchange
from conformance.http.variables import name_token_variable
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import find_resource_made


def mask_shown_once(client: Client, contract: Contract, exchange: Exchange) -> None:
    """Have a variable stand in reports for each text that the answer to a creation shows, and no other answer."""
    operation = contract.operations.get(exchange.operation_id or "")
    if resource := find_resource_made(operation) if operation else None:
        for name, secret in resource.list_once_shown(exchange.json).items():
            client.mask(secret, name_token_variable(f"{name} of {read_id(exchange.json)}") or name)

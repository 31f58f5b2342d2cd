"""Secrets that answers show, kept out of reports."""

from __future__ import annotations

import re

from conformance.contract.contract import Contract
from conformance.http.client import Client
from conformance.http.exchange import Exchange
from conformance.oracle.declaration import id_of
from conformance.oracle.resource import resource_made_by


def mask_shown_once(client: Client, contract: Contract, exchange: Exchange) -> None:
    """Have a name stand in reports for each text that the answer to a creation shows, and no other answer."""
    operation = contract.operations.get(exchange.operation_id or "")
    if resource := resource_made_by(operation) if operation else None:
        for name, secret in resource.once_shown(exchange.json).items():
            of = re.sub(r"[^A-Z0-9]+", "_", id_of(exchange.json).upper())
            client.mask(secret, f"{resource}_{name}_of_{of}".upper())

"""The operations of a contract whose answers do not end: other tools wait for the end of each until they time out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

STREAM = "text/event-stream"


def list_endless(contract: Path) -> list[str]:
    """Return the ids of the operations that answer with a stream."""
    document = yaml.load(contract.read_bytes(), Loader=yaml.CSafeLoader)
    items: list[Any] = [each for item in document["paths"].values() for each in item.values()]
    return [each["operationId"] for each in items if "operationId" in each and _is_stream(each["responses"])]


def without_endless(contract: Path) -> list[str]:
    """Return the options by which `st run` leaves these out."""
    return [option for name in list_endless(contract) for option in ("--exclude-operation-id", name)]


def _is_stream(responses: Mapping[str, Any]) -> bool:
    return any(STREAM in each.get("content", {}) for each in responses.values())

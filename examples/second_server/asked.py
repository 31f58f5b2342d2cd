"""What a provider state is asked for with, and why it cannot be made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from examples.second_server.rules import Rules

Params = Mapping[str, Any]
Values = dict[str, str]


class Unmakeable(Exception):
    """The state cannot be made: 400 for what is asked wrongly, 404 for what there is not, 409 for what is taken."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def known_org(rules: Rules, params: Params) -> str:
    """The org that the parameters name."""
    if params["org_id"] not in rules.store.postures:
        raise Unmakeable(404, f"There is no org {params['org_id']!r} here.")
    return str(params["org_id"])


def one_of(params: Params, name: str, known: tuple[str, ...], default: str | None = None) -> str:
    """The parameter, which is one of the known values."""
    value = params.get(name, default)
    if value not in known:
        raise Unmakeable(400, f"{name} is one of {', '.join(known)}.")
    return str(value)

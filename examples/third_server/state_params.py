"""Read what a state is asked for with, and say why it cannot be made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from examples.third_server.database import Org

Params = Mapping[str, Any]
Values = dict[str, Any]


class Unmakeable(Exception):
    """Say that a state cannot be made: 400 for a wrong request, 404 for what there is not, 409 for what is taken."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def get_org_id(session: Session, params: Params) -> str:
    """Return the organisation that the parameters name."""
    org = session.get(Org, params["org_id"])
    if org is None:
        raise Unmakeable(404, f"There is no org {params['org_id']!r} here.")
    return org.id


def choose(params: Params, name: str, known: tuple[str, ...], default: str | None = None) -> str:
    """Return a parameter that has to be one of the known values."""
    value = params.get(name, default)
    if value not in known:
        raise Unmakeable(400, f"{name} is one of {', '.join(known)}.")
    return str(value)

"""Objects that belong to one person of their org, and callers who see their own alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server.access.callers import Caller


def of_others(field: str, scope: str) -> Callable[[Any, Caller], bool]:
    """Return what tells whether an object is hidden, since it is somebody else's and the caller lacks the scope.

    `field`: who has it, by user id; what nobody has is hidden from nobody.
    """

    def hidden(value: Any, caller: Caller) -> bool:
        person = getattr(value, field)
        return person is not None and person != caller.user_id and scope not in caller.permissions

    return hidden

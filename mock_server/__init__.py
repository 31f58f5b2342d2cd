"""A stateful mock of the Evershell control plane API, made from its contract.

What is offered here is imported when it is asked for: a plugin of pytest, or a command that asks a mock
which runs already, is not to pay for a server.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from mock_server.settings import Settings

if TYPE_CHECKING:
    from mock_server.app import create_app
    from mock_server.client import Mock, MockError, MockWorld
    from mock_server.hosting import in_process, live

__all__ = ["Mock", "MockError", "MockWorld", "Settings", "create_app", "in_process", "live"]

_HOMES = {
    **dict.fromkeys(("Mock", "MockError", "MockWorld"), "mock_server.client"),
    **dict.fromkeys(("in_process", "live"), "mock_server.hosting"),
    "create_app": "mock_server.app",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)

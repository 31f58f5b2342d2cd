"""The Python client of the control API, for tests and for the command line."""

from mock_server.client.errors import MockError, Refused, Unreachable, WorldLost
from mock_server.client.mock import Mock
from mock_server.client.world import DEFAULT, MockWorld

__all__ = [
    "DEFAULT",
    "Mock",
    "MockError",
    "MockWorld",
    "Refused",
    "Unreachable",
    "WorldLost",
]

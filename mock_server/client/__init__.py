"""The Python client of the control API, for tests and for the command line."""

from mock_server.client.control_api import DEFAULT
from mock_server.client.errors import MockError, Refused, Unreachable, WorldLost
from mock_server.client.world import Mock, MockWorld

__all__ = [
    "DEFAULT",
    "Mock",
    "MockError",
    "MockWorld",
    "Refused",
    "Unreachable",
    "WorldLost",
]

"""A mock seen from outside: its personas, its worlds, and what can be done to them.

What a test and the command line both do to a running mock, through its control API.
"""

from mock_server.client.errors import MockError, Refused, Unreachable
from mock_server.client.mock import Mock
from mock_server.client.world import DEFAULT, MockWorld

__all__ = [
    "DEFAULT",
    "Mock",
    "MockError",
    "MockWorld",
    "Refused",
    "Unreachable",
]

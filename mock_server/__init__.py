"""A stateful mock of the Evershell control plane API, made from its contract."""

from mock_server.app import create_app
from mock_server.settings import Settings

__all__ = ["Settings", "create_app"]

"""The mock on a port: its socket, its server, and the limits of its connections.

uvicorn has neither a limit for a head nor a time within which one must have come: both are here, below ASGI.
"""

from mock_server.server.limits import Limits, open_files
from mock_server.server.listening import listen, make_url
from mock_server.server.server import Server

__all__ = ["Limits", "Server", "listen", "make_url", "open_files"]

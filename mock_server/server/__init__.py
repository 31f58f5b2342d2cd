"""The mock on a port: its socket, its server, and the limits of its connections.

The server is uvicorn, on uvloop and httptools. It has neither a limit for a head nor a time within which
one must have come: those are here, below ASGI, where they cost a request next to nothing.
"""

from mock_server.server.limits import Limits, open_files
from mock_server.server.listening import listen, url_of
from mock_server.server.server import Server, server_of

__all__ = ["Limits", "Server", "listen", "open_files", "server_of", "url_of"]

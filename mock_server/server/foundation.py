"""uvicorn, as far as we build on it: imported in this one place, without what it has for several processes."""

from mock_server.deferred import deferring

# It takes as long to import as the rest of uvicorn, and brings a watch over files and multiprocessing.
with deferring({"uvicorn.main": {"uvicorn.supervisors"}}):
    from uvicorn import Config, Server
    from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
    from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
    from uvicorn.server import ServerState

__all__ = [
    "HIGH_WATER_LIMIT",
    "STATUS_LINE",
    "Config",
    "HttpToolsProtocol",
    "RequestResponseCycle",
    "Server",
    "ServerState",
]

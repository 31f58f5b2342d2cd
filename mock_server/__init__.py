"""A stateful mock of the Evershell control plane API, made from its contract."""

import warnings

with warnings.catch_warnings():
    # Connexion imports Starlette's test client, which warns about httpx: nothing that we use.
    warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
    from mock_server.app import create_app
from mock_server.settings import Settings

__all__ = ["Settings", "create_app"]

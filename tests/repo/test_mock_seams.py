"""Connexion and uvicorn by public names, each in one module: an upgrade that moves what the mock uses fails here."""

import inspect
import json
import socket
import subprocess
import sys

import pytest
import uvicorn

from mock_server import create_app
from mock_server.server.connection import HttpConnection
from mock_server.server.server import Server
from tests.mock_server.serving import served
from tests.repo.sources import modules

ADAPTERS = {"connexion": "mock_server.contract.framework", "uvicorn": "mock_server.server.server"}
ADDED_TO = ("on_tick", "shutdown", "handle_exit", "capture_signals")


@pytest.mark.parametrize("library", ADAPTERS)
def test_a_library_is_imported_in_one_module_and_by_public_names(library: str) -> None:
    named = {
        (module.name, name)
        for module in modules("mock_server")
        for _, name in module.imports()
        if name.split(".")[0] == library
    }
    assert {module for module, _ in named} == {ADAPTERS[library]}
    assert [name for _, name in named for step in name.split(".") if step.startswith("_")] == []


def test_no_module_reads_a_private_attribute_of_another() -> None:
    """Ruff refuses each such use, unless it is marked."""
    assert [module.name for module in modules("mock_server") if "SLF001" in module.text] == []


@pytest.fixture(scope="module")
def theirs() -> dict[str, list[str]]:
    """The parameters of uvicorn's methods, in a process of their own: what the SDK of MCP imports replaces one."""
    code = "import inspect, json, sys, uvicorn\nprint(json.dumps({name: [*inspect.signature("
    code += "getattr(uvicorn.Server, name)).parameters] for name in sys.argv[1:]}))"
    shown = subprocess.run([sys.executable, "-c", code, *ADDED_TO], check=True, capture_output=True, text=True).stdout
    found: dict[str, list[str]] = json.loads(shown)
    return found


@pytest.mark.parametrize("name", ADDED_TO)
def test_uvicorn_has_the_methods_that_the_mock_adds_to(name: str, theirs: dict[str, list[str]]) -> None:
    ours = getattr(Server, name)
    assert getattr(uvicorn.Server, name) is not ours
    assert list(inspect.signature(ours).parameters) == theirs[name]


def test_uvicorn_has_no_other_method_that_the_mock_replaces() -> None:
    public = {name for name in vars(Server) if not name.startswith("_")}
    assert public & set(dir(uvicorn.Server)) == set(ADDED_TO)


def test_uvicorn_makes_its_connections_of_our_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[HttpConnection] = []
    connection_made = HttpConnection.connection_made

    def note(self: HttpConnection, transport: object) -> None:
        made.append(self)
        connection_made(self, transport)  # type: ignore[arg-type]

    monkeypatch.setattr(HttpConnection, "connection_made", note)
    with served(create_app()) as origin:
        host, port = origin.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as client:
            client.sendall(b"GET /_mock/health HTTP/1.1\r\nhost: localhost\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")
    assert [type(each) for each in made] == [HttpConnection]


def test_a_server_has_what_uvicorns_shutdown_waits_for() -> None:
    server = Server(create_app())
    assert server.server_state.connections == set()
    assert server.server_state.tasks == set()

"""What a start imports, and that what it leaves out works where it is used."""

import subprocess
import sys

import pytest

NOT_NEEDED = [
    *("requests", "urllib3", "charset_normalizer", "jinja2", "httpx", "starlette.testclient", "starlette.templating"),
    *("rich", "uvicorn.supervisors", "watchfiles", "multiprocessing", "cryptography.x509", "pytest", "hypothesis"),
    *("mock_server.client", "mock_server.hosting", "mock_server.transport", "mock_server.reload"),
]
ASKED = """
import asyncio, sys
from mock_server.cli import main
from mock_server.commands.serve import command
from mock_server.credentials import issue_session
from mock_server.serving import Serving
from mock_server.settings import Settings

serving = Serving(Settings(), "warning")
app = serving.application()
serving.server(app)
owner = next(each for each in app.desk.seed.personas if each.name == "acme-owner")
sent = []

async def receive():
    return {"type": "http.request", "body": b"", "more_body": False}

async def send(message):
    sent.append(message)

scope = {"type": "http", "method": "GET", "path": "/v1/packs", "raw_path": b"/v1/packs", "query_string": b"",
         "root_path": "", "scheme": "http", "http_version": "1.1", "server": None, "client": None,
         "headers": [(b"authorization", b"Bearer " + owner.token.encode())]}
asyncio.run(app(scope, receive, send))
assert sent[0]["status"] == 200, sent
"""
USES = {
    "the test client": """
from starlette.testclient import TestClient
client = app.test_client()
assert isinstance(client, TestClient)
assert client.get("/_mock/health").json() == {"status": "ok"}
""",
    "requests": """
import connexion.json_schema, requests
assert connexion.json_schema.requests.get is requests.get
try:
    connexion.json_schema.URLHandler()("http://127.0.0.1:9/none")
except requests.ConnectionError:
    pass
""",
    "a contract as a template": """
import pathlib, tempfile
from connexion.spec import Specification
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder, "it.yaml")
    file.write_text("openapi: 3.0.3\\ninfo: {title: '{{ name }}', version: '1'}\\npaths: {}\\n")
    assert Specification.load(file, arguments={"name": "It"})["info"]["title"] == "It"
""",
    "another application of Connexion": """
from connexion import AsyncApp
other = AsyncApp("other")
other.add_api({"openapi": "3.0.3", "info": {"title": "it", "version": "1"}, "paths": {
    "/it": {"get": {"operationId": "platform.python_version", "responses": {"200": {"description": "it"}}}}}})
import platform
assert other.test_client().get("/it").text.strip() == f'"{platform.python_version()}"'
assert other.test_client().get("/openapi.json").json()["info"]["title"] == "it"
""",
    "tokens that another server is asked about": """
import connexion.security, httpx
assert connexion.security.httpx.AsyncClient is httpx.AsyncClient
""",
    "uvicorn's supervisors": """
import sys, uvicorn, uvicorn.supervisors
main = sys.modules["uvicorn.main"]
supervisor = main.Multiprocess(uvicorn.Config("it:app", workers=2), sockets=[])
assert isinstance(supervisor, uvicorn.supervisors.Multiprocess)
""",
    "a certificate in the place of a secret": """
import jwt, jwt.algorithms, cryptography.x509
assert jwt.algorithms.x509.Certificate is cryptography.x509.Certificate
secret = b"a secret that is as long as it has to be"
assert jwt.decode(jwt.encode({"it": 1}, secret, "HS256"), secret, ["HS256"]) == {"it": 1}
""",
    "the mock inside a program": """
from mock_server import in_process, live
for mock in (in_process, live):
    with mock() as it:
        assert it.world("it").client("acme-owner").get("/packs").status_code == 200
""",
}


def ran(program: str) -> str:
    """What a program prints, in a process that has imported nothing."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_mock_that_has_answered_has_imported_nothing_that_it_does_not_need() -> None:
    loaded = set(ran(ASKED + "print(*sys.modules)").split())
    assert loaded >= {"connexion", "uvicorn", "jwt"}
    assert loaded.intersection(NOT_NEEDED) == set()


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_what_a_start_leaves_out_works_where_it_is_used(use: str) -> None:
    ran(ASKED + use)

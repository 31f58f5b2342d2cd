"""What a start imports, that what it leaves out works where it is used, and the verdict on a contract."""

import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from connexion.spec import OpenAPISpecification

from mock_server import Settings, create_app
from mock_server.contract.compiled import ContractError
from mock_server.contract.document import load_document
from mock_server.contract.framework import InvalidSpecification
from mock_server.contract.wellformed import surely_fits
from tests.mock_server.serving import DOCUMENT, written

NOT_NEEDED = [
    *("requests", "urllib3", "charset_normalizer", "jinja2", "httpx", "starlette.testclient", "starlette.templating"),
    *("rich", "uvicorn.supervisors", "watchfiles", "multiprocessing", "cryptography.x509", "pytest", "hypothesis"),
    *("mock_server.client", "mock_server.hosting", "mock_server.client.transport", "mock_server.server.reload"),
]
ASKED = """
import asyncio, sys
from mock_server.cli import main
from mock_server.commands.serve import command
from mock_server.access.credentials import issue_session
from mock_server.server.serving import Serving
from mock_server.settings import Settings

serving = Serving(Settings(), "warning")
app = serving.application()
serving.server(app)
owner = next(each for each in app.context.seed.personas if each.name == "acme-owner")
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


def a_schema(document: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    document["components"]["schemas"]["UpdatePackVisibility"]["properties"]["it"] = schema
    return schema


Change = Callable[[dict[str, Any]], object]
WRONG: dict[str, Change] = {
    "no title": lambda document: document["info"].pop("title"),
    "an unknown field": lambda document: document["info"].update(author="me"),
    "a path without a slash": lambda document: document["paths"].update(packs={}),
    "an unknown type": lambda document: a_schema(document).update(type="text"),
    "a length of one half": lambda document: a_schema(document).update(minLength=0.5),
    "a length of 1.0": lambda document: a_schema(document).update(minLength=1.0),
    "a list that is none": lambda document: a_schema(document).update(enum="a"),
    "twice required": lambda document: document["components"]["schemas"]["Error"].update(required=["error", "error"]),
    "a default that does not fit": lambda document: a_schema(document).update(default=3),
    "a default of null": lambda document: a_schema(document).update(default=None),
    "a default beside a wrong type": lambda document: a_schema(document).update(default=3, type="text"),
    "a default of a variable that it does not list": lambda document: document.update(
        servers=[{"url": "https://{it}.example", "variables": {"it": {"default": "c", "enum": ["a", "b"]}}}]
    ),
    "a schema under a name that ends a line": lambda document: document["components"]["schemas"].update(
        {"It\n": {"type": "text"}}
    ),
    "a date for a title": lambda document: document["info"].update(title=date(2026, 1, 1)),
}
RIGHT: dict[str, Change] = {
    "as it is": lambda _document: None,
    "a default that fits": lambda document: a_schema(document).update(default="it"),
    "a default of null, where that is allowed": lambda document: a_schema(document).update(default=None, nullable=True),
    "an example that looks like a schema and is none": lambda document: a_schema(document).update(
        example={"type": "text", "pattern": "(", "default": 3}
    ),
    "a date without quotes": lambda document: document["info"].update({"x-since": date(2026, 1, 1)}),
    "names in other letters": lambda document: document["components"]["schemas"]["Pack"]["properties"].update(
        größe={"type": "integer"}
    ),
    "numbers for statuses": lambda document: document["paths"]["/packs"]["get"].update(
        responses={
            int(status) if status.isdigit() else status: each
            for status, each in document["paths"]["/packs"]["get"]["responses"].items()
        }
    ),
}


def changed(change: Change) -> dict[str, Any]:
    document = deepcopy(dict(DOCUMENT))
    change(document)
    return document


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_contract_that_is_not_valid_is_refused_in_connexions_words(change: Change, tmp_path: Path) -> None:
    path = written(tmp_path, changed(change))
    with pytest.raises(InvalidSpecification) as words:
        OpenAPISpecification(load_document(path))
    error: Any = words.value
    with pytest.raises(ContractError) as refused:
        create_app(Settings(contract=path))
    place = ".".join(map(str, error.absolute_path))
    assert str(refused.value) == f"{path}: {place}: {error.message}"


@pytest.mark.parametrize("change", RIGHT.values(), ids=RIGHT)
def test_a_contract_that_is_valid_is_served(change: Change, tmp_path: Path) -> None:
    create_app(Settings(contract=written(tmp_path, changed(change))))


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        ({"it": 1}, True),
        ({"it": "x"}, False),
        ({"it": 1, "x": (1, 2)}, False),
        ({"it": 1, "x": date(2026, 1, 1)}, False),
        ({"it": 1, 2: 3}, False),
        ({"it": 1, "x\n": 3}, False),
        ({"it": 1, "x": {"é": 3}}, False),
        ({"it": 1, "x": [{"default": 1}]}, True),
        ({"it": 1, "x": [{"default": 2}]}, False),
        ({"it": 1, "x": [{"default": 3}]}, False),
    ],
)
def test_the_fast_verdict_is_yes_or_none(document: dict[str, Any], fits: bool) -> None:
    def defaults_fit(objects: Any) -> bool:
        return all({1: True, 2: False}[each["default"]] for each in objects)

    assert surely_fits(document, {"properties": {"it": {"type": "integer"}}}, defaults_fit) is fits

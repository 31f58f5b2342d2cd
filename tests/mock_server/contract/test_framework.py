"""What a start imports, how Connexion is given the contract, and its verdict on it."""

import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from connexion.spec import OpenAPISpecification, Specification

from mock_server import Settings, create_app
from mock_server.contract.compiled import Contract
from mock_server.contract.compiler import compile_contract
from mock_server.contract.document import load_document
from mock_server.contract.framework import InvalidSpecification
from mock_server.control import CONTROL_CONTRACT
from mock_server.errors import ContractError
from tests.mock_server.serving import DOCUMENT, written

NOT_NEEDED = [
    *("pytest", "hypothesis"),
    *("mock_server.client", "mock_server.hosting", "mock_server.client.transport", "mock_server.server.reload"),
]
ASKED = """
import asyncio, sys
from mock_server.cli import main
from mock_server.commands.serve import serve
from mock_server.access.credentials import issue_session
from mock_server.server.serving import Serving
from mock_server.settings import Settings

serving = Serving(Settings(), "warning")
app = serving.make_application()
serving.make_server(app, None, at_end=list)
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


def ran(program: str) -> str:
    """What a program prints, in a process that has imported nothing."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_mock_that_has_answered_has_imported_nothing_that_it_does_not_need() -> None:
    loaded = set(ran(ASKED + "print(*sys.modules)").split())
    assert loaded >= {"connexion", "uvicorn", "jwt"}
    assert loaded.intersection(NOT_NEEDED) == set()


def test_connexion_finds_the_contract_of_the_control_api_valid() -> None:
    OpenAPISpecification(load_document(CONTROL_CONTRACT))


def test_connexion_reads_a_contract_once_for_all_mocks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And gives the second one what it gave the first, a copy of its own."""
    read, compiled = list[Any](), list[Any]()
    by_connexion = Specification.load

    def load(document: Any) -> Any:
        read.append(deepcopy(document))
        return by_connexion(document)

    def take(specification: Any, source: str, *more: Any, **options: Any) -> Contract:
        if source == str(settings.contract):
            compiled.append((specification, deepcopy(dict(specification))))
        return compile_contract(specification, source, *more, **options)

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # or what an earlier run of this test kept is found
    monkeypatch.setattr(Specification, "load", load)
    monkeypatch.setattr("mock_server.app.compile_contract", take)
    settings = Settings(contract=own_titled(tmp_path, "Read once"))
    create_app(settings)
    create_app(settings)
    assert read == [load_document(settings.contract)]
    assert [type(each) for each, _ in compiled] == [OpenAPISpecification] * 2
    (first, as_read), (second, as_read_again) = compiled
    assert first is not second
    assert as_read == as_read_again


def test_another_contract_at_the_same_place_is_another(tmp_path: Path) -> None:
    path = own_titled(tmp_path, "Before")
    create_app(Settings(contract=path))
    document = load_document(path)
    document["info"]["title"] = "changed by whoever read it"
    assert load_document(path)["info"]["title"] == "Before"
    del document["info"]["title"]
    written(tmp_path, document)
    with pytest.raises(ContractError, match="title"):
        create_app(Settings(contract=path))


def own_titled(directory: Path, title: str) -> Path:
    """The own contract with another title, which no other test has."""
    return written(directory, changed(lambda document: document["info"].update(title=title)))


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
    "a number for a title": lambda document: document["info"].update(title=2026),
}
RIGHT: dict[str, Change] = {
    "as it is": lambda _document: None,
    "a default that fits": lambda document: a_schema(document).update(default="it"),
    "a default of null, where that is allowed": lambda document: a_schema(document).update(default=None, nullable=True),
    "an example that looks like a schema and is none": lambda document: a_schema(document).update(
        example={"type": "text", "pattern": "(", "default": 3}
    ),
    "a date without quotes, which is text": lambda document: document["info"].update(title=date(2026, 1, 1)),
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

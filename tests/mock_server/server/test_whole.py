"""Answers that are written at once are what ASGI would have made of them."""

from collections.abc import Iterator

import httpx
import pytest

from mock_server import Settings, create_app
from mock_server.operation import Handler, Reply, Request
from mock_server.state.state import State
from tests import plain
from tests.mock_server.serving import contract_with, json_response, served

TOKEN = {"Authorization": "Bearer sk_mock_acme_full_access_1001"}
LINE_ENDS = ("1\r\nInjected: yes", "1\nInjected: yes", "1\rInjected: yes", "1\0")


def answer(state: State, request: Request) -> tuple[State, Reply]:
    size, name = request.query["size"], request.query["name"]
    headers = {"usual": (), "own": (("X-Own", "größe"),), "close": (("Connection", "close"),)}
    ends = {f"end {number}": (("X-Own", text),) for number, text in enumerate(LINE_ENDS)}
    return state, Reply(200, {"text": "x" * size}, headers={**headers, **ends}[name])


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    parameters = [
        {"name": "size", "in": "query", "required": True, "schema": {"type": "integer"}},
        {"name": "name", "in": "query", "required": True, "schema": {"type": "string"}},
    ]
    declared = {"operationId": "made.answer", "parameters": parameters, "responses": {"200": json_response({})}}
    contract = contract_with(tmp_path_factory.mktemp("contract"), {"/answer": {"get": declared}})
    with served(create_app(Settings(contract=contract), {"made.answer": Handler(answer)})) as url:
        yield url


@pytest.mark.parametrize("size", [0, 1, 64 * 1024 - 20, 64 * 1024, 300 * 1024])
def test_every_length_comes_whole_and_the_connection_goes_on(origin: str, size: int) -> None:
    with plain.Client(base_url=f"{origin}/v1", headers=TOKEN) as client:
        for name in ("usual", "own", "usual"):
            got = client.get("/answer", params={"size": size, "name": name})
            assert got.json() == {"text": "x" * size}
            assert got.headers.get_list("content-length") == [str(len(got.content))]
            assert "connection" not in got.headers
            assert got.headers.get("x-own", "").encode("latin-1") == ("größe" if name == "own" else "").encode(
                "latin-1"
            )


def test_who_asks_for_the_end_of_the_connection_is_told_that_it_comes(origin: str) -> None:
    asked = plain.get(f"{origin}/v1/answer?size=1&name=usual", headers=TOKEN | {"Connection": "close"})
    told = plain.get(f"{origin}/v1/answer?size=1&name=close", headers=TOKEN)
    assert [asked.headers["connection"], told.headers["connection"]] == ["close", "close"]
    assert asked.json() == told.json() == {"text": "x"}


@pytest.mark.parametrize("number", range(len(LINE_ENDS)))
def test_nothing_ends_a_line_of_the_head_but_the_head_itself(origin: str, number: int) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        plain.get(f"{origin}/v1/answer?size=1&name=end {number}", headers=TOKEN)
    assert plain.get(f"{origin}/v1/answer?size=1&name=usual", headers=TOKEN).status_code == 200

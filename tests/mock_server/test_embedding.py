"""The application that `create_app` returns, as users of Connexion and Starlette have applications elsewhere."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from connexion import AsyncApp
from connexion.resolver import Resolver
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from mock_server import create_app
from mock_server.errors import ContractError
from tests.mock_server.serving import json_response

NAME = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "minLength": 3}}
GREETINGS = {
    "openapi": "3.0.3",
    "info": {"title": "Greetings", "version": "1"},
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "x-bearerInfoFunc": f"{__name__}.who"}}
    },
    "security": [{"key": []}],
    "paths": {
        "/greetings/{name}": {
            "get": {
                "operationId": "greet",
                "parameters": [NAME],
                "responses": {"200": json_response({"type": "object"})},
            }
        }
    },
}
"""Another API, for which Connexion routes, secures and validates."""

Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]


def who(token: str) -> dict[str, str] | None:
    return {"sub": "friend"} if token == "of-a-friend" else None


async def greet(name: str, user: str) -> dict[str, str]:
    return {"greeting": f"Hello {name}, says {user}"}


def application(**options: Any) -> AsyncApp:
    """The mock with the other API beside its own."""
    app = create_app(**options)
    app.add_api(GREETINGS, base_path="/other", resolver=Resolver({"greet": greet}.__getitem__))
    return app


def noting(events: list[str], name: str) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        events.append(f"{name} starts")
        yield
        events.append(f"{name} ends")

    return lifespan


def check_both(client: TestClient, root: str = "") -> None:
    """Ask the mock's own API and the one beside it, below a path."""
    personas = client.get(f"{root}/_mock/personas").json()["personas"]
    token = next(each["token"] for each in personas if each["name"] == "acme-owner")
    listed = client.get(f"{root}/_worlds/embedded/v1/packs", headers={"Authorization": f"Bearer {token}"})
    assert {each["id"] for each in listed.json()["packs"]} >= {"pack_acme_pager"}
    assert listed.headers["x-mock-journal"].startswith(f"http://testserver{root}/_mock/#/embedded/journal?entry=")
    assert client.get(f"{root}/v1/packs").json()["error"]["code"] == "unauthenticated"
    assert client.get(f"{root}/otherwise").json()["error"]["code"] == "not_found"

    friend = {"Authorization": "Bearer of-a-friend"}
    greeted = client.get(f"{root}/other/greetings/Ada", headers=friend)
    assert greeted.json() == {"greeting": "Hello Ada, says friend"}
    refused = [
        client.get(f"{root}/other/greetings/Ada"),
        client.get(f"{root}/other/greetings/Al", headers=friend),
        client.get(f"{root}/other/farewells", headers=friend),
    ]
    assert [answer.status_code for answer in refused] == [401, 400, 404]
    assert {answer.headers["content-type"] for answer in refused} == {"application/problem+json"}


def test_connexion_serves_another_api_beside_with_its_own_lifespan() -> None:
    events: list[str] = []
    with application(lifespan=noting(events, "application")).test_client() as client:
        assert events == ["application starts"]
        check_both(client)
    assert events == ["application starts", "application ends"]


def test_another_application_mounts_it_and_starts_and_ends_once() -> None:
    events: list[str] = []
    outer = Starlette(routes=[Mount("/a mock", app=application())], lifespan=noting(events, "outer"))
    with TestClient(outer) as client:
        check_both(client, "/a%20mock")
        places = client.get("/a%20mock/").json()
        assert places["api"] == "/a%20mock/v1"
        assert client.get(places["health"]).json()["status"] == "ok"
        page = client.get("/a%20mock/", headers={"Accept": "text/html"}, follow_redirects=False)
        assert page.headers["location"] == places["console"] == "/a%20mock/_mock/"
    assert events == ["outer starts", "outer ends"]


def test_a_server_that_asks_for_a_lifespan_gets_an_answer() -> None:
    with create_app().test_client() as client:  # it ends with the answer to the shutdown, or with an error
        assert client.get("/_mock/health").json() == {"status": "ok"}


@pytest.mark.parametrize("base_path", ["/", "/v1", "/v1/more", "/_mock", "/_worlds/mine"])
def test_an_api_beside_cannot_stand_where_the_mock_answers(base_path: str) -> None:
    app = create_app()
    app.add_api(GREETINGS, base_path=base_path, resolver=Resolver({"greet": greet}.__getitem__))
    with pytest.raises(ContractError, match="is the mock's own; give the API another base_path"):
        app.test_client().get("/_mock/health")

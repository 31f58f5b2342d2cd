"""One mock on a port for all tests here, and a world of it for each."""

import logging
from collections.abc import Iterator
from hashlib import sha256

import pytest

from mock_server import MockWorld, create_app
from tests.mock_server.serving import Mock, served, tokens_of


@pytest.fixture(scope="session")
def origin() -> Iterator[str]:
    """The URL of the mock, without a base path."""
    with served(create_app()) as url:
        yield url


@pytest.fixture(scope="session")
def tokens(origin: str) -> dict[str, str]:
    """The constant tokens by persona."""
    return tokens_of(origin)


@pytest.fixture
def mock(
    origin: str, tokens: dict[str, str], request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[Mock]:
    """The mock in a world of the test's own; an answer outside the contract fails the test."""
    yield Mock(origin, sha256(request.node.nodeid.encode()).hexdigest()[:16], tokens)
    breaches = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not breaches


@pytest.fixture
def world(mock_world: MockWorld, request: pytest.FixtureRequest) -> MockWorld:
    """A world of the test's own, whose clock stands still at the time that the test's module names."""
    mock_world.freeze(request.module.NOW)
    return mock_world

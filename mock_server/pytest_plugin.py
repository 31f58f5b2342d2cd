"""Fixtures of pytest: `mock_world` of a mock in this process, `mock_server` of a mock on a port.

Both give each test a world of its own (`mock_server.MockWorld`). Only pytest is imported until a test uses one.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

import mock_server as package

if TYPE_CHECKING:
    from mock_server import Mock, MockWorld, Settings

_WORLDS = pytest.StashKey["list[MockWorld]"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for a mock that runs already."""
    group = parser.getgroup("evershell-mock", "a mock of the Evershell control plane")
    group.addoption(
        "--evershell-mock",
        metavar="URL",
        help="let mock_server take its worlds from the mock at this URL in place of starting one",
    )


@pytest.fixture(scope="session")
def mock_settings() -> Settings:
    """The settings of the mocks of this run; override it to change them."""
    return package.Settings()


@pytest.fixture(scope="session")
def _mock_in_process(mock_settings: Settings) -> Iterator[Mock]:
    with package.in_process(mock_settings) as mock:
        yield mock


@pytest.fixture(scope="session")
def _mock_on_a_port(request: pytest.FixtureRequest) -> Iterator[Mock]:
    running: str | None = request.config.getoption("--evershell-mock")
    if running is not None:
        with package.Mock(running, control_token=os.environ.get("EVERSHELL_MOCK_CONTROL_TOKEN")) as mock:
            mock.check_nodes()
            yield mock
        return
    with package.live(request.getfixturevalue("mock_settings")) as mock:
        yield mock


@pytest.fixture
def mock_world(_mock_in_process: Mock, request: pytest.FixtureRequest) -> Iterator[MockWorld]:
    """A fresh world of a mock in this process: `mock_world.client("acme-owner").get("/packs")`."""
    yield from _open_fresh(_mock_in_process, request.node)


@pytest.fixture
def mock_server(_mock_on_a_port: Mock, request: pytest.FixtureRequest) -> Iterator[MockWorld]:
    """A fresh world of a mock on a port: give `mock_server.url` to the code under test."""
    yield from _open_fresh(_mock_on_a_port, request.node)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what was lost of its worlds, and their requests, to the report of a failed test."""
    if call.when == "call" and call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
        for world in item.stash.get(_WORLDS, []):
            if lost := _describe_loss(world):
                item.add_report_section("call", "lost by the mock", lost)
            item.add_report_section("call", f"requests to the mock in the world {world.name}", _tell_story(world))
    return (yield)


def _describe_loss(world: MockWorld) -> str | None:
    """Return what was lost of a world; it is said once, and not at the end of the test again."""
    try:
        lost = world.describe_loss()
        if lost is not None:
            world.look()
    except package.MockError as error:
        return str(error)
    return lost


def _tell_story(world: MockWorld) -> str:
    try:
        return world.story() or "none"
    except package.MockError as error:
        return str(error)


def _open_fresh(mock: Mock, item: pytest.Item) -> Iterator[MockWorld]:
    with mock.fresh_world(item.name) as world:
        item.stash.setdefault(_WORLDS, []).append(world)
        yield world

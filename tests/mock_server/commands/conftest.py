"""Commands against a running mock, each test in a world of its own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mock_server import Mock, MockWorld, live
from mock_server.cli import main


@dataclass
class Shell:
    """Runs commands on one world of a mock."""

    mock: Mock
    world: MockWorld

    @property
    def environment(self) -> dict[str, str]:
        return {"EVERSHELL_MOCK_URL": self.mock.origin, "EVERSHELL_MOCK_WORLD": self.world.name}

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(main, words, env=self.environment)

    def says(self, *words: str) -> str:
        """What a command that succeeds prints."""
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return result.stdout

    def gives(self, *words: str) -> Any:
        """The same as JSON."""
        return json.loads(self.says(*words, "--json"))

    def refuses(self, *words: str, code: int = 1) -> str:
        """The one thing that a command which fails says."""
        result = self.run(*words)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        return result.stderr

    def visibility(self) -> str:
        seen: str = self.world.client("acme-owner").get("/packs/pack_acme_pager").json()["visibility"]
        return seen

    def publish(self, persona: str = "acme-owner") -> int:
        client = self.world.client(persona)
        return client.patch("/packs/pack_acme_pager", json={"visibility": "community"}).status_code


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with live() as mock:
        yield mock


@pytest.fixture
def shell(mock: Mock) -> Iterator[Shell]:
    with mock.fresh_world() as world:
        yield Shell(mock, world)

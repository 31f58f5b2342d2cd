"""What the mocks of these tests are started with: the seed data, and data of our own over it."""

from pathlib import Path

import pytest

from mock_server import Settings


@pytest.fixture(scope="session")
def mock_settings() -> Settings:
    return Settings(fixtures=(Path(__file__).parents[1] / "fixtures",))

"""One front before two nodes, for all tests here."""

from collections.abc import Iterator

import pytest

from mock_server import Mock
from tests.deploy.front import Front, front


@pytest.fixture(scope="session")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """HAProxy before n1 and n2."""
    with front(tmp_path_factory.mktemp("front")) as made:
        yield made


@pytest.fixture
def mock(behind: Front) -> Iterator[Mock]:
    """The mock as its users see it, through the front."""
    with Mock(behind.origin) as mock:
        yield mock

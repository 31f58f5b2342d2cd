"""The sessions that the second server's profile takes from the environment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.examples.second import sessions


@pytest.fixture(scope="session", autouse=True)
def _signed_in() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, token in sessions().items():
            patch.setenv(name, token)
        yield

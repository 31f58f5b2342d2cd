import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.target.embedded import EmbeddedMock


@pytest.fixture
def origin() -> Iterator[str]:
    mock = EmbeddedMock.start(seed=1)
    yield mock.origin
    mock.stop()


def test_a_second_run_of_one_seed_meets_nothing_of_the_first(origin: str) -> None:
    """A server that stays still has the worlds of the run before."""
    command = Path(sys.executable).with_name("evershell-conformance")
    options = ["--seed", "3", "--clause", "contract", "--operation", "packs.create", "--budget", "quick"]
    for _ in range(2):
        done = subprocess.run(
            [command, "run", "--target", f"{origin}/v1", *options],
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

"""The recipes for JavaScript on a mock that is shared; the guide's own tests run them on one that they start."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.live import served_mock
from tests.repo.running import run

RECIPES = Path(__file__).parents[2] / "examples" / "javascript"
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

pytestmark = [pytest.mark.needs_node, pytest.mark.timeout(300)]


def run_recipe(*command: str, **environment: str) -> str:
    """What a runner prints whose tests must all pass."""
    plain = {"PATH": PATH, "CI": "1", "NO_COLOR": "1", "FORCE_COLOR": "0"}
    return run(["npx", "--no", "--", *command], RECIPES, {**os.environ, **plain, **environment})


@pytest.fixture(scope="module")
def shared() -> Iterator[str]:
    with served_mock() as url:
        yield url


def left(url: str) -> list[str]:
    return [world["name"] for world in httpx.get(f"{url}/_mock/worlds").json()["worlds"]]


def test_vitest_shares_a_mock_and_leaves_no_world(shared: str) -> None:
    assert re.search(r"Tests +19 passed", run_recipe("vitest", "run", EVERSHELL_MOCK_URL=shared))
    assert left(shared) == ["default"]


@pytest.mark.needs_browser
def test_playwright_shares_a_mock_between_workers_and_leaves_no_world(shared: str, tmp_path: Path) -> None:
    said = run_recipe("playwright", "test", "--workers", "2", "--output", str(tmp_path), EVERSHELL_MOCK_URL=shared)
    assert "10 passed" in said
    assert left(shared) == ["default"]


def test_a_mock_that_is_not_there_is_said() -> None:
    done = subprocess.run(
        ["npx", "--no", "--", "vitest", "run"],
        cwd=RECIPES,
        env={**os.environ, "PATH": os.pathsep.join(p for p in PATH.split(os.pathsep) if not mock_in(p)), "CI": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=280,
        check=False,
    )
    assert done.returncode != 0
    assert "evershell-mock cannot be started" in done.stdout


def mock_in(folder: str) -> bool:
    return (Path(folder) / "evershell-mock").exists()

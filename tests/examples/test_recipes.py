"""The recipes, by the commands of their page, and the package's own tests, all on one mock that they share."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import plain
from tests.clients.node import PATH, npx
from tests.live import served_mock
from tests.repo.make_shell import in_make_shell
from tests.repo.sources import ROOT

RECIPES = ROOT / "examples" / "recipes"
PAGE = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
[COMMANDS] = [block for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL) if "npx" in block]

pytestmark = pytest.mark.needs_node


@pytest.fixture(scope="module")
def shared() -> Iterator[str]:
    with served_mock() as url:
        yield url


def left(url: str) -> list[str]:
    return [world["name"] for world in plain.get(f"{url}/_mock/worlds").json()["worlds"]]


def all_passed_by_vitest(said: str) -> bool:
    """Whether each of its tests passed, by its last lines: "Tests  16 passed (16)", and no other count."""
    return re.search(r"^ +Tests +([1-9]\d*) passed \(\1\)$", said, re.MULTILINE) is not None


@pytest.mark.needs_browser
def test_the_recipes_share_a_mock_between_their_workers_and_leave_no_world(shared: str) -> None:
    done = in_make_shell(COMMANDS, EVERSHELL_MOCK_URL=shared, NO_COLOR="1")
    assert done.returncode == 0, done.stdout
    assert all_passed_by_vitest(done.stdout)
    assert re.search(r"^ +[1-9]\d* passed \(", done.stdout, re.MULTILINE), "by Playwright"
    assert not re.search(r"\b(failed|flaky|skipped|did not run)\b", done.stdout)
    assert left(shared) == ["default"]


def test_the_package_does_with_a_mock_what_it_says(shared: str) -> None:
    said = npx(ROOT / "clients" / "typescript", "vitest", "run", EVERSHELL_MOCK_URL=shared)
    assert all_passed_by_vitest(said)
    assert left(shared) == ["default"]


def test_where_there_is_no_mock_it_is_said_how_to_get_it() -> None:
    done = subprocess.run(
        ["npx", "--no", "--", "vitest", "run"],
        cwd=RECIPES,
        env={**os.environ, "PATH": os.pathsep.join(p for p in PATH.split(os.pathsep) if not mock_in(p)), "CI": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=580,
        check=False,
    )
    assert done.returncode != 0
    assert "evershell-mock cannot be started: there is no such command on the PATH." in done.stdout
    assert "`pip install .`" in done.stdout
    assert "EVERSHELL_MOCK_URL=http://127.0.0.1:4010" in done.stdout


def mock_in(folder: str) -> bool:
    return (Path(folder) / "evershell-mock").exists()

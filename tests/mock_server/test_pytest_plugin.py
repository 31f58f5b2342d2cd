"""The plugin of pytest in runs of its own: fixtures, workers, what a failed test shows, what it imports."""

import os
import re
import subprocess
import sys
from pathlib import Path

from mock_server import live

ROOT = Path(__file__).parents[2]
BOTH = """
import pytest

@pytest.fixture(params=["mock_world", "mock_server"])
def world(request):
    return request.getfixturevalue(request.param)
"""
ISOLATED = (
    BOTH
    + """
@pytest.mark.parametrize("time", range(8))
def test_each_finds_what_no_other_has_touched(world, time):
    owner = world.client("acme-owner")
    assert owner.get("/packs/pack_acme_pager").json()["visibility"] == "org"
    assert owner.patch("/packs/pack_acme_pager", json={"visibility": "community"}).status_code == 200
"""
)
FAILING = (
    BOTH
    + """
def test_it_fails(world):
    world.client("acme-read-only").delete("/packs/pack_acme_pager")
    assert world.client().get("/packs").status_code == 200
"""
)


def run(folder: Path, test: str, *options: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit code and output of pytest for one file in a project that knows nothing of this one."""
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", *options, "--rootdir", "."]
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (environment or {}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=400,
        check=False,
    )
    return done.returncode, done.stdout


def test_each_test_has_a_world_of_its_own_on_every_worker(tmp_path: Path) -> None:
    code, said = run(tmp_path, ISOLATED, "-n", "2")
    assert code == 0, said
    assert "16 passed" in said


def test_a_failed_test_shows_what_was_asked(tmp_path: Path) -> None:
    code, said = run(tmp_path, FAILING)
    assert code == 1
    for fixture in ("mock_world", "mock_server"):
        assert f"requests to the mock in the world test_it_fails-{fixture}" in said
    assert len(re.findall(r"1  acme-read-only  DELETE /v1/packs/pack_acme_pager → 403 permission_denied", said)) == 2
    assert len(re.findall(r"2  nobody  GET /v1/packs → 401 unauthenticated", said)) == 2
    assert "sk_mock_acme" not in said


def test_a_mock_that_runs_already_can_be_shared(tmp_path: Path) -> None:
    test = "def test_it(mock_server):\n    print(mock_server.url)\n"
    with live() as mock:
        code, said = run(tmp_path, test, "-s", "--evershell-mock", mock.origin)
        assert [each["name"] for each in mock.worlds()] == ["default"]
    assert code == 0, said
    assert f"{mock.origin}/_worlds/test_it-" in said


def test_a_mock_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    test = "def test_it(mock_server):\n    mock_server.client('acme-owner')\n"
    code, said = run(tmp_path, test, "--evershell-mock", "http://127.0.0.1:1")
    assert code == 1
    assert "no mock answers at http://127.0.0.1:1" in said


def test_settings_are_overridden_as_any_fixture_is(tmp_path: Path) -> None:
    test = (
        "import pytest, mock_server\n"
        "@pytest.fixture(scope='session')\n"
        "def mock_settings(): return mock_server.Settings(deviations=('envelope-request-id-repeats',))\n"
        "def test_it(mock_world):\n"
        "    nobody = mock_world.client()\n"
        "    assert nobody.get('/packs').content == nobody.get('/packs').content\n"
    )
    code, said = run(tmp_path, test)
    assert code == 0, said


def test_a_run_that_asks_for_no_mock_imports_none(tmp_path: Path) -> None:
    test = (
        "import sys\n"
        "def test_it():\n"
        "    assert 'mock_server.pytest_plugin' in sys.modules\n"
        "    assert not {'connexion', 'httpx', 'mock_server.app', 'mock_server.client'} & sys.modules.keys()\n"
    )
    code, said = run(tmp_path, test, "-p", "no:schemathesis", "-p", "no:hypothesispytest", "-p", "no:anyio")
    assert code == 0, said

"""The guide to the mock tells the truth: its sessions print what it shows, and every other command of it works."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from mock_server import in_process, live
from tests.live import served_mock
from tests.repo.console import PATH, played, served, steps
from tests.repo.sources import ROOT

PAGE = ROOT / "docs" / "mock.md"
GUIDE = PAGE.read_text(encoding="utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
PROSE = re.sub(r"^```.*?^```", "", GUIDE, flags=re.MULTILINE | re.DOTALL)
INLINE = re.findall(r"`(evershell-mock [^`]+|eval [^`]+)`", PROSE)
LINES = [*(line for block in SHELL for line in block.splitlines()), *INLINE]
SERVES = [line for line in dict.fromkeys(LINES) if line.startswith("evershell-mock serve")]
CALLS = [line for line in INLINE if not line.startswith("evershell-mock serve")]
OTHERS = [block for block in SHELL if "evershell-mock serve" not in block]
MOST_LINES = 300


def test_the_sessions_print_what_the_guide_shows() -> None:
    written = steps(GUIDE)
    assert written
    with served(PAGE) as place:
        printed = played(written, place)
    assert [step.normalised() for step in printed] == [step.normalised() for step in written]


@pytest.mark.parametrize("line", SERVES)
def test_a_mock_that_the_guide_starts_serves(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("openapi.yaml", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    with in_process() as mock:
        Path("state.json").write_bytes(mock.world().exported())
    # Nothing is to listen beyond this machine because of a test.
    options = line.removeprefix("evershell-mock serve").replace("0.0.0.0", "127.0.0.1").split()  # noqa: S104
    with served_mock(*options) as url:
        assert url.startswith("http://127.0.0.1:")


def test_each_command_in_its_prose_succeeds() -> None:
    assert CALLS
    with live() as mock:
        mock.world().client().get("/packs")
        for line in CALLS:
            run(re.sub(r"\bID\b", "1", line), EVERSHELL_MOCK_URL=mock.origin)


def run(block: str, **environment: str) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=ROOT,
        env={**os.environ, "PATH": PATH, "CI": "1", **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("block", [block for block in OTHERS if "npm" not in block])
def test_a_command_of_the_guide_succeeds(block: str) -> None:
    run(block)


@pytest.mark.needs_node
@pytest.mark.needs_browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize("block", [block for block in OTHERS if "npm" in block])
def test_a_command_of_the_guide_succeeds_with_node(block: str) -> None:
    assert "\nnpm ci\n" in block
    run(block.replace("\nnpm ci\n", "\n"))  # `make tools` has done that; others may use the packages just now


def test_every_block_is_one_that_a_test_runs_or_that_another_language_reads() -> None:
    kinds = re.findall(r"^```(\w*)$", GUIDE, re.MULTILINE)
    assert set(kinds) - {""} == {"console", "sh", "python"}


def test_the_paths_that_it_names_are_there() -> None:
    named = set(re.findall(r"`((?:examples|mock_server|docs)/[\w./-]+)`", GUIDE))
    assert named
    assert [path for path in named if not (ROOT / Path(path)).exists()] == []


def test_it_is_one_page() -> None:
    assert GUIDE.count("\n") <= MOST_LINES

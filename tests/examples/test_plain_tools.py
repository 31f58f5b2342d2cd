"""Tools of others have no finding on the mock, started as their page says."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.tools.requests import requests
from tests.live import served_mock
from tests.openapi import OPERATIONS
from tests.repo.sources import ROOT

PAGE = (ROOT / "examples/tools/README.md").read_text(encoding="utf-8")
BLOCKS = {
    title: re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for title, text in re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
[SERVE] = re.findall(r"^```sh\nevershell-mock serve (.*?)\n```", PAGE, re.MULTILINE)
STREAM_SECONDS = "0.2"
"""Of a stream; the page has a second for somebody who looks on."""
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A start that is compiled less: two thirds of the time."""


@pytest.fixture
def mock() -> Iterator[str]:
    option, _ = SERVE.split()
    with served_mock(option, STREAM_SECONDS) as url:
        yield url


def environment(mock: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "EVERSHELL_MOCK_URL": mock, "JAVA_TOOL_OPTIONS": QUICK_JAVA}


def said_by(block: str, mock: str, folder: Path) -> str:
    """What the commands of a block of the page print on this mock; they must succeed, and write into the folder."""
    (folder / "openapi.yaml").symlink_to(ROOT / "openapi.yaml")
    (folder / "examples").symlink_to(ROOT / "examples")
    done = subprocess.run(
        ["bash", "-ec", block.replace("http://127.0.0.1:4010", mock)],
        cwd=folder,
        env=environment(mock),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-10_000:]
    return done.stdout


def test_schemathesis(mock: str, tmp_path: Path) -> None:
    [block] = BLOCKS["Schemathesis"]
    said = said_by(f"{block.rstrip()} --seed 1 -n 1 --phases examples,coverage,stateful\n", mock, tmp_path)
    assert re.search(rf"Tested: +{len(OPERATIONS)}\b", said)


@pytest.mark.needs_plain
def test_dredd(mock: str, tmp_path: Path) -> None:
    [block] = BLOCKS["Dredd"]
    said = said_by(block, mock, tmp_path)
    [declared] = re.findall(r"All (\d+) declared answers", PAGE)
    assert f"{declared} passing, 0 failing, 0 errors, 0 skipped" in said


@pytest.mark.needs_plain
@pytest.mark.needs_java
def test_specmatic(mock: str, tmp_path: Path) -> None:
    [block] = BLOCKS["Specmatic"]
    said = said_by(block, mock, tmp_path)
    asked = sum(each.is_told_by_its_path for each in requests())
    assert f"Tests run: {asked}, Successes: {asked}, Failures: 0" in said


@pytest.mark.needs_plain
def test_prism(mock: str, tmp_path: Path) -> None:
    proxied, asked = BLOCKS["Prism"]
    _, start = proxied.rstrip().split("\n")
    command = start.replace("http://127.0.0.1:4010", mock).replace("4011", "0").split()
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as proxy:
        try:
            assert proxy.stdout is not None
            listens = next(found for line in proxy.stdout if (found := re.search(r"listening on (http://\S+)", line)))
            said = said_by(asked.replace("http://127.0.0.1:4011", listens[1]), mock, tmp_path)
        finally:
            proxy.terminate()
    operations = sum(each.is_told_by_its_path for each in requests()) - 1
    assert f"{operations} operations, 0 findings" in said

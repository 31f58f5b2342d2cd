"""The front end in the examples: its tests pass side by side, and their traffic is judged by the suite."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests import plain
from tests.examples.app_traffic import DEVELOPING, PAGE, played, shown, table
from tests.repo.make_shell import COMMAND, OUTSIDE
from tests.repo.sources import ROOT

MOST_LINES = 80

pytestmark = pytest.mark.needs_node


@pytest.mark.needs_browser
def test_its_tests_pass_side_by_side_and_its_traffic_conforms(tmp_path: Path) -> None:
    """A world each, of a mock that they start; the README shows which declared answers they never met."""
    said, report = played(tmp_path)
    assert "10 passed" in said
    assert len(report["traffic"]["recordings"]) == 9  # that of forced answers is not judged
    assert report["verdict"] == "PASSED"
    assert shown() == table(report)


def test_it_is_developed_with_a_mock_of_its_own() -> None:
    """By the command of the README, which prints a link that signs in, and one to the console."""
    with subprocess.Popen(
        COMMAND,
        cwd=ROOT,
        env=OUTSIDE | {"NO_COLOR": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # of how it is killed
        text=True,
        start_new_session=True,
    ) as shell:
        assert shell.stdin is not None
        assert shell.stdout is not None
        try:
            with shell.stdin as typed:
                typed.write(DEVELOPING.replace("npm run dev", "npm run dev -- --host 127.0.0.1 --port 0 </dev/null"))
            found: dict[str, str] = {}
            for line in shell.stdout:
                found |= re.findall(r"(Local|Sign in|Console): +(\S+)", line)
                if len(found) == 3:
                    break
            with plain.Client(base_url=found["Local"], timeout=60) as browser:
                assert '<div id="root">' in browser.get("/").text
                assert "Evershell mock" in browser.get(found["Console"]).text
                assert browser.get("/v1/me/session").status_code == 401
                assert browser.get(found["Sign in"], headers={"Sec-Fetch-Mode": "navigate"}).status_code == 302
                assert browser.get("/v1/me/session").json()["org_id"] == "org_acme"
        finally:
            os.killpg(shell.pid, signal.SIGTERM)


def test_its_readme_is_short() -> None:
    assert PAGE.count("\n") <= MOST_LINES

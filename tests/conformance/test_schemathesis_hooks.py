"""`st run` with the suite's hooks: nothing on a right server, the broken rule on a wrong one, nothing left behind."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import plain
from tests.circumstances.table import under
from tests.live import served_mock
from tests.repo.sources import ROOT

PAGE = (ROOT / "docs/schemathesis.md").read_text(encoding="utf-8")
[BLOCK] = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMAND = shlex.split(BLOCK[BLOCK.index("\nst ") :].replace("\\\n", " "))
"""As the page has it, for a world of its own mock."""
OPERATIONS = ("packs.list", "packs.get", "packs.update_visibility", "packs.delete", "secrets.set", "secrets.list")


def st_run(url: str, folder: Path, *, profile: Path | None = None) -> tuple[int, dict[str, Any], str]:
    """Run Schemathesis on a few operations; return its exit code, its JSON report and what it prints."""
    report = folder / "report.json"
    chosen = [argument for each in OPERATIONS for argument in ("--include-operation-id", each)]
    command = [str(Path(sys.executable).with_name("st")), *COMMAND[1:-1], url, "--seed", "1", "-n", "3", *chosen]
    command += ["--report-json-path", str(report)]
    environment = {**os.environ} | ({"EVERSHELL_PROFILE": str(profile)} if profile else {})
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)
    found = json.loads(report.read_text(encoding="utf-8")) if done.returncode in (0, 1) else {}
    return done.returncode, found, done.stdout + done.stderr


def broken_rules(report: dict[str, Any]) -> set[str]:
    return {each["title"] for each in report["failures"]}


def test_nothing_is_found_on_a_right_server_and_nothing_stays_there(tmp_path: Path) -> None:
    with served_mock() as mock, plain.Client() as client:
        before = client.get(f"{mock}/v1/packs", headers=authorized(mock)).json()
        code, report, said = st_run(f"{mock}/v1", tmp_path)
        after = client.get(f"{mock}/v1/packs", headers=authorized(mock)).json()
    assert code == 0, said[-5000:]
    assert not report["failures"]
    assert after == before


@pytest.mark.parametrize(
    ("deviation", "rule"),
    [("ownership-private-forbidden", "OWNERSHIP-PRIVATE-HIDDEN"), ("envelope-bare", "ENVELOPE-EVERY-ERROR")],
)
def test_a_wrong_server_breaks_a_rule(deviation: str, rule: str, tmp_path: Path) -> None:
    with served_mock("--deviation", deviation) as mock:
        code, report, said = st_run(f"{mock}/_worlds/st/v1", tmp_path)
    assert code == 1, said[-5000:]
    assert rule in broken_rules(report)


def test_a_limit_or_an_overloaded_gateway_is_not_accused(tmp_path: Path) -> None:
    with served_mock() as mock, under(mock, "429-json", "503-message-not-asked") as proxy:
        code, report, said = st_run(f"{proxy.origin}/_worlds/st/v1", tmp_path)
    assert code == 0, said[-5000:]
    assert not report["failures"]


@pytest.mark.parametrize(
    ("address", "placed", "told"),
    [("http://127.0.0.1:9", "", "give both the same"), ("", 'header = "X-Key"\n', "in the header Authorization alone")],
)
def test_a_profile_that_is_of_no_use_here_is_refused(address: str, placed: str, told: str, tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    with served_mock() as mock:
        profile.write_text(
            f'[target]\nurl = "{address or mock}/v1"\n\n[callers.a]\norg = "o"\ntoken = "sk_fake"\n{placed}',
            encoding="utf-8",
        )
        code, _, said = st_run(f"{mock}/v1", tmp_path, profile=profile)
    assert code != 0
    assert told in said


def authorized(mock: str) -> dict[str, str]:
    with plain.Client() as client:
        persona = client.get(f"{mock}/_mock/personas").json()["personas"][0]
    return {"Authorization": f"Bearer {persona['token']}"}

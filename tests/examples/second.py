"""The second server as its user has it: a process of its own, its sessions in the environment, its profile."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests import forked
from tests.conformance.targets import Judged, judge

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "examples.second_server"]
PROFILE = ROOT / "examples/second_server/profile.toml"
IN_PROFILE = "http://127.0.0.1:4020"


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """Serve on a free port; the origin."""
    with forked.running(forked.SECOND_SERVER, "--port", "0", *options) as said:
        printed = re.fullmatch(r"(http://127\.0\.0\.1:\d+)/v1\n", said.readline())
        assert printed is not None
        yield printed[1]


@cache
def sessions() -> dict[str, str]:
    """What `--tokens` exports, for hours."""
    printed = subprocess.run([*COMMAND, "--tokens"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return dict(re.findall(r"^export (\w+_TOKEN)=(\S+)$", printed, re.MULTILINE))


def profile(folder: Path, origin: str, *, states: bool = True) -> Path:
    """The server's own profile, for this origin; without states it says that there is no control."""
    text = PROFILE.read_text(encoding="utf-8")
    assert text.count(IN_PROFILE) == 2
    text = text.replace(IN_PROFILE, origin)
    if not states:
        text = re.sub("^states_url.*\n", "", text.replace('"provider-states"', '"none"'), flags=re.MULTILINE)
    path = folder / "profile.toml"
    path.write_text(text, encoding="utf-8")
    return path


def judged(folder: Path, target: Path, *options: str) -> tuple[Judged, dict[str, Any]]:
    """How the suite ended, and its results."""
    report = folder / "report.json"
    ended = judge("--target", target, "--seed", "5", "--report", f"json={report}", *options)
    assert report.exists(), ended.said + ended.complained
    return ended, json.loads(report.read_text(encoding="utf-8"))

"""Suites that come by npm: where they are installed, their versions, and the JUnit report that they write."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

_FOLDER = Path(__file__).parents[3] / "examples" / "tools"
MODULES = _FOLDER / "node_modules"
MOST_S = 300


def find_version(package: str) -> str:
    """Return the one that is asked for."""
    asked = json.loads((_FOLDER / "package.json").read_text(encoding="utf-8"))
    return str(asked["devDependencies"][package])


def run(command: Sequence[str], folder: Path, **variables: str) -> None:
    """Run it in a folder of its own, with more environment variables; its report says how it ended."""
    environment = os.environ | variables
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=MOST_S)


def list_failed(report: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of each failed case; FileNotFoundError where there is no report."""
    # The report of a tool that was just run here, not somebody's.
    for case in ET.parse(report).iter("testcase"):  # noqa: S314
        for failure in case.findall("failure"):
            yield case.get("name", ""), f"{failure.get('message') or ''}\n{failure.text or ''}"

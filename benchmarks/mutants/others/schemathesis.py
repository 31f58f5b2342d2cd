"""Plain Schemathesis: `st run` with its default checks and every phase."""

import json
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks import servers
from benchmarks.endless import without_endless
from benchmarks.mutants.results import ROOT

NAME = f"Schemathesis {version('schemathesis')}, default checks, every phase, one valid token"
MOST_S = 300


def find_failures(url: str, token: str, seed: int, folder: Path) -> frozenset[tuple[str, str]]:
    """Return what fails: the kind of failure by its own code, and the operation."""
    report = folder / "report.json"
    command = [str(servers.find_script("st")), "run", str(ROOT / "openapi.yaml"), "--url", url, "--seed", str(seed)]
    command += ["--header", f"Authorization: Bearer {token}", "--report-json-path", str(report)]
    command += without_endless(ROOT / "openapi.yaml")
    # In a folder of its own: what it remembers of one server is nothing to the next.
    subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=MOST_S)
    found = json.loads(report.read_text(encoding="utf-8"))["failures"]
    return frozenset((it["code"], operation) for it in found for operation in it["operations"])

"""Dredd: one request for each declared response, made of the examples."""

import re
from pathlib import Path

from benchmarks.mutants.others import node
from benchmarks.mutants.results import ROOT

NAME = f"Dredd {node.find_version('dredd')}, no hooks, one valid token"
SCRIPT = node.MODULES / "dredd" / "bin" / "dredd"
_PROBLEM = re.compile(r"^(?:statusCode|headers|body|uri|method): .*$", re.MULTILINE)


def find_failures(url: str, token: str, _seed: int, folder: Path) -> frozenset[tuple[str, str]]:
    """Return what fails, by the name of the request and what is said of its answer; it makes nothing up."""
    report = folder / "report.xml"
    command = ["node", str(SCRIPT), str(ROOT / "openapi.yaml"), url, "--header", f"Authorization: Bearer {token}"]
    node.run([*command, "--reporter", "xunit", "--output", str(report), "--loglevel", "error"], folder)
    return frozenset(
        (name, problem)
        for name, text in node.list_failed(report)
        for problem in _PROBLEM.findall(text.split("Request:")[0])
    )

"""Specmatic: the contract as a test, of what it makes up by the schemas."""

import re
from pathlib import Path

from benchmarks.mutants.others import node
from benchmarks.mutants.results import ROOT

NAME = f"Specmatic {node.find_version('specmatic')}, no examples, one valid token"
JAR = node.MODULES / "specmatic" / "specmatic.jar"
_PROBLEM = re.compile(r"^ *(>> .*|R\d+: .*|.*\bstatus \d{3}\b.*)$", re.MULTILINE)


def find_failures(url: str, token: str, _seed: int, folder: Path) -> frozenset[tuple[str, str]]:
    """Return what fails, by scenario, place and kind; its values, which it makes up anew each time, are left out."""
    command = ["java", "-jar", str(JAR), "test", str(ROOT / "openapi.yaml"), "--testBaseURL", url]
    # It looks for a credential under the name of the security scheme.
    node.run([*command, "--junitReportDir", str(folder)], folder, bearer=token)
    (report,) = folder.glob("*.xml")
    return frozenset(
        (name, problem.strip()) for name, text in node.list_failed(report) for problem in _PROBLEM.findall(text)
    )

"""The audit of the pins: what is vulnerable fails, what cannot be asked is said and does not."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.sources import ROOT

SAFE = {"name": "click", "version": "8.1.0", "vulns": []}
UNKNOWN = {"name": "rich", "skip_reason": "Dependency not found on PyPI and could not be audited: rich (14.0)"}
VULNERABLE = {"name": "jinja2", "version": "3.0", "vulns": [{"id": "CVE-2000-0001", "fix_versions": ["3.1"]}]}


def audited(folder: Path, said: str, complaint: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
    """What `tools/audit` makes of an auditor that says this."""
    auditor = f"import sys; sys.stdout.write({said!r}); sys.stderr.write({complaint!r}); sys.exit({code})"
    (folder / "pip_audit.py").write_text(auditor, encoding="utf-8")
    return subprocess.run(
        [sys.executable, ROOT / "tools/audit", "requirements.lock"],
        env={**os.environ, "PYTHONPATH": str(folder)},
        text=True,
        capture_output=True,
        check=False,
    )


def pins(*found: object) -> str:
    return json.dumps({"dependencies": found, "fixes": []})


def test_a_vulnerable_pin_fails_and_is_named_with_its_remedy(tmp_path: Path) -> None:
    done = audited(tmp_path, pins(SAFE, VULNERABLE, UNKNOWN), code=1)
    assert done.returncode == 1
    assert "jinja2 3.0: CVE-2000-0001, mended in 3.1" in done.stdout
    assert "does not know rich" in done.stdout
    assert "2 of 3 pins" in done.stdout


def test_pins_without_an_advisory_pass(tmp_path: Path) -> None:
    done = audited(tmp_path, pins(SAFE))
    assert (done.returncode, "1 of 1 pins" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("said", "complaint", "code"),
    [
        (pins(UNKNOWN, UNKNOWN), "", 0),
        ("", "requests.exceptions.ConnectionError: Max retries exceeded", 1),
        ("", "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed", 1),
        ("", "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url", 1),
    ],
)
def test_a_database_out_of_reach_is_a_skip_that_says_so(tmp_path: Path, said: str, complaint: str, code: int) -> None:
    done = audited(tmp_path, said, complaint, code)
    assert (done.returncode, done.stdout) == (
        0,
        "audit: skipped: no advisory database can be reached (pypi, osv)\n",
    )


def test_an_auditor_that_breaks_is_no_skip(tmp_path: Path) -> None:
    done = audited(tmp_path, "", "error: unrecognized arguments", code=2)
    assert done.returncode == 1
    assert "unrecognized arguments" in done.stderr


def test_ci_asks_for_it() -> None:
    assert re.search(r"^make .*\baudit\b", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)

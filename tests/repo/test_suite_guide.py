"""The guide to the suite tells the truth: its sessions print what it shows, and every other command of it works."""

import os
import re
from pathlib import Path

import pytest
import yaml

import conformance.resources  # noqa: F401  # registers what `[known]` may name
from conformance.budget import BUDGETS
from conformance.contract.file import load
from conformance.declared.compiler import read_described
from conformance.results.verdict import Verdict
from tests.examples.second import serving, sessions
from tests.repo import running
from tests.repo.console import PATH, lay_out, replayed
from tests.repo.sources import ROOT

PAGE = ROOT / "docs" / "suite.md"
GUIDE = PAGE.read_text(encoding="utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
JOBS = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)]
PROSE = re.sub(r"^```.*?^```", "", GUIDE, flags=re.MULTILINE | re.DOTALL)
INLINE = [line for line in re.findall(r"`(evershell-conformance [^`]+)`", PROSE) if line.count(" ") > 1]
LINES = [line for block in SHELL for line in block.splitlines() if not line.startswith("python -m examples.")]
MOST_LINES = 300


def test_the_sessions_print_what_the_guide_shows() -> None:
    written, printed = replayed(PAGE)
    assert written
    assert printed == written


def run(line: str, folder: Path, **environment: str) -> None:
    """Type a line, which must succeed."""
    typed = ["bash", "-euo", "pipefail", "-c", line]
    running.run(typed, folder, {**os.environ, "PATH": PATH, "XDG_STATE_HOME": str(folder), **environment})


@pytest.mark.parametrize("line", [*LINES, *INLINE])
def test_each_other_command_succeeds(line: str, tmp_path: Path) -> None:
    run(line, tmp_path)


def test_the_job_passes_on_a_server_that_conforms(tmp_path: Path) -> None:
    """By two clauses: tests/examples has that server judged by all."""
    (job,) = JOBS
    script = job["conformance"]["script"]
    with serving() as origin:
        lay_out(tmp_path, origin, GUIDE)
        (tmp_path / "examples/second_server/profile.toml").rename(tmp_path / "staging.toml")
        for line in script:
            narrow = line.replace(" run ", " run --budget quick --clause session --clause archiving ")
            run(narrow.replace("--require-coverage 80", "--require-coverage 5"), tmp_path, **sessions())
    kept = [tmp_path / name for name in re.findall(r"--report \w+=(\S+)", " ".join(script))]
    assert all(path.stat().st_size for path in kept)


def test_the_profile_that_it_shows_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shown,) = re.findall(r"^```toml\n(\[target\]\n.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    path = tmp_path / "staging.toml"
    path.write_text(shown.replace("./sign-in globex", "echo sk_fake"), encoding="utf-8")
    monkeypatch.setenv("ACME_OWNER_TOKEN", "sk_fake")
    profile = read_described(path)
    assert [caller.name for caller in profile.callers] == ["acme-owner", "globex-owner"]


def first_column(heading: str) -> list[str]:
    """What the first column of the tables below a heading names, several in a cell included."""
    section = GUIDE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)
    return [name.strip(" `") for cell in cells for name in cell.split(", ")]


def test_its_tables_are_complete() -> None:
    assert first_column("Ask for less") == ["budget", *BUDGETS]
    verdicts = first_column("What a verdict means")
    assert verdicts[1 : len(Verdict) + 1] == [str(verdict) for verdict in Verdict]


def test_the_rules_that_it_names_are_there() -> None:
    named = set(re.findall(r"\b[A-Z]+(?:-[A-Z]+){1,}\b", GUIDE)) - {"HTTP-PROXY"}
    assert named & load().rules.keys()
    assert {name for name in named if name not in load().rules} == set()


def test_every_block_is_one_that_a_test_runs_or_reads() -> None:
    kinds = re.findall(r"^```(\w*)$", GUIDE, re.MULTILINE)
    assert set(kinds) - {""} == {"console", "sh", "yaml", "toml"}


def test_it_is_one_page() -> None:
    assert GUIDE.count("\n") <= MOST_LINES

"""The first recipe, played as its page says in a folder outside the clone: from the wheel and the served client."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import chromium
from tests.live import served_mock
from tests.repo.running import run
from tests.repo.sources import ROOT, pins
from tests.repo.test_wheel import built

PAGE = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## From an empty folder\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
SERVING, MAKING = (text for language, text in BLOCKS if language == "sh")
FILES = dict(
    zip(("vite.config.ts", "src/App.tsx"), (text for language, text in BLOCKS if language != "sh"), strict=True)
)
IN_USE, UNPAID = re.findall(r"`(\d{3} \w+: [^`]+)`", SECTION)
[OVERDUE] = re.findall(r"`(\S+/evershell-mock billing [^`]+)`", SECTION)

LONGEST = 60_000
"""How long a machine that is busy with other tests may let a page wait, in milliseconds."""

pytestmark = [pytest.mark.long, pytest.mark.needs_node_alone, pytest.mark.needs_browser, pytest.mark.timeout(900)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A shell that knows Python and Node.js, and nothing of this project."""
    tools, constraints = tmp_path / "tools", tmp_path / "constraints.txt"
    tools.mkdir()
    (tools / "python3").symlink_to(getattr(sys, "_base_executable", sys.executable))
    for name in ("node", "npm"):
        (tools / name).symlink_to(str(shutil.which(name)))
    constraints.write_text("\n".join(pins()), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL"))}
    return kept | {
        "PATH": os.pathsep.join((str(tools), "/usr/local/bin", "/usr/bin", "/bin")),
        "PIP_CONSTRAINT": str(constraints),
        "PIP_NO_COMPILE": "1",
        "npm_config_prefer_offline": "true",
        "npm_config_audit": "false",
        "NO_COLOR": "1",
    }


@contextmanager
def developed(project: Path, environment: dict[str, str]) -> Iterator[str]:
    """The link that signs in, as `npm run dev` prints it; on a free port."""
    command = [project / "node_modules/.bin/vite", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as vite:
        try:
            said = ""
            for line in vite.stdout or ():
                said += line
                if found := re.search(r"Sign in: +(\S+)", line):
                    yield found[1]
                    return
            pytest.fail(f"Vite ended before it served: {said}")
        finally:
            vite.terminate()


def turn_off_in_vain(page: Page, pack: str, refusal: str) -> None:
    """Press the switch of a pack that is shared; it has to stay on, and the screen to say why."""
    switch = page.get_by_role("checkbox", name=f"Share {pack} with the community")
    expect(switch).to_be_checked(timeout=LONGEST)
    switch.click()
    expect(page.get_by_role("alert")).to_have_text(refusal, timeout=LONGEST)
    expect(switch).to_be_checked()


def test_from_an_empty_folder_to_a_screen_that_shows_a_refusal(tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    built(ROOT, folder)
    *installing, serving = SERVING.splitlines()
    assert serving.split()[1:] == ["serve"]
    run(["bash", "-euc", "\n".join(installing)], folder, environment)
    with served_mock(program=folder / serving.split()[0]) as origin:
        run(["bash", "-euc", MAKING.replace("http://127.0.0.1:4010", origin)], folder, environment)
        project = folder / "first-screen"
        for name, text in FILES.items():
            assert (project / name).is_file(), "the page says that it is replaced"
            (project / name).write_text(text, encoding="utf-8")
        run(["npm", "run", "build"], project, environment)  # which checks the types first
        environment["EVERSHELL_MOCK_URL"] = origin
        with developed(project, environment) as link, chromium() as browser:
            page = browser.new_page()
            page.set_default_timeout(LONGEST)
            page.goto(link)
            page.get_by_role("checkbox", name="Share Pager with the community").click()
            turn_off_in_vain(page, "Release Notes", IN_USE)
            run(["bash", "-euc", OVERDUE], project, environment)
            turn_off_in_vain(page, "Pager", UNPAID)

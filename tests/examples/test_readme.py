"""The README of the second server tells the truth: its commands work in the shell that it names."""

import re
import subprocess
from pathlib import Path

from tests.examples.second import IN_PROFILE, PROFILE, ROOT
from tests.repo.make_shell import COMMAND, OUTSIDE, in_make_shell

PAGE = (PROFILE.parent / "README.md").read_text(encoding="utf-8")
[BLOCK] = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SERVE, *OTHERS = [line.partition("#")[0].strip() for line in BLOCK.splitlines()]


def test_its_commands_work_in_the_shell_that_make_opens(tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    with subprocess.Popen(
        COMMAND, cwd=ROOT, env=OUTSIDE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as shell:
        assert shell.stdin is not None
        assert shell.stdout is not None
        shell.stdin.write(f"echo $$; exec {SERVE} --port 0\n")
        shell.stdin.flush()
        try:
            said = [shell.stdout.readline() for _ in range(3)]
            [origin] = re.findall(r"http://127\.0\.0\.1:\d+", said[-1])
            profile.write_text(PROFILE.read_text(encoding="utf-8").replace(IN_PROFILE, origin), encoding="utf-8")
            named = PROFILE.relative_to(ROOT).as_posix()
            assert named in OTHERS[-1]
            block = "\n".join(OTHERS).replace(named, str(profile))
            done = in_make_shell(f"{block} --budget quick", XDG_STATE_HOME=str(tmp_path))
        finally:
            subprocess.run(["kill", said[1].strip()], check=True)
    assert done.returncode == 0, done.stdout


def test_no_command_of_ours_is_found_outside_that_shell() -> None:
    for command in ("evershell-mock", "evershell-conformance"):
        found = subprocess.run(["bash", "-c", f"command -v {command}"], env=OUTSIDE, capture_output=True, check=False)
        assert found.returncode != 0


def test_it_names_that_shell_before_its_first_command() -> None:
    assert "`make shell`" in PAGE.partition("```sh")[0]

"""Shell sessions in a Markdown file: fenced ```console blocks, a `$ command` and then what it prints.

`python -m tests.repo.console README.md` runs them against a mock of its own and writes down what they print.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.live import served_mock

WRITTEN_PORT = "4010"
"""The port that the sessions are written with: the mock's own default."""

PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
"""Where our commands are found."""

_BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
_VOLATILE = (
    (re.compile(r'("request_id": ?")[0-9a-f]{8}"'), r'\1REQUEST"'),
    (re.compile(r"(?i)^(x-request-id: )[0-9a-f]{8}$", re.MULTILINE), r"\1REQUEST"),
    (re.compile(r'("updated_at": ?")[^"]+"'), r'\1TIME"'),
    (re.compile(r"(?i)^(date: ).+$", re.MULTILINE), r"\1TIME"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z"), "TIME"),  # a clock that stands has no fractions
)


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and what it prints on both streams."""

    command: str
    output: str

    def normalised(self) -> "Step":
        """The same with what changes from run to run, and is no promise, left out."""
        output = self.output
        for pattern, replacement in _VOLATILE:
            output = pattern.sub(replacement, output)
        return replace(self, output=output)


def steps(markdown: str) -> list[Step]:
    """Every step of every session, in order."""
    return [step for block in _BLOCK.findall(markdown) for step in _steps(block)]


def _steps(block: str) -> Iterator[Step]:
    if block and not block.startswith("$ "):
        raise ValueError(f"a console block begins with a command, `$ ...`, not with {block.splitlines()[0]!r}")
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            line, _, output = output.partition("\n")
            command += "\n" + line.removeprefix("> ")
        yield Step(command, output)


def played(written: list[Step], port: str) -> list[Step]:
    """The same commands, run one after the other in one shell, against a mock on this port."""
    with TemporaryDirectory() as folder:
        return _played(written, port, folder)


def _played(written: list[Step], port: str, folder: str) -> list[Step]:
    shell = subprocess.Popen(
        ["bash"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=os.environ | {"PATH": PATH, "EVERSHELL_MOCK_URL": f"http://127.0.0.1:{port}"},
    )
    script = "".join(f"{step.command}\nprintf '\\0'\n" for step in written)
    printed, _ = shell.communicate(script.replace(f":{WRITTEN_PORT}", f":{port}"), timeout=110)
    outputs = printed.replace(f":{port}", f":{WRITTEN_PORT}").split("\0")
    return [replace(step, output=_ended(output)) for step, output in zip(written, outputs, strict=False)]


def _ended(output: str) -> str:
    """A last line without its end, as curl prints one, stands as a line of its own in a document."""
    return output if output.endswith("\n") or not output else output + "\n"


def rewritten(markdown: str, port: str) -> str:
    """The document with what its sessions print now; a step that prints the same, ids aside, stays as it is."""
    now = iter(
        written if written.normalised() == new.normalised() else new
        for written, new in zip(steps(markdown), played(steps(markdown), port), strict=True)
    )

    def block(match: re.Match[str]) -> str:
        return "".join(
            "$ " + step.command.replace("\\\n", "\\\n> ") + "\n" + step.output
            for _, step in zip(_steps(match[1]), now, strict=False)
        )

    return _BLOCK.sub(block, markdown)


if __name__ == "__main__":
    document = Path(sys.argv[1])
    with served_mock() as url:
        document.write_text(rewritten(document.read_text(encoding="utf-8"), url.rpartition(":")[2]), encoding="utf-8")

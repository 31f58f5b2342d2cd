"""Shell sessions in a Markdown file: fenced ```console blocks, a `$ command` and then what it prints.

`python -m tests.repo.console README.md` runs them against a mock of its own and writes down what they print.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.examples import seedable
from tests.examples.second import IN_PROFILE, PROFILE, serving, sessions
from tests.live import served_mock
from tests.ports import own_ports
from tests.repo.sources import ROOT
from tests.repositories import repository

CONTRACT = "contract-changes.md"
"""The sessions of the page on changes of the contract are in a repository of it, and need no server."""
SUITE = "suite.md"
"""The sessions of the guide to the suite are with a second server, which it says how to start; others with a mock."""

SEEDABLE = "seedable.md"
"""The sessions of the page on seedable servers are with several of one example, which it says how to start."""

PART_REAL = "part-real.md"
"""The sessions of the page on backends are with a mock that passes operations on to a second server."""

ANY = "any-contract.md"
"""The sessions of the page on other contracts are with a mock of one, which it says how to start."""

PROXY = "4040"
"""The port on which documents start the proxy."""

PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
"""Where our commands are found."""

_BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
_VOLATILE = (
    (re.compile(r'("request_id": ?")[0-9a-f]{8}"'), r'\1REQUEST"'),
    (re.compile(r"(?i)^(x-request-id: )[0-9a-f]{8}$", re.MULTILINE), r"\1REQUEST"),
    (re.compile(r'("updated_at": ?")[^"]+"'), r'\1TIME"'),
    (re.compile(r"(?i)^(date: ).+$", re.MULTILINE), r"\1TIME"),
    (re.compile(r"\bpack-[0-9a-f]{8}-[0-9a-f-]{27}\b"), "pack-ID"),
    (re.compile(r"(?<=\()\d+\.\d+\.\d+(?=\))|(?<= step after )\d+\.\d+\.\d+"), "VERSION"),  # of the contract
    (re.compile(r"(?<=\.yaml:)\d+\b"), "LINE"),  # which moves with whatever stands above
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


def _free_port() -> str:
    [port] = own_ports(1)
    return str(port)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader works: a folder, and a server on a port, which the document gives as another one."""

    folder: Path
    port: str
    written: str
    free: str = field(default_factory=_free_port)
    """A port of this machine, in the place of the one on which a document starts the proxy."""
    others: Mapping[str, str] = field(default_factory=dict)
    """By port as the document gives it, those of more servers."""

    @property
    def _ports(self) -> Mapping[str, str]:
        return {PROXY: self.free, self.written: self.port, **self.others}

    def to_here(self, script: str) -> str:
        script = script.replace(f"--port {PROXY}", f"--port {self.free}")
        return _with_ports(script, self._ports)

    def to_document(self, printed: str) -> str:
        return _with_ports(printed, {here: written for written, here in self._ports.items()})


def _with_ports(text: str, ports: Mapping[str, str]) -> str:
    """Return the text with other ports in the place of these, all at once: one may be free that another has."""
    return re.sub(r"(?<=:)\d+", lambda match: ports.get(match[0], match[0]), text)


def played(written: list[Step], place: Place) -> list[Step]:
    """The same commands, run one after the other in one shell."""
    script = "".join(f"{step.command}\nprintf '\\0'\n" for step in written)
    done = subprocess.run(
        ["bash"],
        input=place.to_here(script),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=place.folder,
        env=os.environ | {"PATH": PATH, "EVERSHELL_MOCK_URL": f"http://127.0.0.1:{place.port}"},
        timeout=580,
        check=False,
    )
    outputs = place.to_document(done.stdout).split("\0")
    return [replace(step, output=_ended(output)) for step, output in zip(written, outputs, strict=False)]


def replayed(document: Path) -> tuple[list[Step], list[Step]]:
    """What the sessions of a document show, and what they print now, each without what differs every time."""
    written = steps(document.read_text(encoding="utf-8"))
    with served(document) as place:
        printed = played(written, place)
    return [each.normalised() for each in written], [each.normalised() for each in printed]


@contextmanager
def served(document: Path) -> Iterator[Place]:
    """A server as the document has it, and what its reader has at hand."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        if document.name == CONTRACT:
            lay_out_contract(folder, document.read_text(encoding="utf-8"))
            yield Place(folder, "0", "0")
            return
        if document.name == SEEDABLE:
            with _seedable(folder, document.read_text(encoding="utf-8")) as place:
                yield place
            return
        if document.name == PART_REAL:
            with _part_real(folder, document.read_text(encoding="utf-8")) as place:
                yield place
            return
        if document.name == ANY:
            with _any_contract(folder, document.read_text(encoding="utf-8")) as place:
                yield place
            return
        if document.name != SUITE:
            _lay_out_recordings(folder)
            with served_mock() as origin:
                yield Place(folder, _port(origin), "4010")
            return
        text = document.read_text(encoding="utf-8")
        started = re.search(r"^python -m examples\.second_server(.*)$", text, re.MULTILINE)
        assert started is not None
        with serving(*started[1].split()) as origin:
            lay_out(folder, origin, text)
            yield Place(folder, _port(origin), _port(IN_PROFILE))


@contextmanager
def _seedable(folder: Path, markdown: str) -> Iterator[Place]:
    """The servers that the page starts, each on a port of its own, and their folder."""
    shutil.copytree(seedable.FOLDER, folder / seedable.FOLDER.relative_to(ROOT))
    started = re.findall(r"^python examples/seedable/server\.py(?: --port (\d+))?(.*)$", markdown, re.MULTILINE)
    usual = _port(seedable.IN_PROFILE)
    with ExitStack() as running:
        ports = {
            port or usual: _port(running.enter_context(seedable.serving("python", *shlex.split(options))))
            for port, options in started
        }
        profile = folder / seedable.PROFILE.relative_to(ROOT)
        profile.write_text(_with_ports(profile.read_text(encoding="utf-8"), ports), encoding="utf-8")
        yield Place(folder, ports[usual], usual, others=ports)


@contextmanager
def _part_real(folder: Path, markdown: str) -> Iterator[Place]:
    """A mock with the options that the page gives it, its profile, and the backend that it passes operations on to."""
    profile = folder / "staging.toml"
    [shown] = re.findall(r"^```toml\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)
    profile.write_text(shown, encoding="utf-8")
    [options] = re.findall(r"^evershell-mock serve (.*)$", markdown, re.MULTILINE)
    with serving() as backend, patch.dict(os.environ, sessions()):
        given = _with_ports(options.replace(profile.name, str(profile)), {_port(IN_PROFILE): _port(backend)})
        with served_mock(*shlex.split(given), "--pass-in-ci") as origin:
            yield Place(folder, _port(origin), "4010", others={_port(IN_PROFILE): _port(backend)})


@contextmanager
def _any_contract(folder: Path, markdown: str) -> Iterator[Place]:
    """The contracts of other APIs, and a mock of the first one that the page serves."""
    shutil.copytree(ROOT / "examples" / "contracts", folder / "examples" / "contracts")
    options = shlex.split(re.findall(r"^evershell-mock serve (.*)$", markdown, re.MULTILINE)[0])
    given = [str(ROOT / each) if each.endswith(".yaml") else each for each in options]
    [module] = re.findall(r"^```python\n# my_ops\.py\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)
    (folder / "my_ops.py").write_text(module, encoding="utf-8")
    with served_mock(*given) as origin:
        yield Place(folder, _port(origin), "4010")


def _port(origin: str) -> str:
    return origin.rpartition(":")[2]


def lay_out_contract(folder: Path, markdown: str) -> None:
    """A repository with the contract as it is, and the waivers that the page shows."""
    repository(folder, {"openapi.yaml": (ROOT / "openapi.yaml").read_text(encoding="utf-8")})
    _write_waivers(folder, markdown)
    _lay_out_recordings(folder)


def _lay_out_recordings(folder: Path) -> None:
    shutil.copytree(ROOT / "examples" / "recordings", folder / "examples" / "recordings")


def lay_out(folder: Path, origin: str, markdown: str) -> None:
    """What the guide's reader has at hand: the second server with its profile, and the files that the guide shows."""
    shutil.copytree(ROOT / "examples" / "second_server", folder / "examples" / "second_server")
    shutil.copy(ROOT / "examples" / "__init__.py", folder / "examples")
    profile = folder / PROFILE.relative_to(ROOT)
    profile.write_text(PROFILE.read_text(encoding="utf-8").replace(IN_PROFILE, origin), encoding="utf-8")
    _write_waivers(folder, markdown)


def _write_waivers(folder: Path, markdown: str) -> None:
    for shown in re.findall(r"^```toml\n(\[\[waiver\]\]\n.*?)^```$", markdown, re.MULTILINE | re.DOTALL):
        (folder / "waivers.toml").write_text(shown, encoding="utf-8")


def _ended(output: str) -> str:
    """A last line without its end, as curl prints one, stands as a line of its own in a document."""
    return output if output.endswith("\n") or not output else output + "\n"


def rewritten(markdown: str, place: Place) -> str:
    """The document with what its sessions print now; a step that prints the same, ids aside, stays as it is."""
    now = iter(
        written if written.normalised() == new.normalised() else new
        for written, new in zip(steps(markdown), played(steps(markdown), place), strict=True)
    )

    def block(match: re.Match[str]) -> str:
        return "".join(
            "$ " + step.command.replace("\\\n", "\\\n> ") + "\n" + step.output
            for _, step in zip(_steps(match[1]), now, strict=False)
        )

    return _BLOCK.sub(block, markdown)


if __name__ == "__main__":
    named = Path(sys.argv[1])
    with served(named) as where:
        named.write_text(rewritten(named.read_text(encoding="utf-8"), where), encoding="utf-8")

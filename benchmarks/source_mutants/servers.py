"""The servers whose source is mutated: how each is started, and which of its source is not on the way of its API."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.servers import ServerError, start

ROOT = Path(__file__).parents[2]
_WORLD = re.compile(r"^world_url\b.*\n", re.MULTILINE)
_WORLD_STATES = re.compile(r"(^states_url = \".*?)/_?worlds/\{world\}", re.MULTILINE)
_EXPORT = re.compile(r"^export (\w+)=(\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Server:
    """A server, all of it data."""

    name: str
    package: str
    """The dotted name of its package, a folder below the root."""
    serve: tuple[str, ...]
    """The arguments of Python that serve it on a free port, and print its URL."""
    printed_tokens: tuple[str, ...]
    """The arguments of Python that print the credentials of its profile as exports; none where there are none."""
    address: str
    """The origin that its profile has."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Modules, and functions as `module.py:function`, whose mutants are not drawn, each with its reason."""
    profile: str = "profile.toml"
    """The file of its profile, in its package."""
    root: Path = ROOT
    """The folder in which its package is found."""

    @property
    def folder(self) -> Path:
        """The folder of its package."""
        return self.root.joinpath(*self.package.split("."))

    @property
    def modules(self) -> list[Path]:
        """The modules that are mutated."""
        found = (it.relative_to(self.folder) for it in sorted(self.folder.rglob("*.py")))
        return [it for it in found if it.as_posix() not in self.left_out and it.name != "__init__.py"]

    def is_left_out(self, module: str, scope: str) -> bool:
        """Return whether the function, or what it is in, is left out."""
        parts = scope.split(".")
        return any(f"{module}:{'.'.join(parts[:many])}" in self.left_out for many in range(1, len(parts) + 1))

    @contextmanager
    def serve_copy(self, module: str = "", source: str = "", *, worlds: bool = True) -> Iterator[str]:
        """Serve a copy of it, with this source in the place of a module, and give the path of a profile for it.

        ServerError where it does not start.
        """
        with TemporaryDirectory() as name:
            folder = Path(name)
            self._copy(folder)
            if module:
                folder.joinpath(*self.package.split("."), module).write_text(source, encoding="utf-8")
            where = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
            self._export_tokens(folder, where)
            with start([sys.executable, *self.serve], where, subprocess.DEVNULL, folder) as server:
                profile = folder / "profile.toml"
                profile.write_text(self._write_profile(server.url, worlds=worlds), encoding="utf-8")
                yield str(profile)

    def _export_tokens(self, folder: Path, where: Mapping[str, str]) -> None:
        """Put the credentials of its profile into our environment; ServerError where it prints none."""
        if not self.printed_tokens:
            return
        command = [sys.executable, *self.printed_tokens]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=os.environ | where)
        if done.returncode:
            raise ServerError(f"{' '.join(self.printed_tokens)} ended with {done.returncode}")
        os.environ.update(_EXPORT.findall(done.stdout))

    def _copy(self, folder: Path) -> None:
        """Copy the package, and what is needed of those that it is in."""
        at = folder
        for name in self.package.split(".")[:-1]:
            at = at / name
            at.mkdir()
            (at / "__init__.py").touch()
        shutil.copytree(self.folder, at / self.folder.name, ignore=shutil.ignore_patterns("__pycache__"))

    def _write_profile(self, origin: str, *, worlds: bool) -> str:
        written = (self.folder / self.profile).read_text(encoding="utf-8").replace(self.address, origin)
        return written if worlds else _WORLD_STATES.sub(r"\1", _WORLD.sub("", written))


_OF_A_COMMAND = "the command line: how the server is started is not judged"
_OF_THE_SEED = "what the server begins with, which nobody promises"
_NOT_READ = "what is not sent is left out of all that is kept, so that no default is read"
_OF_STATES = "provider states: what a test asks for beside the API"

SERVERS = {
    "second": Server(
        name="second",
        package="examples.second_server",
        serve=("-m", "examples.second_server", "--port", "0"),
        printed_tokens=("-m", "examples.second_server", "--tokens"),
        address="http://127.0.0.1:4020",
        left_out={
            "__main__.py": _OF_A_COMMAND,
            "cli.py": _OF_A_COMMAND,
            "limits.py": "the limits, which a server may have higher",
            "data.py": _OF_THE_SEED,
            "defects.py": "mistakes that --defect plants, none of which is planted",
            "variants.py": "names of what the contract leaves free",
            "asked.py": _OF_STATES,
            "callers.py": _OF_STATES,
            "states.py": _OF_STATES,
            "workspace_states.py": _OF_STATES,
            **dict.fromkeys([f"tasks.py:{it}" for it in ("add", "remove", "bring", "_move", "named")], _OF_STATES),
            **dict.fromkeys([f"files.py:{it}" for it in ("put", "lose", "find_again", "_named")], _OF_STATES),
            **dict.fromkeys([f"members.py:{it}" for it in ("join", "accept", "leave")], _OF_STATES),
            "sessions.py:issue": "sessions are issued by the command line and by provider states alone",
        },
    ),
    "third": Server(
        name="third",
        package="examples.third_server",
        serve=(
            *("-m", "examples.third_server", "--port", "0", "--control"),
            *("--seed-file", "examples/third_server/seed.yaml"),
        ),
        printed_tokens=(),
        address="http://127.0.0.1:4040",
        left_out={
            "__main__.py": _OF_A_COMMAND,
            "seed.py": _OF_THE_SEED,
            **dict.fromkeys(("control.py", "states.py", "state_params.py", "workspace_states.py"), _OF_STATES),
            **{f"schemas.py:{each}{of}": _NOT_READ for each in ("Create", "Update") for of in ("Provider", "Role")},
        },
        profile="control.toml",
    ),
}
"""The servers by their names."""

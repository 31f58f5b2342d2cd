"""Reads the repository as text and as syntax trees, for the tests of its own promises."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("mock_server", "conformance")


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file: its dotted name, its text, its tree."""

    name: str
    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything imported, inside functions too, and by import_module("...")."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
                named = node.args[0] if node.args else None
                if isinstance(named, ast.Constant) and isinstance(named.value, str):
                    yield node.lineno, named.value

    def strings(self) -> Iterator[tuple[int, str]]:
        """Line and value of every string constant but the docstrings."""
        prose = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                yield node.lineno, node.value


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def modules(package: str) -> tuple[Module, ...]:
    """Every module of the package, its tests not among them."""
    found = []
    own = (each for each in tracked() if each.suffix == ".py" and each.is_relative_to(ROOT / package))
    for path in sorted(own):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        text = path.read_text(encoding="utf-8")
        found.append(Module(name, path, text))
    return tuple(found)


@cache
def tracked() -> tuple[Path, ...]:
    """What the repository holds, and what is new in it: everything that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def pins() -> list[str]:
    """Every package of the lock with its version, as pip and uv take them as constraints."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return re.findall(r"^[A-Za-z0-9_.-]+==[^\s;]+", lock, re.MULTILINE)


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

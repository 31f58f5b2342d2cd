"""Every dependency is pinned by hash, comes from no named address, and has its reason."""

import json
import re
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.sources import ROOT, project

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINNED = {
    canonicalize_name(name): version for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", LOCK, re.MULTILINE)
}
PROJECT = project()["project"]
EXTRAS = [line for extra in PROJECT["optional-dependencies"].values() for line in extra]
RUNTIME = [Requirement(line) for line in (*PROJECT["dependencies"], *EXTRAS) if not line.startswith(PROJECT["name"])]
DEV = [line for line in (ROOT / "requirements-dev.in").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
WORKSPACES = json.loads((ROOT / "package.json").read_bytes())["workspaces"]
NODE = ("tools", "examples/tools", *WORKSPACES)
TOOLS: dict[str, dict[str, Any]] = {name: json.loads((ROOT / name / "package.json").read_bytes()) for name in NODE}
VERSIONS = {
    f"{name}: {tool}": version
    for name in NODE
    for kind in ("dependencies", "devDependencies")
    for tool, version in TOOLS[name].get(kind, {}).items()
}


def test_the_lock_pins_each_within_its_range() -> None:
    asked = [*RUNTIME, *(Requirement(line.split("#")[0]) for line in DEV)]
    assert [str(it) for it in asked if not it.specifier.contains(PINNED[canonicalize_name(it.name)])] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-mock.lock"])
def test_every_pin_has_hashes_and_nothing_else_stands_in_the_lock(lock: str) -> None:
    entries = re.sub(r"^ *#.*\n", "", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    entry = r"[A-Za-z0-9_.-]+==[^\s;]+(?: ; [^\\\n]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    assert re.sub(entry, "", entries).strip() == ""


def test_the_lock_of_the_mock_alone_is_a_part_of_the_other() -> None:
    """The same releases and hashes, and all that the mock asks for; nothing that the extra alone asks for."""
    entry = re.compile(r"^[A-Za-z0-9_.-]+==[^\\]+\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.MULTILINE)
    entries = entry.findall((ROOT / "requirements-mock.lock").read_text(encoding="utf-8"))
    assert set(entries) <= set(entry.findall(LOCK))
    pinned = {canonicalize_name(each.partition("==")[0]) for each in entries}
    assert {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]} <= pinned
    assert pinned.isdisjoint({"pytest", "hypothesis", "schemathesis"})


@pytest.mark.parametrize("name", ["tools", "examples/tools", "."])
def test_the_lock_of_the_node_tools_has_hashes_and_no_addresses(name: str) -> None:
    """Our own packages, which are links into this repository, have neither."""
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / name / "package-lock.json").read_bytes())["packages"]
    links = [package["resolved"] for package in packages.values() if package.get("link")]
    others = {name: package for name, package in packages.items() if name not in {"", *links} and "link" not in package}
    assert set(links) == (set(WORKSPACES) if name == "." else set())
    assert [name for name, package in others.items() if "resolved" in package] == []
    # What a package brings in its own archive is under the hash of that.
    fetched = {name: package for name, package in others.items() if not package.get("inBundle")}
    assert [name for name, package in fetched.items() if not package.get("integrity", "").startswith("sha512-")] == []


def test_a_node_tool_has_one_exact_version() -> None:
    assert {tool: it for tool, it in VERSIONS.items() if not re.fullmatch(r"\d+\.\d+\.\d+(-[a-z]+\.\d+)?", it)} == {}


def test_a_tool_says_beside_its_name_what_it_is_for() -> None:
    assert [line for line in DEV if not re.fullmatch(r"\S+ +# \w.+", line)] == []


@pytest.mark.parametrize("name", NODE)
def test_each_node_tool_has_its_reason_beside_it(name: str) -> None:
    for kind in ("dependencies", "devDependencies"):
        others = TOOLS[name].get(kind, {}).keys() - {"@evershell/client"}
        assert TOOLS[name].get(f"//{kind}", {}).keys() == others


def test_each_dependency_has_its_reason_in_the_architecture_and_no_other_has() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = text.partition("\n## What the libraries do\n")[2].partition("\n## ")[0]
    table = section.partition("\n| package | what it does, and why it |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([A-Za-z0-9_.-]+) \| \S+ \S+.* \|$", table, re.MULTILINE)
    assert len(rows) == len(table.splitlines())
    assert sorted(rows) == sorted(requirement.name for requirement in RUNTIME)

"""What others bring is pinned where we name it, and the bill of materials says what the lock pins."""

import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.sources import ROOT, project, tracked
from tools.supply.pins import OURS, read_pins, select_pins

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
MOCK_LOCK = (ROOT / "requirements-mock.lock").read_text(encoding="utf-8")
PINS = {pin.name: pin for pin in read_pins(LOCK)}
VERSION = project()["project"]["version"]
NOWHERE = "http://127.0.0.1:9"  # the port of discard, where nothing listens
OWN_ACTION = "acme/evershell-contract"  # the reader's copy of this repository, in the documents


@pytest.fixture(scope="module")
def materials(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The bill of materials, as `make sbom` writes it."""
    out = tmp_path_factory.mktemp("build") / "sbom.json"
    command = [sys.executable, "-m", "tools.supply.sbom", out]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    text = out.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document: dict[str, Any] = json.loads(text)
    return document


def test_the_bill_of_materials_has_what_the_lock_pins_and_nothing_else(materials: dict[str, Any]) -> None:
    assert (materials["bomFormat"], materials["specVersion"]) == ("CycloneDX", "1.6")
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", LOCK, re.MULTILINE)
    assert [(each["name"], each["version"]) for each in materials["components"]] == pinned
    hashes = [each["content"] for component in materials["components"] for each in component["hashes"]]
    assert hashes == re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK)


def test_each_of_its_packages_has_an_address_and_a_licence(materials: dict[str, Any]) -> None:
    for each in materials["components"]:
        assert each["purl"] == f"pkg:pypi/{each['name']}@{each['version']}"
        assert each["licenses"], each["name"]


def test_it_tells_what_the_wheel_needs_from_what_only_work_on_it_does(materials: dict[str, Any]) -> None:
    scopes = {each["name"]: each["scope"] for each in materials["components"]}
    required = {name for name, scope in scopes.items() if scope == "required"}
    assert {pin.name for pin in read_pins(MOCK_LOCK)} | {"schemathesis", "requests", "urllib3"} <= required
    assert {name: scopes[name] for name in ("mypy", "ruff", "hatchling", "locust", "pip-audit")} == dict.fromkeys(
        ("mypy", "ruff", "hatchling", "locust", "pip-audit"), "excluded"
    )


@pytest.mark.parametrize("roots", [(OURS,), (OURS, "hatchling"), ("pytest",)], ids=",".join)
def test_what_some_need_of_a_lock_is_all_that_they_need(roots: tuple[str, ...]) -> None:
    """By what the installed packages themselves ask for."""
    chosen = {pin.name for pin in select_pins(list(PINS.values()), roots)}
    asked = {
        canonicalize_name(needed.name)
        for name in chosen
        for needed in map(Requirement, metadata.requires(name) or ())
        if needed.marker is None or needed.marker.evaluate({"extra": ""})
    }
    assert asked <= chosen
    assert chosen < set(PINS)


def test_a_name_that_the_lock_does_not_have_is_refused() -> None:
    command = [sys.executable, ROOT / "tools/supply/pins.py", ROOT / "requirements.lock", "hatchlink"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no hatchlink" in done.stderr


def test_what_is_selected_has_every_hash_of_the_lock() -> None:
    command = [sys.executable, "-S", ROOT / "tools/supply/pins.py", ROOT / "requirements.lock", "hatchling"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    selected = read_pins(done.stdout)
    assert {"hatchling", "pathspec", "trove-classifiers"} <= {pin.name for pin in selected}
    assert [pin.hashes for pin in selected] == [PINS[pin.name].hashes for pin in selected]
    assert all(pin.hashes for pin in selected)


def _lines(*suffixes: str) -> list[tuple[Path, str]]:
    files = [path for path in tracked() if path.suffix in suffixes or path.name in ("Containerfile", "Jenkinsfile")]
    return [(path.relative_to(ROOT), line) for path in files for line in path.read_text("utf-8").splitlines()]


def test_each_action_of_others_is_named_by_its_commit_with_its_version_beside_it() -> None:
    named = [(path, line) for path, line in _lines(".yml", ".yaml", ".md") if re.search(r"\buses: +[\w.-]+/", line)]
    others = [(path, line) for path, line in named if OWN_ACTION not in line]
    assert others
    assert [
        (path, line) for path, line in others if not re.search(r"uses: +[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)
    ] == []
    commits: dict[str, set[str]] = {}
    for _, line in others:
        owner, name = re.findall(r"uses: +([\w.-]+)/([\w.-]+)", line)[0]
        commits.setdefault(f"{owner}/{name}", set()).add(line.partition("@")[2])
    assert {name for name, found in commits.items() if len(found) > 1} == set()


def test_each_base_image_of_the_containerfile_is_named_by_its_digest() -> None:
    named = [line for path, line in _lines() if path.name == "Containerfile" and line.startswith("FROM ")]
    assert len(named) == 2
    assert all(re.search(r"@sha256:[0-9a-f]{64}( AS \w+)?$", line) for line in named)
    assert len({line.split()[1] for line in named}) == 1


def test_a_release_is_built_without_node_or_a_network_and_its_sums_hold(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    environment = {"PATH": str(tools), "PIP_NO_INDEX": "1", "http_proxy": NOWHERE, "https_proxy": NOWHERE}
    command = [sys.executable, "-m", "tools.supply.dist", tmp_path / "dist"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=environment)
    files = {path.name: path.read_bytes() for path in (tmp_path / "dist").iterdir()}
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    [_, _, kept, materials] = sorted(files)
    assert (kept, materials) == ("licences.txt", "sbom.json")
    named = [line.split(" ")[0] for line in files[kept].decode().splitlines()]
    assert named == [each["name"] for each in json.loads(files[materials])["components"] if each["scope"] == "required"]
    assert b"not stated" not in files[kept]
    with tarfile.open(fileobj=io.BytesIO(files[f"evershell_contract-{VERSION}.tar.gz"])) as source:
        inside = {member.name.split("/", 1)[1] for member in source.getmembers()}
    assert {"pyproject.toml", "README.md", "openapi.yaml"} <= inside
    with zipfile.ZipFile(io.BytesIO(files[f"evershell_contract-{VERSION}-py3-none-any.whl"])) as wheel:
        assert "evershell_contract/openapi.yaml" in wheel.namelist()


IMAGES = {
    "examples/ci/Jenkinsfile": r"image '(.+)'",
    "examples/ci/gitlab.yml": r"image: (.+)",
    "templates/conformance.yml": r"default: (python:.+)",
    "deploy/compose.yaml": r"image: (.+)",
}


def test_each_image_of_pipelines_and_of_several_nodes_is_named_by_its_digest() -> None:
    named = {path: re.findall(pattern, (ROOT / path).read_text("utf-8")) for path, pattern in IMAGES.items()}
    assert [len(found) for found in named.values()] == [1] * len(IMAGES)
    assert all(re.fullmatch(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}", found) for (found,) in named.values())
    assert len({found for path, (found,) in named.items() if path != "deploy/compose.yaml"}) == 1

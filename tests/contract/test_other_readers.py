"""openapi.yaml as others read it: linters find nothing in it, generators make clients without a warning."""

import copy
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.openapi import DOCUMENT

TIMEOUT = 400


def run(root: Path, *command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    # The venv's own programs first: openapi-python-client calls ruff by name.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        list(map(str, command)),
        cwd=root,
        env={**os.environ, "PATH": path, **env},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT,
        check=False,
    )


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return copy.deepcopy(dict(DOCUMENT))


@pytest.fixture(scope="module")
def operation_ids(document: dict[str, Any]) -> set[str]:
    return {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
    }


def linted(root: Path, contract: Path) -> subprocess.CompletedProcess[str]:
    return run(root, root / "tools/lint-contract", contract, EVERSHELL_REQUIRE_TOOLS="1")


@pytest.mark.needs_node
def test_redocly_and_spectral_find_nothing(root: Path) -> None:
    result = linted(root, root / "openapi.yaml")
    assert result.returncode == 0, result.stdout


def spoil_an_example(document: dict[str, Any]) -> None:
    media = document["paths"]["/packs/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    media["examples"]["own_pack"]["value"] = {"id": 7}


def leave_a_tag_undeclared(document: dict[str, Any]) -> None:
    document["tags"] = []


def close_the_envelope_further(document: dict[str, Any]) -> None:
    media = document["components"]["responses"]["PermissionDenied"]["content"]["application/json"]
    media["examples"]["scope_missing"]["value"]["error"]["hint"] = "a key that the envelope does not have"


@pytest.mark.needs_node
@pytest.mark.parametrize("spoil", [spoil_an_example, leave_a_tag_undeclared, close_the_envelope_further])
def test_the_linters_still_bite(root: Path, document: dict[str, Any], tmp_path: Path, spoil: Any) -> None:
    spoiled = copy.deepcopy(document)
    spoil(spoiled)
    contract = tmp_path / "openapi.yaml"
    contract.write_text(yaml.dump(spoiled, Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
    assert linted(root, contract).returncode != 0


def test_the_contract_linter_says_what_it_skips(root: Path, tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    script = tmp_path / "tools/lint-contract"
    script.write_bytes((root / "tools/lint-contract").read_bytes())
    script.chmod(0o755)
    skipped = run(tmp_path, script, root / "openapi.yaml", EVERSHELL_REQUIRE_TOOLS="0")
    assert skipped.returncode == 0
    assert "skipped Redocly and Spectral" in skipped.stdout
    assert run(tmp_path, script, root / "openapi.yaml", EVERSHELL_REQUIRE_TOOLS="1").returncode == 1


def test_openapi_python_client_generates_a_module_for_each_operation(
    root: Path, operation_ids: set[str], tmp_path: Path
) -> None:
    package = tmp_path / "evershell_client"
    settings = root / "tools/openapi-python-client.yaml"
    generated = run(
        root,
        *("openapi-python-client", "generate", "--fail-on-warning", "--meta", "none"),
        *("--path", "openapi.yaml", "--config", settings, "--output-path", package),
    )
    assert generated.returncode == 0, generated.stdout
    assert "WARNING" not in generated.stdout
    modules = {path.stem for path in package.glob("api/*/*.py") if path.stem != "__init__"}
    assert modules == {name.replace(".", "_") for name in operation_ids}
    imported = run(tmp_path, sys.executable, "-c", f"import {', '.join(sorted(imports(package)))}")
    assert imported.returncode == 0, imported.stdout


def imports(package: Path) -> set[str]:
    """The dotted name of every module of the generated package that speaks for an operation."""
    return {f"{package.name}.api.{path.parent.name}.{path.stem}" for path in package.glob("api/*/*.py")}

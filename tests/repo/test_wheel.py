"""The wheel alone is enough: both packages, the contract, everything they read, and nothing else."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.repo.sources import PACKAGES, ROOT, project, tracked

SHARED = {f"evershell_contract/{name}": name for name in ("openapi.yaml", "vocabulary.schema.json")}
SCRIPTS: dict[str, str] = project()["project"]["scripts"]


def built(source: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    done = subprocess.run(
        command,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return zipfile.ZipFile(built(ROOT, tmp_path_factory.mktemp("wheel")))


@pytest.fixture(scope="module")
def unpacked(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    wheel.extractall(folder)
    return folder


def test_it_holds_the_files_of_both_packages_and_no_others(wheel: zipfile.ZipFile) -> None:
    ours = {path.relative_to(ROOT).as_posix() for path in tracked() if path.relative_to(ROOT).parts[0] in PACKAGES}
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == ours | SHARED.keys()


def test_it_is_the_same_byte_for_byte_wherever_and_whenever_it_is_built(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """From a copy in another folder, of another time, that others may read and write too."""
    copy = tmp_path / "copy"
    for path in tracked():
        other = copy / path.relative_to(ROOT)
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(path.read_bytes())
        other.chmod(path.stat().st_mode | 0o666)
        os.utime(other, (1_000_000_000, 1_000_000_000))
    again = built(copy, tmp_path)
    assert wheel.filename is not None
    assert (again.name, again.read_bytes()) == (Path(wheel.filename).name, Path(wheel.filename).read_bytes())


@pytest.mark.parametrize("held", SHARED)
def test_it_holds_what_both_packages_read(wheel: zipfile.ZipFile, held: str) -> None:
    assert wheel.read(held) == (ROOT / SHARED[held]).read_bytes()


@pytest.mark.parametrize("package", PACKAGES)
def test_the_packages_say_that_they_are_typed(wheel: zipfile.ZipFile, package: str) -> None:
    assert f"{package}/py.typed" in wheel.namelist()


def from_the_wheel(unpacked: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code that finds the packages in the unpacked wheel before it finds them here."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=unpacked,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_the_mock_starts_with_nothing_but_the_wheel(unpacked: Path) -> None:
    code = "from mock_server import Settings, create_app; create_app(Settings()); print(Settings().contract)"
    done = from_the_wheel(unpacked, code)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == unpacked / "evershell_contract/openapi.yaml"


@pytest.mark.parametrize("script", SCRIPTS.items(), ids=SCRIPTS)
def test_the_commands_run_with_nothing_but_the_wheel(unpacked: Path, script: tuple[str, str]) -> None:
    name, (module, function) = script[0], script[1].split(":")
    done = from_the_wheel(unpacked, f"from {module} import {function}; {function}(['--help'], prog_name={name!r})")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: {name} ")


def test_the_suite_finds_its_contract_in_the_wheel(unpacked: Path) -> None:
    done = from_the_wheel(unpacked, "from conformance.cli import main; main(['rules'])")
    assert done.returncode == 0, done.stderr
    assert "ENVELOPE-EVERY-ERROR" in done.stdout

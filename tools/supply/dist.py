"""The files of a release in one folder: `python -m tools.supply.dist FOLDER`."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.supply.sbom import LOCK, ROOT, describe_materials, read_version

EPOCH_S = 1_700_000_000
"""The time of every file in the archives, so that the same commit gives the same bytes."""


def build_release(folder: Path) -> None:
    """Write sdist, wheel, bill of materials, licences and SHA-256 sums of these into a folder that is emptied first.

    Raises subprocess.CalledProcessError where the build fails.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(EPOCH_S)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)  # noqa: S603 - our own build
    materials = describe_materials(LOCK.read_text(encoding="utf-8"), read_version())
    (folder / "sbom.json").write_text(json.dumps(materials, indent=2) + "\n", encoding="utf-8")
    required = [each for each in materials["components"] if each["scope"] == "required"]
    lines = [f"{each['name']} {each['version']}: {_licences_in_words(each['licenses'])}\n" for each in required]
    (folder / "licences.txt").write_text("".join(lines), encoding="utf-8")
    sums = [f"{_sum(path)}  {path.name}\n" for path in sorted(folder.iterdir())]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def _licences_in_words(licences: Sequence[dict[str, dict[str, str] | str]]) -> str:
    stated = [each.get("expression") or each["license"] for each in licences]
    return ", ".join(each if isinstance(each, str) else each["name"] for each in stated) or "not stated"


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(out: str) -> int:
    """Build a release, and print what it has."""
    folder = Path(out)
    try:
        build_release(folder)
    except subprocess.CalledProcessError as failed:
        sys.stderr.write(f"dist: {' '.join(failed.cmd[1:])} ended with {failed.returncode}; its output is above\n")
        return 1
    sys.stdout.writelines(f"{path}  {path.stat().st_size:,} bytes\n" for path in sorted(folder.iterdir()))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

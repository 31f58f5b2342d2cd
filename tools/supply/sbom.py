"""The bill of materials, as CycloneDX: `python -m tools.supply.sbom OUT.json`."""

from __future__ import annotations

import json
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from tools.supply.licences import find_expression, find_licences
from tools.supply.pins import OURS, Pin, read_pins, select_pins

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"


def describe_materials(lock: str, version: str) -> dict[str, Any]:
    """Return what the lock pins: `required` is what the wheel and its suite need, `excluded` what only work on it does.

    The same lock gives the same document, which therefore has neither a time nor a serial number.
    """
    pins = read_pins(lock)
    runtime = {pin.name for pin in select_pins(pins, [OURS])}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": OURS,
                "name": OURS,
                "version": version,
                "purl": f"pkg:pypi/{OURS}@{version}",
            }
        },
        "components": [_component(pin, is_required=pin.name in runtime) for pin in pins],
        "dependencies": [
            {"ref": ref, "dependsOn": [_purl(pin) for pin in pins if name in pin.needed_by]}
            for name, ref in [(OURS, OURS), *((pin.name, _purl(pin)) for pin in pins)]
        ],
    }


def _component(pin: Pin, *, is_required: bool) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": _purl(pin),
        "name": pin.name,
        "version": pin.version,
        "scope": "required" if is_required else "excluded",
        "hashes": [{"alg": "SHA-256", "content": content} for content in pin.hashes],
        "licenses": _licences(pin.name),
        "purl": _purl(pin),
    }


def _purl(pin: Pin) -> str:
    return f"pkg:pypi/{pin.name}@{pin.version}"


def _licences(name: str) -> list[dict[str, Any]]:
    """Its SPDX expression where it has one, else each licence that it names; none where it is not installed."""
    try:
        if expression := find_expression(name):
            return [{"expression": expression}]
        return [{"license": {"name": each}} for each in sorted(find_licences(name))]
    except metadata.PackageNotFoundError:
        return []


def read_version() -> str:
    """Return the version of this distribution."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return version


def main(out: str) -> None:
    """Write the bill of materials of this repository's lock."""
    materials = describe_materials(LOCK.read_text(encoding="utf-8"), read_version())
    file = Path(out)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(materials, indent=2) + "\n", encoding="utf-8")
    required = sum(each["scope"] == "required" for each in materials["components"])
    sys.stdout.write(f"{out}: {len(materials['components'])} packages, {required} of them needed by the wheel\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The files that both programs share: beside the packages in a checkout, in a folder beside them when installed."""

from __future__ import annotations

from pathlib import Path


def find_shipped(name: str) -> Path:
    """Return the path of a file that came with the suite, such as openapi.yaml."""
    beside = Path(__file__).resolve().parents[2]
    installed = beside / "evershell_contract" / name
    return installed if installed.is_file() else beside / name

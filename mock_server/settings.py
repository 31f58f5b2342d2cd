"""What a mock is started with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


def own_contract() -> Path:
    """The contract that came with the package: beside it in a checkout, in a folder beside it when installed."""
    beside = Path(__file__).parent.parent
    installed = beside / "evershell_contract" / "openapi.yaml"
    return installed if installed.exists() else beside / "openapi.yaml"


@dataclass(frozen=True, slots=True)
class Settings:
    """The contract to serve, the seed of every id, data laid over the seed data, and the deliberate defects."""

    contract: Path = field(default_factory=own_contract)
    seed: int = 0
    fixtures: tuple[Path, ...] = ()
    deviations: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()  # whose pages are let in beside those of this machine

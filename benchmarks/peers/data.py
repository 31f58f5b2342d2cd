"""The data that every peer serves: the packs that the mock shows to one caller, and that caller's token."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ENVIRONMENT = "EVERSHELL_BENCHMARK_DATA"
"""The variable that names the file of a `Data`, for a peer that is a process of its own."""

Pack = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Data:
    """The packs by id, in the order of the list, and the one token that is let in."""

    token: str
    packs: dict[str, Pack]

    def write(self, path: Path) -> None:
        """Put it where `read` finds it."""
        path.write_text(json.dumps({"token": self.token, "packs": list(self.packs.values())}), encoding="utf-8")

    @classmethod
    def read(cls) -> "Data":
        """Return what the environment names. Raises KeyError where it names nothing."""
        content = json.loads(Path(os.environ[ENVIRONMENT]).read_bytes())
        return cls(content["token"], {pack["id"]: pack for pack in content["packs"]})

    def set_visibility(self, pack_id: str, visibility: str) -> Pack:
        """Return the pack as it stands after a PATCH; one that changes nothing leaves `updated_at`."""
        pack = self.packs[pack_id]
        if pack["visibility"] != visibility:
            moved = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            pack = self.packs[pack_id] = pack | {"visibility": visibility, "updated_at": moved}
        return pack

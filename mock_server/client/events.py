"""A reader of the server-sent events of a journal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any


def events(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return the id and the entry of each event; a gap is an entry {"gap": {"from", "to"}}."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "data" in fields:
            content = json.loads(fields["data"])
            yield int(fields["id"]), {"gap": content} if fields.get("event") == "gap" else content
        fields = {}

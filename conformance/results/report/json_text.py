"""JSON as reports are written: in ASCII, and without what a CI job obeys."""

from __future__ import annotations

import json
from typing import Any

from conformance.results.plain_text import JOB_COMMAND


def as_json(document: Any) -> str:
    """Return the document in ASCII, since a target may send invalid text, with each text behind a quote on its line."""
    return JOB_COMMAND.sub(r"#\\u0023", json.dumps(document, indent=2)) + "\n"

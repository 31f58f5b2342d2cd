"""How answers are written."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from examples.second_server.variants import Variant

IN_ORDER = ("events", "buckets")
"""Lists whose order the contract says."""


class Json(JSONResponse):
    """JSON in ASCII: a key that came with half a surrogate pair can be named in an error, too."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode()


def rewritten(response: Response, variants: frozenset[Variant]) -> Response:
    """The answer as these variants write it."""
    if not isinstance(response, Json) or not variants & {Variant.LISTS_REVERSED, Variant.WHOLE_SECONDS, Variant.TENTHS}:
        return response
    shown = json.loads(bytes(response.body))
    if Variant.LISTS_REVERSED in variants and isinstance(shown, dict):
        shown = {
            name: each[::-1] if isinstance(each, list) and len(shown) == 1 and name not in IN_ORDER else each
            for name, each in shown.items()
        }
    if Variant.WHOLE_SECONDS in variants:
        shown = cut_times(shown, r"\.\d+")
    elif Variant.TENTHS in variants:
        shown = cut_times(shown, r"(?<=\.\d)\d+")
    return Json(shown, response.status_code)


def cut_times(shown: Any, rest: str) -> Any:
    """The value with its times without the rest of their digits, and what lasts from one to the other by these."""
    if isinstance(shown, list):
        return [cut_times(each, rest) for each in shown]
    if not isinstance(shown, dict):
        return shown
    cut = {
        name: re.sub(rest, "", each) if name.endswith("_at") and isinstance(each, str) else cut_times(each, rest)
        for name, each in shown.items()
    }
    if "duration_seconds" in cut:
        begun, ended = (datetime.fromisoformat(cut[name]) for name in ("created_at", "completed_at"))
        cut["duration_seconds"] = (ended - begun).total_seconds()
    return cut

"""YAML, of which a text is parsed once: whoever has several mocks in one process waits for the first."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import lru_cache
from typing import Any


def parsed_once(load: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Keep what a function reads of the latest texts; each call returns a document of its own."""

    @lru_cache(maxsize=32)  # the contract, that of the control API, and the fixtures of some mocks
    def packed(text: bytes) -> bytes:
        return pickle.dumps(load(text))

    return lambda text: pickle.loads(packed(text))  # noqa: S301  # what was packed here

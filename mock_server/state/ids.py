"""Ids that look random, never repeat, and are the same for the same seed and count.

Each is a bijection of the count: an odd factor permutes the numbers below a power of two.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FACTOR_32 = 0x9E3779B1
_FACTOR_60 = 0x9E3779B97F4A7C5


def make_request_id(seed: int, count: int) -> str:
    """Return eight hex digits for the count-th request of a world; distinct for 2**32 requests."""
    return f"{(_find_start(seed) + count * _FACTOR_32) & 0xFFFFFFFF:08x}"


def make_object_id(seed: int, count: int) -> str:
    """Return twelve base-32 digits for the count-th object; distinct for 2**60 objects."""
    number = (_find_start(seed) + count * _FACTOR_60) & ((1 << 60) - 1)
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(55, -1, -5))


@cache
def _find_start(seed: int) -> int:
    return int.from_bytes(sha256(str(seed).encode()).digest()[:8])

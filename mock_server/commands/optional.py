"""Leave packages out of a start that libraries import only where some other package has brought them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Have imports in the block find none of these packages, unless one is imported already.

    None in `sys.modules` is Python's own way to say so (its reference: The module cache).
    """
    absent = {name: None for name in names if name not in sys.modules}
    sys.modules.update(absent)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)

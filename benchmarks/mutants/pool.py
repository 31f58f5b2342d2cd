"""Many defects at once: as many runs side by side as there are cores."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from benchmarks.mutants.catalogue import Planted

R = TypeVar("R")


def judge_each(
    planted: Iterable[Planted], judge: Callable[[Planted], R], workers: int | None
) -> Iterator[tuple[Planted, R]]:
    """Yield each defect with what was found, as it ends; what one raises ends all."""
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        running = {pool.submit(judge, it): it for it in planted}
        try:
            for done in as_completed(running):
                yield running[done], done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise

"""Caches of what follows from a contract, which end with it: the key of a plain cache would keep a contract alive."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

from conformance.contract.contract import Contract

P = ParamSpec("P")
R = TypeVar("R")
MOST_CONTRACTS = 8


def cache_by_contract(
    most: int,
) -> Callable[[Callable[Concatenate[Contract, P], R]], Callable[Concatenate[Contract, P], R]]:
    """Cache a function's latest results, so many for each of the contracts that were used last."""

    def decorate(function: Callable[Concatenate[Contract, P], R]) -> Callable[Concatenate[Contract, P], R]:
        @lru_cache(maxsize=MOST_CONTRACTS)
        def get_cache(contract: Contract) -> Callable[..., R]:
            return lru_cache(maxsize=most)(partial(function, contract))

        @wraps(function)
        def call_cached(contract: Contract, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return get_cache(contract)(*args, **kwargs)

        return call_cached

    return decorate

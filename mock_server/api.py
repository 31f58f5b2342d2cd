"""The API that a mock serves: its contract, what serves its operations, and what its worlds begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_server.contract.compiled import Contract
from mock_server.fixtures import Seed
from mock_server.operation import Handler
from mock_server.state.collection import Collection
from mock_server.worlds.call import Authenticate
from mock_server.worlds.product import Product


def check_nothing(_contract: Contract) -> Iterable[str]:
    """Ask nothing of a compiled contract, and tell nothing of it."""
    return ()


@dataclass(frozen=True, eq=False)
class Api:
    """A contract, its functions by the ids of their operations, and why others have none."""

    document: Mapping[str, Any]
    name: str
    base_path: str
    product: Product
    collections: tuple[Collection[Any], ...]
    handlers: Mapping[str, Handler]
    reasons: Mapping[str, str]
    seed: Seed
    credentials: str
    """The credentials that are taken, as each 401 advises."""
    kept_document: Mapping[str, Any]
    """The contract as the state keeps its objects: the mock may call a field otherwise than the contract does."""
    check: Callable[[Contract], Iterable[str]] = check_nothing
    """Gives what is to be told of the contract as it was compiled; raises ContractError for what is wrong with it."""
    authenticate: Authenticate | None = None
    """Says who the callers are, where they are not those of our API."""
    told: tuple[str, ...] = ()
    """The lines about it that whoever starts the mock is told, where it is not ours."""
    summary: Mapping[str, Any] = field(default_factory=dict)
    """A summary for programs: the resources, and how many operations follow from them."""

"""What our programs make when they start, made once: a fork of a process that has imported this finds it there."""

import gc

from conformance.contract.contract import Contract
from conformance.contract.file import load
from conformance.contract.schemas import get_schemas
from mock_server import Settings, create_app
from mock_server.deviations import list_deviations


def _fit(contract: Contract) -> None:
    """Translate the contract's schemas, of which each run compiles those that it meets."""
    get_schemas(contract).fits({"type": "object"}, {})


_fit(load())
list_deviations()
create_app(Settings())
gc.freeze()  # a fork copies what its collector of garbage looks at

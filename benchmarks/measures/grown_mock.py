"""`evershell-mock` with the functions of a shortened contract, or for the copies of a grown one those of the originals.

A process of its own that is timed from its start, so it imports nothing but the mock.
"""

import sys
from types import FunctionType
from typing import Any

from mock_server import cli
from mock_server.operation import operation
from mock_server.resources import session
from mock_server.resources.catalogue import find_handlers


def make_copied_id(copy: int, operation_id: str) -> str:
    """Return the id of a copied operation."""
    return f"set{copy}.{operation_id}"


def main() -> None:
    """Serve; arguments: the number of sets, the ids of a set's operations, the options of `evershell-mock serve`."""
    copies, ids, *options = sys.argv[1:]
    for operation_id, handler in find_handlers().items():
        if operation_id not in ids.split(","):
            left_out: Any = handler.transition
            del left_out.serves
        for copy in range(2, int(copies) + 1):
            function: Any = handler.transition
            own = FunctionType(function.__code__, function.__globals__, closure=function.__closure__)
            own.__module__ = session.__name__  # one of the modules in which the mock looks for functions
            setattr(
                session,
                f"{operation_id}, {copy}",
                operation(make_copied_id(copy, operation_id), prepare=handler.prepare)(own),
            )
    cli.main(["serve", *options])


if __name__ == "__main__":
    main()

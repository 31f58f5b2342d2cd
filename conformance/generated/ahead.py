"""Requests generated in a process beside the suite's own, while the suite judges what comes before them.

What is generated depends on contract, seed and budget alone, so it is the same in either process; it takes as long
as a fifth of a run, and a second core would have nothing to do meanwhile.
"""

from __future__ import annotations

import gc
import io
import os
import pickle
import signal
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

from schemathesis import APIOperation, Case
from schemathesis.core import NOT_SET, NotSet

from conformance.generated.forking import fork

NICE = 10
Operations = Mapping[str, APIOperation[Any, Any, Any, Any]]
"""By the label that Schemathesis gives them."""


class Ahead:
    """What the other process has generated; it is asked in the order in which it generates."""

    def __init__(self, generate: Callable[[str], object], operation_ids: Iterable[str], operations: Operations) -> None:
        self._operations = operations
        self._left = list(operation_ids)
        self._receiver, sender = fork().Pipe(duplex=False)
        arguments = (generate, tuple(self._left), sender, self._receiver)
        self._process = fork().Process(target=_generate_all, args=arguments, daemon=True)  # type: ignore[attr-defined]
        self._process.start()
        sender.close()

    def take(self, operation_id: str) -> Any:
        """What was generated for an operation, once; None where the other process did not, or no longer can."""
        while operation_id in self._left:
            given = self._left.pop(0)
            try:
                pickled = self._receiver.recv_bytes()
            except (EOFError, OSError):
                self._left.clear()
                return None
            if given == operation_id:
                return _Reader(io.BytesIO(pickled), self._operations).load()
        return None

    def close(self) -> None:
        """End the other process; nothing more can be taken."""
        self._left.clear()
        self._receiver.close()
        self._process.terminate()
        self._process.join()


def _generate_all(
    generate: Callable[[str], object], operation_ids: Iterable[str], sender: Connection, receiver: Connection
) -> None:
    """All that is asked for, in order; it is sent while the next is generated, for a pipe holds little."""
    # Else nobody would notice that the suite is gone.
    receiver.close()
    # The suite ends this process: with a run that is interrupted too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # An embedded mock needs the other core too, and at once.
    os.nice(NICE)
    gc.freeze()
    with ThreadPoolExecutor(max_workers=1) as sending:
        for operation_id in operation_ids:
            pickled = io.BytesIO()
            _Writer(pickled).dump(generate(operation_id))
            sending.submit(sender.send_bytes, pickled.getvalue())


class _Writer(pickle.Pickler):
    """Writes cases, but not the operations that they are of: the reader has its own."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)

    def persistent_id(self, value: object) -> str | None:
        if isinstance(value, APIOperation):
            return value.label
        return "" if isinstance(value, NotSet) else None

    def reducer_override(self, value: object) -> Any:
        if isinstance(value, Case):
            return _case, (type(value), {name: getattr(value, name) for name in Case.__slots__})
        return NotImplemented


class _Reader(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, operations: Operations) -> None:
        super().__init__(file)
        self._operations = operations

    def persistent_load(self, label: str) -> object:
        return self._operations[label] if label else NOT_SET


def _case(kind: type[Case[Any]], values: Mapping[str, Any]) -> Case[Any]:
    """The case with these values: to set them one by one in the usual way counts as a change of a whole case."""
    case = kind.__new__(kind)
    for name, value in values.items():
        object.__setattr__(case, name, value)
    return case

"""The first look at a target that is judged by a plain document: whether it answers as an API at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from conformance.contract.contract import Contract
from conformance.http.exchange import Exchange, Request, build_bare_request
from conformance.profile import Caller
from conformance.target.target import Unusable

MOST_LOOKS = 40
"""The number of operations that are asked before it is said that none answers."""


def look_at_plain(
    contract: Contract,
    callers: Sequence[Caller],
    ask: Callable[[Caller | None, Request], Exchange],
    url: str,
) -> tuple[Exchange, ...]:
    """Return the answers to harmless requests until one is as the document declares it; Unusable where none is."""
    answers: list[Exchange] = []
    reads = (each for each in contract.operations.values() if each.safe and not each.path_parameters)
    for operation in islice(reads, MOST_LOOKS):
        for caller in callers[:1] or (None,):
            answer = ask(caller, build_bare_request(operation))
            if answer.failure is not None:
                raise Unusable(f"{url}: {answer.failure}")
            if answer.status < 500 and answer.status != 404 and "html" not in answer.media_type:
                return (answer,)
            answers.append(answer)
    if not answers:  # every read is of one object, so nothing can be asked before one is made
        return ()
    told = ", ".join(f"{each.method} {each.path} {each.status}" for each in answers[:3])
    raise Unusable(f"{url}: gives no answer of this API ({told}); check that it is the base URL, with its path")

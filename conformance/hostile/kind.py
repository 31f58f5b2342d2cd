"""A row of the table of hostile values: what it makes of a right request, and which answers are right to that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from conformance.contract.contract import Operation
from conformance.http.exchange import Request
from conformance.recipes.requests import JSON
from conformance.session.harness import Harness

Spoil = Callable[[Harness, Operation, Request], Request | None]
"""The function that puts the hostile value into a right request; None where that has no place for it."""


class RightAnswers(Enum):
    """The answers that are right to such a request."""

    FORESEEN = "those that the oracle gives"
    REFUSED = "those, and any other refusal: somebody before the service may refuse it"
    TAKEN = "those, and a success: the contract and its standards leave open what it means"
    EITHER = "those, any refusal and a success"


@dataclass(frozen=True, slots=True)
class HostileValue:
    """One kind of hostile value."""

    name: str
    rule: str
    """The rule that a wrong answer breaks; the finding is as well founded as that rule and what it rests on."""
    suits: Callable[[Operation], bool]
    spoil: Spoil
    right: RightAnswers = RightAnswers.FORESEEN
    is_tried_everywhere: bool = False

    def leaves_open(self, status: int) -> bool:
        """Return whether an answer with this status is right whatever the oracle says."""
        refused = self.right in (RightAnswers.REFUSED, RightAnswers.EITHER) and 400 <= status < 500
        return refused or (self.right in (RightAnswers.TAKEN, RightAnswers.EITHER) and 200 <= status < 300)

    def __str__(self) -> str:
        return self.name


def takes_json(operation: Operation) -> bool:
    """Return whether the operation takes a JSON body."""
    return operation.body is not None and JSON in operation.body.schemas


def has_body(operation: Operation) -> bool:
    """Return whether the operation takes a body."""
    return operation.body is not None

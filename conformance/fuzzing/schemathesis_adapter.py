"""The adapter to Schemathesis 4.32: the names that its documentation does not have are used here alone."""

from __future__ import annotations

from itertools import chain
from typing import Any

from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.failures import Failure, FailureGroup, Severity
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase, coverage_scenario
from schemathesis.transport.serialization import Binary

from conformance.recipes.draw import draw_values

__all__ = [
    "Binary",
    "BrokenRule",
    "FailureGroup",
    "ParameterLocation",
    "Severity",
    "find_scenario",
    "freeze",
    "generate_coverage",
    "generate_examples",
    "generate_fuzzed",
    "group_failures",
    "is_linked",
    "is_valid",
]

Operation = APIOperation[Any, Any, Any, Any]


def generate_examples(operation: Operation, seed: int) -> list[Case[Any]]:
    """Return the cases of the contract's examples."""
    strategies = operation.get_strategies_from_examples()
    return list(chain.from_iterable(draw_values(strategy, 1, seed) for strategy in strategies))


def generate_coverage(operation: Operation) -> list[Case[Any]]:
    """Return the cases at the boundaries of the schemas; the wrong methods of a path come with its first operation."""
    schema = operation.schema
    config = schema.config.generation_for(operation=operation, phase="coverage")
    return list(schema.iter_coverage_cases(operation, generation_modes=list(GenerationMode), generation_config=config))


def generate_fuzzed(operation: Operation, mode: GenerationMode, count: int, seed: int) -> list[Case[Any]]:
    """Return random cases, as many as asked for where the operation has so many."""
    return draw_values(operation.as_strategy(generation_mode=mode), count, seed)


def is_valid(case: Case[Any]) -> bool:
    """Return whether the case was generated so that it fits the schemas of its operation.

    TypeError where that is unknown.
    """
    if case.meta is None:
        raise TypeError(f"Schemathesis gave a case of {case.operation.label} without its metadata")
    return case.meta.generation.mode is GenerationMode.POSITIVE


def freeze(case: Case[Any]) -> None:
    """Keep the metadata as generated: a value that is put into the case would have it validated once more."""
    case.freeze_metadata()


def find_scenario(case: Case[Any]) -> str | None:
    """Return what a case of the coverage phase is about; None in the other phases."""
    scenario = coverage_scenario(case)
    return scenario.value if scenario is not None else None


def is_linked(case: Case[Any]) -> bool:
    """Return whether a case of the stateful phase has its values from an earlier answer."""
    return case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL


class BrokenRule(Failure):
    """A rule of the contract that an answer breaks, as a failure of a check."""

    __slots__ = ("rule",)

    def __init__(self, rule: str, *, operation: str, message: str, severity: Severity) -> None:
        super().__init__(operation=operation, title=rule, message=message, severity=severity)
        self.rule = rule

    @property
    def _unique_key(self) -> str:
        return self.rule


def group_failures(failures: list[BrokenRule]) -> FailureGroup:
    """Return one exception for several failures of one answer."""
    return FailureGroup(failures)

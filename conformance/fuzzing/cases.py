"""The generated requests of an operation, by the phases of Schemathesis: examples, coverage and fuzzing.

Its own runner is not used, because it sends by itself and stops at the first failure.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, zip_longest
from typing import Any, TypeVar

import schemathesis
from schemathesis import Case, GenerationMode

from conformance.budget import Budget
from conformance.contract.contract import Contract
from conformance.fuzzing import schemathesis_adapter as adapter
from conformance.recipes.draw import derive_seed

T = TypeVar("T")
UNDECLARED_METHOD = "unspecified_http_method"
OF_THE_TYPE = ("malformed_content_type", "unsupported_content_type")
"""Scenarios that are about the media type of a body, and not about its data."""
NOT_OF_DATA = (UNDECLARED_METHOD, *OF_THE_TYPE, "missing_parameter")
"""Scenarios of invalid requests that an operation without parameters and body has too."""

CONFIGURATION: dict[str, Any] = {
    # A cache between runs, or a database of examples, would make the same seed send other requests.
    "cache": {"enabled": False},
    "generation": {
        "database": "none",
        # Credentials are real data: the caller's, chosen for each request. A made-up one would be
        # refused before anything else is looked at.
        "with-security-parameters": False,
    },
}


@dataclass(frozen=True, slots=True)
class GeneratedRequest:
    """One generated request, before it has a caller and real objects."""

    operation_id: str
    number: int
    """The place among those of its operation, from 0."""
    phase: str
    case: Case[Any]
    is_valid: bool
    """Whether it was generated to fit the schemas of its operation."""
    scenario: str | None
    """The scenario that a case of the coverage phase is about; None in the other phases."""

    @property
    def is_method_declared(self) -> bool:
        """Return whether the request uses its operation's own method."""
        return self.scenario != UNDECLARED_METHOD


class Generator:
    """The generator of a contract's requests; seed and budget decide which, and in which order."""

    def __init__(self, contract: Contract, seed: int, budget: Budget) -> None:
        self._contract = contract
        self._seed = seed
        self.budget = budget
        self._kept: dict[str, list[GeneratedRequest]] = {}
        self._covered: dict[str, list[Case[Any]]] = {}

    @cached_property
    def schema(self) -> Any:
        """The contract as Schemathesis has it, with the configuration above."""
        config = schemathesis.Config.from_dict(CONFIGURATION)
        return schemathesis.openapi.from_dict(without_unserved(self._contract), config=config)

    def prepare(self) -> None:
        """Generate all operations' requests now, for a process that is going to be forked."""
        self._kept = {operation_id: self._generate(operation_id) for operation_id in self._contract.operations}

    def get_cases(self, operation_id: str) -> list[GeneratedRequest]:
        """Return at least the budget's number of requests, where there are as many different ones."""
        return self._kept.pop(operation_id, None) or self._generate(operation_id)

    def _generate(self, operation_id: str) -> list[GeneratedRequest]:
        operation = self._operations[operation_id]
        examples = adapter.generate_examples(operation, self._seed)
        coverage = self._choose_boundaries(operation_id)
        wanted = max(self.budget.requests - len(examples) - len(coverage), self.budget.fuzzed)
        fuzzed = self._generate_fuzzed(operation, operation_id, wanted)
        phases = (("examples", examples), ("coverage", coverage), ("fuzzing", fuzzed))
        flat = chain.from_iterable(((phase, case) for case in cases) for phase, cases in phases)
        return [as_generated(operation_id, number, phase, case) for number, (phase, case) in enumerate(flat)]

    @cached_property
    def _operations(self) -> dict[str, adapter.Operation]:
        return {
            operation_id: self.schema[operation.path][operation.method]
            for operation_id, operation in self._contract.operations.items()
        }

    def _generate_coverage(self, operation_id: str) -> list[Case[Any]]:
        """Return the coverage cases of a path at once, since its wrong methods come with its first operation only."""
        if operation_id not in self._covered:
            path = self._contract.operations[operation_id].path
            for name, operation in self._contract.operations.items():
                if operation.path == path:
                    self._covered[name] = adapter.generate_coverage(self._operations[name])
        return self._covered[operation_id]

    def _choose_boundaries(self, operation_id: str) -> list[Case[Any]]:
        """Return the coverage cases within the budget: of each scenario one before a second one of any."""
        cases, most = self._generate_coverage(operation_id), self.budget.boundaries
        if most is None or len(cases) <= most:
            return cases
        scenarios: dict[str | None, list[Case[Any]]] = {}
        for case in cases:
            scenarios.setdefault(adapter.find_scenario(case), []).append(case)
        begin = derive_seed(self._seed, operation_id, "coverage")
        turned = (
            _rotate(alike, begin % len(alike)) for alike in _rotate([*scenarios.values()], begin % len(scenarios))
        )
        return [case for case in chain.from_iterable(zip_longest(*turned)) if case is not None][:most]

    def _generate_fuzzed(self, operation: adapter.Operation, operation_id: str, wanted: int) -> list[Case[Any]]:
        """Return valid and invalid cases in turn, as many of each as the operation has."""
        modes = [GenerationMode.POSITIVE]
        if any(_is_value_spoiled(case) for case in self._generate_coverage(operation_id)):
            # Where nothing can be invalid Schemathesis would try hundreds of times to find that out.
            modes.append(GenerationMode.NEGATIVE)
        seeds = {mode: derive_seed(self._seed, operation_id, mode.value) for mode in modes}
        lists = [
            adapter.generate_fuzzed(operation, mode, -(-wanted // len(modes)), seed) for mode, seed in seeds.items()
        ]
        in_turn = chain.from_iterable(zip_longest(*lists))
        return [case for case in in_turn if case is not None][:wanted]


def _rotate(values: list[T], begin: int) -> list[T]:
    return values[begin:] + values[:begin]


@lru_cache(maxsize=1)
def get_generator(contract: Contract, seed: int, budget: Budget) -> Generator:
    """Return the one generator of a process."""
    return Generator(contract, seed, budget)


def without_unserved(contract: Contract) -> dict[str, Any]:
    """Return a copy of the document that declares what the target serves alone, and no link to anything else."""
    document: dict[str, Any] = copy.deepcopy(dict(contract.document))
    for operation in contract.unserved:
        del document["paths"][operation.path][operation.method.lower()]
    declared = document.get("components", {}).get("links", {})
    gone = {each.operation_id for each in contract.unserved}
    dead = {name for name, link in declared.items() if link.get("operationId") in gone}
    for operation in contract.operations.values():
        for response in document["paths"][operation.path][operation.method.lower()]["responses"].values():
            for name, link in [*response.get("links", {}).items()]:
                if link.get("$ref", "").rpartition("/")[2] in dead or link.get("operationId") in gone:
                    del response["links"][name]
    return document


def _is_value_spoiled(case: Case[Any]) -> bool:
    return case.meta is not None and not adapter.is_valid(case) and adapter.find_scenario(case) not in NOT_OF_DATA


def as_generated(operation_id: str, number: int, phase: str, case: Case[Any]) -> GeneratedRequest:
    """Return the case as a request of its operation, valid or not whatever is put into it afterwards."""
    valid, scenario = adapter.is_valid(case), adapter.find_scenario(case)
    adapter.freeze(case)
    return GeneratedRequest(operation_id, number, phase, case, valid, scenario)

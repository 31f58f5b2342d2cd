"""The one place that asks Schemathesis for requests: examples, coverage and fuzzing of an operation.

`get_strategies_from_examples`, `iter_coverage_cases` and `as_strategy` are its public methods for the
three phases; its own runner is not used, because it sends by itself and stops at the first failure.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, zip_longest
from typing import Any

import schemathesis
from schemathesis import APIOperation, Case, GenerationMode

from conformance.budget import Budget
from conformance.contract.contract import Contract, Operation
from conformance.recipes.draw import derived, drawn

NOT_OF_DATA = frozenset(
    {
        "unspecified_http_method",
        "malformed_content_type",
        "unsupported_content_type",
        "missing_parameter",
    }
)
"""What the coverage phase spoils of a request that has no value to spoil."""

CONFIGURATION: dict[str, Any] = {
    # A cache between runs, or a database of examples, would make the same seed send other requests.
    "cache": {"enabled": False},
    "generation": {
        "database": "none",
        # Credentials are real data: the caller's, chosen for each request. A made-up one would be
        # refused before anything else is looked at.
        "with-security-parameters": False,
    },
    "checks": {
        # What a refusal is: any status of the 4xx class. Which one is right depends on caller and
        # state, and is the oracle's to say, under CONTRACT-RIGHT-ANSWER.
        "negative_data_rejection": {"expected-statuses": ["4xx"]},
        # Beside the library's own list: 413 and 415 judge the length and the type, not the data;
        # 423 is the org's billing; a gateway's 502 is the upstream's.
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "401", "403", "404", "409", "413", "415", "423", "502"]
        },
        # It opens a session of its own, which neither the limits nor the request log nor the matrix
        # would see. CONTRACT-CREDENTIAL-ENFORCED sends the same probes through the suite's client.
        "ignored_auth": {"enabled": False},
        # These compare an answer with earlier ones of a linked scenario, which only the stateful
        # phase has; ownership and deletion are rules of their own.
        "object_level_authorization": {"enabled": False},
        "use_after_free": {"enabled": False},
        "ensure_resource_availability": {"enabled": False},
    },
}


@dataclass(frozen=True, slots=True)
class Generated:
    """One generated request, before it has a caller and real objects."""

    operation_id: str
    number: int
    """Its place among those of its operation, from 0."""
    phase: str
    case: Case[Any]
    valid: bool
    """Whether it fits the schemas of its operation."""
    scenario: str | None
    """What the coverage phase is after; None in the other phases."""

    @property
    def method_declared(self) -> bool:
        """Whether the request uses its operation's own method."""
        return self.scenario != "unspecified_http_method"


class Generator:
    """Generates for one contract; the same seed and budget give the same requests in the same order."""

    def __init__(self, contract: Contract, seed: int, budget: Budget) -> None:
        self._contract = contract
        self._seed = seed
        self.budget = budget
        self._kept: dict[str, list[Generated]] = {}

    @cached_property
    def schema(self) -> Any:
        """The contract as Schemathesis has it, with the configuration above."""
        upstream = [_upstream(operation) for operation in self._contract.operations.values()]
        config = schemathesis.Config.from_dict({**CONFIGURATION, "operations": [given for given in upstream if given]})
        return schemathesis.openapi.from_dict(_judgeable(self._contract), config=config)

    def prepare(self) -> None:
        """Generate all operations' requests now, for a process that is going to be copied."""
        self._kept = {operation_id: self._generated(operation_id) for operation_id in self._contract.operations}

    def cases(self, operation_id: str) -> list[Generated]:
        """At least the budget's number of requests, as far as there are as many different ones."""
        return self._kept.pop(operation_id, None) or self._generated(operation_id)

    def _generated(self, operation_id: str) -> list[Generated]:
        operation = self._operations[operation_id]
        examples = self._examples(operation)
        coverage = self._coverage[operation_id]
        wanted = max(self.budget.requests - len(examples) - len(coverage), self.budget.fuzzed)
        fuzzed = self._fuzzed(operation, operation_id, wanted)
        phases = (("examples", examples), ("coverage", coverage), ("fuzzing", fuzzed))
        flat = chain.from_iterable(((phase, case) for case in cases) for phase, cases in phases)
        return [as_generated(operation_id, number, phase, case) for number, (phase, case) in enumerate(flat)]

    @cached_property
    def _operations(self) -> dict[str, APIOperation[Any, Any, Any, Any]]:
        return {
            operation_id: self.schema[operation.path][operation.method]
            for operation_id, operation in self._contract.operations.items()
        }

    def _examples(self, operation: APIOperation[Any, Any, Any, Any]) -> list[Case[Any]]:
        strategies = operation.get_strategies_from_examples()
        return list(chain.from_iterable(drawn(strategy, 1, self._seed) for strategy in strategies))

    @cached_property
    def _coverage(self) -> dict[str, list[Case[Any]]]:
        """Of all operations at once: a path's wrong methods are sent with its first operation only."""
        return {
            operation_id: list(
                self.schema.iter_coverage_cases(
                    operation,
                    generation_modes=list(GenerationMode),
                    generation_config=self.schema.config.generation_for(operation=operation, phase="coverage"),
                )
            )
            for operation_id, operation in self._operations.items()
        }

    def _fuzzed(self, operation: APIOperation[Any, Any, Any, Any], operation_id: str, wanted: int) -> list[Case[Any]]:
        """Valid and invalid ones in turn, as many of each as the operation has."""
        modes = [GenerationMode.POSITIVE]
        if any(_spoils_a_value(case) for case in self._coverage[operation_id]):
            # Where nothing can be invalid the library finds that out by trying hundreds of times.
            modes.append(GenerationMode.NEGATIVE)
        seeds = {mode: derived(self._seed, operation_id, mode.value) for mode in modes}
        lists = [
            drawn(operation.as_strategy(generation_mode=mode), -(-wanted // len(modes)), seed)
            for mode, seed in seeds.items()
        ]
        return [case for case in _in_turn(*lists) if case is not None][:wanted]


@lru_cache(maxsize=1)
def generator(contract: Contract, seed: int, budget: Budget) -> Generator:
    """The one generator of a process: what it has compiled serves every phase."""
    return Generator(contract, seed, budget)


def _upstream(operation: Operation) -> dict[str, Any] | None:
    """An operation's declared 5xx are no errors of the server."""
    declared = [str(status) for status in operation.responses if status >= 500]
    if not declared:
        return None
    expected = ["2xx", "3xx", "4xx", *declared]
    return {
        "include-operation-id": operation.operation_id,
        "checks": {"not_a_server_error": {"expected-statuses": expected}},
    }


def _judgeable(contract: Contract) -> dict[str, Any]:
    """The contract without the schemas of answers that are bytes.

    The library parses an answer by its media type before it judges it: the bytes of a JSON or YAML
    file would be held against `type: string` as an object. Bytes fit any schema of bytes.
    """
    document: dict[str, Any] = copy.deepcopy(dict(contract.document))
    for operation in contract.operations.values():
        declared = document["paths"][operation.path][operation.method.lower()]["responses"]
        for status, spec in operation.responses.items():
            for media_type, schema in spec.schemas.items():
                if schema.get("format") == "binary":
                    del declared[str(status)]["content"][media_type]["schema"]
    return document


def _spoils_a_value(case: Case[Any]) -> bool:
    meta = case.meta
    if meta is None or meta.generation.mode is GenerationMode.POSITIVE:
        return False
    return _scenario(case) not in NOT_OF_DATA


def _scenario(case: Case[Any]) -> str | None:
    scenario = getattr(case.meta.phase.data, "scenario", None) if case.meta else None
    return scenario.value if scenario is not None else None


def _in_turn(*lists: list[Case[Any]]) -> Iterator[Case[Any] | None]:
    return chain.from_iterable(zip_longest(*lists))


def as_generated(operation_id: str, number: int, phase: str, case: Case[Any]) -> Generated:
    """The case as one of its operation's; what it is stays so, whatever is put into it."""
    meta = case.meta
    if meta is None:
        raise TypeError(f"Schemathesis gave a case of {operation_id} without its metadata")
    case.freeze_metadata()
    return Generated(
        operation_id=operation_id,
        number=number,
        phase=phase,
        case=case,
        valid=meta.generation.mode is GenerationMode.POSITIVE,
        scenario=_scenario(case),
    )

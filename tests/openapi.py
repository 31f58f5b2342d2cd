"""What the tests of all programs need to know of the contract's size and shape, so that none counts by itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parents[1] / "openapi.yaml"
DOCUMENT: Mapping[str, Any] = yaml.load(PATH.read_bytes(), Loader=yaml.CSafeLoader)
_METHODS = ("get", "put", "post", "patch", "delete")


@cache
def control_contract() -> Mapping[str, Any]:
    """The contract of the mock's control API."""
    path = PATH.parent / "mock_server/control/control.yaml"
    document: Mapping[str, Any] = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return document


def resolved(node: Any) -> Any:
    """What a reference points to, else the node itself."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


_ACCEPTED = {"tasks.submit", "tasks.submit_to_workspace", "workspaces.fork"}
"""What they make is answered 202."""


@dataclass(frozen=True)
class Operation:
    """One operation."""

    id: str
    method: str
    path: str
    declared: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]

    @property
    def statuses(self) -> frozenset[int]:
        return frozenset(map(int, self.declared["responses"]))

    @property
    def creates(self) -> bool:
        """Whether a success makes an object: at once, later, or by a name in the path that need not be there."""
        unnamed = any(each["in"] == "path" and "x-resource" not in each for each in self.parameters)
        return 201 in self.statuses or self.id in _ACCEPTED or (unnamed and self.method == "put")

    @property
    def refuses_nothing_but_parameters(self) -> bool:
        """Whether a 400 is due to nothing but a query parameter that is not known."""
        return bool(self.declared["responses"].get("400") == {"$ref": "#/components/responses/UnknownParameter"})


def _operations() -> Iterator[Operation]:
    for path, item in DOCUMENT["paths"].items():
        for method in _METHODS:
            if method in item:
                given = (*item.get("parameters", ()), *item[method].get("parameters", ()))
                parameters = tuple(map(resolved, given))
                yield Operation(item[method]["operationId"], method, path, item[method], parameters)


OPERATIONS = {each.id: each for each in _operations()}
OF_PACKS = tuple(f"--operation={each}" for each in OPERATIONS if each.startswith("packs."))
"""Options of a run that judges the operations on packs alone: a test that is not about all of them takes less long."""
RULES: Mapping[str, Any] = DOCUMENT["x-rules"]
WITHOUT_A_BODY = {("sandbox.list_files", 409), ("sandbox.list_files", 502)}
"""Refusals that have no envelope."""
CREATED_AT = frozenset(
    f"/v1{each.path}"
    for each in OPERATIONS.values()
    if each.method == "post" and each.creates and "{" not in each.path.removeprefix("/orgs/{id}")
)
"""The paths at which a POST makes an object, of those that name nothing but an org."""

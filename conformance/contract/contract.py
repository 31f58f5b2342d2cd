"""What the suite needs of openapi.yaml, read once into frozen values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from conformance.errors import SuiteError

JsonObject = Mapping[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_NO_PARAMETERS = frozenset({"accept", "content-type", "authorization"})
BILLING_CLASSES = ("create", "wind-down", "read")


class ContractError(SuiteError):
    """The contract cannot be read or lacks what the suite needs; the message names the place."""


class Provenance(IntEnum):
    """How well founded a promise is; the weakest one that a finding relies on decides how hard it is judged."""

    ASSUMED = 0
    MENTIONED = 1
    OWNED = 2
    """Assumed or mentioned in a contract whose own team is judged by it; no document says so of itself."""
    REFERENCE = 3
    SEED = 4

    @property
    def binding(self) -> bool:
        """Whether a deviation is a violation; otherwise it is an advisory."""
        return self >= Provenance.OWNED

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Permissions:
    """The scopes an operation asks: of every group any one. No group: any signed-in caller."""

    groups: tuple[tuple[str, ...], ...] = ()

    def held_by(self, scopes: frozenset[str]) -> bool:
        return not any(map(scopes.isdisjoint, self.groups))

    def __bool__(self) -> bool:
        return bool(self.groups)


@dataclass(frozen=True, slots=True)
class NamedResource:
    """The resource that a path parameter names, and the code of its 404."""

    name: str
    not_found: str


OWN_ORG = "~own-org~"
"""What stands in a path for the org of whoever sends the request, until it is sent."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter of an operation."""

    name: str
    location: str
    schema: JsonObject
    resource: NamedResource | None = None
    own_org: bool = False
    """Whether it names the org of the caller (`x-org`)."""
    required: bool = False

    @property
    def spans_segments(self) -> bool:
        """A path parameter that takes slashes."""
        return self.schema.get("format") == "path"


@dataclass(frozen=True, slots=True)
class Body:
    """A declared request body."""

    schemas: Mapping[str, JsonObject]  # media type to schema, references resolved at the top
    examples: Mapping[str, tuple[Any, ...]]
    required: bool


@dataclass(frozen=True, slots=True)
class Founded:
    """How well founded a declared response is: that it exists, its number, its codes."""

    response: Provenance
    status: Provenance
    codes: Provenance

    def as_owned(self) -> Founded:
        """The same, no part of it weaker than owned."""
        return Founded(*(max(each, Provenance.OWNED) for each in (self.response, self.status, self.codes)))


@dataclass(frozen=True, slots=True)
class ResponseSpec:
    """A declared response of one status."""

    status: int
    codes: tuple[str, ...]
    provenance: Founded
    schemas: Mapping[str, JsonObject]  # media type to schema
    headers: Mapping[str, JsonObject]


@dataclass(frozen=True, slots=True)
class Cell:
    """One declared answer of one operation; a success has no code."""

    operation_id: str
    status: int
    code: str | None

    @property
    def id(self) -> str:
        """Its name among the cells of its operation."""
        return f"{self.status}-{self.code}"

    def __str__(self) -> str:
        return f"{self.operation_id} {self.status}" + (f" {self.code}" if self.code else "")


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of the contract."""

    operation_id: str
    method: str  # in capitals
    path: str
    tag: str
    permissions: Permissions
    billing: str
    role: str | None
    max_body: int | None
    provenance: Provenance
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[int, ResponseSpec]
    events: tuple[str, ...] = ()
    """The types of the events that a success writes."""
    query_key: str | None = None
    """The query parameter that may hold an API key in the place of a bearer credential."""

    def as_owned(self) -> Operation:
        """The operation with no statement weaker than owned."""
        responses = {
            status: replace(each, provenance=each.provenance.as_owned()) for status, each in self.responses.items()
        }
        return replace(self, provenance=max(self.provenance, Provenance.OWNED), responses=responses)

    @cached_property
    def path_parameters(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if p.location == "path")

    @cached_property
    def header_parameters(self) -> tuple[Parameter, ...]:
        """But those that OpenAPI takes for no parameters."""
        return tuple(p for p in self.parameters if p.location == "header" and p.name.lower() not in _NO_PARAMETERS)

    @cached_property
    def spanning(self) -> tuple[Parameter, ...]:
        """The path parameters that take slashes."""
        return tuple(p for p in self.path_parameters if p.spans_segments)

    def at(self, values: Mapping[str, str]) -> str:
        """Its path as it goes on the wire: each value encoded, the separators of a file's path left bare.

        The place of the caller's org may be left to whoever sends it.
        """
        path = self.path
        for parameter in self.path_parameters:
            safe = "/" if parameter.spans_segments else ""
            value = values.get(parameter.name, OWN_ORG) if parameter.own_org else values[parameter.name]
            path = path.replace("{" + parameter.name + "}", quote(value, safe=safe))
        return path

    @cached_property
    def names_object(self) -> bool:
        """Whether its path names anything beside the caller's org."""
        return any(not parameter.own_org for parameter in self.path_parameters)

    @cached_property
    def resources(self) -> tuple[NamedResource, ...]:
        """What its path names, outermost first."""
        return tuple(p.resource for p in self.path_parameters if p.resource)

    @cached_property
    def success(self) -> ResponseSpec:
        """The declared 2xx; the first where there are several."""
        return self.responses[min(s for s in self.responses if 200 <= s < 300)]

    @property
    def bodyless(self) -> frozenset[int]:
        """The statuses of refusals that are declared without a body."""
        return frozenset(status for status, each in self.responses.items() if status >= 400 and not each.schemas)

    @property
    def safe(self) -> bool:
        return self.method in ("GET", "HEAD", "OPTIONS")

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(
            Cell(self.operation_id, status, code)
            for status, response in sorted(self.responses.items())
            for code in response.codes or (None,)
        )

    def __str__(self) -> str:
        return self.operation_id


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise that a schema cannot express."""

    id: str
    clause: str
    level: str
    provenance: Provenance
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """The whole of it."""

    path: Path
    document: JsonObject
    operations: Mapping[str, Operation]
    rules: Mapping[str, Rule]
    error_codes: tuple[str, ...]
    text: bytes = field(default=b"", repr=False)
    """What it was read from; nothing where it is no file."""
    owned: bool = False
    """Whether the server is of the contract's own team, which every statement of the contract binds."""

    def as_owned(self) -> Contract:
        """The contract as it binds its own team: nothing that it states is weaker than owned."""
        rules = {
            name: replace(rule, provenance=max(rule.provenance, Provenance.OWNED)) for name, rule in self.rules.items()
        }
        operations = {name: operation.as_owned() for name, operation in self.operations.items()}
        return replace(self, rules=rules, operations=operations, owned=True)

    def founded(self, name: str) -> Provenance:
        """The provenance that the document names for one of its statements."""
        return self.bound(Provenance[name.upper()])

    def bound(self, provenance: Provenance) -> Provenance:
        """The provenance at which a statement of the contract is judged."""
        return max(provenance, Provenance.OWNED) if self.owned else provenance

    @property
    def sha256(self) -> str:
        """The SHA-256 of the document in canonical JSON, in hex digits."""
        canonical = json.dumps(self.document, sort_keys=True, default=str).encode()
        return hashlib.sha256(canonical).hexdigest()

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cell for operation in self.operations.values() for cell in operation.cells)

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every scope that some operation asks, sorted."""
        asked = {s for o in self.operations.values() for group in o.permissions.groups for s in group}
        return tuple(sorted(asked))


def resolve(document: JsonObject, node: Any) -> Any:
    """Follow local references from node; ContractError where one leads nowhere or round in a circle."""
    for _ in range(32):
        if not isinstance(node, Mapping) or "$ref" not in node:
            return node
        reference = str(node["$ref"])
        if not reference.startswith("#/"):
            raise ContractError(f"reference {reference}: only references inside the document are understood")
        node = document
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, Mapping) or name not in node:
                raise ContractError(f"reference {reference} leads nowhere")
            node = node[name]
    raise ContractError(f"references lead round in a circle at {node['$ref']}")

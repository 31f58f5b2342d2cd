"""The parts of openapi.yaml that the suite needs, read once into frozen values."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from conformance.contract.resource_types import NO_FEATURES, Features, ResourceShape, ResourceType
from conformance.errors import SuiteError

JsonObject = Mapping[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_NO_PARAMETERS = frozenset({"accept", "content-type", "authorization"})
BILLING_CLASSES = ("create", "wind-down", "read")


class ContractError(SuiteError):
    """The contract cannot be read or lacks what the suite needs; the message names the place."""


class Provenance(IntEnum):
    """The foundation of a promise; the weakest one that a finding relies on decides how hard it is judged."""

    ASSUMED = 0
    MENTIONED = 1
    OWNED = 2
    """Assumed or mentioned in a contract whose own team is judged by it; no document says so of itself."""
    REFERENCE = 3
    SEED = 4

    @property
    def is_binding(self) -> bool:
        """Return whether a deviation is a violation; otherwise it is an advisory."""
        return self >= Provenance.OWNED

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Permissions:
    """The scopes an operation asks: of every group any one. No group: any signed-in caller."""

    groups: tuple[tuple[str, ...], ...] = ()

    def are_held_by(self, scopes: frozenset[str]) -> bool:
        return not any(map(scopes.isdisjoint, self.groups))

    def __bool__(self) -> bool:
        return bool(self.groups)


@dataclass(frozen=True, slots=True)
class NamedResource:
    """The resource that a path parameter names, and the code of its 404."""

    name: str
    not_found: str


OWN_ORG = "~own-org~"
"""The placeholder in a path for the org of whoever sends the request, until it is sent."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter of an operation."""

    name: str
    location: str
    schema: JsonObject
    resource: NamedResource | None = None
    is_own_org: bool = False
    """Whether it names the org of the caller (`x-org`)."""
    is_required: bool = False

    @property
    def spans_segments(self) -> bool:
        """A path parameter that takes slashes."""
        return self.schema.get("format") == "path"


@dataclass(frozen=True, slots=True, eq=False)
class ArchiveSpec:
    """The limits of an archive that is taken (`x-archive`)."""

    max_unpacked: int
    """The bytes that its files may come to."""
    max_entries: int
    """The number of files and folders together that are taken at most."""
    max_file: int
    """The bytes of one file."""
    max_path: int
    """The characters of the path of an entry."""
    files: frozenset[str]
    """The names that a file may have at its top."""
    folders: frozenset[str]
    """The names that a folder may have there."""
    manifest: JsonObject
    """The schema of what the file that says what it is has to say."""


@dataclass(frozen=True, slots=True)
class KindSpec:
    """The keys that a body of one kind has to have and may have beside it (`x-kinds`)."""

    secret: str | None = None
    """The field of its secret; those of the other kinds are refused."""
    needs: tuple[str, ...] = ()
    """The keys that it needs in its config."""
    needs_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The keys that it needs besides, by provider."""
    settings: frozenset[str] = frozenset()
    """The keys that its config may have."""
    provenance: Provenance = Provenance.SEED
    """The provenance of the keys that are needed."""

    def keys(self, provider: object) -> tuple[str, ...]:
        """Return the keys that it needs for this provider."""
        return self.needs + self.needs_of.get(str(provider), ())


@dataclass(frozen=True, slots=True)
class Body:
    """A declared request body."""

    schemas: Mapping[str, JsonObject]  # media type to schema, references resolved at the top
    examples: Mapping[str, tuple[Any, ...]]
    is_required: bool
    takes_archive: bool = False
    """Whether a part of a form is an archive."""
    archive: ArchiveSpec | None = None
    """The limits of that archive."""
    file_names: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """The pattern of the names of files (`x-file-name`), by the part of a form that has several."""


@dataclass(frozen=True, slots=True)
class ResponseProvenance:
    """The provenance of a declared response: that it exists, its number, its codes."""

    response: Provenance
    status: Provenance
    codes: Provenance

    def as_owned(self) -> ResponseProvenance:
        """Return this provenance with no part of it weaker than owned."""
        return ResponseProvenance(*(max(each, Provenance.OWNED) for each in (self.response, self.status, self.codes)))


@dataclass(frozen=True, slots=True)
class ResponseSpec:
    """A declared response of one status."""

    status: int
    """0 where it is of many."""
    codes: tuple[str, ...]
    provenance: ResponseProvenance
    schemas: Mapping[str, JsonObject]  # media type to schema
    headers: Mapping[str, JsonObject]
    is_body_optional: bool = False
    """Whether the body may be left out (`x-body-optional`)."""


OK = 200
UNDECLARED = ResponseSpec(OK, (), ResponseProvenance(Provenance.SEED, Provenance.SEED, Provenance.SEED), {}, {})
"""The success of an operation that declares none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One declared answer of one operation; a success has no code."""

    operation_id: str
    status: int
    code: str | None

    @property
    def id(self) -> str:
        """Return its name among the cells of its operation."""
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
    others: Mapping[str, ResponseSpec] = field(default_factory=dict)
    """The declared responses of many statuses: `default`, and ranges such as `4XX`."""
    is_secured: bool = False
    """Whether `security` asks everybody for a credential."""
    credentials: tuple[str, ...] = ()
    """The security schemes that it names."""

    def find_response(self, status: int) -> ResponseSpec | None:
        """Return the declared response of a status: by its number, else by its range, else the default."""
        named = self.responses.get(status) or self.others.get(f"{status // 100}XX")
        return named or self.others.get("default")

    def as_owned(self) -> Operation:
        """Return the operation with no statement weaker than owned."""
        responses = {
            status: replace(each, provenance=each.provenance.as_owned()) for status, each in self.responses.items()
        }
        return replace(self, provenance=max(self.provenance, Provenance.OWNED), responses=responses)

    @cached_property
    def path_parameters(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self.parameters if p.location == "path")

    @cached_property
    def header_parameters(self) -> tuple[Parameter, ...]:
        """Return the header parameters but those that OpenAPI takes for no parameters."""
        return tuple(p for p in self.parameters if p.location == "header" and p.name.lower() not in _NO_PARAMETERS)

    @cached_property
    def spanning(self) -> tuple[Parameter, ...]:
        """The path parameters that take slashes."""
        return tuple(p for p in self.path_parameters if p.spans_segments)

    def fill_path(self, values: Mapping[str, str]) -> str:
        """Return its path as it goes on the wire: each value encoded, the separators of a file's path left bare.

        The place of the caller's org may be left to whoever sends it.
        """
        path = self.path
        for parameter in self.path_parameters:
            safe = "/" if parameter.spans_segments else ""
            value = values.get(parameter.name, OWN_ORG) if parameter.is_own_org else values[parameter.name]
            path = path.replace("{" + parameter.name + "}", quote(value, safe=safe))
        return path

    @cached_property
    def names_object(self) -> bool:
        """Return whether its path names anything beside the caller's org."""
        return any(not parameter.is_own_org for parameter in self.path_parameters)

    @cached_property
    def resources(self) -> tuple[NamedResource, ...]:
        """Return what its path names, outermost first."""
        return tuple(p.resource for p in self.path_parameters if p.resource)

    @cached_property
    def success(self) -> ResponseSpec:
        """The declared 2xx; the first where there are several, else what stands for all of them."""
        numbered = [status for status in self.responses if 200 <= status < 300]
        return self.responses[min(numbered)] if numbered else self.find_response(OK) or UNDECLARED

    @property
    def declares_success(self) -> bool:
        """Return whether a 2xx is declared, by its number or otherwise."""
        return self.success is not UNDECLARED

    @cached_property
    def bodyless(self) -> frozenset[int]:
        """The statuses of refusals that are declared without a body."""
        return frozenset(status for status, each in self.responses.items() if status >= 400 and not each.schemas)

    @property
    def is_safe(self) -> bool:
        return self.method in ("GET", "HEAD", "OPTIONS")

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(
            Cell(self.operation_id, status, code)
            for status, response in sorted(self.responses.items())
            for code in response.codes or (None,)
        )

    def __str__(self) -> str:
        return self.operation_id


EVERY_OPERATION = ("*",)
"""The patterns of a rule that names no operations."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise that a schema cannot express."""

    id: str
    clause: str
    level: str
    provenance: Provenance
    text: str
    operations: tuple[str, ...] = EVERY_OPERATION
    """The ids of those that it is about, or patterns such as `packs.*`."""
    is_stated: bool = True
    """Whether the contract states it; a convention that it leaves out binds nobody."""


@dataclass(frozen=True, eq=False)
class Contract:
    """The whole of it."""

    path: Path
    document: JsonObject
    operations: Mapping[str, Operation]
    rules: Mapping[str, Rule]
    error_codes: tuple[str, ...]
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The scopes of a person by role (`x-roles`)."""
    permission_sets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The scopes of an API key by permission set (`x-permission-sets`)."""
    kinds: Mapping[str, Mapping[str, KindSpec]] = field(default_factory=dict)
    """The keys that bodies of each kind have, by the schema of kinds and by kind."""
    features: Features = NO_FEATURES
    """The features of the API (`x-features`)."""
    types: Mapping[str, ResourceType] = field(default_factory=dict)
    """The types of objects (`x-resource-types`), by the name of the resource."""
    inapplicable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The missing features for which a rule does not apply, by the id of the rule."""
    waived: Mapping[str, str] = field(default_factory=dict)
    """The reasons, as the contract gives them, for which the API does not keep a rule, by the id of the rule."""
    text: bytes = field(default=b"", repr=False)
    """The text that it was read from; nothing where it is no file."""
    part_of: Contract | None = field(default=None, repr=False)
    """The contract with every declared operation, where the target serves only those that stand here."""
    is_owned: bool = False
    """Whether the server is of the contract's own team, which every statement of the contract binds."""
    remarks: tuple[str, ...] = ()
    """The possible slips in an overlay that was laid over the document."""
    is_plain: bool = False
    """Whether the document has no rules of its own, so that the laws of any API are what it is judged by."""
    shapes: Mapping[str, ResourceShape] = field(default_factory=dict)
    """The form in which requests and answers of a plain document show a resource, by its name."""

    @property
    def whole(self) -> Contract:
        """The contract with every declared operation, served or not."""
        return self.part_of or self

    @property
    def unserved(self) -> tuple[Operation, ...]:
        """The declared operations that the target does not serve."""
        return tuple(each for name, each in self.whole.operations.items() if name not in self.operations)

    def as_owned(self) -> Contract:
        """Return the contract as it binds its own team: nothing that it states is weaker than owned."""
        rules = {
            name: replace(rule, provenance=max(rule.provenance, Provenance.OWNED)) if rule.is_stated else rule
            for name, rule in self.rules.items()
        }
        operations = {name: operation.as_owned() for name, operation in self.operations.items()}
        return replace(self, rules=rules, operations=operations, is_owned=True)

    def find_provenance(self, name: str) -> Provenance:
        """Return the provenance that the document names for one of its statements."""
        return self.bound(Provenance[name.upper()])

    def bound(self, provenance: Provenance) -> Provenance:
        """Return the provenance at which a statement of the contract is judged."""
        return max(provenance, Provenance.OWNED) if self.is_owned else provenance

    @property
    def sha256(self) -> str:
        """The SHA-256 of the document in canonical JSON, in hex digits."""
        canonical = json.dumps(self.document, sort_keys=True, default=str).encode()
        return hashlib.sha256(canonical).hexdigest()

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(cell for operation in self.operations.values() for cell in operation.cells)

    def is_declared_by_range(self, cell: Cell) -> bool:
        """Return whether a status that is declared by no number of its own is in a declared range, or the default."""
        operation = self.operations.get(cell.operation_id)
        return (
            operation is not None
            and cell.status not in operation.responses
            and bool(operation.find_response(cell.status))
        )

    @cached_property
    def archive(self) -> ArchiveSpec:
        """Return what of an archive is taken; ContractError where no operation takes any."""
        found = (each.body.archive for each in self.operations.values() if each.body and each.body.archive)
        if (archive := next(found, None)) is None:
            raise ContractError(f"{self.path}: no part of a form has x-archive, the limits of an archive")
        return archive

    def find_granted_scopes(self, role: object, permission_set: object) -> frozenset[str] | None:
        """Return the scopes of a person of this role, or of a key of this set; None where the contract has neither."""
        return self.roles.get(str(role), self.permission_sets.get(str(permission_set)))

    def list_operations_of(self, rule: Rule) -> tuple[Operation, ...]:
        """Return the operations that a rule is about, in the contract's order."""
        return tuple(each for name, each in self.operations.items() if is_named(name, rule.operations))

    @property
    def session(self) -> Operation | None:
        """The operation that says who the caller is; None where the contract has none, or it is not served."""
        return self.operations.get(self.features.session or "")

    def does_tell_caller(self, operation_id: str | None) -> bool:
        """Return whether the operation of this id says who the caller is."""
        return operation_id is not None and operation_id == self.features.session

    def list_ids_about(self, rule_id: str) -> frozenset[str]:
        """Return the ids of the operations that a rule is about; none where the contract has no such rule."""
        rule = self.rules.get(rule_id)
        return frozenset(each.operation_id for each in self.list_operations_of(rule)) if rule else frozenset()

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every scope that some operation asks, sorted."""
        asked = {s for o in self.operations.values() for group in o.permissions.groups for s in group}
        return tuple(sorted(asked))


def is_named(operation_id: str, patterns: Iterable[str]) -> bool:
    """Return whether an id is one of these, or matches one of them that is a pattern."""
    return any(fnmatchcase(operation_id, pattern) for pattern in patterns)


def describe_lost_reference(document: JsonObject, reference: str) -> str:
    """Return in words that a reference leads nowhere, and from where."""
    places = list(_find_referring_places(document, reference, ""))
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"reference {reference} leads nowhere{f', at {places[0]}{more}' if places else ''}"


def _find_referring_places(node: Any, reference: str, place: str) -> Iterator[str]:
    """Yield the places below a node, as pointers, at which a reference stands."""
    if isinstance(node, Mapping) and node.get("$ref") == reference:
        yield place
    for key, each in node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ():
        yield from _find_referring_places(each, reference, f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}")


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
                raise ContractError(describe_lost_reference(document, reference))
            node = node[name]
    raise ContractError(f"references lead round in a circle at {node['$ref']}")

"""The contract as the gates need it: frozen values, compiled once (see `compiler.py`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeVar

from msgspec import Struct

from mock_server.contract.error_body import ErrorBody
from mock_server.contract.keywords import NO_ARCHIVES, ArchiveLimits, Kinds
from mock_server.contract.router import Router
from mock_server.contract.samples import Sample
from mock_server.contract.schema import Validator

T = TypeVar("T")

BodyKind = Literal["json", "multipart", "bytes"]
Billing = Literal["create", "wind-down", "read"]


class Resource(NamedTuple):
    """The resource that a path parameter names, and the code of the 404 where there is none (`x-resource`)."""

    parameter: str
    not_found: str


class Parameter(Struct, frozen=True):
    """A parameter, or a header of a response: how its text is read and what it must be."""

    name: str
    required: bool
    type: str  # of the schema, or of its items
    many: bool  # an array
    separator: str | None  # what stands between its items; None: the parameter is repeated
    default: Any  # the value of one that is not sent; None: it has none
    tail: bool  # takes slashes
    strict: bool  # `format: path`: a path inside something, no segment empty, "." or ".."
    validator: Validator | None  # None where the text alone is enough


class CredentialPlace(NamedTuple):
    """The place of a credential in a request of another API: a header, a parameter of the query, or a cookie."""

    place: Literal["bearer", "basic", "header", "query", "cookie"]
    name: str
    scheme: str  # the name that the contract has for it


class RequestBody(Struct, frozen=True):
    """A request body of one media type."""

    kind: BodyKind
    validator: Validator
    parts: Mapping[str, str]  # multipart: name → type, "bytes" for a binary part, "files" for any number of such
    file_names: Mapping[str, re.Pattern[str]] = MappingProxyType({})  # of each part of several files, their names
    ignored: frozenset[str] = frozenset()  # the fields that are `readOnly`: the server sets them itself
    kept: frozenset[str] | None = None  # where some are `writeOnly`: the other fields, all that may be kept of it


class Response(Struct, frozen=True):
    """A declared answer: what its body must be, by media type or range, and its headers.

    A validator of None stands for bytes, of which nothing is asked.
    """

    media: Mapping[str, Validator | None]
    headers: Mapping[bytes, Parameter]  # those of which anything is asked, by their names in lower case
    codes: tuple[str, ...] = ()  # of an error, as far as they are listed
    samples: tuple[Sample, ...] = ()
    body_optional: bool = False  # the body may be left out
    form: tuple[str, Any] | None = None  # of another API's: the media type and the schema of its JSON


class Operation(Struct, frozen=True, eq=False):
    """One operation with everything that a gate asks of it."""

    id: str
    method: str
    path: str
    handler: Any  # what the resolver found: only who runs the operation knows its type; None: it has no function
    secured: bool
    scopes: tuple[frozenset[str], ...]  # one of each set must be held
    role: str | None
    billing: Billing
    max_body: int  # bytes; of a form, of its largest part
    framing: int  # bytes that a form may have beside it
    bodies: Mapping[str, RequestBody]  # by media type, the operation's own first; empty: takes none
    body_required: bool
    path_parameters: tuple[Parameter, ...]
    plain_path: bool  # the template's form is all that is asked of a path
    resources: Mapping[str, Resource]  # by the name of the resource
    own_org: str | None  # the path parameter that names the caller's org, if any does
    query_parameters: Mapping[str, Parameter]
    header_parameters: tuple[Parameter, ...]
    responses: Mapping[int, Response]
    query_key: str | None = None  # the query parameter that may hold an API key in the place of a bearer credential
    archive: ArchiveLimits = NO_ARCHIVES  # of the part of a form that is one
    events: tuple[str, ...] = ()  # the types of those that a success writes, in their order
    places: tuple[tuple[CredentialPlace, ...], ...] = ()  # of another API's credentials: all of one of these are asked
    takes_any_query: bool = False  # parameters that it does not declare are passed over
    statuses: frozenset[int] = frozenset()  # those that it declares one by one

    @property
    def body_limit(self) -> int:
        """The most bytes that a whole body may come to."""
        return self.max_body + self.framing


class Contract(Struct, frozen=True, eq=False):
    """A whole contract, mounted at its base path."""

    base_path: str
    operations: Mapping[str, Operation]
    router: Router[Operation]
    error: Validator  # the one shape of every error, for answers that no operation declares
    credentials: str  # which ones are taken and where to get one, as each 401 advises
    archive: ArchiveLimits  # what of an archive is taken, by whichever operation takes one
    kinds: Kinds  # what a body of each kind has to have and may have
    errors: ErrorBody  # how every error is written
    billing_code: str  # of the refusal of what the posture of an org does not let through
    api_path: str | None = None  # the base path of the API, where this contract is of what stands beside it
    foreign_errors: Any = None  # `ErrorBodies`, of a contract of another API; None: every error has the envelope


def list_cells(contract: Contract) -> Iterator[tuple[str, int, str | None]]:
    """Yield each answer that is declared: operation, status, and the code where there are several or it is an error."""
    for operation in contract.operations.values():
        for status, response in operation.responses.items():
            if contract.foreign_errors is not None and status not in operation.statuses:
                continue  # of a default response, which stands for any status
            for code in response.codes or (None,):
                yield operation.id, status, code


def find_by_media_type(media: Mapping[str, T], media_type: str) -> T:
    """Return the entry of a media type: its own, its class's (`text/*`), or the one for any; KeyError where none is."""
    if media_type in media:
        return media[media_type]
    of_class = f"{media_type.partition('/')[0]}/*"
    return media[of_class] if of_class in media else media["*/*"]

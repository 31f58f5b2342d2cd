"""A change of the contract, and the table of what each kind does to clients, and to servers that were right before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import IntEnum

Pointer = tuple[str | int, ...]
"""The keys on the way from the root of a document."""
Pointers = tuple[Pointer | None, Pointer | None]
"""The place of something in the old document, and in the new one; None where it is in one alone."""
OperationCounts = tuple[tuple[str, int], ...]
"""The number of times that something was met, by operation, the most first."""


class Grade(IntEnum):
    """The effect of a change on those who were right by the contract before it."""

    NO = 0  # it breaks nobody
    MAY = 1  # it may break somebody, or nothing decides whether it does
    BREAKS = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """A row of the table of changes."""

    id: str
    clients: Grade
    servers: Grade
    meaning: str


@dataclass(frozen=True, slots=True)
class RecordedExample:
    """One recorded exchange, without secrets, and with the length of a text in its place."""

    place: str
    """The file, and the number of its entry."""
    caller: str
    request: str
    """Method and target."""
    status: int
    body: str
    """The body of the request that is refused now, or of the answer that is ruled out."""
    broken: str
    """The reason for which the new contract refuses it."""


@dataclass(frozen=True, slots=True)
class MetExchanges:
    """The exchanges of a recording that a change meets."""

    refused: OperationCounts = ()
    """Requests that were served, and that the new contract refuses."""
    forbidden: OperationCounts = ()
    """Answers that the new contract rules out."""
    example: RecordedExample | None = None
    """The first request of them, or the first answer where no request is refused."""

    @property
    def requests(self) -> int:
        return sum(count for _, count in self.refused)

    @property
    def answers(self) -> int:
        return sum(count for _, count in self.forbidden)

    def __bool__(self) -> bool:
        return bool(self.refused or self.forbidden)


NOTHING_MET = MetExchanges()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one part of the contract, with the operations that it is about."""

    kind: str
    """The id of its row in the table."""
    where: str
    """The part that was changed: a field of a component, a parameter, a status, a rule."""
    text: str
    clients: Grade
    servers: Grade
    operations: tuple[str, ...] = ()
    """The ids of operations, of the new contract where it still has them; none for what holds for all."""
    lost: str = ""
    """The values that were taken or given before and are no more."""
    gained: str = ""
    """The values that are taken or given now and were not."""
    shown: str = ""
    """The text that is shown instead of the one by which waivers know it; empty where that is shown itself."""
    digest: str = ""
    """A digest of both sides, where the text, what was lost or what was gained is cut."""
    pointers: Pointers = field(default=(None, None), compare=False)
    former: tuple[Change, ...] = field(default=(), compare=False)
    """The form in which it was told while its place or row was another; older waivers may be of these."""
    waived: str = ""
    """The reason of its waiver, and the last day."""
    met: MetExchanges = NOTHING_MET
    """The recorded exchanges that it meets, where recordings were given."""

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that name the change in a waiver; they differ by operation and by value."""
        told = [
            self.kind,
            self.where,
            self.text,
            self.lost,
            self.gained,
            *filter(None, [self.digest]),
            *self.operations,
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]

    @property
    def told(self) -> str:
        """Return what has changed, in words."""
        return self.shown or self.text

    @property
    def grades(self) -> tuple[Grade, Grade]:
        """Return what it does to clients, and to servers."""
        return self.clients, self.servers


def sort_worst_first(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the changes by what they break, and by how often a recording meets them."""
    return tuple(sorted(changes, key=_rank))


def _rank(change: Change) -> tuple[int, int, int, int, str, str, str]:
    met = change.met
    return -change.clients, -change.servers, -met.requests, -met.answers, change.kind, change.where, change.text


_TABLE = """
    # Operations
    operation-removed            breaks breaks  an operation is removed
    operation-added              no     breaks  an operation is added
    operation-id                 may    no      an operation has another operationId
    deprecated                   no     no      an operation or field is marked as deprecated, or no longer
    address-removed              breaks breaks  a base URL is removed
    address-added                no     no      a base URL is added

    # Requests
    parameter-removed            breaks breaks  a parameter of the path or query is removed
    header-parameter-removed     may    no      a header or cookie is taken no longer
    parameter-added              no     breaks  an optional parameter is added
    required-parameter-added     breaks breaks  a required parameter is added
    parameter-required           breaks breaks  a parameter is required now
    parameter-optional           no     breaks  a parameter is required no longer
    parameter-style              breaks breaks  a parameter is written in another way
    default-changed              may    breaks  what is left out means something else
    default-removed              may    no      it is not said any longer what is meant where it is left out
    default-added                no     may     it is said what is meant where it is left out
    body-required                breaks breaks  a body is required now
    body-optional                no     breaks  a body is required no longer
    body-added                   no     breaks  a body may be sent
    body-removed                 breaks breaks  no body is taken any longer
    request-type-removed         breaks breaks  a media type of the request is removed
    request-type-added           no     breaks  a media type of the request is added
    encoding                     may    may     a part of a form is encoded in another way
    request-narrowed             breaks breaks  what was taken is refused now
    request-widened              no     breaks  what was refused is taken now
    request-changed              breaks breaks  what was taken is refused now, and what was refused is taken
    request-unclear              may    may     nothing decides whether what was taken is still taken
    request-field-added          no     breaks  an optional field of the request is added
    required-request-field-added breaks breaks  a required field of the request is added
    request-field-required       breaks breaks  a field of the request is required now
    request-field-optional       no     breaks  a field of the request is required no longer
    request-field-removed        breaks breaks  a field of the request is refused now
    request-field-ignored        may    may     a field of the request is declared no longer; nothing refuses it
    request-closed               breaks breaks  fields that are not declared are refused now
    request-opened               no     breaks  fields that are not declared are taken now

    # Answers
    success-replaced             breaks breaks  a success has another status
    status-added                 may    no      a status is added
    status-removed               no     breaks  a status is removed
    code-added                   may    no      an error code is added to a status
    code-removed                 no     breaks  an error code is removed from a status
    code-replaced                breaks breaks  an error code of a status is replaced by another
    answer-type-added            may    no      a media type of an answer is added
    answer-type-removed          breaks breaks  a media type of an answer is removed
    answer-type-narrowed         no     may     a range of media types of an answer is narrower now
    answer-type-widened          may    no      an answer may have any media type of a range now
    answer-body-added            no     breaks  an answer has a body now
    answer-body-removed          breaks breaks  an answer has no body any longer
    answer-widened               breaks no      what no answer had may come now
    answer-narrowed              no     breaks  what an answer might have comes no longer
    answer-changed               breaks breaks  what no answer had may come now, and what one might have does not
    answer-unclear               may    may     nothing decides whether answers are still the same
    answer-field-added           no     no      an optional field of an answer is added
    required-answer-field-added  no     breaks  a field that every answer has is added
    answer-field-required        no     breaks  every answer has a field now
    answer-field-optional        breaks no      a field may be absent from an answer now
    answer-field-removed         may    no      an optional field of an answer is removed
    required-answer-field-removed breaks no     a field that every answer had is removed
    closed-answer-field-added    may    no      an optional field is added where no further field was allowed
    answer-closed                no     breaks  an answer has no undeclared fields any longer
    answer-opened                may    no      an answer may have undeclared fields now
    header-added                 no     no      an optional header of an answer is added
    required-header-added        no     breaks  a header that every answer has is added
    header-required              no     breaks  every answer has a header now
    header-optional              breaks no      a header may be absent from an answer now
    header-removed               may    no      an optional header of an answer is removed
    required-header-removed      breaks no      a header that every answer had is removed
    answer-body-optional         breaks no      the body of an answer may be left out now
    answer-body-required         no     breaks  the body of an answer may be left out no longer
    one-way-field                may    may     a field is readOnly or writeOnly now, or no longer
    answer-default               may    may     it is said otherwise what is meant where an answer leaves a field out
    link-added                   no     may     a link is added: the answer feeds another operation
    link-removed                 may    no      a link is removed or leads elsewhere

    # Who may, and how much
    scope-tightened              breaks breaks  callers that had the scopes are refused now
    scope-loosened               no     breaks  callers that lacked a scope are let through now
    credential-tightened         breaks breaks  a way to sign in is taken no longer
    credential-loosened          no     breaks  another way to sign in is taken, or none is asked for
    role-tightened               breaks breaks  a role is asked for, or another one
    role-loosened                no     breaks  a role is asked for no longer
    billing-tightened            breaks breaks  billing postures that were let through are refused now
    billing-loosened             no     breaks  billing postures that were refused are let through now
    grants-removed               breaks breaks  a role or a permission set is removed
    grants-added                 no     breaks  a role or a permission set is added
    grants-lost                  breaks breaks  a role or a permission set gives a scope no longer
    grants-gained                no     breaks  a role or a permission set gives another scope
    max-body-lowered             breaks breaks  a body of a size that was taken is refused now
    max-body-raised              no     breaks  a body of a size that was refused is taken now
    archive-narrowed             breaks breaks  an archive that was taken is refused now
    archive-widened              no     breaks  an archive that was refused is taken now
    archive-changed              breaks breaks  some archives are refused now, and some others taken
    kind-tightened               breaks breaks  a body of a kind needs more, or may have less
    kind-loosened                no     breaks  a body of a kind needs less, or may have more
    kinds-said                   may    may     it is said now, or no longer, what a body of a kind needs
    file-names                   may    may     files of a form have other names
    archive-said                 may    may     it is said now which archives are taken
    archive-unsaid               may    may     it is said no longer which archives are taken
    org-tightened                breaks breaks  a path has to name the caller's own org now
    org-loosened                 no     breaks  a path may name another org now
    not-found-code               breaks breaks  the code of a 404 is another
    resource-named               no     breaks  a parameter names a resource: what is not there is a 404
    resource-unnamed             may    no      a parameter names a resource no longer
    resource-renamed             no     no      a parameter names a resource by another name
    type-tightened               breaks breaks  what was done to objects of a resource is refused now, or otherwise
    type-loosened                no     breaks  what was refused of objects of a resource is done now
    type-hides                   breaks breaks  objects of a resource, or fields of them, are shown to fewer
    type-shows                   no     breaks  objects of a resource, or fields of them, are shown to more
    type-means                   breaks breaks  what is sent for a field means something else
    type-changed                 may    may     objects of a resource are told, made or put away in another way
    type-said                    may    may     it is said now, or no longer, what objects of a resource are
    feature                      may    may     the API has a feature now, no longer, or otherwise
    error-body                   breaks breaks  errors have another body
    error-body-said              may    may     it is said now, or no longer, what body errors have

    # Promises
    event-added                  no     breaks  a success writes an event more
    event-removed                may    breaks  a success writes an event no longer
    event-changed                breaks breaks  a success writes another event
    rule-added                   no     breaks  a binding rule is added
    assumed-rule-added           no     may     a rule is added that is assumed or mentioned
    rule-removed                 may    no      a rule is removed
    rule-reworded                may    may     a rule has another sentence
    rule-renamed                 no     no      a rule has another id
    rule-reaches-more            no     breaks  a binding rule is about an operation that it was not about
    assumed-rule-reaches-more    no     may     a rule that is assumed or mentioned is about an operation more
    rule-reaches-less            may    no      a rule is about an operation no longer
    level-raised                 no     breaks  a rule has a higher level
    level-lowered                may    no      a rule has a lower level
    provenance-up                no     breaks  what was assumed or mentioned is binding now
    provenance-down              may    no      what was binding is assumed or mentioned now

    # What recordings show
    recorded-request-refused     breaks no      a recorded request is refused now, by no change that is told
    recorded-answer-forbidden    no     breaks  a recorded answer is ruled out now, by no change that is told

    # Values
    values-declared              no     no      values are declared, or no longer, that no operation takes or gives

    # Whatever no row above is about
    vocabulary                   may    may     a keyword that no row is about has changed
"""


def _list_kinds() -> Iterator[ChangeKind]:
    for line in _TABLE.splitlines():
        if (row := line.strip()) and not row.startswith("#"):
            name, clients, servers, meaning = row.split(maxsplit=3)
            yield ChangeKind(name, Grade[clients.upper()], Grade[servers.upper()], meaning)


KINDS: Mapping[str, ChangeKind] = {kind.id: kind for kind in _list_kinds()}


def change(
    kind: str, where: str, text: str, *, lost: str = "", gained: str = "", pointers: Pointers = (None, None)
) -> Change:
    """Return a change with the grades of its row."""
    row = KINDS[kind]
    return Change(kind, where, text, row.clients, row.servers, lost=lost, gained=gained, pointers=pointers)


def compare_sets(
    where: str, old: AbstractSet[str], new: AbstractSet[str], *, lost: tuple[str, str], gained: tuple[str, str]
) -> Iterator[Change]:
    """Yield the changes of a set: of what it has no longer, and of what it has now; each by its kind and text."""
    if names := ", ".join(sorted(old - new)):
        yield change(lost[0], where, lost[1].format(names), lost=names)
    if names := ", ".join(sorted(new - old)):
        yield change(gained[0], where, gained[1].format(names), gained=names)


def gather_changes(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return each change once, with all of its operations."""
    same: dict[Change, list[Change]] = {}
    for each in changes:
        same.setdefault(replace(each, operations=()), []).append(each)
    return tuple(replace(each, operations=_collect_operations(found)) for each, found in same.items())


def index_by_former_fingerprint(changes: Iterable[Change]) -> Mapping[str, tuple[Change, ...]]:
    """Return the gathered changes by each fingerprint that they had before they were told as they are now."""
    every = tuple(changes)
    whole = {replace(each, operations=()): each for each in gather_changes(every)}
    before: dict[Change, list[Change]] = {}
    for each in every:
        for former in each.former or (replace(each, shown="", digest=""),):
            same_grades = replace(former, operations=(), clients=each.clients, servers=each.servers)
            before.setdefault(same_grades, []).append(each)
    told = ((replace(former, operations=_collect_operations(now)), now) for former, now in before.items())
    return {
        each.fingerprint: tuple(dict.fromkeys(whole[replace(one, operations=())] for one in now)) for each, now in told
    }


def _collect_operations(changes: Iterable[Change]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in changes for name in each.operations))

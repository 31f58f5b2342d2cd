"""The memory of earlier exchanges of a place, which make things certain of later ones.

Whatever others are at work, what was deleted does not come back. Where nobody else is at work everything stays that
nobody has asked to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, quote

from conformance.contract.contract import Contract, JsonObject, Operation
from conformance.http.exchange import Exchange
from conformance.http.gateways import may_have_been_done
from conformance.judging.objects import LIST, ONE, WRITE, ShownObject
from conformance.judging.observed import ObservedExchange
from conformance.judging.opinion import ARCHIVED, GONE, LISTED, NOT_LISTED, Opinion
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.fields import list_objects
from conformance.oracle.declaration.lifetime import asks_for_fewer
from conformance.oracle.declaration.registry import find_resource, find_resource_made, find_resource_of, list_based_on
from conformance.oracle.declaration.resource import Resource
from conformance.oracle.facts import Fact, State
from conformance.oracle.law import ELSEWHERE, AllowedChange
from conformance.oracle.learning import observe
from conformance.recipes.reading import differing_fields
from conformance.results.difference import from_bytes, from_field, from_fields, from_list

REFUSED, LIST_ITEM, READABLE = "REFUSED-CHANGES-NOTHING", "OWNERSHIP-LIST-ITEM", "CREATE-READABLE"
FILE_BYTES, LISTED_FILE, LISTED_FILES = "FILE-BYTES", "FILE-LISTED", "FILES-LISTED"
CASCADES = "ARCHIVE-CASCADES"


@dataclass(frozen=True, slots=True)
class LastExchange:
    """The last exchange about an object."""

    operation_id: str
    how: str
    has_succeeded: bool
    number: int
    sent: frozenset[str] = frozenset()
    """The fields that it asked to change."""


@dataclass(slots=True)
class Memory:
    """The memory of a place."""

    contract: Contract
    state: State
    last: dict[tuple[str, str], LastExchange] = field(default_factory=dict)
    """The last view by resource and id."""
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    """The content of a file, and the operation that showed or wrote it, by path."""
    sizes: dict[str, int] = field(default_factory=dict)
    """The size that was listed last of a file that nothing but a write changes, by path."""
    written: int = 0
    """The number of the last write."""

    def judge(self, seen: ObservedExchange, shown: tuple[ShownObject, ...], opinion: Opinion) -> None:
        """Say what an answer contradicts of what was seen before."""
        for each in shown:
            opinion.add(self._check_object(seen, each))
        if seen.is_uncertain or seen.operation is None or not seen.exchange.has_succeeded or not seen.is_answer_known:
            return
        resource = find_resource_of(seen.operation)
        if resource is not None and seen.operation.operation_id == resource.listed_by:
            opinion.add(self._list(seen, resource, shown), [LISTED] if self.state.is_own_world else [])
        opinion.add(self._check_bytes(seen))
        opinion.add(self._check_sizes(seen))
        opinion.add(self._check_listed_size(seen))
        opinion.add(self._check_cascade(seen))

    def _check_object(self, seen: ObservedExchange, shown: ShownObject) -> Iterator[Breach]:
        """Yield what is not as it was, where nobody else is at work."""
        before, resource, caller = self._find_before(shown, seen), shown.resource, seen.sender.caller
        if before is None:
            return
        ignoring = resource.moves
        ignoring |= resource.outside | resource.shown_once | resource.by_viewer
        law = self._find_allowed_change(seen, shown)
        if law is not None:
            ignoring |= law.moves
        own = caller is not None and caller.org == before.get(resource.owner, caller.org)
        ignoring |= frozenset() if own else resource.owner_only
        differing = differing_fields(self.contract, before, shown.object, ignoring=ignoring)
        if not differing:
            return
        rule = law.keeps if law is not None else self._choose_rule(shown, frozenset(differing))
        said = f"the {resource} as before", f"another {', '.join(differing)}"
        effect, evidence = resource.find_loss(self.contract, differing), from_fields(differing, before, shown.object)
        yield Breach(rule, *said, effect=effect, evidence=evidence)

    def _find_before(self, shown: ShownObject, seen: ObservedExchange) -> JsonObject | None:
        """Return what the object was before, as far as that has to be so still."""
        caller = seen.sender.caller
        fact = self.state.get_facts(shown.resource.name).get(shown.id)
        creates = seen.operation is not None and not seen.operation.resources and shown.how == WRITE
        if shown.resource.by_name or creates:
            return None
        same = caller is not None and fact is not None and fact.is_owned_by(caller.org) and bool(fact.shown)
        certain = same and fact is not None and self.state.is_own_world and self.state.is_certain(fact)
        return fact.shown if certain and fact is not None and not seen.is_uncertain else None

    def _find_allowed_change(self, seen: ObservedExchange, shown: ShownObject) -> AllowedChange | None:
        """Return what the write that answers so may change; None where it is no write."""
        if shown.how != WRITE:
            return None
        return shown.resource.find_behavior(seen.operation_id).may_change or AllowedChange(frozenset(shown.object))

    def _choose_rule(self, shown: ShownObject, differing: frozenset[str]) -> str:
        """Return the rule that is broken where an object is not read as it was shown, or written, last."""
        resource, last = shown.resource, self.last.get((shown.resource.name, shown.id))
        if last is None:
            return ELSEWHERE
        if last.how in (ONE, LIST):
            return LIST_ITEM if last.how != shown.how and self.written < last.number else ELSEWHERE
        if self.written > last.number:
            return ELSEWHERE
        if not last.has_succeeded:
            return REFUSED
        behavior = resource.find_behavior(last.operation_id)
        law = behavior.may_change
        if law is not None and not differing & (last.sent or law.moves):
            return law.keeps
        return behavior.read_back or behavior.applies or READABLE

    def _list(self, seen: ObservedExchange, resource: Resource, shown: tuple[ShownObject, ...]) -> Iterator[Breach]:
        """Yield the objects that a list should not hold, and, where nobody else works there, those that it lacks."""
        listed, name, caller = {each.id for each in shown}, resource.name, seen.sender.caller
        if resource.stays_away and any((name, each) in self.state.gone for each in listed):
            said = f"no deleted {resource} in the list", "one"
            yield Breach(GONE, *said, evidence=from_list(*said))
        yield from self._check_narrowed(seen, resource, shown)
        if caller is None or seen.operation is None or asks_for_fewer(seen.exchange.request.query, resource.archiving):
            return
        for fact in self.state.get_facts(name).values():
            if not self.state.is_certain(fact) or resource.hides(self.state, fact, caller, seen.operation) is not False:
                continue
            yield from _check_listing(resource, fact, caller.org, seen.exchange.request.query, there=fact.id in listed)

    def _check_narrowed(
        self, seen: ObservedExchange, resource: Resource, shown: tuple[ShownObject, ...]
    ) -> Iterator[Breach]:
        """Yield a breach where an object is listed that is not of the name asked for."""
        query = parse_qs(seen.exchange.request.query)
        for parameter, (of, kind, rule) in resource.find_behavior(seen.operation_id).filters.items():
            asked = query.get(parameter, [""])[0]
            known = (self.state.get_facts(kind).get(str(each.object.get(of))) for each in shown)
            if asked and any(each is not None and each.name not in (None, asked) for each in known):
                said = f"those of the {kind} that is asked for", "one of another"
                yield Breach(rule, *said, evidence=from_list(*said))

    def _check_bytes(self, seen: ObservedExchange) -> Iterator[Breach]:
        """Yield a breach where an unchanged file has other bytes than were uploaded, or read before."""
        exchange = seen.exchange
        if not self.state.is_own_world or exchange.method != "GET" or exchange.path not in self.files:
            return
        right, by = self.files[exchange.path]
        if exchange.body != right:
            resource = find_resource_of(seen.operation) if seen.operation else None
            whole = find_resource(resource.within) if resource and resource.within else resource
            rule = (whole.find_behavior(by).read_back if whole else None) or FILE_BYTES
            said = "the bytes that were put in", "other bytes"
            yield Breach(rule, *said, effect=DataEffect.LOST, evidence=from_bytes(right, exchange.body))

    def _check_listed_size(self, seen: ObservedExchange) -> Iterator[Breach]:
        """Yield a breach where a file has not as many bytes as the list of files has said."""
        exchange, size = seen.exchange, self.sizes.get(seen.exchange.path)
        if exchange.method == "GET" and size not in (None, len(exchange.body)):
            evidence = from_field("size", size, len(exchange.body))
            yield Breach(LISTED_FILE, "as many bytes as were listed", "another number", evidence=evidence)

    def _check_sizes(self, seen: ObservedExchange) -> Iterator[Breach]:
        """Yield a breach where a list of files lacks one that was read or put in, or has another size of it."""
        for entry in list_objects(seen.json) if self.state.is_own_world and seen.exchange.method == "GET" else ():
            content = self.files.get(f"{seen.exchange.path}/{quote(str(entry.get('path')))}", (None, ""))[0]
            size = entry.get("size")
            if content is not None and isinstance(size, int) and size != len(content):
                rule = LISTED_FILES if "is_dir" in entry else LISTED_FILE
                evidence = from_field("size", len(content), size)
                yield Breach(rule, "a size that is that of the bytes", "another", evidence=evidence)

    def _check_cascade(self, seen: ObservedExchange) -> Iterator[Breach]:
        """Yield a breach where the answer that archives others with an object counts them wrongly."""
        resource, body = find_resource_of(seen.operation) if seen.operation else None, seen.json
        if resource is None or resource.archiving is None or seen.operation_id != resource.archiving.by:
            return
        for each, parent in list_based_on(resource) if self.state.is_own_world and isinstance(body, dict) else ():
            count, caller, ids = body.get(f"cascaded_{each}s"), seen.sender.caller, {*seen.values.values()}
            facts = (fact for fact in self.state.get_facts(each.name).values() if fact.shown.get(parent.field) in ids)
            least = sum(1 for fact in facts if not fact.archived and self.state.is_certain(fact))
            whole = caller is not None and self.state.is_complete(each.name, caller.org)
            if isinstance(count, int) and (count < least or (whole and count != least)):
                evidence = from_field(f"cascaded_{each}s", least, count)
                yield Breach(CASCADES, f"{least} that were archived with it", str(count), evidence=evidence)

    def learn(self, seen: ObservedExchange, shown: tuple[ShownObject, ...]) -> None:
        """Remember what an exchange showed and did."""
        operation, exchange = seen.operation, seen.exchange
        if operation is None:
            return
        unordered = seen.is_overlapped and self.state.is_own_world
        if unordered:
            self._unlearn()
        if seen.is_answer_known and seen.is_request_known and not (seen.is_overlapped and operation.is_safe):
            self._observe(seen)
        elif exchange.has_succeeded and not operation.is_safe:
            self.state = State(contract=self.contract, is_recorded=True, is_own_world=self.state.is_own_world)
        self._note(seen, shown)
        if unordered and not _is_new_object_made(operation):
            self._unlearn()  # but not what the answer has made: nobody else knew its id

    @staticmethod
    def _has_unknown_changes(operation: Operation, exchange: Exchange) -> bool:
        """Return whether a write by an unknown caller may have changed more than its answer shows."""
        return may_have_been_done(exchange) or (exchange.has_succeeded and not _is_new_object_made(operation))

    def _unlearn(self) -> None:
        """Forget what others may have changed: in which order the target did what was asked together is not known."""
        own_world = self.state.is_own_world
        self.state = State(contract=self.contract, is_recorded=True, is_own_world=own_world, gone=self.state.gone)
        self.files.clear()
        self.sizes.clear()
        self.last.clear()

    def _learn_more_there(self, operation: Operation, number: int) -> None:
        """Take note that there is an object more, of an org that is not known: no org's objects are all known now."""
        made = find_resource_made(operation)
        self.state = self.state.with_unseen(made.name if made else "", number)

    def _observe(self, seen: ObservedExchange) -> None:
        """Learn as a run does; of what can come back under its id that it was deleted is forgotten."""
        caller, operation, before = seen.sender.caller, seen.operation, self.state.gone
        resource = find_resource_of(operation) if operation else None
        if caller is not None:
            self.state = observe(self.state, caller, seen.exchange)
        elif resource is not None and operation is not None and operation.operation_id == resource.removed_by:
            values = seen.values
            ids = (values[p.name] for p in operation.path_parameters if p.resource and p.resource.name == resource.name)
            named = next(ids, "")
            self.state = self.state.without(resource.name, named) if seen.exchange.has_succeeded else self.state
        if (
            caller is None
            and operation
            and not operation.is_safe
            and self._has_unknown_changes(operation, seen.exchange)
        ):
            self._unlearn()
        elif caller is None and operation and not operation.is_safe and seen.exchange.has_succeeded:
            self._learn_more_there(operation, seen.exchange.number)
        if resource is not None and resource.returns and operation and operation.operation_id == resource.removed_by:
            self.state = self.state.forget(resource.name)  # a path may name one by another id than it shows
        new = self.state.gone - before
        kept = {key for key in new if (found := find_resource(key[0])) and found.stays_away}
        self.state = replace(self.state, gone=before | kept)

    def _note(self, seen: ObservedExchange, shown: Iterable[ShownObject]) -> None:
        """Remember the last exchange about each object."""
        operation, exchange = seen.operation, seen.exchange
        if operation is None:
            return
        sent = frozenset(seen.sent_fields) if not operation.is_safe else frozenset()
        found = LastExchange(operation.operation_id, WRITE, exchange.has_succeeded, exchange.number, sent)
        for each in shown:
            self.last[each.resource.name, each.id] = replace(found, how=each.how)
        if not operation.is_safe:
            self.written = exchange.number
            for named in operation.path_parameters:
                if named.resource:
                    self.last[named.resource.name, exchange.request.path_values[named.name]] = found
        self._note_file(seen)

    def _note_file(self, seen: ObservedExchange) -> None:
        operation, exchange = seen.operation, seen.exchange
        if operation is None or not self.state.is_own_world or not exchange.has_succeeded:
            return
        if not operation.is_safe:
            ids = {value for value in exchange.request.path_values.values() if len(value) > 3}
            self.files = {path: kept for path, kept in self.files.items() if not any(each in path for each in ids)}
            self.sizes = {path: size for path, size in self.sizes.items() if not any(each in path for each in ids)}
            if operation.spanning and operation.method == "PUT" and exchange.request.content is not None:
                self.files[exchange.path] = (exchange.request.content, operation.operation_id)
        elif operation.spanning and _is_binary(operation.success.schemas) and seen.is_answer_known:
            self.files[exchange.path] = (exchange.body, operation.operation_id)
        elif (whole := find_resource_of(operation)) and not (find_resource(whole.within or "") or whole).life:
            listed = (each for each in list_objects(seen.json) if isinstance(each.get("size"), int))
            self.sizes |= {f"{exchange.path}/{quote(str(each.get('path')))}": each["size"] for each in listed}


def _is_binary(schemas: Mapping[str, Any]) -> bool:
    return bool(schemas) and all(each.get("format") == "binary" for each in schemas.values())


def _check_listing(resource: Resource, fact: Fact, org: str, query: str, *, there: bool) -> Iterator[Breach]:
    """Yield what is wrong with a list that has an object, or has it not, that is certain to stand."""
    if there and not fact.is_visible_to(org):
        said, rule = (f"no {resource} that the org does not see", "one"), NOT_LISTED
    elif there and not resource.is_listed(fact, query):
        said, rule = (f"no archived {resource} in the list", "one"), ARCHIVED
    elif not there and fact.is_visible_to(org) and resource.is_listed(fact, query):
        said, rule = (f"every visible {resource} in the list", "one is not in it"), LISTED
    else:
        return
    lost = DataEffect.LOST if rule == LISTED and fact.is_owned_by(org) else None
    effect = DataEffect.LEAKED if rule == NOT_LISTED else lost
    yield Breach(rule, *said, effect=effect, evidence=from_list(*said))


def _is_new_object_made(operation: Operation) -> bool:
    """Return whether a success makes an object under an id that nobody knew, so that it changes nothing else."""
    made = find_resource_made(operation)
    return made is not None and not made.by_name

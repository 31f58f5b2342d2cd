"""One sequence, walked: each answer is held against the oracle, and what is read afterwards against each answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from types import MappingProxyType
from typing import Any

from conformance.contract.contract import Operation, Provenance
from conformance.http.exchange import Exchange, Request
from conformance.http.throttling import is_throttled
from conformance.oracle.judging import NotProvoked, broken, described, founded, is_meant, is_right
from conformance.oracle.resource import resource_in_path
from conformance.profile import Caller, Credential
from conformance.recipes.reading import changed, field, item
from conformance.recipes.requests import build
from conformance.resources import packs
from conformance.resources.packs.facts import PackFact, image_facts, pack_facts
from conformance.resources.packs.reading import GET, LIST, READ_FILE
from conformance.results.verdict import Finding
from conformance.sequences.effects import PATCH, effects
from conformance.sequences.steps import VISIBILITIES, Cast, Scene, Step, operations, sent_visibility
from conformance.session.harness import Harness

RIGHT, REFUSED, FILE_BYTES = "CONTRACT-RIGHT-ANSWER", "REFUSED-CHANGES-NOTHING", "FILE-BYTES"
LISTED, NOT_LISTED, LIST_ITEM = "OWNERSHIP-LISTED", "OWNERSHIP-NOT-LISTED", "OWNERSHIP-LIST-ITEM"
GONE, READABLE = "DELETE-GONE", "CREATE-READABLE"
DIGEST, REREAD = "FILE-DIGEST-VERSION", "IMAGE-REREAD"

READ_AS_ANSWERED: Mapping[str, str] = MappingProxyType(
    {
        PATCH: "PACK-PATCH-APPLIES",
        "packs.replace_image": REREAD,
        "packs.replace_file": "FILE-REPLACED",
    }
)
"""The rule by which what a write answered is what is read afterwards; of an operation that is not here READABLE."""


class Found(AssertionError):
    """A sequence that found something."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


class Broken(Exception):
    """The target broke, which the laws of every answer say; or a limit answered for it. Nothing follows from it."""


@dataclass(slots=True)
class Walk:
    """Hands of its own for one sequence."""

    harness: Harness
    cast: Cast
    case: str
    """The test that a finding is of."""
    scene: Scene = member(init=False)

    def __post_init__(self) -> None:
        self.scene = Scene(self.harness, self.cast)

    def walk(self, steps: Sequence[Step]) -> None:
        """Make a pack and take the steps; Found at the first thing that is not right."""
        packs.own(self.harness, self.cast.lead.org, visibility=VISIBILITIES[steps[0].choice % 2])
        try:
            for step in steps:
                self._take(step)
            for caller in filter(None, (self.cast.lead, self.cast.other)):
                self._look_at_list(caller)
        except Broken:
            return

    def _take(self, step: Step) -> None:
        every = operations(self.harness.contract)
        known = self.scene.packs()
        if not known:
            # The target shows none of what was made: there is nothing to walk on.
            return
        fact = known[step.pack % len(known)]
        try:
            if 0 < step.act <= len(every):
                self._ask(every[step.act - 1], self.cast.order[step.caller % len(self.cast.order)], fact, step.choice)
            elif step.act == len(every) + 1:
                self.scene.referenced(fact, step.choice)
                # What a role keeps from being done shows only where somebody tries.
                trying = self.harness.contract.operations[PATCH if step.choice % 4 else packs.DELETE]
                for _ in ("tried", "tried again"):
                    self._ask(trying, self.cast.lead, fact, 0)
            elif step.act:
                self.scene.billed(step.choice)
        except NotProvoked:
            # What this step needs cannot be had of the target: the others can be taken all the same.
            return

    def _ask(self, operation: Operation, caller: Caller | Credential, fact: PackFact, choice: int) -> None:
        request = self.scene.request(operation, caller, fact, choice)
        exchange = self._judged(caller, request)
        if operation.safe:
            self._look_at_bytes(operation, exchange, fact)
        elif resource_in_path(operation) or not exchange.succeeded:
            self._look_at(operation, exchange, fact)
        else:
            made = pack_facts(self.harness.state).get(_id(exchange.json))
            if made is None:
                raise Broken  # what was answered is no pack, and its schema says so
            asked = sent_visibility(choice)
            got = field(exchange.json, "visibility")
            self._expect(got == asked, exchange, "CREATE-VISIBILITY", f"visibility {asked}", repr(got))
            if made.files is not None:
                size = sum(map(len, made.files.values()))
                right = field(exchange.json, "size_bytes") == size
                self._expect(right, exchange, "CREATE-SIZE", f"size_bytes {size}", "another one")
            self._look_at(operation, exchange, made)

    def _judged(self, caller: Caller | Credential, request: Request) -> Exchange:
        """The exchange, Found unless its answer is one of the oracle's."""
        harness = self.harness
        exchange, answers = harness.foreseen(caller, request)
        operation = harness.contract.operations.get(request.operation_id or "")
        undeclared = operation is not None and exchange.status not in operation.responses
        if is_throttled(exchange) or (exchange.status >= 500 and undeclared):
            raise Broken
        if not is_right(exchange, answers) and not is_meant(harness.contract, exchange, answers):
            rule = harness.contract.rules[broken(harness.contract, exchange, answers, RIGHT)]
            self._fail(
                exchange, rule.id, described(answers), str(exchange), founded(harness.contract, rule, exchange, answers)
            )
        return exchange

    def _look_at(self, operation: Operation, exchange: Exchange, before: PackFact) -> None:
        """Read the pack after a write: it is as the answer showed it, as it was before a refusal, or not there."""
        reader = self.cast.reader(self.harness, before.owner)
        if reader is None:
            return
        stood = before.id in self.harness.state.facts("pack")
        read = self._judged(reader, self._request(GET, {"id": before.id}))
        if not stood or not read.succeeded:
            return
        if not exchange.succeeded:
            moved = changed(dict(before.shown), read.json)
            self._expect(not moved, read, REFUSED, "the pack as before", f"{', '.join(moved)} changed")
            return
        rule = READ_AS_ANSWERED.get(operation.operation_id, READABLE)
        moved = changed(exchange.json, read.json)
        if operation.operation_id == PATCH and "visibility" not in moved:
            rule = "PACK-PATCH-ONLY-VISIBILITY"
        self._expect(not moved, read, rule, "the pack as the answer showed it", f"another {', '.join(moved)}")
        if resource_in_path(operation):
            for broken_rule, expected, got in effects(operation.operation_id, before.shown, read.json):
                self._fail(read, broken_rule, expected, got, Provenance.SEED)
        self._look_at_content(exchange, before, read)
        path = _file(operation, exchange)
        if path is not None:
            file = self._judged(reader, self._request(READ_FILE, {"id": before.id, "path": path}))
            same = file.body == exchange.request.content
            self._expect(same, file, rule, "the bytes that were sent", "other bytes")

    def _look_at_content(self, exchange: Exchange, before: PackFact, read: Exchange) -> None:
        """Another file gives another digest; an image brings the version that it says."""
        path = exchange.request.path_values.get("path")
        was = before.files.get(path) if before.files and path else None
        if was is not None and was != exchange.request.content:
            moved = field(read.json, "image_digest") != before.shown.get("image_digest")
            self._expect(moved, read, DIGEST, "a new image_digest", "the same")
        image = image_facts(self.harness.state).get(str(field(read.json, "image_ref")))
        if image is not None and image.version is not None:
            right = field(read.json, "version") == image.version
            self._expect(right, read, REREAD, "the version of the image", "another one")

    def _look_at_bytes(self, operation: Operation, exchange: Exchange, fact: PackFact) -> None:
        """A file that was read is the one that was put in."""
        path = _file(operation, exchange)
        if exchange.succeeded and path is not None and fact.files and path in fact.files:
            same = exchange.body == fact.files[path]
            self._expect(same, exchange, FILE_BYTES, "the bytes that were put in", "other bytes")

    def _look_at_list(self, caller: Caller) -> None:
        """The list holds what the caller sees of the sequence's packs, as it is, and nothing else of them."""
        facts = self.scene.packs()
        answer = self._judged(caller, self._request(LIST, {}))
        for fact in facts:
            shown, stands = item(answer, fact.id), self.scene.stands(fact)
            if stands and fact.visible_to(caller.org):
                self._expect(shown is not None, answer, LISTED, "every visible pack in the list", "one is not in it")
                differing = _differing(shown, fact, own=fact.owned_by(caller.org))
                self._expect(not differing, answer, LIST_ITEM, "the pack as it is", f"another {', '.join(differing)}")
            else:
                rule = NOT_LISTED if stands else GONE
                self._expect(shown is None, answer, rule, "the pack not in the list", "in it")

    def _request(self, operation_id: str, values: Mapping[str, str]) -> Request:
        return build(self.harness.contract.operations[operation_id], values)

    def _expect(self, holds: bool, exchange: Exchange, rule: str, expected: str, got: str) -> None:  # noqa: FBT001  # the claim itself
        if not holds:
            self._fail(exchange, rule, expected, got, Provenance.SEED)

    def _fail(self, exchange: Exchange, rule: str, expected: str, got: str, provenance: Provenance) -> None:
        harness = self.harness
        if rule not in harness.contract.rules:
            rule = RIGHT
        raise Found(
            Finding(
                rule=rule,
                operation_id=exchange.operation_id,
                caller=exchange.caller,
                expected=expected,
                got=got,
                provenance=min(provenance, harness.contract.rules[rule].provenance),
                exchange=exchange,
                steps=harness.story(exchange),
                case=self.case,
                seed=harness.seed,
                source="sequences",
            )
        )


def _differing(shown: Any, fact: PackFact, *, own: bool) -> list[str]:
    if own:
        return changed(dict(fact.shown), shown)
    known = {"name": fact.name, "version": fact.version, "visibility": fact.visibility}
    return [name for name, value in known.items() if shown.get(name) != value]


def _file(operation: Operation, exchange: Exchange) -> str | None:
    """The path of the file that a request is about, if it is about one."""
    return next((exchange.request.path_values[p.name] for p in operation.path_parameters if p.spans_segments), None)


def _id(shown: Any) -> str:
    return str(shown.get("id")) if isinstance(shown, Mapping) else ""

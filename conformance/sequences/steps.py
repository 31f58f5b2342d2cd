"""What a sequence is made of: steps that can be taken in any order, whatever the target has by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from conformance.contract.contract import Contract, Operation
from conformance.http.exchange import Request
from conformance.oracle.bodies import fields
from conformance.oracle.facts import INACTIVE
from conformance.oracle.judging import NotProvoked
from conformance.oracle.resource import resource_in_path
from conformance.profile import ANONYMOUS, Caller, Credential
from conformance.recipes.about import part_in, path_values, with_right_body
from conformance.recipes.requests import build, with_json, with_parts
from conformance.resources import packs
from conformance.resources.packs import archive
from conformance.resources.packs.facts import PackFact, pack_facts
from conformance.resources.packs.semantics import repository
from conformance.session.harness import Harness

VISIBILITIES = ("org", "community")
POSTURES = ("active", *INACTIVE, "active", "trial")
PACKS = 4
"""A sequence has seldom more."""
CHOICES = 8
CASTING = 12
"""Among so many the steps are dealt out; the lead has about half of them."""
CONTENTS = (b"", bytes(range(256)), b"text\n", b"text\r\n")
"""What a file is replaced by, in turn with a text of its own."""
AMISS = 5
"""The choice that is not as it should be: a taken name, an image or a file that is not there."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Each number counts through what there is at that moment, so none is ever out of place."""

    act: int
    caller: int
    pack: int
    choice: int


def sent_visibility(choice: int) -> str:
    """What a request that makes a pack asks for."""
    return VISIBILITIES[choice // 4 % 2]


def sequences(acts: int, longest: int) -> st.SearchStrategy[list[Step]]:
    """Lists of steps over so many acts; act 0 is to do nothing, so that any step can be taken out of a list."""
    step = st.builds(Step, *(st.sampled_from(range(n)) for n in (acts + 1, CASTING, PACKS, CHOICES)))
    return st.lists(step, min_size=longest // 2, max_size=longest)


def operations(contract: Contract) -> tuple[Operation, ...]:
    """Those that make a pack or are about one, in the contract's order."""
    return tuple(o for o in contract.operations.values() if resource_in_path(o) or o.body is not None)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes the steps."""

    lead: Caller
    """Makes the first pack."""
    order: tuple[Caller | Credential, ...]
    """In the order in which numbers are dealt, the lead first."""
    other: Caller | None
    """Of another org, with the same scopes."""

    def reader(self, harness: Harness, org: str | None) -> Caller | None:
        """Somebody of an org, whoever it is: reading asks for no scope."""
        return next(iter(harness.callers(org)), None) if org else None


def cast_of(harness: Harness) -> Cast:
    """The lead and a colleague of each other kind, somebody of another org who may as much, and nobody."""
    making = harness.contract.operations[packs.UPLOAD]
    lead = harness.able(making)
    colleagues = {(c.role, c.permission_set): c for c in reversed(harness.callers(lead.org)) if c != lead}
    others = (c for c in harness.callers() if c.org != lead.org and harness.may(c, making))
    other = next(others, None)
    strangers: list[Caller | Credential] = [other] if other else []
    powerless = [c for c in colleagues.values() if not making.permissions.held_by(c.held)][:1]
    equal = [c for c in colleagues.values() if making.permissions.held_by(c.held)][:1]
    dealt: tuple[Caller | Credential, ...] = (lead, *strangers, *equal, lead, *powerless, lead, *strangers, ANONYMOUS)
    return Cast(lead, (*dealt, *[lead] * (CASTING - len(dealt))), other)


@dataclass(slots=True)
class Scene:
    """The packs of a sequence, those that are gone too, in the order of their making."""

    harness: Harness
    cast: Cast
    _known: dict[str, PackFact] = field(default_factory=dict)

    def packs(self) -> Sequence[PackFact]:
        """As they are known now; of what is gone what was known last."""
        for pack in pack_facts(self.harness.state).values():
            if pack.made:
                self._known[pack.id] = pack
        return list(self._known.values())

    def stands(self, fact: PackFact) -> bool:
        return fact.id in self.harness.state.facts("pack")

    def request(self, operation: Operation, caller: Caller | Credential, fact: PackFact, choice: int) -> Request:
        """What the caller asks for, of this pack where the path names one; not provoked where no recipe makes it."""
        if not resource_in_path(operation):
            return self._making(operation, fact, choice)
        values = path_values(operation, fact)
        spanning = next((p.name for p in operation.path_parameters if p.spans_segments), None)
        if spanning is not None:
            values[spanning] = self._file(fact, choice)
        names = set(fields(operation))
        if "visibility" in names and operation.body is not None:
            return with_json(operation, values, {"visibility": VISIBILITIES[choice % 2]})
        if "image_ref" in names:
            return with_json(operation, values, {"image_ref": self._image(fact, choice)})
        if spanning is not None and operation.body is not None and values[spanning] != "pack.yaml":
            media_type = next(iter(operation.body.schemas))
            content = CONTENTS[choice] if choice < len(CONTENTS) else f"content {choice}\n".encode()
            return build(operation, values, content=content, media_type=media_type)
        asking = caller if isinstance(caller, Caller) else self.cast.lead
        return with_right_body(self.harness, operation, asking, values, fact)

    def _making(self, operation: Operation, fact: PackFact, choice: int) -> Request:
        harness, names = self.harness, set(fields(operation))
        name = fact.name if choice == AMISS else harness.fresh_name()
        visibility = sent_visibility(choice)
        if "archive" in names:
            packed = archive.write_files(packs.pack_files(name, version=f"1.0.{choice}"))
            return with_parts(operation, {}, packs.archive_parts(packed, visibility))
        if "image_ref" in names:
            image_ref = self._pullable(name, f"2.0.{choice}", f"registry.conformance.example/{name}")
            return with_json(operation, {}, {"image_ref": image_ref, "visibility": visibility})
        return with_right_body(harness, operation, self.cast.lead, {}, None)

    def _image(self, fact: PackFact, choice: int) -> str:
        if fact.image_ref is None:
            raise NotProvoked(f"pack {fact.id} shows no image_ref")
        base = repository(fact.image_ref)
        return f"{base}:9.9.9-absent" if choice == AMISS else self._pullable(fact.name, f"1.{choice}.0", base)

    def _pullable(self, name: str, version: str, base: str) -> str:
        known = f"{base}:{version}"
        return (
            known if known in self.harness.state.facts("image") else packs.image(self.harness, name, version, of=base)
        )

    def _file(self, fact: PackFact, choice: int) -> str:
        if choice == AMISS:
            return "data/absent.txt"
        files = sorted(fact.files) if fact.files else [part_in("file", fact)]
        return files[choice % len(files)]

    def referenced(self, fact: PackFact, choice: int) -> None:
        """One more role references the pack: of its own org or of another that sees it, archived or not."""
        other = self.cast.other
        org = other.org if other and choice % 2 else self.cast.lead.org
        if self.stands(fact) and fact.visible_to(org):
            packs.referenced(self.harness, fact, org, archived=choice // 2 % 2 == 1)

    def billed(self, choice: int) -> None:
        """The billing posture of the lead's org changes."""
        self.harness.set_posture(self.cast.lead.org, POSTURES[choice % len(POSTURES)])

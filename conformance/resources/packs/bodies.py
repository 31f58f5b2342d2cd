"""Images and archives in the bodies of requests: in those that are right, and in generated ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from itertools import cycle
from typing import Any

from conformance.contract.contract import Contract, Operation
from conformance.contract.routing import cache_by_contract
from conformance.http.client import LimitReached
from conformance.http.multipart import Part
from conformance.mark import carries
from conformance.oracle.bodies import list_fields
from conformance.oracle.declaration.fields import Field
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller
from conformance.recipes.bodies import Bodies, Turn
from conformance.recipes.draw import derive_seed, draw_values
from conformance.resources.packs import archives, recipes
from conformance.resources.packs.drawn_archives import DEFECTS, Plan, draw_plans
from conformance.resources.packs.oracle import PackFact, find_repository, get_image_facts, list_owned_packs
from conformance.resources.packs.sample_files import OTHERWISE, REPLACEMENTS, RICH, archive_parts, pack_files, pack_yaml
from conformance.session.harness import Harness

IMAGES = 4
"""Images of names that nothing else has; each can become a pack once."""
TAKEN_NAME = 8
"""The distance at which archives have a name that is taken: every eighth."""


def _archive(harness: Harness, _caller: Caller | None, _fact: PackFact | None) -> Part:
    return archive_parts(archives.write_files(pack_files(harness.make_fresh_name())))[0]


def _choose_visibility(_harness: Harness, caller: Caller | None, fact: PackFact | None) -> str:
    if caller is None:
        return "org"
    return "community" if fact is None or fact.visibility == "org" else "org"


FIELDS: Mapping[str, Field] = {
    "image_ref": recipes.IMAGE_FIELD,
    "archive": Field(_archive),
    "visibility": Field(_choose_visibility),
}


def make_new_content(fact: PackFact | None, values: Mapping[str, str]) -> bytes:
    """Return other bytes than the file has; of pack.yaml some that may stand in its place."""
    contents: tuple[bytes, ...] = REPLACEMENTS
    if "pack.yaml" in values.values() and fact is not None:
        contents = tuple(pack_yaml(fact.name, fact.version, **said) for said in (OTHERWISE, RICH))
    files = (fact.files if fact else None) or {}
    before = next((files[path] for path in values.values() if path in files), None)
    following = dict(zip(contents, (*contents[1:], contents[0]), strict=True))
    return following.get(before or b"", contents[0])


class PackBodies(Bodies):
    """Images that can be pulled, and archives: valid ones, and those with one defect in turn."""

    _images: list[str]
    _archives: deque[Plan]
    _valid_archives: Iterator[Plan]
    _written = 0

    def __init__(self, harness: Harness, resource: Any) -> None:
        super().__init__(harness, resource)
        self._images, self._archives = [], deque()
        self._examples = _list_examples(harness.contract)
        self._valid_archives = cycle(())

    @property
    def left(self) -> int:
        return len(self._archives)

    def prepare(self, operation: Operation, caller: Caller) -> None:
        names = set(list_fields(operation))
        if operation.resources and not operation.is_safe:
            with suppress(NotProvoked, LimitReached):
                recipes.create_owned_pack(self.harness, caller.org, origins=recipes.IMAGE)
        if "image_ref" in names:
            self._provide_images(caller)
        if "archive" in names:
            found = _draw_plans(derive_seed(self.harness.seed, operation.operation_id, "archives"))
            self._archives, self._valid_archives = deque(found), cycle([plan for plan in found if plan.is_valid])

    def _provide_images(self, caller: Caller) -> None:
        """Have the target have the next image of a pack that is there, and images that can each become one."""
        with suppress(NotProvoked):
            for pack in self._list_own(caller):
                if pack.origin == "image_ref":
                    self._images.append(recipes.choose_pullable_next(self.harness, pack))
        with suppress(NotProvoked):
            names = [self.harness.make_fresh_name() for _ in range(IMAGES)]
            self._images += dict.fromkeys(recipes.choose_pullable(self.harness, caller, name) for name in names)

    def _list_own(self, caller: Caller) -> list[PackFact]:
        return [pack for pack in list_owned_packs(self.harness.knowledge, caller.org) if pack.made]

    def fill(
        self, body: Mapping[str, Any], turn: Turn, operation: Operation, caller: Caller, fact: Fact | None
    ) -> dict[str, Any]:
        filled = dict(body)
        if isinstance(filled.get("image_ref"), str) and self.fits(operation, "image_ref", filled["image_ref"]):
            refs = self._list_images_like(fact)
            if refs and turn.takes_real:
                filled["image_ref"] = self._choose_image(refs, turn, caller)
            elif filled["image_ref"] in self._examples:
                # A target may well have the images that the contract has for examples.
                filled["image_ref"] = f"registry.example.com/conformance/{self.harness.make_fresh_name()}:1.0.0"
        if "archive" in turn.binary:
            filled["archive"] = self._archive(turn, caller)
        return filled

    def _list_images_like(self, fact: Fact | None) -> list[str]:
        """Return the images of the pack's own repository; all of them where it has none."""
        image_ref = fact.image_ref if isinstance(fact, PackFact) else None
        same = [ref for ref in self._images if image_ref and find_repository(ref) == find_repository(image_ref)]
        return same or self._images

    def _choose_image(self, refs: list[str], turn: Turn, caller: Caller) -> str:
        """Return one that can still become a pack, if the request may succeed and there is one."""
        state, known = self.harness.knowledge, get_image_facts(self.harness.knowledge)
        names = {ref: known[ref].name for ref in refs if ref in known}
        taken = {pack.name for pack in list_owned_packs(state, caller.org)}
        chosen = [ref for ref, name in names.items() if name is None or name not in taken] or refs
        return chosen[turn.number % len(chosen)]

    def _archive(self, turn: Turn, caller: Caller) -> bytes:
        """Return the next of all archives for the lead; a valid one where something else is wrong."""
        limits = self.harness.contract.archive
        takes_next = turn.is_valid and turn.is_plain and self._archives
        plan = self._archives.popleft() if takes_next else next(self._valid_archives)
        self._written += 1
        taken = [pack.name for pack in self._list_own(caller) if carries(self.harness.prefix, pack.name)]
        if plan.is_valid and turn.is_valid and taken and self._written % TAKEN_NAME == 0:
            return plan.pack(taken[0], limits)
        return plan.pack(self.harness.make_fresh_name(), limits)


@lru_cache(maxsize=8)  # a process may judge several targets by one seed
def _draw_plans(seed: int) -> tuple[Plan, ...]:
    """Return each defect once, a valid archive before each."""
    valid = draw_values(draw_plans(), 2 * len(DEFECTS), seed)
    spoiled = [replace(plan, defect=defect) for plan, defect in zip(valid, DEFECTS, strict=False)]
    return tuple(plan for pair in zip(valid[len(DEFECTS) :], spoiled, strict=True) for plan in pair)


@cache_by_contract(1)
def _list_examples(contract: Contract) -> frozenset[str]:
    """Return the references to images that the contract shows."""
    return frozenset(_find_named("image_ref", contract.document))


def _find_named(name: str, node: Any) -> Iterator[str]:
    """Yield every text of this name anywhere in a document."""
    children = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    if isinstance(node, Mapping) and isinstance(node.get(name), str):
        yield node[name]
    for child in children:
        yield from _find_named(name, child)

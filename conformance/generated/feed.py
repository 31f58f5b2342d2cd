"""Puts a caller and real data into a generated request, so that it reaches what it is about.

A request that breaks one thing gets a caller who may do it and an object that is there, so that
nothing else stands in its way. The others are dealt out: to every caller, on every kind of object.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Any, TypeVar
from urllib.parse import quote

from schemathesis import Case

from conformance.contract.contract import Parameter
from conformance.contract.schemas import Schemas
from conformance.generated import conversion
from conformance.generated.cases import Generated
from conformance.generated.schemathesis_adapter import Binary, ParameterLocation
from conformance.generated.stage import Stage
from conformance.mark import carries
from conformance.oracle.expect import expect
from conformance.profile import Caller, Credential
from conformance.recipes.draw import derived
from conformance.resources.packs.facts import PackFact, image_facts

T = TypeVar("T")
KEEP_GENERATED = 4
"""Of the dealt-out requests every fourth keeps the id, path or reference that was generated."""
TAKEN_NAME = 8
"""Every eighth archive has a name that is taken."""


@dataclass(frozen=True, slots=True)
class Fed:
    """A generated request as it is sent."""

    generated: Generated
    caller: Caller | Credential

    @property
    def case(self) -> Case[Any]:
        """The case, real data in it."""
        return self.generated.case


class Feeder:
    """Deals out callers and objects in an order that the seed decides."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._schemas = Schemas(stage.harness.contract)
        random = Random(derived(stage.harness.seed, stage.operation.operation_id, "feed"))  # noqa: S311  # reproducible, not secret
        self._others = cycle(_shuffled(random, stage.others))
        self._archives = deque(stage.plans)
        self._valid_archives = cycle(plan for plan in stage.plans if plan.valid)
        self._examples = frozenset(_named("image_ref", stage.harness.contract.document))
        self._dealt = 0
        self._packed = 0
        self._suited: str | None = None

    @property
    def archives_left(self) -> int:
        """Archives that nobody has sent yet."""
        return len(self._archives)

    def fed(self, generated: Generated) -> Fed:
        """The request with a caller and real data; the case itself is changed."""
        focused = not generated.valid or generated.phase in ("examples", "archives")
        self._dealt += not focused
        if focused or self._dealt % 2:
            pack = self._suited_pack(generated)
            self._dress(generated, pack, plain=True)
            return Fed(generated, self._stage.lead)
        pack = self._any_pack(generated.case.method)
        self._dress(generated, pack, plain=False)
        return Fed(generated, next(self._others))

    def _suited_pack(self, generated: Generated) -> PackFact | None:
        """A pack on which the request succeeds, if one can be had."""
        if not self._stage.operation.resources:
            return None
        packs = self._stage.candidates(generated.case.method)
        if not generated.valid:
            return _first([p for p in packs if p.id == self._suited] or packs or self._stage.add_pack())
        for pack in packs:
            if self._succeeds(generated, pack):
                self._suited = pack.id
                return pack
        return _first(self._stage.add_pack() or packs)

    def _succeeds(self, generated: Generated, pack: PackFact) -> bool:
        self._dress(generated, pack, plain=True)
        harness, operation = self._stage.harness, self._stage.operation
        base_url = harness.base_url(self._stage.lead.org)
        request = conversion.request(generated.case, operation.operation_id, base_url)
        answers = expect(harness.state, self._stage.lead, request)
        return any(answer.status < 400 for answer in answers)

    def _any_pack(self, method: str) -> PackFact | None:
        packs = self._stage.subjects(method)
        if not packs or self._dealt % KEEP_GENERATED == 0:
            return None
        return packs[(self._dealt // 2) % len(packs)]

    def _dress(self, generated: Generated, pack: PackFact | None, *, plain: bool) -> None:
        case = generated.case
        values = dict(case.path_parameters)
        for parameter in self._stage.operation.path_parameters:
            if parameter.spans_segments:
                values[parameter.name] = str(values[parameter.name]).replace("%2F", "/")
            if pack is not None and parameter.resource and not _is_about(case, parameter):
                values[parameter.name] = self._value(parameter, values, pack, plain=plain)
            elif not parameter.spans_segments:
                values[parameter.name] = self._stage.unharmful(str(values[parameter.name]), case.method)
        case.path_parameters = values
        if isinstance(case.body, dict):
            case.body = self._body(case.body, generated, pack, plain=plain)

    def _value(self, parameter: Parameter, values: dict[str, Any], pack: PackFact, *, plain: bool) -> str:
        """The encoded value of a path parameter that names a resource."""
        if parameter.resource is None or parameter.resource.name not in ("pack", "file"):
            return str(values[parameter.name])
        if parameter.resource.name == "pack":
            return quote(pack.id, safe="")
        paths = sorted(pack.files or {"pack.yaml": b""})
        if not plain and self._dealt % KEEP_GENERATED == 2:
            return str(values[parameter.name])
        path = paths[0] if plain else paths[self._dealt % len(paths)]
        return quote(path, safe="/")

    def _body(
        self, body: dict[str, Any], generated: Generated, pack: PackFact | None, *, plain: bool
    ) -> dict[str, Any]:
        """The body with real references and archives where it has valid ones."""
        fed = dict(body)
        if isinstance(fed.get("image_ref"), str) and self._fits("image_ref", fed["image_ref"]):
            refs = self._stage.refs_like(pack.image_ref if pack else None)
            if refs and (plain or self._dealt % KEEP_GENERATED):
                fed["image_ref"] = self._image_ref(refs, generated)
            elif fed["image_ref"] in self._examples:
                # A target may well have the images that the contract has for examples.
                fed["image_ref"] = f"registry.example.com/conformance/{self._stage.harness.fresh_name()}:1.0.0"
        if isinstance(fed.get("archive"), bytes | Binary) and self._stage.plans:
            fed["archive"] = self._archive(generated, plain=plain)
        return fed

    def _image_ref(self, refs: list[str], generated: Generated) -> str:
        """One that can still become a pack, if the request may succeed and there is one."""
        state, org = self._stage.harness.state, self._stage.lead.org
        images = image_facts(state)
        names = {ref: images[ref].name for ref in refs if ref in images}
        free = [ref for ref, name in names.items() if name is None or not state.name_taken("pack", org, name)]
        chosen = free or refs
        return chosen[generated.number % len(chosen)]

    def _archive(self, generated: Generated, *, plain: bool) -> bytes:
        """For the lead the next of all archives; a valid one where something else is wrong."""
        plan = self._archives.popleft() if generated.valid and plain and self._archives else next(self._valid_archives)
        self._packed += 1
        harness = self._stage.harness
        taken = [pack.name for pack in self._stage.own_packs() if carries(harness.prefix, pack.name)]
        if plan.valid and generated.valid and taken and self._packed % TAKEN_NAME == 0:
            return plan.pack(taken[0])
        return plan.pack(harness.fresh_name())

    def _fits(self, name: str, value: object) -> bool:
        body = self._stage.operation.body
        schemas = body.schemas.values() if body else ()
        return any(
            name in schema.get("properties", {}) and self._schemas.fits(schema["properties"][name], value)
            for schema in schemas
        )


def _is_about(case: Case[Any], parameter: Parameter) -> bool:
    """Whether the coverage phase made the request for this parameter's value."""
    data = case.meta.phase.data if case.meta else None
    location = getattr(data, "parameter_location", None)
    return location is ParameterLocation.PATH and getattr(data, "parameter", None) == parameter.name


def _named(name: str, node: Any) -> Iterator[str]:
    """Every text of this name anywhere in a document."""
    children = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    if isinstance(node, Mapping) and isinstance(node.get(name), str):
        yield node[name]
    for child in children:
        yield from _named(name, child)


def _first(packs: Sequence[PackFact]) -> PackFact | None:
    return packs[0] if packs else None


def _shuffled(random: Random, values: Iterable[T]) -> Iterator[T]:
    listed = list(values)
    random.shuffle(listed)
    return iter(listed)

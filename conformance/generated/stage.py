"""The real data of one operation's generated run: callers, packs with known files, images, archives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from conformance import archive, multipart
from conformance.bodies import fields as body_fields
from conformance.contract import Operation
from conformance.exchange import Exchange, Request
from conformance.facts import Image, PackFact
from conformance.generated.archives import DEFECTS, Plan, plans
from conformance.generated.draw import derived, drawn
from conformance.harness import Harness
from conformance.judging import NotProvoked
from conformance.packs import repository
from conformance.profile import ANONYMOUS, Caller, Credential

IMAGES = 4
"""Images of names that nothing else has; each can become a pack once."""
FILES = {"guides/first-steps.md": b"# First steps\n", "data/table.csv": b"a,b\n1,2\n"}


@dataclass(slots=True)
class Stage:
    """What a generated request can be about. Made through public calls and provider states."""

    harness: Harness
    operation: Operation
    lead: Caller
    """May do the operation: neither scope nor billing stands in the way."""
    others: tuple[Caller | Credential, ...]
    """Everybody else, and nobody."""
    image_refs: list[str] = field(default_factory=list)
    """Images that the target can pull."""
    plans: list[Plan] = field(default_factory=list)
    """Archives, valid ones and those with one defect in turn."""
    _makings: dict[str, Exchange] = field(default_factory=dict)
    """By pack id, the request that made it."""

    def own_packs(self) -> list[PackFact]:
        """Packs of the lead's org that the run made, in the order of their making."""
        return [p for p in self.harness.state.owned(self.lead.org) if p.made]

    def all_packs(self) -> list[PackFact]:
        """Every pack that is known, whoever may see it."""
        return sorted(self.harness.state.packs.values(), key=lambda p: (not p.made, p.name, p.owner or ""))

    def add_uploaded_pack(self, visibility: str = "org") -> None:
        """An own pack whose files are known and may be replaced; not provoked where it cannot be made."""
        request = self._upload(self.harness.fresh_name(), visibility)
        self.remember(self.harness.hold(self._maker("packs.upload"), request))

    def remember(self, exchange: Exchange) -> None:
        """Keep the request that made something, for whoever has to repeat one about it."""
        if exchange.status == 201 and isinstance(exchange.json, dict):
            self._makings[str(exchange.json.get("id"))] = exchange

    def steps(self, exchange: Exchange) -> tuple[Exchange, ...]:
        """What has to be sent before an exchange so that its path leads to the same."""
        values = exchange.request.path_values.values()
        return tuple(self._makings[value] for value in values if value in self._makings)

    def add_image(self, name: str, tag: str) -> str | None:
        """The reference of an image of this name; None where the target cannot be given one."""
        image_ref = f"registry.example.com/conformance/{name}:{tag}"
        try:
            self.harness.provide("image is available", image_ref=image_ref, name=name, version=tag)
        except NotProvoked:
            return None
        self.harness.state = self.harness.state.with_image(image_ref, Image(name, tag))
        self.image_refs.append(image_ref)
        return image_ref

    def refs_like(self, image_ref: str | None) -> list[str]:
        """The images of the same repository; all of them where it has none."""
        if image_ref is None:
            return self.image_refs
        same = [r for r in self.image_refs if repository(r) == repository(image_ref)]
        return same or self.image_refs

    def _maker(self, operation_id: str) -> Caller:
        operation = self.harness.contract.operations[operation_id]
        if self.harness.may(self.lead, operation):
            return self.lead
        return self.harness.able(operation, self.lead.org)

    def _upload(self, name: str, visibility: str) -> Request:
        manifest = f"name: {name}\nversion: 1.0.0\n".encode()
        packed = archive.write_files({"pack.yaml": manifest, **FILES})
        parts = [
            multipart.Part("archive", packed, "pack.tar.gz", "application/gzip"),
            multipart.Part("visibility", visibility.encode()),
        ]
        headers = (("Content-Type", multipart.content_type()),)
        operation = self.harness.contract.operations["packs.upload"]
        return Request(
            operation.operation_id, operation.method, operation.path, {}, "", headers, multipart.encode(parts)
        )


def set_stage(harness: Harness, operation: Operation) -> Stage:
    """The stage for one operation; not provoked where no caller may do it."""
    lead = harness.able(operation)
    others: list[Caller | Credential] = [c for c in harness.callers() if c is not lead]
    stage = Stage(harness, operation, lead, (*others, ANONYMOUS))
    fields = set(body_fields(operation))
    if operation.resources or "image_ref" in fields:
        _make_packs(stage)
    if "archive" in fields:
        stage.plans = _plans(derived(harness.seed, operation.operation_id, "archives"))
    return stage


def _make_packs(stage: Stage) -> None:
    """Two uploaded packs, images, and a pack of the first image, as far as the target lets them be made."""
    harness = stage.harness
    try:
        for visibility in ("org", "community"):
            stage.add_uploaded_pack(visibility)
    except NotProvoked:
        # A target that cannot make packs is judged on those it has.
        return
    name = harness.fresh_name()
    first = stage.add_image(name, "1.0.0")
    if first is None:
        known = harness.profile.known
        stage.image_refs = [ref for ref in (known.image_ref, known.next_image_ref) if ref]
        return
    stage.add_image(name, "1.1.0")
    for _ in range(IMAGES):
        stage.add_image(harness.fresh_name(), "1.0.0")
    create = harness.contract.operations["packs.create"]
    body = f'{{"image_ref": "{first}"}}'.encode()
    headers = (("Content-Type", "application/json"),)
    request = Request(create.operation_id, create.method, create.path, {}, "", headers, body)
    stage.remember(harness.send(stage.lead, request))


def _plans(seed: int) -> list[Plan]:
    """Each defect once, a valid archive before each."""
    valid = drawn(plans(), 2 * len(DEFECTS), seed)
    spoiled = [replace(plan, defect=defect) for plan, defect in zip(valid, DEFECTS, strict=False)]
    return [plan for pair in zip(valid[len(DEFECTS) :], spoiled, strict=True) for plan in pair]

"""Packs on expeditions: what is asked for, and what a write may change of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from conformance.contract.contract import Contract, JsonObject, Operation
from conformance.http.exchange import Exchange, Request
from conformance.oracle.bodies import list_fields
from conformance.oracle.breach import Breach, DataEffect
from conformance.oracle.declaration.fields import list_objects, read_path
from conformance.oracle.declaration.registry import find_resource_in_path
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential
from conformance.recipes.about import choose_path_values, with_right_body
from conformance.recipes.reading import differing_fields, get_field, is_later, parse_time
from conformance.recipes.requests import build, with_json, with_parts
from conformance.recipes.steps import SetUp, Steps
from conformance.resources.packs import archives, recipes
from conformance.resources.packs.oracle import PackFact, find_repository, get_image_facts
from conformance.resources.packs.recipes import OF_CONTENT, OF_VISIBILITY, WRITTEN, find_sharing_effect
from conformance.resources.packs.sample_files import archive_parts, pack_files
from conformance.results.difference import from_bytes, from_field, from_fields

PATCH, IMAGE, FILE, LIST_FILES, READ_FILE = (
    "packs.update_visibility",
    "packs.replace_image",
    "packs.replace_file",
    "packs.list_files",
    "packs.read_file",
)
VISIBILITIES = ("org", "community")
CONTENTS = (b"", bytes(range(256)), b"text\n", b"text\r\n")
"""The contents that a file is replaced by, in turn with a text of its own."""
AMISS = 5  # the choice that is not as it should be: a taken name, an image or a file that is not there


class PackSteps(Steps):
    """The steps of archives, images and files."""

    @property
    def set_ups(self) -> tuple[SetUp, ...]:
        return (self._reference_once_more,)

    def _reference_once_more(self, fact: Fact, choice: int) -> Iterator[Operation]:
        """Yield one more role references the pack: of its own org or of another that sees it, archived or not."""
        org = self.other.org if self.other and choice % 2 else self.lead.org
        if fact.id in self.harness.knowledge.get_facts("pack") and fact.is_visible_to(org):
            recipes.reference_pack(self.harness, cast("PackFact", fact), org, archived=choice // 2 % 2 == 1)
        # What a role keeps from being done shows only where somebody tries, and tries again.
        trying = self.harness.contract.operations[PATCH if choice % 4 else recipes.DELETE]
        yield from (trying, trying)

    def request(self, operation: Operation, caller: Caller | Credential, fact: Fact, choice: int) -> Request:
        known, names = cast("PackFact", fact), set(list_fields(operation))
        if not find_resource_in_path(operation):
            return self._build_creation(operation, known, choice)
        values = choose_path_values(operation, fact)
        spanning = next((p.name for p in operation.path_parameters if p.spans_segments), None)
        if spanning is not None:
            values[spanning] = _choose_file(known, choice)
        if "visibility" in names:
            return with_json(operation, values, {"visibility": VISIBILITIES[choice % 2]})
        if "image_ref" in names:
            return with_json(operation, values, {"image_ref": self._choose_image(known, choice)})
        if spanning is not None and operation.body is not None and values[spanning] != "pack.yaml":
            content = CONTENTS[choice] if choice < len(CONTENTS) else f"content {choice}\n".encode()
            return build(operation, values, content=content, media_type=next(iter(operation.body.schemas)))
        asking = caller if isinstance(caller, Caller) else self.lead
        return with_right_body(self.harness, operation, asking, values, fact)

    def _build_creation(self, operation: Operation, fact: PackFact, choice: int) -> Request:
        name, names = fact.name if choice == AMISS else self.harness.make_fresh_name(), set(list_fields(operation))
        if "archive" in names:
            packed = archives.write_files(pack_files(name, version=f"1.0.{choice}"))
            return with_parts(operation, {}, archive_parts(packed, _find_sent_visibility(choice)))
        if "image_ref" in names:
            image_ref = self._choose_pullable(name, f"2.0.{choice}", f"registry.conformance.example/{name}")
            return with_json(operation, {}, {"image_ref": image_ref, "visibility": _find_sent_visibility(choice)})
        return with_right_body(self.harness, operation, self.lead, {}, None)

    def _choose_image(self, fact: PackFact, choice: int) -> str:
        if fact.image_ref is None:
            raise NotProvoked(f"pack {fact.id} shows no image_ref")
        base = find_repository(fact.image_ref)
        return f"{base}:9.9.9-absent" if choice == AMISS else self._choose_pullable(fact.name, f"1.{choice}.0", base)

    def _choose_pullable(self, name: str, version: str, base: str) -> str:
        known = f"{base}:{version}"
        return (
            known
            if known in get_image_facts(self.harness.knowledge)
            else recipes.image(self.harness, name, version, of=base)
        )

    def check_creation(self, exchange: Exchange, made: Fact, choice: int) -> Iterator[Breach]:
        asked, got, files = (
            _find_sent_visibility(choice),
            get_field(exchange.json, "visibility"),
            cast("PackFact", made).files,
        )
        if got != asked:
            effect, evidence = find_sharing_effect(asked, got), from_field("visibility", asked, got)
            yield Breach("CREATE-VISIBILITY", f"visibility {asked}", repr(got), effect=effect, evidence=evidence)
        shown = get_field(exchange.json, "size_bytes")
        if files is not None and shown != (size := sum(map(len, files.values()))):
            evidence = from_field("size_bytes", size, shown)
            yield Breach("CREATE-SIZE", f"size_bytes {size}", "another one", evidence=evidence)

    def check_write(self, exchange: Exchange, before: Fact, read: JsonObject) -> Iterator[Breach]:
        yield from check_effects(self.harness.contract, exchange.operation_id or "", before.shown, read)
        path, files = exchange.request.path_values.get("path"), cast("PackFact", before).files
        was = files.get(path) if files and path else None
        same_digest = get_field(read, "image_digest") == before.shown.get("image_digest")
        if was is not None and was != exchange.request.content and same_digest:
            evidence = from_fields(["image_digest"], before.shown, read)
            yield Breach("FILE-DIGEST-VERSION", "a new image_digest", "the same", evidence=evidence)
        image = get_image_facts(self.harness.knowledge).get(str(get_field(read, "image_ref")))
        if image is not None and image.version is not None and get_field(read, "version") != image.version:
            evidence = from_field("version", image.version, get_field(read, "version"))
            yield Breach("IMAGE-REREAD", "the version of the image", "another one", evidence=evidence)

    def check_read(self, exchange: Exchange, fact: Fact) -> Iterator[Breach]:
        path, files = exchange.request.path_values.get("path"), cast("PackFact", fact).files
        if exchange.has_succeeded and files and exchange.operation_id == LIST_FILES:
            yield from check_file_list(exchange, files)
        if exchange.has_succeeded and files and path and path in files and exchange.body != files[path]:
            evidence = from_bytes(files[path], exchange.body)
            yield Breach(
                "FILE-BYTES", "the bytes that were put in", "other bytes", effect=DataEffect.LOST, evidence=evidence
            )

    def cite_reading(self, operation: Operation, differing: list[str]) -> str:
        if operation.operation_id == PATCH and "visibility" not in differing:
            return "PACK-PATCH-ONLY-VISIBILITY"
        return Steps.cite_reading(self, operation, differing)

    def build_part_read(self, exchange: Exchange) -> Request | None:
        values = exchange.request.path_values
        return build(self.harness.contract.operations[READ_FILE], values) if "path" in values else None

    def read_besides(self, exchange: Exchange) -> Iterator[Request]:
        values = exchange.request.path_values
        if "path" in values:
            yield build(self.harness.contract.operations[LIST_FILES], {"id": values["id"]})

    def compare_item(self, shown: Any, fact: Fact, *, own: bool) -> list[str]:
        if own:
            return Steps.compare_item(self, shown, fact, own=own)
        return [name for name in ("name", "version", "visibility") if shown.get(name) != getattr(fact, name)]


def _find_sent_visibility(choice: int) -> str:
    """Return what a request that makes a pack asks for."""
    return VISIBILITIES[choice // 4 % 2]


def check_file_list(exchange: Exchange, files: Mapping[str, bytes]) -> Iterator[Breach]:
    """Yield what is wrong with a list of files: each is there once, with its size."""
    listed = sorted((read_path(entry), get_field(entry, "size")) for entry in list_objects(exchange.json))
    right = sorted((path, len(content)) for path, content in files.items())
    if listed != right:
        evidence = from_field("entries", right, listed)
        said = "every file once, with its size", "other files or sizes"
        yield Breach("FILE-LISTED", *said, effect=DataEffect.LOST, evidence=evidence)


def _choose_file(fact: PackFact, choice: int) -> str:
    if choice == AMISS:
        return "data/absent.txt"
    files = sorted(fact.files) if fact.files else ["pack.yaml"]
    return files[choice % len(files)]


def check_effects(contract: Contract, operation_id: str, before: JsonObject, after: JsonObject) -> Iterator[Breach]:
    """Yield what is not as the write that succeeded leaves it; nothing where the pack of before is not known."""
    if not before:
        return
    was, now = dict(before), dict(after)
    if operation_id == PATCH:
        if moved := differing_fields(contract, was, now, ignoring=OF_VISIBILITY):
            yield _check_moved("PACK-PATCH-ONLY-VISIBILITY", "every other field as before", moved, was, now)
        same = was.get("visibility") == now.get("visibility")
        yield from _check_moment("PACK-PATCH-NOOP" if same else "PACK-PATCH-UPDATED-AT", was, now, moves=not same)
    elif operation_id in (IMAGE, FILE):
        if moved := differing_fields(contract, was, now, ignoring=OF_CONTENT):
            yield _check_moved("CONTENT-KEEPS-REST", "the rest as before", moved, was, now)
        if was.get("image_digest") != now.get("image_digest"):
            yield from _check_moment("CONTENT-UPDATED-AT", was, now, moves=True)


def _check_moved(rule: str, expected: str, moved: list[str], was: JsonObject, now: JsonObject) -> Breach:
    shared = find_sharing_effect(was.get("visibility"), now.get("visibility")) if "visibility" in moved else None
    lost, evidence = DataEffect.LOST if WRITTEN & {*moved} else shared, from_fields(moved, was, now)
    return Breach(rule, expected, f"{', '.join(moved)} changed", effect=lost, evidence=evidence)


def _check_moment(rule: str, was: JsonObject, now: JsonObject, *, moves: bool) -> Iterator[Breach]:
    """Yield a breach where updated_at has not moved forward, or has not stayed."""
    earlier, later = was.get("updated_at"), now.get("updated_at")
    try:
        moved = is_later(earlier, later)
        same = parse_time(earlier) == parse_time(later)
    except NotProvoked:
        return
    if moves and moved is False:
        said = "a later updated_at", "the same or an earlier one"
        yield Breach(rule, *said, evidence=from_fields(["updated_at"], was, now))
    elif not moves and not same:
        said = "updated_at as before", "another one"
        yield Breach(rule, *said, evidence=from_fields(["updated_at"], was, now))

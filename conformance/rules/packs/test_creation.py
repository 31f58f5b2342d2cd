"""Clause creation: what a new pack is made of, its name, its size and its digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml

from conformance.budget import ValuePart
from conformance.http.exchange import Exchange
from conformance.mark import carries
from conformance.oracle.breach import DataEffect
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.judging import NotProvoked
from conformance.recipes.making import obtain
from conformance.recipes.reading import get_field
from conformance.recipes.requests import build
from conformance.recipes.valid import build_valid
from conformance.recipes.values.hard_values import WITH_NUL
from conformance.recipes.values.value_kinds import list_kinds_of_schema
from conformance.resources import packs
from conformance.resources.packs import CREATE, DELETE, UPLOAD, archives
from conformance.resources.packs.archives import Entry
from conformance.resources.packs.drawn_archives import STYLES, write_manifest
from conformance.resources.packs.oracle import is_made_of_name
from conformance.resources.packs.reading import read_pack
from conformance.resources.packs.sample_files import NULLS, RIGHT, VERSION, WRONG, WRONG_NAMES
from conformance.results.difference import from_field, from_fields
from conformance.rules.checks import check_shows
from conformance.rules.kept_values import check_kept, deal_rounds, list_parts
from conformance.rules.packs.requests import (
    REPLACE_FILE,
    build_creation,
    create,
    create_owned,
    find_uploader,
    on,
    replace_file,
    upload,
)
from conformance.running.binding import about, in_full, over, rule
from conformance.session.harness import Harness
from conformance.yaml_versions import read_versions

LONG = 4097
"""Characters of a text in a pack.yaml: the contract bounds some of them, and a server may bound the whole."""
LISTS = ("capabilities", "suggested_packs")
"""The keys of pack.yaml that a pack shows as texts."""


def _upload(harness: Harness, files: Mapping[str, bytes], visibility: str | None = "org") -> Exchange:
    return harness.hold(find_uploader(harness), upload(harness, files, visibility))


@rule("CREATE-METADATA")
@in_full
@about(UPLOAD)
@over("part", list_parts)
def test_an_uploaded_pack_shows_its_pack_yaml(harness: Harness, part: ValuePart) -> None:
    """Each key of pack.yaml has values of every kind, in every style of YAML; all who may read the pack.

    Capabilities are shown as YAML text, and suggested packs joined with commas.
    """
    manifest = harness.contract.archive.manifest["properties"]
    kinds = {key: list_kinds_of_schema(harness.contract, schema) for key, schema in manifest.items() if key != "name"}
    styles = sorted(STYLES)
    for turn, together in enumerate(deal_rounds(harness, part, kinds), harness.seed + part.number):
        made_up = {key: kind.make(harness.random, LONG) for key, kind in together.items() if not kind.may_be_refused}
        said = {"name": harness.make_fresh_name(), "version": VERSION, **made_up}
        style = styles[turn % len(styles)]
        request = upload(
            harness, {"pack.yaml": write_manifest(said, style)}, harness.random.choice(("org", "community"))
        )
        made = harness.judge(find_uploader(harness), replace(request, tried=_describe_tried(together, style)))
        if made.has_succeeded:
            _check_said(harness, made, said)


def _describe_tried(kinds: Mapping[str, object], style: str) -> str:
    return ", ".join([f"pack.yaml ({style})", *(f"{key}: {kind}" for key, kind in kinds.items())])


def _check_said(harness: Harness, made: Exchange, said: Mapping[str, Any]) -> None:
    """Check that a pack shows what its pack.yaml says."""
    expected = {key: value for key, value in said.items() if key not in LISTS}
    if joined := said.get("suggested_packs"):
        expected["suggested_packs"] = ",".join(joined)
    rules = {**dict.fromkeys(expected, "CREATE-METADATA"), "display_name": "CREATE-DISPLAY-NAME"}
    check_kept(harness, harness.contract.operations[UPLOAD], made, expected, rules)
    if capabilities := said.get("capabilities"):
        text = get_field(made.json, "capabilities")
        holds = isinstance(text, str) and capabilities in read_versions(text).values()
        evidence = from_field("capabilities", yaml.safe_dump(capabilities), text)
        harness.check(holds, made, "capabilities as YAML text", repr(text)[:80], evidence=evidence)


@rule("CREATE-METADATA")
@about(UPLOAD)
def test_what_pack_yaml_does_not_say_is_not_shown(harness: Harness) -> None:
    """pack.yaml has what it needs alone: of its other keys the pack shows nothing, or a list of nothing as text."""
    manifest = harness.contract.archive.manifest
    made = _upload(harness, {"pack.yaml": packs.pack_yaml(harness.make_fresh_name(), description=None)})
    for key in sorted({*manifest["properties"]} - {*manifest["required"], "display_name"}):
        text = get_field(made.json, key)
        holds = not text or (key in LISTS and [] in read_versions(str(text)).values())
        harness.check(holds, made, f"no {key}", repr(text)[:80], evidence=from_field(key, "none", text))


@rule("CREATE-METADATA")
@about(UPLOAD)
def test_a_nul_in_a_description_is_kept_or_refused(harness: Harness) -> None:
    """The description has U+0000; it is shown as it was sent, or the archive is refused."""
    said = packs.pack_yaml(harness.make_fresh_name(), description=WITH_NUL)
    made = harness.judge(find_uploader(harness), upload(harness, {"pack.yaml": said}))
    if made.has_succeeded:
        check_shows(harness, made, "description", WITH_NUL, effect=DataEffect.LOST)


@rule("CREATE-METADATA")
def test_a_pack_made_of_an_image_shows_the_images_name(harness: Harness) -> None:
    """A creation shows name and version of its image; an image may show more."""
    caller, name = harness.able(harness.contract.operations[CREATE]), harness.make_fresh_name()
    made = harness.hold(caller, build_creation(harness, CREATE, name, "4.5.6"))
    check_shows(harness, made, "name", name)
    check_shows(harness, made, "version", "4.5.6")


@rule("CREATE-DISPLAY-NAME")
@over("said", lambda _: [None, "The Name For People"])
def test_the_display_name(harness: Harness, said: str | None) -> None:
    """The display name is that of pack.yaml, else made of the name."""
    name = f"{harness.make_fresh_name()}-made-of-2"
    made = _upload(harness, {"pack.yaml": packs.pack_yaml(name, display_name=said)})
    if said is not None:
        check_shows(harness, made, "display_name", said)
        return
    shown, right = get_field(made.json, "display_name"), " ".join(part.capitalize() for part in name.split("-"))
    evidence = from_field("display_name", right, shown)
    harness.check(is_made_of_name(shown, name), made, f"display_name {right!r}", repr(shown), evidence=evidence)


@rule("CREATE-ORIGIN")
@over("operation_id, origin", lambda _: [(UPLOAD, "upload"), (CREATE, "image_ref")])
def test_the_origin_says_what_it_was_made_of(harness: Harness, operation_id: str, origin: str) -> None:
    """image_origin is upload for an archive and image_ref for an image."""
    operation = harness.contract.operations[operation_id]
    caller = harness.able(operation)
    check_shows(harness, harness.hold(caller, build_valid(harness, operation, caller)), "image_origin", origin)


@rule("CREATE-VISIBILITY")
@over("operation_id", lambda _: [UPLOAD, CREATE])
@over("sent", lambda _: ["org", "community", None])
def test_the_visibility_is_the_one_that_was_sent(harness: Harness, operation_id: str, sent: str | None) -> None:
    """Both creations show the visibility that was sent, and org where none was."""
    caller, name = harness.able(harness.contract.operations[operation_id]), harness.make_fresh_name()
    if operation_id == UPLOAD:
        request = upload(harness, packs.pack_files(name), sent)
    else:
        request = create(harness, packs.image(harness, name), sent)
    made = harness.hold(caller, request)
    effect = packs.find_sharing_effect(sent, get_field(made.json, "visibility"))
    check_shows(harness, made, "visibility", sent or "org", effect=effect)


@rule("CREATE-NAME-TAKEN")
@over("first", lambda _: [UPLOAD, CREATE])
@over("second", lambda _: [UPLOAD, CREATE])
def test_a_name_is_taken_once_in_an_org(harness: Harness, first: str, second: str) -> None:
    """Two packs of one name are made, each by upload or of an image."""
    name = harness.make_fresh_name()
    caller = harness.able(harness.contract.operations[first])
    harness.hold(caller, build_creation(harness, first, name, "1.0.0"))
    harness.judge(caller, build_creation(harness, second, name, "1.0.1"))


@rule("CREATE-NAME-TAKEN")
@over("operation_id", lambda _: [UPLOAD, CREATE])
def test_a_name_is_free_again_when_its_pack_is_deleted(harness: Harness, operation_id: str) -> None:
    """A shared pack is deleted, then another is made with its name, which has another id and is not shared."""
    caller, fact = create_owned(harness, operation_id, visibility="community")
    harness.hold(caller, on(harness, packs.DELETE, fact))
    read = packs.GET in harness.contract.operations
    if read and harness.send(caller, on(harness, packs.GET, fact)).has_succeeded:
        raise NotProvoked("the pack is still there after its deletion")
    made = harness.judge(caller, build_creation(harness, operation_id, fact.name, "1.1.0"))
    got, evidence = get_field(made.json, "id"), from_field("id", "another id", fact.id)
    harness.check(got != fact.id, made, "another id than that of the deleted pack", "the same", evidence=evidence)
    effect = packs.find_sharing_effect("org", get_field(made.json, "visibility"))
    check_shows(harness, made, "visibility", "org", effect=effect)


@rule("CREATE-NAME-PER-ORG")
@over("whose", lambda _: ["another org", "the platform"])
def test_a_name_of_somebody_else_is_free(harness: Harness, whose: str) -> None:
    """A pack gets the name of a visible pack of another org, or of the platform."""
    caller = find_uploader(harness)
    ownership = packs.FOREIGN_COMMUNITY if whose == "another org" else packs.PLATFORM
    name = obtain(harness, require_resource("pack"), ownership, caller).name
    if not name or harness.knowledge.is_name_taken("pack", caller.org, name):
        raise NotProvoked(f"{caller.org} has a pack of the name of {whose} already")
    if not harness.is_alone and not carries(harness.prefix, name):
        raise NotProvoked(f"the name of {whose} that there is does not carry the run's mark")
    harness.judge(caller, upload(harness, packs.pack_files(name)))


@rule("CREATE-PACK-YAML")
@over("kind", lambda _: [*WRONG, *WRONG_NAMES, *(f"null-{key}" for key in NULLS)])
def test_a_pack_yaml_against_the_grammar_is_refused(harness: Harness, kind: str) -> None:
    """One key of pack.yaml is wrong at a time; a right file was taken before."""
    caller = find_uploader(harness)
    _upload(harness, packs.pack_files(harness.make_fresh_name()))
    said = yaml.safe_load(packs.pack_yaml(harness.make_fresh_name()))
    if kind.startswith("null-"):
        said[kind.removeprefix("null-")] = None
    elif kind in WRONG_NAMES:
        said["name"] = WRONG_NAMES[kind](said["name"])
    else:
        said |= WRONG[kind]
        said = {key: value for key, value in said.items() if value is not None}
    harness.judge(caller, upload(harness, {"pack.yaml": yaml.safe_dump(said).encode()}))


@rule("CREATE-PACK-YAML")
@over("kind", lambda _: list(RIGHT))
def test_a_pack_yaml_just_inside_the_grammar_is_taken(harness: Harness, kind: str) -> None:
    """pack.yaml has values at each limit, and keys that are not listed."""
    caller = find_uploader(harness)
    said = {"name": harness.make_fresh_name(), **RIGHT[kind]}
    harness.judge(caller, upload(harness, {"pack.yaml": packs.pack_yaml(**said)}))


@rule("CREATE-PACK-YAML")
@over("length", lambda _: [1, 63])
def test_a_name_just_inside_the_grammar_is_taken(harness: Harness, length: int) -> None:
    """Names have sixty-three characters, and one where the test has a world of its own."""
    caller = find_uploader(harness)
    harness.judge(caller, upload(harness, packs.pack_files(harness.make_fresh_name(length))))


@rule("CREATE-SIZE")
def test_the_size_is_that_of_the_unpacked_files(harness: Harness) -> None:
    """size_bytes is the sum of the files; folders and compression do not count."""
    files = packs.pack_files(harness.make_fresh_name()) | {"data/zeros.bin": bytes(5000), "data/empty.txt": b""}
    made = _upload(harness, files)
    check_shows(harness, made, "size_bytes", sum(map(len, files.values())))


@rule("CREATE-DIGEST")
def test_equal_content_has_an_equal_digest(harness: Harness) -> None:
    """Archives of the same files differ in order, prefix and a folder around them."""
    caller = find_uploader(harness)
    files = packs.pack_files(harness.make_fresh_name())
    plain = [Entry(path, content) for path, content in files.items()]
    reordered = list(reversed(plain))
    prefixed = [Entry(f"./{entry.path}", entry.content) for entry in plain]
    wrapped = [Entry(f"around/{entry.path}", entry.content) for entry in plain]
    digests = []
    for entries in (plain, reordered, prefixed, wrapped):
        made = harness.hold(caller, upload(harness, archives.write(entries)))
        digests.append(get_field(made.json, "image_digest"))
        evidence = from_field("image_digest", digests[0], digests[-1])
        same = digests[-1] == digests[0]
        harness.check(same, made, "the digest of the same content", "another digest", evidence=evidence)
        values = {"id": str(get_field(made.json, "id"))}
        harness.hold(caller, build(harness.contract.operations[DELETE], values))


@rule("CREATE-DIGEST")
@over("change", lambda _: ["bytes", "path", "one-more", "one-less"])
def test_other_content_has_another_digest(harness: Harness, change: str) -> None:
    """The second archive has other bytes, another path, one file more or one less."""
    caller = find_uploader(harness)
    files = packs.pack_files(harness.make_fresh_name())
    first = _upload(harness, files)
    harness.hold(caller, build(harness.contract.operations[DELETE], {"id": str(get_field(first.json, "id"))}))
    kept = {path: content for path, content in files.items() if path != packs.FILE}
    changed = {
        "bytes": {**files, packs.FILE: packs.FILE_CONTENT + b"!"},
        "path": {**kept, "data/other.txt": packs.FILE_CONTENT},
        "one-more": {**files, "data/empty.txt": b""},
        "one-less": kept,
    }[change]
    second = _upload(harness, changed)
    differs = get_field(first.json, "image_digest") != get_field(second.json, "image_digest")
    evidence = from_fields(["image_digest"], first.json, second.json)
    harness.check(differs, second, "another digest for other content", "the same digest", evidence=evidence)


@rule("CREATE-DIGEST")
def test_content_put_back_has_its_digest_back(harness: Harness) -> None:
    """A file is replaced, then replaced by its former content."""
    caller, fact = create_owned(harness, REPLACE_FILE)
    first = get_field(read_pack(harness, caller, fact.id).json, "image_digest")
    for content, same in ((b"something else", False), (packs.FILE_CONTENT, True)):
        answer = harness.hold(caller, replace_file(harness, fact, packs.FILE, content))
        got = get_field(answer.json, "image_digest")
        expected = "the digest of before" if same else "another digest"
        evidence = from_field("image_digest", first, got)
        harness.check((got == first) is same, answer, expected, repr(got), evidence=evidence)

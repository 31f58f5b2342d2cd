"""Clause files: files of a pack, read byte for byte and replaced one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import quote

from conformance.budget import ValuePart
from conformance.contract.contract import Operation
from conformance.hostile.addresses import PATHS
from conformance.http.exchange import Exchange, Request
from conformance.oracle.declaration.fields import list_objects, read_path
from conformance.oracle.declaration.registry import require_resource
from conformance.profile import Caller
from conformance.recipes import reading
from conformance.recipes.reading import get_field
from conformance.recipes.requests import BYTES, build
from conformance.recipes.values.grammars import PATH
from conformance.recipes.values.value_kinds import LONGEST, list_kinds_of_bytes, list_kinds_of_grammar
from conformance.resources import packs
from conformance.resources.packs.archives import WITHIN
from conformance.resources.packs.oracle import PackFact
from conformance.resources.packs.reading import LIST_FILES, READ_FILE, read_back, read_file, read_file_back, read_pack
from conformance.resources.packs.steps import check_file_list
from conformance.results.difference import from_fields
from conformance.rules.checks import check_content, check_equal, check_shows
from conformance.rules.kept_values import deal_rounds, list_parts
from conformance.rules.packs.requests import REPLACE_FILE, on, replace_file
from conformance.running.binding import in_full, over, rule, takes_long
from conformance.session.harness import Harness

IN_EITHER_CASE = {"data/case.txt": b"small letters", "data/CASE.txt": b"capitals"}
"""The names of two files that differ in the case of letters alone."""

BYTES_OF_FILES = list_kinds_of_bytes()
PATHS_OF_FILES = list_kinds_of_grammar(PATH)

NORMAL_FORMS: Mapping[str, tuple[str, str]] = {
    "composed": ("data/\u00e4.txt", "data/a\u0308.txt"),
    "decomposed": ("data/a\u0308.txt", "data/\u00e4.txt"),
}
"""A path in each form, and the same letters in the other."""


def _draw_files(harness: Harness, part: ValuePart) -> dict[str, bytes]:
    """Return files with paths and bytes of every kind, each in a folder of its own."""
    folders, found = sorted(harness.contract.archive.folders), dict[str, bytes]()
    kinds = {"path": PATHS_OF_FILES, "bytes": BYTES_OF_FILES}
    for place, together in enumerate(deal_rounds(harness, part, kinds, in_full=True)):
        path, content = (together[name].make(harness.random, LONGEST) for name in ("path", "bytes"))
        found[f"{folders[place % len(folders)]}/{place}/{path}"] = content
    return found


def _with(harness: Harness, files: Mapping[str, bytes], operation_id: str = REPLACE_FILE) -> tuple[Caller, PackFact]:
    """Return an uploaded pack with these files, and a caller who may do this with them: by default replace them."""
    caller = harness.able(harness.contract.operations[operation_id])
    uploader = harness.able(harness.contract.operations[packs.UPLOAD], caller.org)
    return caller, packs.upload_pack(harness, uploader, packs.pack_files(harness.make_fresh_name()) | dict(files))


@rule("FILE-BYTES")
@in_full
@over("part", list_parts)
def test_a_file_is_read_as_it_was_put_in(harness: Harness, part: ValuePart) -> None:
    """Files of every kind, by their paths and their bytes, are read byte for byte, with their size as Content-Length.

    All who may read the pack read one of them each.
    """
    files = _draw_files(harness, part)
    caller, fact = _with(harness, files, READ_FILE)
    readers = reading.list_readers(harness, require_resource("pack"), caller.org) or (caller,)
    for place, (path, content) in enumerate(files.items()):
        read = read_file_back(harness, readers[place % len(readers)], fact.id, path)
        check_content(harness, read, content, "the bytes that were put in")
        length = read.find_header("content-length")
        right = read.is_reframed or length == str(len(content))
        harness.check(right, read, f"Content-Length {len(content)}", str(length))


@rule("FILE-LISTED")
@in_full
@over("part", list_parts)
def test_files_are_listed_as_they_are_read(harness: Harness, part: ValuePart) -> None:
    """A pack with files of every kind is listed; a file is replaced, and all who may read the pack list it again."""
    files = {**_draw_files(harness, part), **IN_EITHER_CASE}
    caller, fact = _with(harness, files, LIST_FILES)
    listing = packs.pack_files(fact.name) | files
    _check_listing(harness, caller, fact, listing)
    if REPLACE_FILE not in harness.contract.operations:
        return
    able = harness.able(harness.contract.operations[REPLACE_FILE], caller.org)
    harness.hold(able, replace_file(harness, fact, packs.FILE, b"of another size"))
    listing[packs.FILE] = b"of another size"
    readers = reading.list_readers(harness, require_resource("pack"), caller.org)
    for reader in (
        each for each in readers if each not in (caller, able)
    ):  # one who was shown an earlier list comes last
        _check_listed(harness, reader, fact, listing)
    _check_listing(harness, able, fact, listing)


def _check_listing(harness: Harness, caller: Caller, fact: PackFact, files: Mapping[str, bytes]) -> None:
    """Check that each file is listed once with its size, and is read as what the list says that it is."""
    answer = _check_listed(harness, caller, fact, files)
    for entry in list_objects(answer.json) if READ_FILE in harness.contract.operations else ():
        path, listed = read_path(entry), str(get_field(entry, "mime_type"))
        read = read_file_back(harness, caller, fact.id, path)
        check_equal(harness, answer, listed.lower(), read.media_type, f"{path} as {read.media_type}", name="mime_type")


def _check_listed(harness: Harness, caller: Caller, fact: PackFact, files: Mapping[str, bytes]) -> Exchange:
    """Return the list of the files of a pack; a finding unless each is there once, with its size."""
    answer = harness.judge(caller, on(harness, LIST_FILES, fact))
    for breach in check_file_list(answer, files):
        harness.fail(harness.build_finding(breach, answer))
    return answer


@rule("FILE-BYTES")
@over("wire", lambda _: ["data/%c3%a4.txt", "data/%C3%A4.txt", "%64%61ta/%C3%a4%2Etxt", "data/ä%2etxt"])
def test_a_path_is_read_however_it_is_encoded(harness: Harness, wire: str) -> None:
    """A path is percent-encoded in upper and lower case, and in more characters than needed."""
    caller, fact = _with(harness, {"data/ä.txt": b"one character"}, READ_FILE)
    usual = build(harness.contract.operations[READ_FILE], {"id": fact.id, "path": "data/ä.txt"})
    spelt = quote(wire, safe="/%")
    request = replace(usual, path=usual.path.removesuffix(quote("data/ä.txt")) + spelt)
    read = harness.judge(caller, request)
    check_content(harness, read, b"one character", "the bytes that were put in")


EACH_ON_FILES = over(
    "operation", lambda scope: [o for o in scope.operations if any(resource.name == "file" for resource in o.resources)]
)


@rule("FILE-NOT-FOUND")
@EACH_ON_FILES
@over("path", lambda _: ["data/absent.txt", "absent.txt", "data", "data/sample.txt/more", "DATA/sample.txt"])
def test_a_file_that_is_not_there(harness: Harness, operation: Operation, path: str) -> None:
    """The path names no file, or a folder."""
    caller, fact = _with(harness, {}, operation.operation_id)
    harness.hold(caller, _request(operation, fact, packs.FILE))
    harness.judge(caller, _request(operation, fact, path))


@rule("FILE-NOT-FOUND")
@EACH_ON_FILES
@over("form", lambda _: list(NORMAL_FORMS))
def test_a_file_has_its_name_in_one_normal_form(harness: Harness, operation: Operation, form: str) -> None:
    """A path in another Unicode normal form names no file."""
    own, other = NORMAL_FORMS[form]
    caller, fact = _with(harness, {own: b"there"}, operation.operation_id)
    harness.hold(caller, _request(operation, fact, own))
    harness.judge(caller, _request(operation, fact, other))


def _request(operation: Operation, fact: PackFact, path: str) -> Request:
    values = {"id": fact.id, "path": path}
    if operation.body is None:
        return build(operation, values)
    return build(operation, values, content=b"new", media_type=BYTES)


@rule("FILE-PATH")
@EACH_ON_FILES
@over("kind", lambda _: list(PATHS))
def test_a_path_that_no_file_can_have(harness: Harness, operation: Operation, kind: str) -> None:
    """A path with empty, dot or encoded segments is refused or not found."""
    caller, fact = _with(harness, {}, operation.operation_id)
    usual = _request(operation, fact, packs.FILE)
    harness.hold(caller, usual)
    wire, meant = PATHS[kind]
    values = {"id": fact.id, "path": meant}
    harness.judge(caller, replace(usual, path=usual.path.removesuffix(packs.FILE) + wire, path_values=values))


@rule("FILE-REPLACED")
@over("kind", lambda _: ["file", "unpacked"])
@takes_long
def test_a_file_of_what_is_as_large_as_it_may_be_is_replaced(harness: Harness, kind: str) -> None:
    """A file, or all of the pack, is at its limit; one file is replaced by one as long, then by one a byte longer."""
    caller, files = harness.able(harness.contract.operations[REPLACE_FILE]), packs.pack_files(harness.make_fresh_name())
    uploader = harness.able(harness.contract.operations[packs.UPLOAD], caller.org)
    fact = packs.upload_pack(harness, uploader, WITHIN[kind](files, harness.contract.archive))
    content = files[packs.FILE][::-1]
    for sent in (content, content + b"."):
        harness.judge(caller, replace_file(harness, fact, packs.FILE, sent))


@rule("FILE-REPLACED")
@in_full
@over("part", list_parts)
def test_a_replaced_file_is_read_back(harness: Harness, part: ValuePart) -> None:
    """A file is read, replaced by bytes of every kind and read again; other files stay as they were."""
    caller, fact = _with(harness, {"data/other.bin": bytes(8)})
    read_file(harness, caller, fact.id, packs.FILE)
    for together in deal_rounds(harness, part, {"bytes": BYTES_OF_FILES}, in_full=True):
        content = together["bytes"].make(harness.random, LONGEST)
        harness.judge(caller, replace_file(harness, fact, packs.FILE, content))
        read = read_file_back(harness, caller, fact.id, packs.FILE)
        check_content(harness, read, content, "the bytes that were sent")
    for path, kept in (("data/other.bin", bytes(8)), ("behavior.md", b"# Behave\n")):
        other = read_file_back(harness, caller, fact.id, path)
        check_content(harness, other, kept, f"{path} as it was")


@rule("FILE-DIGEST-VERSION")
def test_a_replaced_file_changes_the_digest_alone(harness: Harness) -> None:
    """Answer and pack show a new digest and the same version."""
    caller, fact = _with(harness, {})
    before = read_pack(harness, caller, fact.id).json
    answer = harness.judge(caller, replace_file(harness, fact, packs.FILE, b"other bytes"))
    for exchange in (answer, read_back(harness, caller, fact.id)):
        digest = get_field(exchange.json, "image_digest")
        evidence = from_fields(["image_digest"], before, exchange.json)
        differs = digest != get_field(before, "image_digest")
        harness.check(differs, exchange, "a new image_digest", "the same", evidence=evidence)
        got, was = get_field(exchange.json, "version"), get_field(before, "version")
        check_equal(harness, exchange, got, was, "the same version", name="version")


@rule("FILE-NOT-EDITABLE")
@over("origin", lambda _: ["image_ref", "clone"])
def test_a_file_of_a_pack_that_was_not_uploaded_is_not_replaced(harness: Harness, origin: str) -> None:
    """A file of a pack of an image, or of a clone, is replaced; one of an upload was replaced before."""
    caller, fact = _with(harness, {})
    harness.hold(caller, replace_file(harness, fact, "pack.yaml", packs.pack_yaml(fact.name, fact.version)))
    other = packs.create_owned_pack(harness, caller.org, origins=(origin,))
    read_pack(harness, caller, other.id)
    content = packs.pack_yaml(other.name, other.version, category="changed")
    harness.judge(caller, replace_file(harness, other, "pack.yaml", content))


@rule("FILE-PACK-YAML")
def test_a_replaced_pack_yaml_is_read_again(harness: Harness) -> None:
    """The pack shows the values of its new pack.yaml."""
    caller, fact = _with(harness, {})
    said = {"description": "Read again.", "category": "again", "suggested_packs": ["x", "y"]}
    content = packs.pack_yaml(fact.name, fact.version, **said)
    answer = harness.judge(caller, replace_file(harness, fact, "pack.yaml", content))
    for exchange in (answer, read_back(harness, caller, fact.id)):
        for name, expected in {**said, "suggested_packs": "x,y"}.items():
            check_shows(harness, exchange, name, expected)


WRONG_YAML: Mapping[str, Callable[[PackFact], bytes]] = {
    "other-name": lambda fact: packs.pack_yaml("other-name", fact.version),
    "other-version": lambda fact: packs.pack_yaml(fact.name, "9.9.9"),
    "no-yaml": lambda _: b"name: [unclosed",
    "no-mapping": lambda _: b"- name\n",
    "empty": lambda _: b"",
    "not-utf-8": lambda _: b"name: \xff\n",
    "no-version": lambda _: b"name: x\n",
}


@rule("FILE-PACK-YAML")
@over("kind", lambda _: list(WRONG_YAML))
def test_a_pack_yaml_that_does_not_fit_is_refused(harness: Harness, kind: str) -> None:
    """pack.yaml has another name or version, or is not valid; a fitting one was taken before."""
    caller, fact = _with(harness, {})
    fits = packs.pack_yaml(fact.name, fact.version, category="fits")
    harness.hold(caller, replace_file(harness, fact, "pack.yaml", fits))
    harness.judge(caller, replace_file(harness, fact, "pack.yaml", WRONG_YAML[kind](fact)))

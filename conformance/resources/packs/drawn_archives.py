"""Pack archives that are drawn: valid ones of every shape and style of YAML, and one refusal at a time.

A plan is drawn once and packed under any name, so that the same seed gives the same bytes whatever the run calls
its packs. The defects are the refusals that decisions on uploads list; each spoils exactly one thing of a valid plan.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import yaml
from hypothesis import strategies as st

from conformance.contract.contract import ArchiveSpec
from conformance.resources.packs.archives import MANIFEST, Entry, list_folders

PLAIN = re.compile(r"[A-Za-z]{4,}( [A-Za-z]{4,})*")
"""Texts that every version of YAML reads as texts where nothing quotes them, but for the words of its own."""
BREAKS = re.compile("[\x85\u2028\u2029]")
"""Line ends of one version of YAML that are none of another."""
WORDS = re.compile(r"true|false|null", re.IGNORECASE)
STYLES: Mapping[str, tuple[str | None, bool]] = {
    "plain": (None, False),
    "single-quoted": ("'", False),
    "double-quoted": ('"', False),
    "literal": ("|", False),
    "folded": (">", False),
    "flow": ('"', True),
}
"""The ways to write YAML by name: how scalars are written, and whether a collection is in one line, with brackets."""


def write_manifest(said: Mapping[str, Any], style: str) -> bytes:
    """Return a pack.yaml that says this in a style; a text that has no such style is double-quoted."""
    scalars, flow = STYLES[style]
    node = _build_node(said, scalars, flow=flow)
    text = yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True, width=80)
    return str(text).encode()


def _build_node(value: Any, style: str | None, *, flow: bool) -> yaml.Node:
    if isinstance(value, Mapping):
        pairs = [
            (_build_node(key, None, flow=flow), _build_node(each, style, flow=flow)) for key, each in value.items()
        ]
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=flow)
    if isinstance(value, list):
        items = [_build_node(each, style, flow=flow) for each in value]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=flow)
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) is not None and WORDS.fullmatch(value) is None
        quoted = BREAKS.search(value) is not None or (style is None and not plain)
        return yaml.ScalarNode("tag:yaml.org,2002:str", value, style='"' if quoted else style)
    return cast("yaml.Node", yaml.compose(yaml.safe_dump(value), Loader=yaml.SafeLoader))


FOLDERS = ("guides", "scripts", "data", "templates")


@dataclass(frozen=True, slots=True)
class Shape:
    """The form in which one and the same content is packed; none of it changes what the pack is."""

    prefix: str = ""
    has_folders: bool = False
    is_reversed: bool = False
    format: int = tarfile.PAX_FORMAT
    level: int = 6
    mtime: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """An archive to be: its manifest, at first without the name, its other entries, its shape and the one defect."""

    manifest: Mapping[str, Any]
    files: tuple[Entry, ...] = ()
    shape: Shape = field(default_factory=Shape)
    defect: str | None = None

    @property
    def is_valid(self) -> bool:
        return self.defect is None

    @property
    def version(self) -> str:
        return str(self.manifest["version"])

    @property
    def name(self) -> str:
        return str(self.manifest["name"])

    def pack(self, name: str, limits: ArchiveSpec) -> bytes:
        """Return the bytes of the .tar.gz, for a pack of this name; the same arguments give the same bytes."""
        named = self.with_manifest({"name": name, **self.manifest})
        return named.to_bytes() if self.defect is None else DEFECTS[self.defect](named, limits)

    def with_manifest(self, manifest: Mapping[str, Any]) -> Plan:
        """Return the plan with another manifest."""
        return replace(self, manifest=manifest)

    def with_description(self) -> Plan:
        """Return the plan with its name for a description."""
        return self.with_manifest({**self.manifest, "description": self.name})

    def list_entries(self) -> tuple[Entry, ...]:
        return (Entry(MANIFEST, write_manifest(self.manifest, "plain")), *self.files)

    def to_bytes(self) -> bytes:
        return pack_entries(self.list_entries(), self.shape)


Defect = Callable[[Plan, ArchiveSpec], bytes]
"""The function that makes of a plan an archive that the contract refuses."""


def pack_entries(entries: tuple[Entry, ...], shape: Shape) -> bytes:
    """Return the entries as a .tar.gz of the given shape."""
    ordered = tuple(reversed(entries)) if shape.is_reversed else entries
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=shape.format) as archive:
        for entry in (*_list_folders(ordered, shape), *ordered):
            archive.addfile(_build_member(entry, shape), io.BytesIO(entry.content))
    return gzip.compress(buffer.getvalue(), compresslevel=shape.level, mtime=0)


def _build_member(entry: Entry, shape: Shape) -> tarfile.TarInfo:
    prefix = "" if entry.path.startswith("/") else shape.prefix
    info = tarfile.TarInfo(prefix + entry.path)
    info.type = entry.kind
    info.size = len(entry.content) if entry.kind == tarfile.REGTYPE else 0
    info.linkname = entry.target
    info.mtime = shape.mtime
    info.mode = 0o755 if entry.kind == tarfile.DIRTYPE else 0o644
    return info


def _list_folders(entries: tuple[Entry, ...], shape: Shape) -> tuple[Entry, ...]:
    if not shape.has_folders:
        return ()
    found = list_folders(entry.path for entry in entries)
    return tuple(Entry(each, kind=tarfile.DIRTYPE) for each in found if each.partition("/")[0] in FOLDERS)


def _with_manifest(**changes: Any) -> Defect:
    return lambda plan, _: plan.with_manifest({**plan.manifest, **changes}).to_bytes()


def _with_too_long(key: str) -> Defect:
    """Return a text of one character more than the contract's schema of the manifest allows."""
    return lambda plan, limits: _with_manifest(
        **{key: key[0] * (limits.manifest["properties"][key].get("maxLength", 0) + 1)}
    )(plan, limits)


def _without_key(key: str) -> Defect:
    return lambda plan, _: plan.with_manifest({k: v for k, v in plan.manifest.items() if k != key}).to_bytes()


def _with_name(spoil: Callable[[str], Any]) -> Defect:
    """Return the defect of another name, made of the right one and in the description too, so that it is found."""
    return lambda plan, limits: _with_manifest(name=spoil(plan.name))(plan.with_description(), limits)


def _with_entry(*entries: Entry) -> Defect:
    return lambda plan, _: pack_entries((*plan.list_entries(), *entries), plan.shape)


def _with_manifest_text(text: bytes) -> Defect:
    return lambda plan, _: pack_entries((Entry(MANIFEST, text), *plan.files), plan.shape)


DEFECTS: Mapping[str, Defect] = {
    "not gzip": lambda plan, _: gzip.decompress(plan.to_bytes()),
    "empty": lambda *_: b"",
    "cut short": lambda plan, _: plan.to_bytes()[:-12],
    "gzip of no tar": lambda *_: gzip.compress(b"no tar archive " * 64, mtime=0),
    "absolute path": _with_entry(Entry("/etc/absolute.md", b"x")),
    "parent path": _with_entry(Entry("guides/../../outside.md", b"x")),
    "symbolic link": _with_entry(Entry("guides/link.md", kind=tarfile.SYMTYPE, target="../pack.yaml")),
    "hard link": _with_entry(Entry("guides/hard.md", kind=tarfile.LNKTYPE, target="pack.yaml")),
    "device": _with_entry(Entry("data/device", kind=tarfile.CHRTYPE)),
    "named pipe": _with_entry(Entry("data/pipe", kind=tarfile.FIFOTYPE)),
    "duplicate entry": _with_entry(Entry("guides/twice.md", b"one"), Entry("guides/twice.md", b"two")),
    "foreign top-level entry": _with_entry(Entry("README.md", b"outside the closed set")),
    "no manifest": lambda plan, _: pack_entries((Entry("guides/only.md", b"x"), *plan.files), plan.shape),
    "manifest is no YAML": _with_manifest_text(b"name: [unclosed"),
    "manifest is not UTF-8": _with_manifest_text(b"name: \xff\xfe"),
    "manifest is a list": _with_manifest_text(b"- name\n- version\n"),
    "no name": lambda plan, limits: _without_key("name")(plan.with_description(), limits),
    "no version": _without_key("version"),
    "null name": _with_name(lambda _: None),
    "null version": _with_manifest(version=None),
    "name of wrong type": _with_name(lambda name: [name]),
    "name outside the grammar": _with_name(lambda name: f"{name} Is No Slug"),
    "name too long": _with_name(lambda name: name.ljust(64, "a")),
    "version outside SemVer": _with_manifest(version="1.2"),
    "description too long": _with_too_long("description"),
    "category too long": _with_too_long("category"),
    "capabilities of wrong type": _with_manifest(capabilities="not a list"),
    "suggested packs of wrong type": _with_manifest(suggested_packs={"a": 1}),
    "file too large": lambda plan, limits: _with_entry(Entry("data/large.bin", bytes(limits.max_file + 1)))(
        plan, limits
    ),
}

_SEGMENTS = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-äß日", min_size=1, max_size=12)
_FILES = st.builds(
    lambda folder, names, data: Entry(f"{folder}/{'/'.join(names)}.md", data),
    st.sampled_from(FOLDERS),
    st.lists(_SEGMENTS, min_size=1, max_size=3),
    st.binary(max_size=200),
)
_NUMBERS = st.integers(0, 99)
_VERSIONS = st.builds(
    lambda core, tail: ".".join(map(str, core)) + tail,
    st.tuples(_NUMBERS, _NUMBERS, _NUMBERS),
    st.sampled_from(["", "", "-rc.1", "+build.7", "-alpha-1.0+x"]),
)
_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=40)
_MANIFESTS = st.fixed_dictionaries(
    {"version": _VERSIONS},
    optional={
        "description": _TEXT,
        "category": _TEXT,
        "display_name": _TEXT,
        "capabilities": st.lists(st.fixed_dictionaries({"name": _SEGMENTS, "type": st.just("http")}), max_size=2),
        "suggested_packs": st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=3),
        "unlisted_key": _TEXT,
    },
)
_SHAPES = st.builds(
    Shape,
    prefix=st.sampled_from(["", "", "./", "wrapped/"]),
    has_folders=st.booleans(),
    is_reversed=st.booleans(),
    format=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
    level=st.integers(1, 9),
    mtime=st.integers(0, 2**31 - 1),
)


def draw_plans(defect: str | None = None) -> st.SearchStrategy[Plan]:
    """Return plans of valid archives, or of archives with the one named defect (a key of DEFECTS)."""
    files = st.lists(_FILES, max_size=4, unique_by=lambda entry: entry.path).map(tuple)
    return st.builds(Plan, manifest=_MANIFESTS, files=files, shape=_SHAPES, defect=st.just(defect))

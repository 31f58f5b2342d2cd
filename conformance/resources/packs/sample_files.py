"""The files of small packs, the form of an upload, and what a pack.yaml may say against its grammar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from conformance.http import multipart

FILE = "data/sample.txt"
FILE_CONTENT = b"kept by the conformance suite\n"
VERSION = "1.2.3"


def pack_yaml(name: str, version: str = VERSION, **more: Any) -> bytes:
    """Return a pack.yaml; a key given as None is left out. The description tells a mark that the name may not."""
    said = {"name": name, "version": version, "description": f"Made by the conformance suite: {name}"} | more
    kept = {key: value for key, value in said.items() if value is not None}
    return yaml.dump(kept, Dumper=yaml.CSafeDumper, sort_keys=False).encode()


def pack_files(name: str, **said: Any) -> dict[str, bytes]:
    """Return the files of a small pack."""
    return {"pack.yaml": pack_yaml(name, **said), FILE: FILE_CONTENT, "behavior.md": b"# Behave\n"}


def archive_parts(packed: bytes, visibility: str | None = "org") -> list[multipart.Part]:
    """Return the form of an upload."""
    parts = [multipart.Part("archive", packed, "pack.tar.gz", "application/gzip")]
    if visibility is not None:
        parts.append(multipart.Part("visibility", visibility.encode()))
    return parts


WRONG: Mapping[str, dict[str, Any]] = {
    "no-name": {"name": None},
    "name-empty": {"name": ""},
    "name-number": {"name": 12},
    "no-version": {"version": None},
    "version-two-parts": {"version": "1.2"},
    "version-leading-zero": {"version": "01.2.3"},
    "version-v": {"version": "v1.2.3"},
    "version-number": {"version": 1.2},
    "version-empty": {"version": ""},
    "description-4097": {"description": "x" * 4097},
    "description-list": {"description": ["x"]},
    "category-65": {"category": "x" * 65},
    "category-number": {"category": 7},
    "capabilities-text": {"capabilities": "chat"},
    "capabilities-mapping": {"capabilities": {"chat": 1}},
    "suggested-text": {"suggested_packs": "calendar"},
    "suggested-number": {"suggested_packs": [1]},
    "display-name-number": {"display_name": 5},
}
"""Against it in one key each; None takes a key away."""

WRONG_NAMES: Mapping[str, Callable[[str], Any]] = {
    "name-of-64": lambda name: name.ljust(64, "a"),
    "name-capital": lambda name: f"{name}-Slack",
    "name-underscore": lambda name: f"{name}_b",
    "name-hyphen-first": lambda name: f"-{name}",
    "name-hyphen-last": lambda name: f"{name}-",
    "name-list": lambda name: [name],
    "name-newline": lambda name: f"{name}\n",
}
"""Names against it, each made of a right one: what a target makes of it all the same can be told by that."""

RICH: Mapping[str, Any] = {
    "display_name": "Übersicht 概要 \U0001f4e6",
    "description": "First line\nsecond line: «ü» \u200d \U0001f9ea\n",
    "category": "tests & checks",
    "capabilities": ["read", "Schreiben", "実行"],
    "suggested_packs": ["calendar", "mail"],
}
"""The pack.yaml with every optional key, with what is easily spoilt on its way."""
OTHERWISE: Mapping[str, Any] = {
    "display_name": "Something else",
    "description": "Another description.",
    "category": "other",
    "capabilities": [{"name": "other"}],
    "suggested_packs": ["tickets"],
}
"""The pack.yaml with another value of every optional key, so that a change of each is seen."""
RICH_FILES: Mapping[str, bytes] = {
    "data/a+b c.txt": b"a plus and a space in the name\n",
    "data/bom.txt": "\ufeffwith a byte order mark\r\n".encode(),
    "data/large.bin": bytes(range(256)) * 256 + b"\0",
    "data/odd.json": b'{ "a" :1.0,"a": [ ] }\n\n',
    "data/\u00fc\u6982.txt": b"",
}
"""Files that are easily spoilt on their way; one has 64 KiB and a byte."""
REPLACEMENTS = (b"changed by the conformance suite\n", RICH_FILES["data/bom.txt"])
"""The contents that a file is replaced by, one after the other."""

NULLS = ("name", "version", "description", "category", "capabilities", "suggested_packs", "display_name")
"""The keys that a null is not taken for."""

RIGHT: Mapping[str, dict[str, Any]] = {
    "only-what-is-needed": {"description": None},
    "description-4096": {"description": "é" * 4096},
    "category-64": {"category": "é" * 64},
    "unknown-key": {"homepage": "https://pack.example", "x": {"y": None}},
    "empty-lists": {"capabilities": [], "suggested_packs": []},
    "capabilities-of-anything": {"capabilities": ["a", 1, None, {"b": []}]},
    "version-with-everything": {"version": "10.20.30-alpha.1.x-y+build.5"},
    "version-of-zeros": {"version": "0.0.0"},
}
"""The values just inside the limits, by name."""

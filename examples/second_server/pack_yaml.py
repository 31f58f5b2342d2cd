"""pack.yaml: what it has to say, and how the lists in it are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from examples.second_server.variants import Variant

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = r"(?:0|[1-9][0-9]*)"
_LABEL = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_LABEL}(?:\.{_LABEL})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)


class Unreadable(Exception):
    """The pack.yaml cannot be taken; the text says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A pack.yaml that was read. None: the key is not there."""

    name: str
    version: str
    display_name: str | None
    description: str | None
    category: str | None
    capabilities: str | None
    suggested_packs: str | None


def read(content: bytes, variants: frozenset[Variant] = frozenset()) -> Manifest:
    """The manifest; Unreadable where it is no YAML mapping or a key breaks its grammar."""
    try:
        said = yaml.load(content.decode(), yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        # A date that is none is a ValueError, and so is what is not UTF-8.
        raise Unreadable("pack.yaml is not YAML in UTF-8") from None
    if not isinstance(said, dict):
        raise Unreadable("pack.yaml is no mapping")
    for key, (holds, rule) in _KEYS.items():
        needed = key in ("name", "version")
        if (needed or key in said) and not holds(said.get(key)):
            raise Unreadable(f"{key} of pack.yaml {rule}")
    if Variant.NUL_REFUSED in variants and "\0" in f"{said.get('description')}{said.get('category')}":
        raise Unreadable("pack.yaml has a NUL")
    return Manifest(
        name=said["name"],
        version=said["version"],
        display_name=said.get("display_name"),
        description=said.get("description"),
        category=said.get("category"),
        capabilities=_as_yaml(said.get("capabilities")),
        suggested_packs=",".join(said["suggested_packs"]) if "suggested_packs" in said else None,
    )


def titled(name: str, *, title_case: bool = False) -> str:
    """The name for people, where pack.yaml gives none."""
    if title_case:
        return " ".join(part for part in name.split("-") if part).title()
    return " ".join(part[:1].upper() + part[1:] for part in name.split("-"))


def written(name: str, version: str) -> bytes:
    """The least that a pack.yaml can be."""
    return f"name: {name}\nversion: {version}\n".encode()


def as_shown(capabilities: str | None, variants: frozenset[Variant]) -> str | None:
    """The YAML as it is kept, or the same in another style."""
    if capabilities is None or Variant.YAML_REWRITTEN not in variants:
        return capabilities
    return yaml.safe_dump(yaml.safe_load(capabilities), default_flow_style=True, width=40)


def _as_yaml(capabilities: list[Any] | None) -> str | None:
    if capabilities is None:
        return None
    return yaml.dump(capabilities, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)


def _text_of_at_most(longest: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= longest


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_KEYS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "name": (lambda v: isinstance(v, str) and bool(NAME.fullmatch(v)), "is not a slug of at most 63 characters"),
    "version": (lambda v: isinstance(v, str) and bool(VERSION.fullmatch(v)), "is not SemVer 2.0.0"),
    "display_name": (lambda v: isinstance(v, str) and v != "", "is not a text"),
    "description": (_text_of_at_most(4096), "is not a text of at most 4,096 characters"),
    "category": (_text_of_at_most(64), "is not a text of at most 64 characters"),
    "capabilities": (lambda v: isinstance(v, list), "is not a list"),
    "suggested_packs": (_is_texts, "is not a list of names"),
}

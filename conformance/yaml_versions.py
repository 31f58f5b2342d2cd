"""Texts of YAML as its versions 1.1 and 1.2 read them: scalars, ends of lines and characters allowed differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_BREAKS = (0x85, 0x2028, 0x2029)
"""The line ends of YAML 1.1 that are none of 1.2."""
_UNPRINTED = (0x7F, *range(0x80, 0x85), *range(0x86, 0xA0), 0xFFFE, 0xFFFF)
"""The characters that 1.2 takes as they are within quotes, as JSON does (5.1); readers of it take them anywhere."""
_STAND_INS: Mapping[int, int] = {each: 0x10FF00 + number for number, each in enumerate((*_BREAKS, *_UNPRINTED))}
"""The character for private use that is read in the place of each of those."""
_KEPT: Mapping[int, int] = {stand_in: each for each, stand_in in _STAND_INS.items()}
_CORE: Mapping[str, tuple[str, list[str]]] = {
    "bool": ("true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    "null": ("~|null|Null|NULL|", [*"~nN", ""]),
    "int": ("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", [*"-+0123456789"]),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        [*"-+.0123456789"],
    ),
}
"""The scalars that are no texts (YAML 1.2.2, 10.3.2), by tag: a pattern, and how one begins; "": with nothing."""


class _Core(yaml.CSafeLoader):
    """YAML 1.2 with its core schema."""


def _read_text(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node)).translate(_KEPT)


def _read_number(_loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> int:
    base = {"0o": 8, "0x": 16}.get(node.value[:2], 10)
    return int(node.value, base)


_Core.yaml_implicit_resolvers = {}
for _tag, (_pattern, _first) in _CORE.items():
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})\\Z"), _first)
_Core.add_constructor("tag:yaml.org,2002:str", _read_text)
_Core.add_constructor("tag:yaml.org,2002:int", _read_number)


def read_versions(text: str) -> dict[str, Any]:
    """Return the value of a text by version of YAML, 1.1 and 1.2; without those of which it is no text."""
    read: dict[str, Any] = {}
    for version, loader, written in (("1.1", yaml.CSafeLoader, text), ("1.2", _Core, text.translate(_STAND_INS))):
        try:
            read[version] = yaml.load(written, Loader=loader)  # noqa: S506  # both are safe loaders
        except (yaml.YAMLError, ValueError, RecursionError):
            continue
    return read


def are_same_yaml(shown: Any, sent: Any) -> bool:
    """Return whether two texts are the same in a version of YAML, in whatever style; or the same as they stand."""
    if shown == sent:
        return True
    if not isinstance(shown, str) or not isinstance(sent, str):
        return False
    one, other = read_versions(shown), read_versions(sent)
    return any(one[version] == other[version] for version in one.keys() & other.keys())

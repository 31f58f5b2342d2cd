"""A pack.yaml in the styles that YAML has for scalars, lists and mappings, all of which say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

import yaml

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

"""The metadata in a pack's pack.yaml, checked by the contract's schema of it (CREATE-PACK-YAML).

The YAML is composed into nodes and no further: no value is constructed, so aliases, dates, huge
numbers and tags cost no more than the bytes that they are written in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from mock_server.contract.keywords import ManifestRules
from mock_server.resources.yaml_nodes import compose, serialize
from mock_server.state.value import Value

MANIFEST = "pack.yaml"
MAX_MANIFEST = 256 * 1024
MAX_CAPABILITIES_DEPTH = 32
MAX_SUGGESTED_PACKS = 65_536

_TAG = "tag:yaml.org,2002:"
_KINDS = {
    f"{_TAG}null": "null",
    f"{_TAG}bool": "a boolean",
    f"{_TAG}int": "a number",
    f"{_TAG}float": "a number",
    f"{_TAG}timestamp": "a date",
    f"{_TAG}str": "text",
    f"{_TAG}map": "a mapping",
    f"{_TAG}seq": "a list",
}

_JSON: Mapping[str, Any] = {f"{_TAG}null": None, f"{_TAG}bool": True, f"{_TAG}int": 0, f"{_TAG}float": 0.5}
"""The value by which a schema judges each kind of scalar that is no text. JSON has no value for any other."""

Nodes = Mapping[str, yaml.Node]


class ContentError(Exception):
    """An archive, image or file cannot be a pack's; the message says why, for its sender."""


class PackYaml(Value):
    """The metadata of a pack. `capabilities` is YAML text, `suggested_packs` joined with commas."""

    name: str
    version: str
    display_name: str
    description: str | None = None
    category: str | None = None
    capabilities: str | None = None
    suggested_packs: str | None = None


def parse(content: bytes, rules: ManifestRules | None = None) -> PackYaml:
    """Read a pack.yaml, and check it by these rules; ContentError says what is wrong with it.

    The keys that a pack shows are texts and lists whatever the rules say, and name and version are needed.
    """
    nodes = _read_top_level(content)
    name = _require(nodes, "name")
    read = PackYaml(
        name=name,
        version=_require(nodes, "version"),
        display_name=_read_display_name(nodes, name),
        description=_read_text(nodes, "description"),
        category=_read_text(nodes, "category"),
        capabilities=_read_capabilities(nodes),
        suggested_packs=_read_suggested_packs(nodes),
    )
    if rules is not None and (complaint := rules.find_complaint(_read_values(nodes, rules.keys))):
        raise ContentError(f"pack.yaml: {complaint}")
    return read


def _read_values(nodes: Nodes, keys: frozenset[str]) -> dict[str, Any]:
    """Return the values of these keys as JSON has them; what lies deeper than a list's items is left out.

    By aliases a long text may be there many times, and what is checked is copied.
    """
    left = [MAX_MANIFEST]

    def convert(node: yaml.Node, *, inside: bool = False) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return [] if inside else [convert(each, inside=True) for each in node.value]
        if not isinstance(node, yaml.ScalarNode):
            return {}
        left[0] -= len(node.value) + 1
        if left[0] < 0:
            raise ContentError(f"pack.yaml says more than {MAX_MANIFEST:,} characters.")
        return _JSON.get(node.tag, {}) if node.tag != f"{_TAG}str" else node.value

    return {key: convert(node) for key, node in nodes.items() if key in keys}


def _read_top_level(content: bytes) -> Nodes:
    """Return the values of the document's keys; of a key that is there twice, the last."""
    if len(content) > MAX_MANIFEST:
        raise ContentError(f"pack.yaml is longer than {MAX_MANIFEST:,} bytes.")
    try:
        root = compose(content)
    except yaml.MarkedYAMLError as error:
        raise ContentError(f"pack.yaml is not valid YAML: {_describe_place(error)}.") from None
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise ContentError(f"pack.yaml is not valid YAML: {reason}.") from None
    if not isinstance(root, yaml.MappingNode):
        raise ContentError("pack.yaml must be a mapping of keys to values.")
    return {key.value: value for key, value in root.value if isinstance(key, yaml.ScalarNode)}


def _require(nodes: Nodes, key: str) -> str:
    value = _read_text(nodes, key)
    if value is None:
        raise ContentError(f"pack.yaml has no {key}.")
    return value


def _read_text(nodes: Nodes, key: str) -> str | None:
    """Return the text under a key, or None where the key is absent."""
    return _read_scalar(nodes[key], key) if key in nodes else None


def _read_scalar(node: yaml.Node, what: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag != f"{_TAG}str":
        quotable = isinstance(node, yaml.ScalarNode) and node.tag != f"{_TAG}null"
        hint = "; put it in quotes" if quotable else ""
        raise ContentError(f"pack.yaml: {what} must be text, not {_name_kind(node)}{hint}.")
    return str(node.value)


def _read_display_name(nodes: Nodes, name: str) -> str:
    given = _read_text(nodes, "display_name")
    return " ".join(part[:1].upper() + part[1:] for part in name.split("-")) if given is None else given


def _read_list(nodes: Nodes, key: str) -> yaml.SequenceNode | None:
    node = nodes.get(key)
    if node is None or (isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq"):
        return node
    raise ContentError(f"pack.yaml: {key} must be a list, not {_name_kind(node)}.")


def _read_capabilities(nodes: Nodes) -> str | None:
    node = _read_list(nodes, "capabilities")
    if node is None:
        return None
    _write_in_block_style(node, 1, set())
    text = serialize(node)
    if len(text) > MAX_MANIFEST:
        raise ContentError(f"pack.yaml: capabilities has more than {MAX_MANIFEST:,} characters.")
    return text


def _write_in_block_style(node: yaml.Node, depth: int, seen: set[int]) -> None:
    """Have the node written in block style: in flow style some plain scalars change their type.

    Indentation makes the text longer than what it was read from, by the depth, so that is bounded.
    """
    if depth > MAX_CAPABILITIES_DEPTH:
        raise ContentError(f"pack.yaml: capabilities is nested more than {MAX_CAPABILITIES_DEPTH} deep.")
    if id(node) in seen or not isinstance(node, yaml.CollectionNode):
        return
    seen.add(id(node))
    node.flow_style = False
    for part in node.value:
        for inner in part if isinstance(part, tuple) else (part,):
            _write_in_block_style(inner, depth + 1, seen)


def _read_suggested_packs(nodes: Nodes) -> str | None:
    node = _read_list(nodes, "suggested_packs")
    if node is None:
        return None
    names: list[str] = []
    length = 0
    for position, item in enumerate(node.value):
        names.append(_read_scalar(item, f"suggested_packs[{position}]"))
        length += len(names[-1]) + 1
        # Checked as it grows: one long name can be there many times by alias.
        if length > MAX_SUGGESTED_PACKS:
            raise ContentError(f"pack.yaml: suggested_packs has more than {MAX_SUGGESTED_PACKS:,} characters.")
    return ",".join(names)


def _name_kind(node: yaml.Node) -> str:
    return _KINDS.get(node.tag, f"a value of the tag {node.tag[:80]}")


def _describe_place(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}{error.problem or error.context}"

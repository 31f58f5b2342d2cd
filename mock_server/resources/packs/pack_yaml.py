"""What a pack's pack.yaml says, read from its bytes and checked (CREATE-PACK-YAML).

The YAML is composed into nodes and no further: no value is constructed, so aliases, dates, huge
numbers and tags cost no more than the bytes that they are written in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from mock_server.resources.yaml_nodes import compose, serialize
from mock_server.state.value import Value

MANIFEST = "pack.yaml"
MAX_MANIFEST = 256 * 1024
MAX_CAPABILITIES_DEPTH = 32
MAX_CATEGORY = 64
MAX_DESCRIPTION = 4096
MAX_SUGGESTED_PACKS = 65_536

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

# The grammar of SemVer 2.0.0, from its parts.
_NUMBER = r"(?:0|[1-9][0-9]*)"
_PRE_RELEASE_PART = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_BUILD_PART = r"[0-9A-Za-z-]+"
_VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
    rf"(?:-{_PRE_RELEASE_PART}(?:\.{_PRE_RELEASE_PART})*)?"
    rf"(?:\+{_BUILD_PART}(?:\.{_BUILD_PART})*)?"
)

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


def parse(content: bytes) -> PackYaml:
    """Read and check a pack.yaml; ContentError says what is wrong with it."""
    nodes = _top_level(content)
    name = _required(nodes, "name")
    if not _NAME.fullmatch(name):
        raise ContentError(
            f"pack.yaml: name {_shown(name)} must be 1 to 63 lower-case letters, digits and "
            "hyphens, with no hyphen first or last."
        )
    version = _required(nodes, "version")
    if not _VERSION.fullmatch(version):
        raise ContentError(f"pack.yaml: version {_shown(version)} is not of SemVer 2.0.0, such as 1.2.0.")
    return PackYaml(
        name=name,
        version=version,
        display_name=_display_name(nodes, name),
        description=_text(nodes, "description", MAX_DESCRIPTION),
        category=_text(nodes, "category", MAX_CATEGORY),
        capabilities=_capabilities(nodes),
        suggested_packs=_suggested_packs(nodes),
    )


def _top_level(content: bytes) -> Nodes:
    """Return the values of the document's keys; of a key that is there twice, the last."""
    if len(content) > MAX_MANIFEST:
        raise ContentError(f"pack.yaml is longer than {MAX_MANIFEST:,} bytes.")
    try:
        root = compose(content)
    except yaml.MarkedYAMLError as error:
        raise ContentError(f"pack.yaml is not valid YAML: {_place(error)}.") from None
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise ContentError(f"pack.yaml is not valid YAML: {reason}.") from None
    if not isinstance(root, yaml.MappingNode):
        raise ContentError("pack.yaml must be a mapping of keys to values.")
    return {key.value: value for key, value in root.value if isinstance(key, yaml.ScalarNode)}


def _required(nodes: Nodes, key: str) -> str:
    value = _text(nodes, key)
    if value is None:
        raise ContentError(f"pack.yaml has no {key}.")
    return value


def _text(nodes: Nodes, key: str, longest: int | None = None) -> str | None:
    """Return the text under a key, or None where the key is absent."""
    if key not in nodes:
        return None
    value = _scalar_text(nodes[key], key)
    if longest is not None and len(value) > longest:
        raise ContentError(f"pack.yaml: {key} has {len(value):,} characters, at most {longest:,} are allowed.")
    return value


def _scalar_text(node: yaml.Node, what: str) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag != f"{_TAG}str":
        quotable = isinstance(node, yaml.ScalarNode) and node.tag != f"{_TAG}null"
        hint = "; put it in quotes" if quotable else ""
        raise ContentError(f"pack.yaml: {what} must be text, not {_kind(node)}{hint}.")
    return str(node.value)


def _display_name(nodes: Nodes, name: str) -> str:
    given = _text(nodes, "display_name")
    if given is None:
        return " ".join(part[:1].upper() + part[1:] for part in name.split("-"))
    if not given:
        raise ContentError("pack.yaml: display_name must not be empty.")
    return given


def _list(nodes: Nodes, key: str) -> yaml.SequenceNode | None:
    node = nodes.get(key)
    if node is None or (isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq"):
        return node
    raise ContentError(f"pack.yaml: {key} must be a list, not {_kind(node)}.")


def _capabilities(nodes: Nodes) -> str | None:
    node = _list(nodes, "capabilities")
    if node is None:
        return None
    _in_block_style(node, 1, set())
    text = serialize(node)
    if len(text) > MAX_MANIFEST:
        raise ContentError(f"pack.yaml: capabilities has more than {MAX_MANIFEST:,} characters.")
    return text


def _in_block_style(node: yaml.Node, depth: int, seen: set[int]) -> None:
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
            _in_block_style(inner, depth + 1, seen)


def _suggested_packs(nodes: Nodes) -> str | None:
    node = _list(nodes, "suggested_packs")
    if node is None:
        return None
    names: list[str] = []
    length = 0
    for position, item in enumerate(node.value):
        names.append(_scalar_text(item, f"suggested_packs[{position}]"))
        length += len(names[-1]) + 1
        # Checked as it grows: one long name can be there many times by alias.
        if length > MAX_SUGGESTED_PACKS:
            raise ContentError(f"pack.yaml: suggested_packs has more than {MAX_SUGGESTED_PACKS:,} characters.")
    return ",".join(names)


def _kind(node: yaml.Node) -> str:
    return _KINDS.get(node.tag, f"a value of the tag {node.tag[:80]}")


def _shown(value: str) -> str:
    return f'"{value[:80]}"'


def _place(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}{error.problem or error.context}"

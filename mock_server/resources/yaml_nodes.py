"""YAML as nodes, composed and written so that other threads are not kept from running.

libyaml's own composer holds Python's lock until the whole text is read, half a second for 256 KiB of short items.
Here it makes one event after the other, and Python puts them together, which lets others in between.
"""

from __future__ import annotations

import io

import yaml
from yaml.composer import Composer
from yaml.serializer import Serializer

LITTLE = 4096
"""The bytes of a text that is composed within some milliseconds."""


class _StepLoader(Composer, yaml.CSafeLoader):
    def __init__(self, stream: bytes | str) -> None:
        yaml.CSafeLoader.__init__(self, stream)
        Composer.__init__(self)


class _StepDumper(Serializer, yaml.CSafeDumper):
    def __init__(self, stream: io.StringIO) -> None:
        yaml.CSafeDumper.__init__(self, stream, allow_unicode=True)
        Serializer.__init__(self)


def compose(text: bytes | str) -> yaml.Node | None:
    """Return the one document of a text, None for an empty one; raises YAMLError."""
    loader = _StepLoader(text)
    try:
        return loader.get_single_node()
    except RecursionError:
        raise yaml.YAMLError("it is nested too deep") from None
    finally:
        loader.dispose()


def serialize(node: yaml.Node) -> str:
    """Return the text of a document."""
    written = io.StringIO()
    dumper = _StepDumper(written)
    try:
        dumper.open()
        dumper.serialize(node)
        dumper.close()
    finally:
        dumper.dispose()
    return written.getvalue()


def is_list(text: str) -> bool:
    """Return whether a text is a YAML list; nothing in it is constructed, so it costs no more than its bytes."""
    try:
        return isinstance(compose(text), yaml.SequenceNode)
    except (yaml.YAMLError, ValueError):
        return False

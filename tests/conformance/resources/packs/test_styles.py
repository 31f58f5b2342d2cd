"""A pack.yaml says the same in each style of YAML, and each style is used."""

from __future__ import annotations

import pytest
import yaml

from conformance.recipes.values.hard_values import TEXTS
from conformance.resources.packs.drawn_archives import STYLES, write_manifest

MARKS = {
    "plain": b"description: Plain words\n",
    "single-quoted": b"description: 'Plain words'\n",
    "double-quoted": b'description: "Plain words"\n',
    "literal": b"description: |-\n",
    "folded": b"description: >-\n",
    "flow": b'{name: "a", description: "Plain words"}\n',
}


@pytest.mark.parametrize("style", STYLES)
def test_a_style_is_written(style: str) -> None:
    written = write_manifest({"name": "a", "description": "Plain words"}, style)
    assert MARKS[style] in written.replace(b'"description"', b"description")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", TEXTS)
def test_texts_of_every_kind_are_the_same_in_every_style(style: str, kind: str) -> None:
    for text in TEXTS[kind]:
        said = {"description": text, "suggested_packs": [text, "x"], "capabilities": [{text: text}, None, 1, {}, []]}
        written = write_manifest(said, style).decode()
        assert yaml.safe_load(written) == said
        assert yaml.load(written, yaml.CSafeLoader) == said

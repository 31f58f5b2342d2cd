"""The page on the vocabulary has every keyword, in the words of its JSON Schema, and its examples fit the contract."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from mock_server.contract.slips import find_first_slip
from tests.openapi import DOCUMENT
from tests.repo.sources import ROOT

PAGE = (ROOT / "docs/vocabulary.md").read_text(encoding="utf-8")
DEFINITIONS = json.loads((ROOT / "vocabulary.schema.json").read_text(encoding="utf-8"))["definitions"]
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
KEYWORDS: list[str] = DEFINITIONS["keyword"]["enum"]


def keys(schema: Mapping[str, Any]) -> Iterator[str]:
    """The names of the fields that a keyword may have, of those in them too."""
    for name, each in schema.get("properties", {}).items():
        yield name
        yield from keys(each)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from keys(schema["additionalProperties"])


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_a_keyword_has_its_row_and_an_example(keyword: str) -> None:
    [row] = re.findall(rf"^\| `{keyword}` \|.*$", PAGE, re.MULTILINE)
    assert DEFINITIONS[keyword]["description"] in row
    assert any(f"{keyword}:" in example for example in EXAMPLES)


@pytest.mark.parametrize("keyword", ["x-features", "resource-type"])
def test_what_a_keyword_may_have_is_said_and_shown(keyword: str) -> None:
    names = set(keys(DEFINITIONS[keyword]))
    assert {name for name in names if f"`{name}`" not in PAGE} == set()
    shown = "\n".join(EXAMPLES)
    assert {name for name in names if not re.search(rf"\b{name}:", shown)} == set()


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_fits_the_vocabulary(example: str) -> None:
    assert find_first_slip(laid_over(DOCUMENT, yaml.safe_load(example))) is None


def laid_over(below: Any, above: Any) -> Any:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **{name: laid_over(below.get(name), each) for name, each in above.items()}}
    return above

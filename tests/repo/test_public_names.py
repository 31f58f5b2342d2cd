"""The page on public names tells of those that the packages offer, and of no others."""

import json
import re

import conformance.pytest
import mock_server
from mock_server import pytest_plugin
from tests.repo.sources import ROOT

PAGE = (ROOT / "docs/public-names.md").read_text(encoding="utf-8")


def names_in(text: str) -> set[str]:
    """The words of a text that stand in backticks."""
    return set(re.findall(r"`([\w-]+)`", text))


def names_beside(beginning: str) -> set[str]:
    """The names in the row of the page that begins so."""
    [row] = re.findall(rf"^\| {re.escape(beginning)} \| (.*) \|$", PAGE, re.MULTILINE)
    return names_in(row)


def test_the_page_has_what_the_packages_offer() -> None:
    assert names_beside("`mock_server`") == set(mock_server.__all__)
    assert names_beside("`conformance.pytest`") == set(conformance.pytest.__all__)
    assert all(hasattr(mock_server, name) for name in mock_server.__all__)


def test_the_page_has_the_fixtures_that_come_with_the_package() -> None:
    kind = type(pytest_plugin.mock_world)
    offered = {name for name, each in vars(pytest_plugin).items() if isinstance(each, kind) and name[0] != "_"}
    assert names_beside("fixtures of pytest that come with the package") == {*offered, "--evershell-mock"}


def test_what_counts_of_a_harness_is_there() -> None:
    [told] = re.findall(r"what of a `Harness` counts: (.*?)\. What", PAGE)
    offered = {*dir(conformance.pytest.Harness), *conformance.pytest.Harness.__annotations__}
    assert names_in(told)
    assert names_in(told) <= offered


def test_the_schema_of_reports_is_where_the_page_says() -> None:
    [link] = re.findall(r"\[schema\]\(\.\./(.*?)\)", PAGE)
    assert "format" in json.loads((ROOT / link).read_text(encoding="utf-8"))["properties"]

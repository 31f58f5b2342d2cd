"""What prose may not say: numbers that the contract has, and documents that are not in the repository."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.mutants.page import PAGE
from benchmarks.report.page import BEGIN, END
from conformance.contract.file import load
from tests.openapi import DOCUMENT, OPERATIONS, PATH, RULES
from tests.repo.sources import ROOT, tracked

COUNTS = {
    "operations": len(OPERATIONS),
    "rules": len(RULES),
    "cells": len(load().cells),
    "codes": len(DOCUMENT["components"]["schemas"]["ErrorCode"]["enum"]),
    "clauses": len({rule["clause"] for rule in RULES.values()}),
}
NUMBER = re.compile(rf"\b(\d[\d,]*)(?: \w+)? ({'|'.join(COUNTS)})\b")
REPORTS = ("CHANGELOG.md", "docs/" + PAGE, "examples/third_server/first-report.md")
"""Documents that tell what was true on a day, or that tools make of figures."""
DOCUMENTS = [
    path for path in tracked() if path == PATH or (path.suffix == ".md" and str(path.relative_to(ROOT)) not in REPORTS)
]
SOURCES = {path: path.read_text(encoding="utf-8") for path in tracked() if path.suffix == ".py"}
NAMES = {path.name for path in tracked()}


def prose(text: str) -> str:
    """Return a document in one line, without what was measured and what commands print."""
    measured = re.sub(re.escape(BEGIN) + ".*" + re.escape(END), "", text, flags=re.DOTALL)
    return " ".join(re.sub(r"^```.*?^```$", "", measured, flags=re.DOTALL | re.MULTILINE).split())


def find_counts(text: str) -> list[str]:
    """Return each number, with its noun, that is so near to the contract's that it can be meant by it."""
    found = ((match[0], int(match[1].replace(",", "")), COUNTS[match[2]]) for match in NUMBER.finditer(text))
    return [said for said, number, count in found if count / 2 < number < 2 * count]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_prose_counts_nothing_that_the_contract_counts(document: Path) -> None:
    """A new operation or rule would make such a sentence wrong."""
    assert find_counts(prose(document.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("noun", COUNTS)
def test_a_number_of_the_contract_is_found_in_prose(noun: str) -> None:
    said = f"{COUNTS[noun] - 1} {noun}"
    assert find_counts(prose(f"It has\nall {said}.\n\n```console\n{said}\n```\n\n{BEGIN}\n{said}\n{END}\n")) == [said]


def find_in_comments(find: Callable[[str], list[str]]) -> list[tuple[str, str]]:
    """Return what is found in comments and docstrings; a module without it anywhere needs no closer look."""
    return [
        (str(path.relative_to(ROOT)), said)
        for path, text in SOURCES.items()
        if find(text)
        for comment in comments(text)
        for said in find(comment)
    ]


def comments(text: str) -> Iterator[str]:
    """Yield the comments and docstrings of a module."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def find_absent(text: str) -> list[str]:
    """Return the documents that a text names and the repository has not."""
    return [name for name in re.findall(r"[\w.-]*\w[.]md\b", text) if name not in NAMES]


def test_comments_name_no_document_that_is_not_here() -> None:
    assert find_in_comments(find_absent) == []


def test_comments_count_nothing_that_the_contract_counts() -> None:
    assert find_in_comments(find_counts) == []

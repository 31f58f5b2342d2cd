"""What judges any contract names no operation and no code of ours: these stand in resources and rules alone."""

from __future__ import annotations

import re

from tests.openapi import DOCUMENT
from tests.repo.sources import ROOT, modules

OURS = ("conformance/resources/", "conformance/rules/")
"""The homes of our resources, and the tests of our rules."""
METHODS = ("get", "put", "post", "patch", "delete")
IDS = {item[method]["operationId"] for item in DOCUMENT["paths"].values() for method in METHODS if method in item}
CODES = {DOCUMENT["x-features"]["billing"]["refusal"]}


def test_no_general_module_names_an_operation_of_ours() -> None:
    named = re.compile("|".join(f"""["']{re.escape(each)}["']""" for each in sorted(IDS | CODES)))
    found = [
        f"{module.path.relative_to(ROOT)}:{number} {match[0]}"
        for module in modules("conformance")
        if not str(module.path.relative_to(ROOT)).startswith(OURS)
        for number, line in enumerate(module.path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := named.search(line))
    ]
    assert found == []

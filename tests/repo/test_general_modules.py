"""What judges any contract names no operation, code or field of an org of ours: homes and rules alone do."""

from __future__ import annotations

import re

from tests.openapi import DOCUMENT
from tests.repo.sources import ROOT, modules

OURS = ("conformance/resources/", "conformance/rules/")
"""The homes of our resources, and the tests of our rules."""
METHODS = ("get", "put", "post", "patch", "delete")
IDS = {item[method]["operationId"] for item in DOCUMENT["paths"].values() for method in METHODS if method in item}
FEATURES = {DOCUMENT["x-features"]["billing"]["refusal"], DOCUMENT["x-features"]["tenancy"]["field"]}
PROTOCOLS = {
    "conformance/oracle/declaration/provider_state.py": "the states that the suite asks for, in whatever API",
    "conformance/target/target.py": "the personas that a mock tells of",
}
"""Modules that speak another protocol than the API, which has a field of the same name, and whose that is."""


def test_no_general_module_names_an_operation_a_code_or_the_field_of_an_org_of_ours() -> None:
    """Nor a module gives one by keyword."""
    tenancy = re.escape(DOCUMENT["x-features"]["tenancy"]["field"])
    literals = (f"""["']{re.escape(each)}["']""" for each in sorted(IDS | FEATURES))
    named = re.compile("|".join((*literals, rf"\b{tenancy}=")))
    found = [
        f"{module.path.relative_to(ROOT)}:{number} {match[0]}"
        for module in modules("conformance")
        if str(module.path.relative_to(ROOT)) not in PROTOCOLS
        if not str(module.path.relative_to(ROOT)).startswith(OURS)
        for number, line in enumerate(module.path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := named.search(line))
    ]
    assert found == []

"""The tests that judge a rule, as sentences."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from inspect import getdoc, getmembers, isfunction

from conformance import rules
from conformance.contract.contract import Rule
from conformance.running.binding import RULE


def judgements_of(rule: Rule) -> Iterator[str]:
    """Yield each test that cites the rule: its name as a sentence, and its docstring."""
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
        for name, function in getmembers(import_module(module.name), isfunction):
            marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == RULE]
            if any(mark.args == (rule.id,) for mark in marks):
                sentence = name.removeprefix("test_").replace("_", " ")
                doc = " ".join((getdoc(function) or "").split())
                yield f"{sentence}{': ' + doc[0].lower() + doc[1:] if doc else ''}"

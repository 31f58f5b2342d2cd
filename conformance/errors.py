"""Exit codes, errors that end a command with a message and one of them, and extras that are missing."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from re import match, search

CONFORMS, VIOLATED, USAGE, UNUSABLE, COVERAGE, OURS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


class SuiteError(Exception):
    """An error that the user can mend: the message says what is wrong, where, and what to do."""

    exit_code = USAGE


class TargetError(SuiteError):
    """An error of the target: it cannot be reached, or not be judged."""

    exit_code = UNUSABLE


DISTRIBUTION = "evershell-contract"
_DISTRIBUTIONS = {"gevent": "locust", "jinja2": "Jinja2", "xdist": "pytest-xdist"}
"""The distributions of modules that have another name."""


def explain_missing_extra(error: ModuleNotFoundError) -> str | None:
    """Return how to install the library that an import did not find; None where no extra brings it."""
    module = (error.name or "").partition(".")[0]
    extra = _read_extras().get(_DISTRIBUTIONS.get(module, module))
    if extra is None:
        return None
    needs = "the suite needs" if extra == "suite" else "this command of the suite needs"
    return f"{module} is not installed: {needs} the extra `{extra}`. Run: pip install '{_with_extra(extra)}'"


def _read_extras() -> dict[str, str]:
    """Return the extra that asks for each distribution which is not needed without one."""
    found = {}
    for requirement in distribution(DISTRIBUTION).requires or ():
        name, _, marker = requirement.partition(";")
        extra, named = search(r"extra == ['\"]([\w-]+)", marker), match(r"[A-Za-z0-9_.-]+", name)
        if extra and named:
            found[named[0]] = extra[1]
    return found


def _with_extra(extra: str) -> str:
    """Return what pip is to be given: from where this distribution came, or its name where an index had it."""
    source = json.loads(distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
    at = f" @ {source['url']}" if "url" in source else ""
    return f"{DISTRIBUTION}[{extra}]{at}"

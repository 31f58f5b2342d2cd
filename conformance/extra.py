"""The extra `suite`, which brings the libraries that the suite needs and the mock does not."""

from __future__ import annotations

import json
from importlib.metadata import distribution
from re import match

DISTRIBUTION = "evershell-contract"
_DISTRIBUTIONS = {"jinja2": "Jinja2", "xdist": "pytest-xdist"}
"""The distributions of modules that have another name."""


def missing_extra(error: ModuleNotFoundError) -> str | None:
    """Return how to install the library that an import did not find; None where the extra does not bring it."""
    module = (error.name or "").partition(".")[0]
    if _DISTRIBUTIONS.get(module, module) not in _of_the_extra():
        return None
    return f"{module} is not installed: the suite needs the extra `suite`. Run: pip install '{_with_extra()}'"


def _of_the_extra() -> set[str]:
    """Return the names of the distributions that only the extra asks for."""
    found = set()
    for requirement in distribution(DISTRIBUTION).requires or ():
        name, _, marker = requirement.partition(";")
        if "extra" in marker and (named := match(r"[A-Za-z0-9_.-]+", name)):
            found.add(named[0])
    return found


def _with_extra() -> str:
    """Return what pip is to be given: from where this distribution came, or its name where an index had it."""
    source = json.loads(distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
    at = f" @ {source['url']}" if "url" in source else ""
    return f"{DISTRIBUTION}[suite]{at}"

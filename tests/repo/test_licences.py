"""Under which licences stands what the wheel installs: each is one that we looked at."""

import re
from collections.abc import Iterator
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.sources import project

# As SPDX names them: permissive, or bound to the changed file alone (MPL). None asks anything of who only uses it.
ALLOWED = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
}
# What packages of before SPDX call the same.
CALLED = {
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def installed(names: Iterator[Requirement] | list[Requirement], extras: frozenset[str] = frozenset()) -> dict[str, str]:
    """What these requirements bring, and what that brings, each with the name under which it is installed."""
    found: dict[str, str] = {}
    open_ = [(requirement, extras) for requirement in names]
    while open_:
        requirement, wanted = open_.pop()
        name = canonicalize_name(requirement.name)
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *wanted)):
            continue
        key = f"{name}[{','.join(sorted(requirement.extras))}]"
        if key in found:
            continue
        found[key] = name
        needs = metadata.requires(name) or []
        open_ += [(Requirement(each), frozenset(requirement.extras)) for each in needs]
    return found


NEEDED = sorted(set(installed([Requirement(line) for line in project()["project"]["dependencies"]]).values()))


def licences(name: str) -> set[str]:
    """Every licence that a package names: its SPDX expression, else its classifiers, else its own word."""
    about = metadata.metadata(name)
    if expression := about.get("License-Expression"):
        return set(re.split(r"\s+(?:AND|OR|WITH)\s+|[()\s]+", expression)) - {""}
    classified = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    named = classified or [about.get("License") or "none"]
    return {CALLED.get(each, each) for each in named}


def test_what_is_installed_for_the_wheel_is_known() -> None:
    assert {"connexion", "starlette", "schemathesis", "h11"} <= set(NEEDED)


@pytest.mark.parametrize("name", NEEDED)
def test_its_licence_is_one_of_those_that_are_allowed(name: str) -> None:
    assert licences(name) <= ALLOWED, f"{name}: look at its licence, then allow it here or do without {name}"

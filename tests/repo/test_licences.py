"""Under which licences stands what is installed, by the wheel or to work on it: each is one that we looked at."""

import re
from importlib import metadata
from pathlib import Path

import pytest

LOCK = Path(__file__).parents[2] / "requirements.lock"
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
    "ZPL-2.1",
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

NO_LICENCE = {"OSI Approved", "DFSG approved"}  # words about one


PINNED = re.findall(r"^([A-Za-z0-9_.-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)


def licences(name: str) -> set[str]:
    """Every licence that a package names: its SPDX expression, else its classifiers, else its own word."""
    about = metadata.metadata(name)
    if expression := about.get("License-Expression"):
        return set(re.split(r"\s+(?:AND|OR|WITH)\s+|[()\s]+", expression)) - {""}
    stated = [line.split(" :: ") for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    classified = [words[-1] for words in stated if words[-1] not in NO_LICENCE]
    named = classified or [about.get("License") or "none"]
    return {CALLED.get(each, each) for each in named}


def test_every_pin_is_looked_at() -> None:
    assert {"connexion", "h11", "mypy", "pytest-timeout", "schemathesis", "starlette"} <= set(PINNED)


@pytest.mark.parametrize("name", PINNED)
def test_its_licence_is_one_of_those_that_are_allowed(name: str) -> None:
    assert licences(name) <= ALLOWED, f"{name}: look at its licence, then allow it here or do without {name}"

"""The licences that installed packages name."""

from __future__ import annotations

import re
from importlib import metadata

# What packages of before SPDX call the same.
_CALLED = {
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_NO_LICENCE = {"OSI Approved", "DFSG approved"}  # words about one


def find_expression(name: str) -> str | None:
    """Return the SPDX expression of an installed package; None where it has none.

    Raises importlib.metadata.PackageNotFoundError where the package is not installed.
    """
    return next(iter(metadata.metadata(name).get_all("License-Expression") or ()), None)


def find_licences(name: str) -> frozenset[str]:
    """Return every licence that an installed package names, as SPDX calls it where that is known.

    They are those of its SPDX expression, else of its classifiers, else its own word.
    Raises importlib.metadata.PackageNotFoundError where it is not installed.
    """
    if expression := find_expression(name):
        return frozenset(re.split(r"\s+(?:AND|OR|WITH)\s+|[()\s]+", expression)) - {""}
    about = metadata.metadata(name)
    stated = [line.split(" :: ") for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    classified = [words[-1] for words in stated if words[-1] not in _NO_LICENCE]
    return frozenset(_CALLED.get(each, each) for each in classified or about.get_all("License") or ["none"])

"""Under which licences stands what is installed, by the wheel or to work on it: each is one that we looked at."""

import re
from pathlib import Path

from tools.supply.licences import find_licences

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

PINNED = re.findall(r"^([A-Za-z0-9_.-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_pin_is_looked_at() -> None:
    assert {"connexion", "h11", "mypy", "pytest-timeout", "schemathesis", "starlette"} <= set(PINNED)


def test_each_licence_is_one_of_those_that_are_allowed() -> None:
    others = {name: sorted(find_licences(name) - ALLOWED) for name in PINNED}
    assert {name: found for name, found in others.items() if found} == {}, "look at it, then allow it or do without"

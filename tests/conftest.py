"""What every test may need: the tools of other ecosystems, or a plain word that they are not there."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from conformance.recipes.draw import set_up_hypothesis

# How fast this machine is just now is no test's business.
settings.register_profile("without-deadlines", parent=settings.default, deadline=None)
settings.load_profile("without-deadlines")
# Nor which modules are loaded by now, of which Hypothesis draws constants: it calls a test flaky that loads one.
set_up_hypothesis()

# Hundreds of tests start our programs, and each would compile them again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ROOT = Path(__file__).parents[1]


def _missing_node() -> str | None:
    if shutil.which("node") is None:
        return "Node.js 20.19 or newer is not installed"
    missing = [name for name in ("tools", "examples/javascript") if not (ROOT / name / "node_modules/.ready").exists()]
    return f"the packages of {missing[0]}/ are not installed: run make tools" if missing else None


def _missing_browser() -> str | None:
    return None if shutil.which("chromium") else "Chromium is not installed (no command `chromium`)"


_NEEDS = {"needs_node": _missing_node, "needs_browser": _missing_browser}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a tool that is not there; where the tools are required, fail instead."""
    for marker, missing in _NEEDS.items():
        if item.get_closest_marker(marker) and (reason := missing()):
            if os.environ.get("EVERSHELL_REQUIRE_TOOLS") == "1":
                pytest.fail(f"{reason}, and EVERSHELL_REQUIRE_TOOLS=1 asks for it", pytrace=False)
            pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT

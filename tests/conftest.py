"""What every test may need: the tools of other ecosystems, or a plain word that they are not there."""

import gc
import os
import shutil
import signal
from pathlib import Path

import pytest
from _pytest.junitxml import xml_key
from hypothesis import settings

from conformance.recipes.draw import set_up_hypothesis
from tests.deploy.front import haproxy
from tests.interpreters import VERSIONS, found, told
from tests.tiers import has_none_for, marks_of

# How fast this machine is just now is no test's business.
settings.register_profile("without-deadlines", parent=settings.default, deadline=None)
settings.load_profile("without-deadlines")
# Nor which modules are loaded by now, of which Hypothesis draws constants: it calls a test flaky that loads one.
set_up_hypothesis()

# Hundreds of tests start our programs, and each would compile them again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# How the Makefile has a worker allocate; what a worker starts is measured as its users have it.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.pop("MALLOC_MMAP_THRESHOLD_", None)
# A shell without job control starts what it runs in the background with SIGINT ignored, and so would all be that a
# test starts and then interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[1]


def _missing_node_alone() -> str | None:
    return None if shutil.which("node") else "Node.js 20.19 or newer is not installed"


def _missing_node() -> str | None:
    if reason := _missing_node_alone():
        return reason
    made = ("tools/node_modules", "node_modules", "clients/typescript/dist")
    missing = [name for name in made if not (ROOT / name / ".ready").exists()]
    return f"{missing[0]}/ is not there: run make tools" if missing else None


def _missing_browser() -> str | None:
    return None if shutil.which("chromium") else "Chromium is not installed (no command `chromium`)"


def _missing_plain() -> str | None:
    if reason := _missing_node_alone():
        return reason
    ready = (ROOT / "examples/tools/node_modules/.ready").exists()
    return None if ready else "the packages of examples/tools/ are not installed: run make plain"


def _missing_haproxy() -> str | None:
    return None if haproxy() else "HAProxy is not installed (no command `haproxy`, in /usr/sbin either)"


def _missing_java() -> str | None:
    return None if shutil.which("java") else "Java is not installed (no command `java`)"


_NEEDS = {
    "needs_node": _missing_node,
    "needs_node_alone": _missing_node_alone,
    "needs_browser": _missing_browser,
    "needs_plain": _missing_plain,
    "needs_java": _missing_java,
    "needs_haproxy": _missing_haproxy,
}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out a file of which nothing would run: each worker would read it, and keep it until its end."""
    if collection_path.is_dir():
        return None
    return has_none_for(collection_path.relative_to(ROOT).as_posix(), config.option.markexpr) or None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test for when it runs, before pytest selects by marks."""
    for item in items:
        for mark in marks_of(item.nodeid):
            item.add_marker(mark)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a tool that is not there; where the tools are required, fail instead."""
    for marker, missing in _NEEDS.items():
        if item.get_closest_marker(marker) and (reason := missing()):
            if os.environ.get("EVERSHELL_REQUIRE_TOOLS") == "1":
                pytest.fail(f"{reason}, and EVERSHELL_REQUIRE_TOOLS=1 asks for it", pytrace=False)
            pytest.skip(reason)


_COLLECT_AFTER = (20_000, 10, 10)
"""Python's counts for the garbage collector: less often, since a mock made for a test is many small objects."""


def pytest_collection_finish() -> None:
    """Do not look for garbage among what stays."""
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Look for garbage again: a command that a test ran in this process may have put that off until its end."""
    gc.enable()
    gc.set_threshold(*_COLLECT_AFTER)


def pytest_report_header() -> str:
    """Say for which versions of Python there is an interpreter, so that it is known where the tests say something."""
    return told()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say the same in a JUnit report: pytest's own fixture for that does nothing where xdist's workers run tests."""
    report = session.config.stash.get(xml_key, None)
    for version in VERSIONS if report is not None else ():
        report.add_global_property(f"python{version}", str(found().get(version, "not found")))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT

"""Every path of the repository that a document names exists."""

import re
from pathlib import Path

import pytest

from tests.repo.sources import PACKAGES, ROOT

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
TOP = "mock_server|conformance|clients|tests|benchmarks|examples|docs|tools|[.]ci"
PATH = re.compile(rf"(?<![\w/.-])(?:{TOP})/[\w./<>*-]*[\w/>*]")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")


def missing(document: Path) -> list[str]:
    text = document.read_text(encoding="utf-8")
    patterns = [re.sub("<[^>]*>", "*", path).rstrip("/") for path in PATH.findall(text)]
    absent = [pattern for pattern in patterns if not any(ROOT.glob(pattern))]
    return absent + [link for link in LINK.findall(text) if not (document.parent / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    assert missing(document) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_drawing_of_a_package_has_its_folders_and_fits_a_screen(package: str) -> None:
    """A name in the drawing ends with / for a folder; each of the package's own folders is there."""
    drawing = ARCHITECTURE.partition(f"```\n{package}/\n")[2].partition("```")[0]
    own = {path.parent.name for path in (ROOT / package).glob("*/*.py")}
    drawn = re.findall(r"(\w+/|\w+[.]py)(?= )", drawing)
    assert own - {name.rstrip("/") for name in drawn} == set()
    assert [name for name in drawn if not any((ROOT / package).rglob(name.rstrip("/")))] == []
    assert len(drawing.splitlines()) <= 30


@pytest.mark.parametrize(("way", "package"), [("request", "mock_server"), ("case", "conformance")])
def test_what_a_way_passes_is_in_its_package(way: str, package: str) -> None:
    section = ARCHITECTURE.partition(f"\n## The way of a {way}\n")[2].partition("\n## ")[0]
    named = [re.sub("<[^>]*>", "*", path).rstrip("/") for path in re.findall(r"`([a-z_]+/[\w/.<>]*)`", section)]
    assert named
    assert [path for path in named if not any(ROOT.glob(f"{package}/{path}")) and not any(ROOT.glob(path))] == []


def test_the_architecture_is_read_in_one_sitting() -> None:
    assert len(ARCHITECTURE.encode()) <= 19_000

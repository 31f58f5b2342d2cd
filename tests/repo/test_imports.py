"""Who may import whom: the two packages never each other, and within each one only downwards."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.repo.sources import PACKAGES, ROOT, modules

# From the bottom up. A module imports only from lines above its own folder's, or from its own folder:
# the folders of one line know nothing of each other.
LAYERS = {
    "mock_server": """
        bounded_cache disk_cache entry_text errors settings
        whole_file
        client contract
        state
        access
        operation
        declared
        worlds
        pipeline resources
        fixtures
        api
        deviations console control passing
        foreign_api
        app
        server
        hosting
        mcp
        pytest_plugin commands
        cli
        __main__
    """,
    "conformance": """
        errors values yaml_versions
        budget mark profile
        contract
        needs
        http
        results
        oracle changes
        custody
        session
        recipes
        hostile declared
        resources
        judging
        fuzzing explorer
        target
        plain traffic
        running
        laws rules
        plugin pytest schemathesis_hooks
        load
        commands
        cli conftest options
    """,
}
HEIGHT = {
    f"{package}.{unit}": height
    for package, lines in LAYERS.items()
    for height, line in enumerate(lines.split("\n"))
    for unit in line.split()
}
UPWARD: set[tuple[str, str]] = set()
"""Folders that still import from one above them. None is added."""


@pytest.mark.parametrize(("package", "other"), [PACKAGES, PACKAGES[::-1]])
def test_neither_package_knows_the_other(package: str, other: str) -> None:
    strangers = [
        f"{module.path.name}:{line} {name}"
        for module in modules(package)
        for line, name in module.imports()
        if name.split(".")[0] in {other, "tests", "benchmarks"}
    ]
    assert strangers == []


def unit(dotted: str) -> str:
    """The folder, or module beside the folders, that a dotted name leads into."""
    return ".".join(dotted.split(".")[:2])


def upward(package: str) -> Iterator[tuple[str, str, str]]:
    """Importer, imported, and the place, of each import from a folder that is not below."""
    for module in modules(package):
        importer = unit(module.name)
        if importer == package:  # what it offers comes from anywhere below it
            continue
        for line, name in module.imports():
            imported = unit(name)
            if imported in HEIGHT and imported != importer and HEIGHT[imported] >= HEIGHT[importer]:
                yield importer, imported, f"{module.path.relative_to(ROOT)}:{line} imports {name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_folder_imports_only_from_those_below_it(package: str) -> None:
    found = list(upward(package))
    assert [place for importer, imported, place in found if (importer, imported) not in UPWARD] == []
    assert {pair for pair in UPWARD if pair[0].startswith(package)} == {pair[:2] for pair in found}


@pytest.mark.parametrize("package", [*PACKAGES, "benchmarks"])
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    """Imports inside functions and under TYPE_CHECKING count as well."""
    known = {module.name for module in modules(package)}
    imports = {
        module.name: {name if name in known else name.rpartition(".")[0] for _, name in module.imports()}
        for module in modules(package)
    }
    own = TopologicalSorter({name: (found & known) - {name} for name, found in imports.items()})
    try:
        own.prepare()
    except CycleError as error:
        pytest.fail(" is imported by ".join(error.args[1]))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_has_its_layer(package: str) -> None:
    assert {unit(module.name) for module in modules(package)} - {package} == {
        name for name in HEIGHT if name.startswith(f"{package}.")
    }

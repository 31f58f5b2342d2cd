"""Who may import whom: the two packages never each other, and within each one only downwards."""

from collections.abc import Iterator

import pytest

from tests.repo.sources import PACKAGES, ROOT, modules

# From the bottom up. A module or subpackage imports only from lines above its own: those of one line
# know nothing of each other. A new one gets its place here.
LAYERS = {
    "mock_server": """
        deferred entry_text heap log_writer places remembered tally transport wellformed
        blobs callers clock errors file_types ids pack_yaml redaction samples schema settings
        client connection epoch framework frozen images memory router
        contract
        parameter_styles
        archive aside declared document forced http origins references registry rendered vocabulary
        undeclared
        announcement compiler cookies faults models prefer
        role_index
        state view
        past
        call conforming control_key credentials operations records snapshots
        changes fixtures gates
        answer bearer portable
        checking console cors journal streaming ways_back
        sending worlds
        address control entrance
        journals request_log seams
        waiting
        services
        handover
        deviations pipeline
        app
        hosting serving
        pytest_plugin reload
        commands
        cli
        __main__
    """,
    "conformance": """
        budget draw extra forking mark plain tar_header timed_stream variables
        archive contract embedded exchange fingerprint interrupt ledger multipart options profile run_files
        needs relevant
        binding connection contract_reader facts finding limiter reader renewal routing schemas throttling
        fullness guard pulse selection verdict wire
        expected request_log sharing waivers
        outgoing
        client other_runs
        lost
        belongings bodies contract_file exit_code laws tally target
        removal
        sweep
        introduction judging packs progress report
        unjust
        model results states story turns
        compare harness
        recipes suite
        advice first_look generated opening outcome
        ending profile_text sequences together
        plugin rules
        judgements
        command conftest
        cleaning command_group dry_run replay writing
        cli
    """,
}
HEIGHT = {
    f"{package}.{unit}": height
    for package, lines in LAYERS.items()
    for height, line in enumerate(lines.split("\n"))
    for unit in line.split()
}


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
    """The module or subpackage, one step below its package, that a dotted name leads into."""
    return ".".join(dotted.split(".")[:2])


def upward(package: str) -> Iterator[str]:
    for module in modules(package):
        importer = unit(module.name)
        if importer == package:  # what it offers comes from anywhere below it
            continue
        for line, name in module.imports():
            imported = unit(name)
            if imported in HEIGHT and imported != importer and HEIGHT[imported] >= HEIGHT[importer]:
                yield f"{module.path.relative_to(ROOT)}:{line} imports {name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_module_imports_only_from_the_layers_below(package: str) -> None:
    assert list(upward(package)) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_has_its_layer(package: str) -> None:
    assert {unit(module.name) for module in modules(package)} - {package} == {
        name for name in HEIGHT if name.startswith(f"{package}.")
    }

"""Which tests run when: `make test` with every change, `make test-ci` beside it in `.ci/run`, `make test-all` all.

A pattern is of a test's file, or of its id with `::` and without parameters, as fnmatch reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

THOROUGH: tuple[str, ...] = (
    # Whole runs of the suite on servers with mistakes, and on others' servers.
    "tests/agreement/*",
    "tests/examples/*",
    "tests/conformance/running/*",
    "tests/conformance/hostile/*",
    "tests/conformance/http/test_patience.py::test_where_*",
    "tests/conformance/laws/*",
    "tests/conformance/load/*",
    "tests/conformance/target/*",
    "tests/conformance/results/report/test_one_verdict.py",
    "tests/conformance/results/report/test_html.py",
    "tests/conformance/results/test_comparison.py",
    "tests/conformance/oracle/test_fullness.py",
    "tests/conformance/traffic/test_browser.py",
    "tests/conformance/traffic/test_memory.py",
    # What measures, and the defects that it measures with.
    "tests/benchmarks/*",
    # Processes that are ended, replaced, killed and attacked.
    "tests/deploy/*",
    "tests/mock_server/server/reload/*",
    "tests/mock_server/server/keeping/*",
    "tests/mock_server/server/test_interrupt.py",
    "tests/mock_server/server/test_request_log.py",
    "tests/mock_server/server/test_shutdown.py",
    "tests/mock_server/hardening/*",
    "tests/mock_server/state/portable/test_round_trip.py",
    # Browsers, Node and packages of others.
    "tests/contract/test_other_readers.py",
    "tests/mock_server/control/test_contract.py::test_schemathesis_*",
    "tests/clients/*",
    "tests/mock_server/browser/*",
    "tests/mock_server/console/*",
    "tests/mock_server/passing/*",
    "tests/mock_server/mcp/*",
    # Documents that are played, and installations.
    "tests/repo/test_*guide.py",
    "tests/repo/test_audit.py",
    "tests/repo/test_container.py",
    "tests/repo/test_foreign_project.py",
    "tests/repo/test_install*.py",
    "tests/repo/test_no_network.py",
    "tests/repo/test_readme.py",
    "tests/repo/test_reliability.py",
    "tests/repo/test_site.py",
)
"""Left out of `make test`: what takes long beside what it tells that the others do not."""

KEPT: tuple[str, ...] = (
    "tests/agreement/test_archives.py",
    "tests/agreement/test_made_up_collection.py",
    "tests/agreement/test_provider_states.py",
    "tests/agreement/test_vocabulary_slips.py",
    "tests/benchmarks/planted_defects/test_catalogue.py",
    "tests/benchmarks/test_page.py",
    "tests/conformance/running/test_first_look.py",
    "tests/conformance/running/test_binding.py",
    "tests/conformance/running/test_unserved.py",
    "tests/conformance/hostile/test_injection.py",
    "tests/conformance/hostile/test_secrets.py",
    "tests/conformance/laws/test_laws.py::test_nothing_is_found_*",
    "tests/conformance/load/test_parts.py",
    "tests/mock_server/browser/test_files.py",
    "tests/mock_server/console/test_pages.py",
    "tests/mock_server/console/test_views.py::test_it_is_there_without_an_error_and_sends_nothing_elsewhere",
    "tests/mock_server/hardening/test_archives.py",
    "tests/mock_server/hardening/test_sessions.py",
    "tests/mock_server/passing/test_options.py",
)
"""In `make test` all the same, of the folders above."""

MUST_HAVE: tuple[str, ...] = (
    "tests/agreement/test_labels_judged.py",
    "tests/agreement/test_made_up_resource.py",
    "tests/agreement/test_narrowed.py",
    "tests/clients/test_typescript.py",
    "tests/conformance/running/test_partial_server.py",
    "tests/conformance/running/test_run.py",
    "tests/contract/test_other_readers.py",
    "tests/deploy/test_restarts.py::test_restarts_of_nodes_that_a_supervisor_holds_*",
    "tests/examples/test_recipes.py",
    "tests/examples/test_variants.py",
    "tests/mock_server/console/test_views.py",
    "tests/mock_server/control/test_contract.py::test_schemathesis_*",
    "tests/mock_server/mcp/test_mcp.py",
    "tests/mock_server/passing/test_passing.py",
    "tests/mock_server/server/reload/test_reload.py",
    "tests/mock_server/server/test_shutdown.py",
    "tests/repo/test_foreign_project.py",
    "tests/repo/test_readme.py",
)
"""In `.ci/run` all the same: a wheel, a consumer of npm, restarts behind HAProxy, axe, a project that is not ours."""


def marks_of(test: str) -> Iterator[str]:
    """Yield the marks of a test by its id: `thorough` where `make test` leaves it out, `ci` where `.ci/run` has it."""
    if is_of(test, THOROUGH) and not is_of(test, KEPT):
        yield "thorough"
        if is_of(test, MUST_HAVE):
            yield "ci"


def has_none_for(file: str, expression: str) -> bool:
    """Whether the marks leave out every test of this file, which then need not be read."""
    words = expression.split(" and ")
    if "ci" in words:
        return not is_named(file, MUST_HAVE)
    return "not thorough" in words and is_of(file, THOROUGH) and not is_named(file, KEPT)


def is_named(file: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns is of this file, or of a test in it."""
    return is_of(file, tuple(each.split("::", 1)[0] for each in patterns))


def is_of(test: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns is of a test with this id."""
    file, name = test.split("::", 1)[0], test.partition("[")[0]
    return any(fnmatchcase(name if "::" in each else file, each) for each in patterns)

"""No constant of the suite decides what is right without a reason: what a server has to know is in openapi.yaml."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from tests.openapi import DOCUMENT, OPERATIONS
from tests.repo.constants import constants
from tests.repo.sources import ROOT, modules

FOLDERS = ("oracle", "recipes", "resources")

STAYS: dict[str, str] = {
    "It wires functions to operations, codes and fields by their names, and says nothing of what they hold.": """
        resources/packs/causes.py: PURGE_FAILS
        oracle/declaration/resource.py: MAKING
        oracle/declaration/behavior.py: Part
        oracle/bodies.py: _READERS
        oracle/expect.py: _BILLING
        oracle/breach.py: _FORBIDDEN_BY
        oracle/breach.py: __all__
        recipes/causes.py: CAUSES
        resources/agent_roles.py: FIELDS
        resources/api_keys.py: FIELDS
        resources/credentials/recipes.py: FIELDS
        resources/members.py: FIELDS
        resources/packs/bodies.py: FIELDS
        resources/providers.py: FIELDS
        resources/secrets.py: FIELDS
        resources/workspaces/recipes.py: FIELDS
        resources/workspaces/tasks.py: _NEEDS
        """,
    "It is a registration: which operations, fields and rules of the contract a resource has, by their names.": """
        resources/workspaces/tasks.py: STATES
        resources/workspaces/declaration.py: WRONG_STATUS
        resources/workspaces/declaration.py: OPERATIONS
        resources/workspaces/files.py: BLAMES
        resources/packs/declaration.py: NAME_TAKEN
        resources/events/declaration.py: EVENT
        resources/workspaces/declaration.py: WORKSPACE
        resources/workspaces/oracle.py: PERSONAL
        resources/credentials/declaration.py: STATES
        resources/packs/declaration.py: STATES
        resources/workspaces/declaration.py: STATES
        resources/workspaces/tasks.py: _OF_TASKS
        resources/workspaces/declaration.py: _STATUSES
        resources/workspaces/oracle.py: ARCHIVING
        """,
    "It is what a module lends to others.": """
        resources/events/__init__.py: __all__
        resources/packs/__init__.py: __all__
        resources/workspaces/__init__.py: __all__
        """,
    "It is a value that is sent, or a way to draw one: the oracle judges it by the contract, whatever it is.": """
        resources/providers.py: WRITTEN_KINDS
        resources/providers.py: BY_STATE
        resources/packs/declaration.py: FileResource.list_parts {'pack.yaml': b''}
        resources/credentials/declaration.py: CredentialResource.choose_state_params {'client_id': 'value of client_id'}
        recipes/boundaries.py: OTHER_TYPES
        recipes/boundaries.py: _ASCII
        recipes/boundaries.py: MOMENTS
        resources/agent_roles.py: NO_LIST
        resources/agent_roles.py: KINDS
        recipes/values/value_kinds.py: ALWAYS
        recipes/values/value_kinds.py: SHORTEST
        resources/packs/drawn_archives.py: BREAKS
        resources/packs/drawn_archives.py: PLAIN
        resources/packs/drawn_archives.py: STYLES
        resources/packs/drawn_archives.py: WORDS
        resources/packs/drawn_archives.py: write_manifest 80
        recipes/values/grammars.py: DATE
        recipes/values/grammars.py: DAY
        recipes/values/grammars.py: DEEPEST
        recipes/values/grammars.py: EMAIL
        recipes/values/grammars.py: FILE_NAME
        recipes/values/grammars.py: IDENTIFIER
        recipes/values/grammars.py: NO_INTEGER
        recipes/values/grammars.py: ODD_INTEGER
        recipes/values/grammars.py: PATH
        recipes/values/grammars.py: REFERENCE
        recipes/values/grammars.py: SLUG
        recipes/values/grammars.py: TIME
        recipes/values/grammars.py: URL
        recipes/values/grammars.py: UUID
        recipes/values/grammars.py: VERSION
        recipes/values/grammars.py: _HOST
        recipes/values/grammars.py: _LETTERS
        recipes/values/grammars.py: _PART
        recipes/values/hard_values.py: CONTENTS
        recipes/values/hard_values.py: CYCLE
        recipes/values/hard_values.py: SEVERAL
        recipes/values/hard_values.py: SIGNS
        recipes/values/hard_values.py: TEXTS
        recipes/values/value_kinds.py: BOUNDS
        recipes/values/value_kinds.py: COUNTS
        recipes/values/value_kinds.py: DRAWS
        recipes/values/value_kinds.py: FRACTIONS
        recipes/values/value_kinds.py: HALF
        recipes/values/value_kinds.py: KEYS
        recipes/values/value_kinds.py: LEAST_POWER, GREATEST_POWER
        recipes/values/value_kinds.py: LONGEST, LARGEST, MOST_ITEMS
        recipes/values/value_kinds.py: MOST_SCHEMAS
        recipes/values/value_kinds.py: ROUNDS
        recipes/values/value_kinds.py: _LIMITS
        recipes/values/value_kinds.py: _OF_TYPE
        resources/credentials/recipes.py: KINDS
        resources/events/statistics.py: ask_measured 10
        resources/events/statistics.py: ask_measured 40
        resources/events/statistics.py: ask_measured 160
        resources/events/statistics.py: ask_measured 640
        resources/members.py: build_for_pending {'role': 'operator'}
        resources/members.py: build_for_last_owner {'role': 'member'}
        resources/packs/archives.py: NO_ARCHIVE
        resources/packs/archives.py: ENTRIES
        resources/packs/archives.py: TOP_LEVEL
        resources/packs/archives.py: NO_YAML
        resources/packs/archives.py: LIMITS
        resources/packs/archives.py: WITHIN
        resources/packs/archives.py: REASONS
        resources/packs/archives.py: _FOLDER
        resources/packs/drawn_archives.py: FOLDERS
        resources/packs/drawn_archives.py: Shape.level
        resources/packs/drawn_archives.py: DEFECTS
        resources/packs/drawn_archives.py: _SEGMENTS
        resources/packs/drawn_archives.py: _FILES
        resources/packs/drawn_archives.py: _NUMBERS
        resources/packs/drawn_archives.py: _VERSIONS
        resources/packs/drawn_archives.py: _TEXT
        resources/packs/drawn_archives.py: _MANIFESTS
        resources/packs/drawn_archives.py: _SHAPES
        resources/packs/drawn_archives.py: draw_plans 4
        resources/packs/recipes.py: KNOWN
        resources/packs/recipes.py: LONGEST_NAME
        resources/packs/recipes.py: KINDS
        resources/packs/sample_files.py: WRONG
        resources/packs/sample_files.py: WRONG_NAMES
        resources/packs/sample_files.py: RICH
        resources/packs/sample_files.py: OTHERWISE
        resources/packs/sample_files.py: RICH_FILES
        resources/packs/sample_files.py: REPLACEMENTS
        resources/packs/sample_files.py: NULLS
        resources/packs/sample_files.py: RIGHT
        resources/packs/steps.py: VISIBILITIES
        resources/packs/steps.py: CONTENTS
        resources/providers.py: KINDS
        resources/providers.py: TEXTS
        resources/providers.py: _make_rich 3
        resources/workspaces/recipes.py: CHOICES
        resources/workspaces/recipes.py: _fork_beyond 6
        resources/workspaces/recipes.py: _fork_beyond 10
        resources/workspaces/tasks.py: add {'description', 'held'}
        """,
    "It says how much is tried, and which of several right ways.": """
        resources/agent_roles.py: TAKEN, OTHER
        recipes/bodies.py: KEEP_GENERATED
        recipes/boundaries.py: SAMPLES
        recipes/boundaries.py: LONGEST
        recipes/boundaries.py: LONGEST_SHOWN
        recipes/draw.py: derive_seed 8
        resources/agent_roles.py: RoleSteps._archive_provider 3
        resources/agent_roles.py: RoleSteps._draw_changes 3
        resources/credentials/recipes.py: CredentialSteps.request 4
        resources/events/source.py: make_own_source 4
        resources/events/source.py: ask_recent 3
        resources/events/source.py: ask_past 3
        resources/events/source.py: TRIED
        resources/events/source.py: ENOUGH
        resources/events/statistics.py: ask_window 3
        resources/packs/bodies.py: IMAGES
        resources/packs/bodies.py: TAKEN_NAME
        resources/packs/steps.py: AMISS
        resources/packs/steps.py: PackSteps._reference_once_more 4
        resources/packs/steps.py: _find_sent_visibility 4
        resources/providers.py: choose_settings 3
        resources/providers.py: choose_settings 4
        resources/providers.py: _draw_changes 3
        resources/providers.py: _draw_changes 4
        """,
    "It bounds what the suite keeps, reads or waits for; what is beyond that is not judged.": """
        oracle/bodies.py: LONGEST_KEPT
        oracle/bodies.py: _read_short 64
        oracle/facts.py: FOR_GOOD
        recipes/boundaries.py: _draw_samples 32
        resources/api_keys.py: SHORTEST
        resources/events/log.py: MANY
        resources/events/log.py: FEW
        resources/events/log.py: USUAL_DELAY_S
        resources/events/source.py: MOMENT_S
        resources/events/streams.py: LONGEST_S
        resources/events/streams.py: MOST
        resources/packs/bodies.py: _draw_plans 8
        resources/workspaces/recipes.py: STEP_S, STEPS
        resources/workspaces/recipes.py: SLOW_S
        resources/workspaces/oracle.py: BEYOND
        resources/workspaces/tasks.py: wait_until 0.5
        """,
    "It is of HTTP, of gzip, tar, YAML or JSON Schema, and not of this contract.": """
        oracle/bodies.py: _BEYOND
        oracle/bodies.py: _BLANK
        oracle/bodies.py: _READ_OTHERWISE
        oracle/bodies.py: LIMITS
        oracle/expect.py: OF_OTHERS
        oracle/judging.py: OF_STATES
        oracle/judging.py: GATES
        recipes/causes.py: TYPED
        recipes/reading.py: VOLATILE
        resources/packs/archives.py: _GZIP
        resources/packs/archives.py: _ROOM_OF_ENTRY
        resources/packs/archives.py: _split_entry 420
        resources/packs/archives.py: _split_entry 493
        resources/packs/archives.py: list_folders {'', '.'}
        resources/packs/drawn_archives.py: _build_member 420
        resources/packs/drawn_archives.py: _build_member 493
        resources/packs/archives.py: _LARGEST_NUMBER
        """,
    "The refusal of a scope is said once, for every rule that has it.": """
        oracle/access.py: DENIED
        """,
    "What x-max-body says in info.description: the framing that a multipart body may have beside its parts.": """
        oracle/bodies.py: FRAMING
        recipes/causes.py: _make_too_large 64
        recipes/causes.py: _make_too_large 1024
        """,
    "The postures, by BILLING-CREATE-REFUSED and SESSION-BILLING-STATUS.": """
        oracle/facts.py: INACTIVE
        oracle/facts.py: _TOLD
        """,
    "The prefix of a key shows its beginning and its last four characters, by KEY-PREFIX.": """
        resources/api_keys.py: ends_alike 3
        resources/api_keys.py: ends_alike 4
        """,
    "An id of an event is a UUIDv7, by AUDIT-ID, whose form RFC 9562 gives.": """
        resources/events/log.py: UUID7
        """,
    "An event shows milliseconds, or less by ACTIVITY-AFTER and AUDIT-WINDOW-BOUNDS; RFC 3339 gives the form.": """
        resources/events/log.py: FINEST
        resources/events/log.py: _FRACTION
        resources/events/log.py: find_granule 10.0
        """,
    "The columns that an event of configuration does not have, by AUDIT-COLUMNS.": """
        resources/events/log.py: PLACES
        """,
    "The letters for units of time in the names of the steps of statistics, which the contract has.": """
        resources/events/statistics.py: UNITS
        """,
    "Parameters that exclude or need each other, by ACTIVITY-AFTER-CURSOR and STATS-INVALID.": """
        resources/events/declaration.py: _check_activity {'after', 'cursor'}
        resources/events/declaration.py: _check_statistics {'time_bucket', 'bucket_by'}
        """,
    "The platform's tiers, by OWNERSHIP-TIER.": """
        resources/packs/oracle.py: PLATFORM_TIERS
        """,
    "The fields that a write may change, by PACK-PATCH-ONLY-VISIBILITY, CONTENT-KEEPS-REST and CONFIG-PATCH-REST.": """
        oracle/declaration/lifetime.py: Archiving.moves
        resources/packs/recipes.py: OF_VISIBILITY
        resources/packs/recipes.py: OF_PACK_YAML
        resources/packs/recipes.py: OF_CONTENT
        resources/packs/recipes.py: WRITTEN
        """,
    "How workspaces and tasks live, by the rules of the clauses lifecycle, tasks, agent, sandbox and archiving: a life"
    " cycle is code in either program, and no script in the document.": """
        resources/workspaces/oracle.py: BEGINS
        resources/workspaces/files.py: ASKED
        resources/workspaces/files.py: NOT_RUNNING
        resources/workspaces/oracle.py: LIFE
        resources/workspaces/oracle.py: TAKEN
        resources/workspaces/oracle.py: OF_STATE
        resources/workspaces/oracle.py: RUNNING
        resources/workspaces/tasks.py: CURRENT
        resources/workspaces/oracle.py: ENDS
        resources/workspaces/tasks.py: OF_STATUS
        resources/workspaces/tasks.py: GOING_ON
        resources/workspaces/tasks.py: OF_AN_END
        """,
}
"""By the reason for which it stays: each constant, with its module."""


def found() -> Iterator[str]:
    for module in modules("conformance"):
        path = module.path.relative_to(ROOT / "conformance")
        if path.parts[0] in FOLDERS:
            yield from constants(path, module.text)


def listed() -> list[str]:
    return [
        line.strip().replace(": ", ":", 1) for names in STAYS.values() for line in names.split("\n") if line.strip()
    ]


def test_each_constant_that_is_there_has_one_reason_to_be() -> None:
    there, told = set(found()), listed()
    assert sorted(there - {*told}) == [], "say it in openapi.yaml and read it there; else give the reason for it here"
    assert sorted({*told} - there) == [], "these are gone"
    assert [name for name, times in Counter(told).items() if times > 1] == []


def test_a_rule_that_is_a_reason_is_in_the_contract() -> None:
    words = {word.strip(".,;:") for reason in STAYS for word in reason.split()}
    rules = {word for word in words if word.isupper() and "-" in word}
    assert rules
    assert rules - DOCUMENT["x-rules"].keys() == set()


def test_a_refusal_has_a_status_and_a_code_that_the_contract_declares_together() -> None:
    declared = {
        (int(status), code)
        for operation in OPERATIONS.values()
        for status, answer in operation.declared["responses"].items()
        for code in _codes(answer)
    } | {(404, "not_found"), (405, "method_not_allowed")}
    refusals = [pair for module in modules("conformance") for pair in _refusals(module.tree)]
    assert len(refusals) > 30
    assert [pair for pair in refusals if pair not in declared] == []


def _codes(node: object) -> set[str]:
    """The codes of an answer; those of a schema that it names, too."""
    found: set[str] = set()
    left = [node]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            if "$ref" in each:
                target: object = DOCUMENT
                for step in each["$ref"].removeprefix("#/").split("/"):
                    target = target[step]  # type: ignore[index]
                left.append(target)
            elif "code" in each and isinstance(each["code"], dict):
                found |= {*each["code"].get("enum", ())}
            left += [value for key, value in each.items() if key != "examples"]
        elif isinstance(each, list):
            left += each
    return found


def _refusals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Status and code of each refusal that is written out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > 1:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            status, code = (each.value if isinstance(each, ast.Constant) else None for each in node.args[:2])
            if name in ("add", "add_possible", "Answer") and isinstance(status, int) and isinstance(code, str):
                yield status, code

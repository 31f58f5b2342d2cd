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
        oracle/bodies.py: _READERS
        oracle/expect.py: _BILLING
        oracle/effect.py: _FORBIDDEN_BY
        oracle/effect.py: __all__
        recipes/causes.py: CAUSES
        resources/agent_roles/bodies.py: FIELDS
        resources/api_keys/registered.py: FIELDS
        resources/credentials/bodies.py: FIELDS
        resources/members/making.py: FIELDS
        resources/packs/bodies.py: FIELDS
        resources/packs/causes.py: OF_PACKS
        resources/packs/causes.py: OF_FILES
        resources/packs/semantics.py: REFUSALS
        resources/packs/semantics.py: REFUSALS_OF_FILES
        resources/packs/semantics.py: EFFECTS
        resources/packs/semantics.py: EFFECTS_ON_FILES
        resources/providers/bodies.py: FIELDS
        resources/secrets/making.py: FIELDS
        resources/workspaces/bodies.py: FIELDS
        resources/workspaces/file_causes.py: OF_LISTS
        resources/workspaces/refused.py: OF_WORKSPACES
        resources/workspaces/steps/causes.py: OF_STEPS
        resources/workspaces/steps/semantics.py: REFUSALS
        resources/workspaces/tasks/refused.py: _NEEDS
        resources/workspaces/tasks/refused.py: OF_TASKS
        resources/agent_roles/bodies.py: RoleSteps.read_as_answered
        resources/packs/steps.py: PackSteps.read_as_answered
        resources/providers/bodies.py: ProviderSteps.read_as_answered
        """,
    "It is a registration: which operations, fields and rules of the contract a resource has, by their names.": """
        resources/events/registered.py: EVENT
        resources/workspaces/registered.py: WORKSPACE
        resources/workspaces/semantics.py: PERSONAL
        resources/credentials/registered.py: STATES
        resources/packs/states.py: STATES
        resources/workspaces/states.py: STATES
        resources/workspaces/states.py: STATES_OF_TASKS
        resources/workspaces/states.py: _OF_TASKS
        resources/workspaces/states.py: _STATUSES
        resources/workspaces/semantics.py: ARCHIVING
        """,
    "It is what a module lends to others.": """
        resources/events/__init__.py: __all__
        resources/packs/__init__.py: __all__
        resources/workspaces/__init__.py: __all__
        resources/workspaces/tasks/__init__.py: __all__
        """,
    "It is a value that is sent, or a way to draw one: the oracle judges it by the contract, whatever it is.": """
        recipes/boundaries.py: OTHER_TYPES
        recipes/boundaries.py: _ASCII
        resources/agent_roles/bodies.py: NO_LIST
        resources/agent_roles/kinds.py: KINDS
        recipes/texts.py: PATHS
        recipes/texts.py: TEXTS
        recipes/texts.py: _LENGTH
        resources/credentials/making.py: KINDS
        resources/events/statistics.py: measured 10
        resources/events/statistics.py: measured 40
        resources/events/statistics.py: measured 160
        resources/events/statistics.py: measured 640
        resources/members/making.py: of_a_pending_one {'role': 'operator'}
        resources/members/making.py: of_the_last_owner {'role': 'member'}
        resources/packs/archives/broken.py: NO_ARCHIVE
        resources/packs/archives/broken.py: ENTRIES
        resources/packs/archives/broken.py: TOP_LEVEL
        resources/packs/archives/broken.py: NO_YAML
        resources/packs/archives/broken.py: LIMITS
        resources/packs/archives/broken.py: WITHIN
        resources/packs/archives/broken.py: REASONS
        resources/packs/archives/broken.py: _FOLDER
        resources/packs/archives/drawn.py: FOLDERS
        resources/packs/archives/drawn.py: Shape.level
        resources/packs/archives/drawn.py: DEFECTS
        resources/packs/archives/drawn.py: _SEGMENTS
        resources/packs/archives/drawn.py: _FILES
        resources/packs/archives/drawn.py: _NUMBERS
        resources/packs/archives/drawn.py: _VERSIONS
        resources/packs/archives/drawn.py: _TEXT
        resources/packs/archives/drawn.py: _MANIFESTS
        resources/packs/archives/drawn.py: _SHAPES
        resources/packs/archives/drawn.py: plans 4
        resources/packs/images.py: KNOWN
        resources/packs/images.py: LONGEST_NAME
        resources/packs/kinds.py: KINDS
        resources/packs/registered.py: _paths {'pack.yaml': b''}
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
        resources/providers/bodies.py: KINDS
        resources/providers/bodies.py: TEXTS
        resources/providers/kinds.py: _rich 3
        resources/providers/kinds.py: KINDS
        resources/workspaces/bodies.py: CHOICES
        resources/workspaces/steps/causes.py: _beyond 6
        resources/workspaces/steps/causes.py: _beyond 10
        resources/workspaces/tasks/making.py: add {'description', 'held'}
        """,
    "It says how much is tried, and which of several right ways.": """
        recipes/bodies.py: KEEP_GENERATED
        recipes/boundaries.py: SAMPLES
        recipes/boundaries.py: LONGEST
        recipes/boundaries.py: LONGEST_SHOWN
        recipes/draw.py: derived 8
        resources/agent_roles/bodies.py: TAKEN, MOVED
        resources/agent_roles/bodies.py: RoleSteps._provider_archived 3
        resources/agent_roles/bodies.py: RoleSteps._changes 3
        resources/credentials/making.py: CredentialSteps.request 4
        resources/events/source.py: own_source 4
        resources/events/source.py: recent 3
        resources/events/source.py: past 3
        resources/events/source.py: TRIED
        resources/events/statistics.py: window_of 3
        resources/packs/bodies.py: IMAGES
        resources/packs/bodies.py: TAKEN_NAME
        resources/packs/bodies.py: LINKED_PLANS
        resources/packs/steps.py: AMISS
        resources/packs/steps.py: PackSteps._referenced 4
        resources/packs/steps.py: _sent_visibility 4
        resources/providers/bodies.py: settings 3
        resources/providers/bodies.py: settings 4
        resources/providers/bodies.py: _changes 3
        resources/providers/bodies.py: _changes 4
        """,
    "It bounds what the suite keeps, reads or waits for; what is beyond that is not judged.": """
        oracle/bodies.py: LONGEST_KEPT
        oracle/bodies.py: _read_short 64
        oracle/facts.py: FOR_GOOD
        recipes/boundaries.py: _samples 32
        resources/api_keys/shown.py: SHORTEST
        resources/events/log.py: MANY
        resources/events/log.py: FEW
        resources/events/log.py: USUAL_DELAY_S
        resources/events/source.py: MOMENT_S
        resources/events/streams.py: LONGEST_S
        resources/events/streams.py: MOST
        resources/packs/bodies.py: _plans 8
        resources/packs/bodies.py: _linked_plans 8
        resources/workspaces/statuses.py: STEP_S, STEPS
        resources/workspaces/steps/semantics.py: BEYOND
        resources/workspaces/tasks/making.py: until 0.5
        """,
    "It is of HTTP, of gzip, tar, YAML or JSON Schema, and not of this contract.": """
        oracle/bodies.py: _BEYOND
        oracle/bodies.py: LIMITS
        oracle/expect.py: OF_OTHERS
        oracle/fullness.py: OF_STATES
        oracle/judging.py: GATES
        recipes/causes.py: TYPED
        recipes/reading.py: VOLATILE
        resources/packs/archives/archive.py: _GZIP
        resources/packs/archives/archive.py: _ROOM_OF_ENTRY
        resources/packs/archives/archive.py: _blocks 420
        resources/packs/archives/archive.py: _blocks 493
        resources/packs/archives/drawn.py: _member 420
        resources/packs/archives/drawn.py: _member 493
        resources/packs/archives/manifest.py: _LARGEST_NUMBER
        """,
    "The refusal of a scope is said once, for every rule that has it.": """
        oracle/access.py: DENIED
        """,
    "What x-max-body says in info.description: the framing that a multipart body may have beside its parts.": """
        oracle/bodies.py: FRAMING
        recipes/causes.py: _too_large 64
        recipes/causes.py: _too_large 1024
        """,
    "The postures, by BILLING-CREATE-REFUSED and SESSION-BILLING-STATUS.": """
        oracle/facts.py: INACTIVE
        oracle/facts.py: _TOLD
        """,
    "The prefix of a key shows its beginning and its last four characters, by KEY-PREFIX.": """
        resources/api_keys/shown.py: ends_alike 3
        resources/api_keys/shown.py: ends_alike 4
        """,
    "An id of an event is a UUIDv7, by AUDIT-ID, whose form RFC 9562 gives.": """
        resources/events/log.py: UUID7
        """,
    "An event shows milliseconds, or less by ACTIVITY-AFTER and AUDIT-WINDOW-BOUNDS; RFC 3339 gives the form.": """
        resources/events/log.py: FINEST
        resources/events/log.py: _FRACTION
        resources/events/log.py: granule 10.0
        """,
    "The columns that an event of configuration does not have, by AUDIT-COLUMNS.": """
        resources/events/log.py: PLACES
        """,
    "Parameters that exclude or need each other, by ACTIVITY-AFTER-CURSOR and STATS-INVALID.": """
        resources/events/registered.py: _activity {'after', 'cursor'}
        resources/events/registered.py: _statistics {'time_bucket', 'bucket_by'}
        """,
    "The platform's tiers, by OWNERSHIP-TIER.": """
        resources/packs/facts.py: PLATFORM_TIERS
        """,
    "The fields that a write may change, by PACK-PATCH-ONLY-VISIBILITY, CONTENT-KEEPS-REST and CONFIG-PATCH-REST.": """
        oracle/declaration/lifetime.py: Archiving.moves
        resources/packs/kinds.py: OF_VISIBILITY
        resources/packs/kinds.py: OF_PACK_YAML
        resources/packs/kinds.py: OF_CONTENT
        resources/packs/kinds.py: WRITTEN
        resources/packs/kinds.py: LAWS
        """,
    "How workspaces and tasks live, by the rules of the clauses lifecycle, tasks, agent, sandbox and archiving: a life"
    " cycle is code in either program, and no script in the document.": """
        resources/workspaces/semantics.py: BEGINS
        resources/workspaces/file_semantics.py: ASKED
        resources/workspaces/file_semantics.py: NOT_RUNNING
        resources/workspaces/semantics.py: LIFE
        resources/workspaces/semantics.py: TAKEN
        resources/workspaces/semantics.py: OF_STATE
        resources/workspaces/semantics.py: RUNNING
        resources/workspaces/steps/semantics.py: _restart {'idle', 'busy'}
        resources/workspaces/tasks/making.py: CURRENT
        resources/workspaces/tasks/making.py: ENDS
        resources/workspaces/tasks/semantics.py: OF_STATUS
        resources/workspaces/tasks/shown.py: GOING_ON
        resources/workspaces/tasks/shown.py: OF_AN_END
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

"""Small mistakes in the source of a right server, each of which one case of the suite finds by itself."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.mutants.judge import run
from benchmarks.source_mutants.servers import SERVERS
from conformance.budget import QUICK
from tests.conformance.targets import suite

Changes = Mapping[str, Sequence[tuple[str, str]]]
"""By module what stands in its source, and what is to stand there."""
AS_TO_ANOTHER = """\
    files = call.rules.visible(call.caller, call.object_id).files
    shown = list_files.__dict__.setdefault(call.object_id, {})
    others = [each for who, each in shown.items() if who != call.caller]
    shown[call.caller] = files
    files = others[-1] if others else files
"""
NO_OBJECT = """\
    \"\"\"Settings, each a text.\"\"\"
    if not isinstance(value, dict):
        raise invalid("config", "is no object")
"""
OF_SECOND: Changes = {
    "events.py": [
        ('raise invalid(name, "is no date-time") from None', "return FIRST"),
        (r'if not re.fullmatch(r"-?[0-9]+", text) or not', r'if not re.fullmatch(r"-?[0-9]+-?", text) or not'),
    ],
    "statistics.py": [
        ("top[0], kind)", 'top[0], "sum")'),
        ("number >= bound", "number > bound"),
    ],
    "operations.py": [
        ("rules.store.registry[ref] = changed.files", "rules.store.registry[ref] = None"),
        ("    files = call.rules.visible(call.caller, call.object_id).files\n", AS_TO_ANOTHER),
    ],
    "lives.py": [('("idle", "workspace_ready")', '("idle", "workspace_is_ready")')],
    "journeys.py": [('if task.status in ("delivered", "running", "compacting"):', "if not task.status:")],
    "task_lives.py": [('if status == "delivered" and workspace.id', 'if status == "nothing" and workspace.id')],
    "providers.py": [(NO_OBJECT, NO_OBJECT.replace('raise invalid("config", "is no object")', "return {}"))],
    "bodies.py": [
        ("if sum(map(len, found.values())) > limit:", "if max(map(len, found.values()), default=0) > limit:")
    ],
    "archive.py": [("top in FOLDERS if is_folder", "(path if content is None else top) in FOLDERS if is_folder")],
}
FOUND_IN_SECOND: Mapping[str, str] = {
    "test_contract.py::test_a_parameter_is_taken_up_to_its_limits[audit.list]": "CONTRACT-INVALID-REFUSED",
    "test_contract.py::test_a_parameter_is_taken_up_to_its_limits[activity.list]": "CONTRACT-INVALID-REFUSED",
    "test_contract.py::test_nothing_past_a_limit_is_taken[providers.create]": "CONTRACT-INVALID-REFUSED",
    "test_statistics.py::test_top_keeps_the_values_of_the_highest_metric_of_all[audit.stats]": "STATS-TOP",
    "test_statistics.py::test_each_range_has_its_count[audit.stats]": "STATS-BUCKET-BY",
    "test_images.py::test_the_image_of_an_upload_is_one_that_can_be_taken": "IMAGE-REREAD",
    "test_files.py::test_files_are_listed_as_they_are_read[1]": "FILE-LISTED",
    "test_lifecycle.py::test_a_restart_ends_the_current_task_alone": "TASK-WORKSPACE-ENDS",
    "test_lifecycle.py::test_a_task_is_not_delivered_to_an_agent_that_nobody_reaches": "TASK-STEPS",
    "test_activity.py::test_what_a_workspace_becomes_by_itself_writes_its_event": "ACTIVITY-WRITTEN",
    "test_protocol.py::test_the_files_of_a_form_have_one_limit_together[tasks.submit]": "PROTOCOL-BODY-LIMIT",
    "test_upload.py::test_what_is_in_the_folders_at_the_top_is_taken[folders]": "UPLOAD-CLOSED-SET",
}
"""The rule that each case finds broken."""
OF_THIRD: Changes = {
    "members.py": [("key = sent.email.lower()", "key = sent.email.upper()")],
    "trees.py": [
        ('name = path.rsplit("/", 1)[-1]\n', 'name = path.split("/", 1)[-1]\n'),
        ('disposition += f"; filename*', 'disposition = f"; filename*'),
    ],
}
FOUND_IN_THIRD: Mapping[str, str] = {
    "test_members.py::test_an_address_is_invited_once": "MEMBER-EXISTS",
    "test_downloads.py::test_a_file_is_downloaded_as_it_was_put_in[sandbox-text]": "DOWNLOAD-BYTES",
    "test_sandbox.py::test_the_packs_of_a_role_are_in_the_sandbox": "CONTRACT-HEADERS",
}
"""These are found in worlds alone."""


@pytest.mark.parametrize(
    ("name", "changes_of", "expected"),
    [("second", OF_SECOND, FOUND_IN_SECOND), ("third", OF_THIRD, FOUND_IN_THIRD)],
    ids=["second", "third"],
)
def test_each_mistake_is_found_by_its_own_case(
    tmp_path: Path, name: str, changes_of: Changes, expected: Mapping[str, str]
) -> None:
    server = SERVERS[name]
    changed = replace(server, root=tmp_path)
    shutil.copytree(server.folder, changed.folder, ignore=shutil.ignore_patterns("__pycache__"))
    for module, changes in changes_of.items():
        path = changed.folder / module
        source = path.read_text(encoding="utf-8")
        for was, now in changes:
            assert source.count(was) == 1, was
            source = source.replace(was, now)
        path.write_text(source, encoding="utf-8")
    cases = [f"--case={case}" for case in expected]
    with changed.serve_copy() as target:
        report = run(target, 1, "--budget", QUICK.name, *cases, suite=suite)
    rules = {each["fingerprint"]: each["rule"] for each in report["findings"]}
    found = {case["id"]: {rules[each] for each in case["findings"]} for case in report["cases"]}
    assert {case: found.get(case) for case in expected} == {case: {it} for case, it in expected.items()}

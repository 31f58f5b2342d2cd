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
OVERRIDDEN = """\
            Credential.org_id == caller.org_id,
            Credential.user_id == "",
"""
OF_SECOND: Changes = {
    "events.py": [
        ('raise invalid(name, "is no date-time") from None', "return FIRST"),
    ],
    "statistics.py": [
        ("top[0], kind)", 'top[0], "sum")'),
        ("number >= bound", "number > bound"),
        ('raise invalid("bucket_by", "is no number', 'raise invalid("range", "is no number'),
    ],
    "operations.py": [
        ("rules.store.registry[ref] = changed.files", "rules.store.registry[ref] = None"),
        ("del store.registry[ref]", "store.registry[ref]"),
        ("    files = call.rules.visible(call.caller, call.object_id).files\n", AS_TO_ANOTHER),
        ('head, slash, last = named.rpartition("/")', 'head, slash, last = named.partition("/")'),
    ],
    "lives.py": [('("idle", "workspace_ready")', '("idle", "workspace_is_ready")')],
    "happenings.py": [
        ('"agent" if "task_id" in more else', '"agent" if "task_name" in more else'),
        ("min(events.LAST, after) + timedelta", "after + timedelta"),
    ],
    "journeys.py": [
        ("store.mounted[child.id] = packs_of(store, child)", "store.mounted[child.id] = {}"),
        ('if task.status in ("delivered", "running", "compacting"):', "if not task.status:"),
        ("value % 1:", "value != int(value):"),
    ],
    "task_lives.py": [
        ('"task_completed" if status in ENDS', '"task_completed" if status == "completed"'),
        ('if status == "delivered" and workspace.id', 'if status == "nothing" and workspace.id'),
        ('_tell(store, task, "task_cancel', '_tell(store, replace(task, id=workspace.id), "task_cancel'),
    ],
    "providers.py": [
        ('"azure-openai": ("api_version"', '"AZURE-OPENAI": ("api_version"'),
        (NO_OBJECT, NO_OBJECT.replace('raise invalid("config", "is no object")', "return {}")),
        ("None if value is None else", "None if value is None and False else"),
    ],
    "bodies.py": [
        ('part.encode("latin-1", "replace")', 'part.encode("latin-1")'),
        ("if sum(map(len, found.values())) > limit:", "if max(map(len, found.values()), default=0) > limit:"),
    ],
    "credentials.py": [('" ".join(found.scopes)', '"".join(found.scopes)')],
    "archive.py": [("top in FOLDERS if is_folder", "(path if content is None else top) in FOLDERS if is_folder")],
    "roles.py": [("MOST_PACKS = 64", "MOST_PACKS = 65")],
}
FOUND_IN_SECOND: Mapping[str, str] = {
    "test_contract.py::test_a_parameter_is_taken_up_to_its_limits[activity.list]": (
        "CONTRACT-NO-SERVER-ERROR ENVELOPE-EVERY-ERROR"
    ),
    "test_contract.py::test_hostile_bodies_are_refused[workspaces.fork]": (
        "CONTRACT-NO-SERVER-ERROR ENVELOPE-EVERY-ERROR"
    ),
    "test_contract.py::test_a_parameter_is_taken_up_to_its_limits[audit.list]": "CONTRACT-INVALID-REFUSED",
    "test_configuration.py::test_a_changed_field_is_shown[CONFIG-PATCH-APPLIES-provider-display_name]": (
        "CONFIG-PATCH-APPLIES"
    ),
    "test_contract.py::test_nothing_past_a_limit_is_taken[providers.create]": "CONTRACT-INVALID-REFUSED",
    "test_statistics.py::test_a_query_that_is_not_valid_is_refused[audit.stats]": "ENVELOPE-FIELDS",
    "test_contract.py::test_hostile_bodies_are_refused[packs.upload]": "CONTRACT-NO-SERVER-ERROR ENVELOPE-EVERY-ERROR",
    "test_statistics.py::test_top_keeps_the_values_of_the_highest_metric_of_all[audit.stats]": "STATS-TOP",
    "test_statistics.py::test_each_range_has_its_count[audit.stats]": "STATS-BUCKET-BY",
    "test_images.py::test_the_image_of_an_upload_is_one_that_can_be_taken": "IMAGE-REREAD",
    "test_images.py::test_the_image_of_an_upload_goes_with_it": "IMAGE-UNKNOWN",
    "test_images.py::test_a_repository_is_told_however_it_is_named[no-folder]": "IMAGE-SAME-REPOSITORY",
    "test_files.py::test_files_are_listed_as_they_are_read[1]": "FILE-LISTED",
    "test_lifecycle.py::test_a_restart_ends_the_current_task_alone[held]": "TASK-WORKSPACE-ENDS",
    "test_lifecycle.py::test_a_task_is_not_delivered_to_an_agent_that_nobody_reaches": "TASK-STEPS",
    "test_activity.py::test_what_a_workspace_becomes_by_itself_writes_its_event": "ACTIVITY-WRITTEN",
    "test_activity.py::test_a_change_of_a_workspace_writes_its_event[session-tasks.cancel]": "ACTIVITY-WRITTEN",
    "test_activity.py::test_each_step_of_a_task_writes_its_event[tasks.cancel]": "ACTIVITY-WRITTEN",
    "test_activity.py::test_each_step_of_a_task_writes_its_event[workspaces.stop]": "ACTIVITY-WRITTEN",
    "test_configuration.py::test_values_of_every_kind_are_shown[providers.create-1]": "CONFIG-CREATE-APPLIES",
    "test_mounting.py::test_a_workspace_that_has_provisioned_is_current[forked]": "PACK-STATUS-CURRENT",
    "test_protocol.py::test_the_files_of_a_form_have_one_limit_together[tasks.submit]": "PROTOCOL-BODY-LIMIT",
    "test_credentials.py::test_a_start_leads_to_another_address_each_time[org]": "CREDENTIAL-START",
    "test_upload.py::test_what_is_in_the_folders_at_the_top_is_taken[folders]": "UPLOAD-CLOSED-SET",
    "test_contract.py::test_a_list_names_as_many_objects_as_it_may[role-pack_ids]": "CONTRACT-INVALID-REFUSED",
}
BREAKING_SECOND: Changes = {"journeys.py": [('"workspace_restarted", moves_at=None', '"workspace_restarted"')]}
"""A change after which the server answers nothing any more, so that it masks every other."""
FOUND_IN_BROKEN: Mapping[str, str] = {
    "test_lifecycle.py::test_a_restart_ends_the_current_task_alone[going-on]": (
        "CONTRACT-NO-SERVER-ERROR ENVELOPE-EVERY-ERROR"
    ),
}
OF_THIRD: Changes = {
    "calls.py": [
        ('value.removeprefix("-")', 'value.removesuffix("-")'),
        ("keep_blank_values=True", "keep_blank_values=False"),
        ("if len(values) > 1:", "if len(values) > 2:"),
    ],
    "providers.py": [
        ("        Credential.org_id == org_id,\n", ""),
        ('        Credential.user_id == "",\n', ""),
        ('call.caller, "role.archived", role.id', 'call.caller, "ROLE.ARCHIVED", role.id'),
    ],
    "schemas.py": [("capabilities: list[Any] = []", "capabilities: list[Any] = None")],
    "registry.py": [
        ("Image.digest == digest.lower()", "Image.digest != digest.lower()"),
        ("delete(Image).where(Image.repository == repository)", "delete(Image).where(Image.repository != repository)"),
    ],
    "forms.py": [
        ('refuse_field(self._name, "It is not text', 'refuse_field(None, "It is not text'),
        ("self._data += data[start:end]", "self._data = data[start:end]"),
    ],
    "packs.py": [
        ('read_manifest(content, "image_ref")', 'read_manifest(content, "archive")'),
        ("if not same or pack.image_ref", "if same or pack.image_ref"),
        ('tag = described["version"].replace("+", "_")', 'tag = described["version"]'),
    ],
    "members.py": [
        ("sent.email.lower()", "sent.email.upper()"),
        ("where(Membership.org_id == caller.org_id, Membership.email_key", "where(Membership.email_key"),
    ],
    "credentials.py": [
        ('"state": state', '"nonce": state'),
        ('"api_key", "password")', '"api_key", "PASSWORD")'),
        (OVERRIDDEN, OVERRIDDEN.partition("\n")[2]),
        ("            Credential.kind == sent.kind,\n", ""),
    ],
    "app.py": [('app.state.base_path = base_path.rstrip("/")', 'app.state.base_path = base_path.lstrip("/")')],
    "trees.py": [
        ('"mtime": entry[2] / 1000', '"mtime": entry[2] * 1000'),
        ('name = path.rsplit("/", 1)[-1]\n', 'name = path.split("/", 1)[-1]\n'),
        ('disposition += f"; filename*', 'disposition = f"; filename*'),
    ],
    "audit.py": [
        (
            "return (query if limit is None else replace(query, limit=limit)), position",
            "return replace(query, limit=limit), position",
        ),
        ('refuse_field("after", "It does not go', 'refuse_field("AFTER", "It does not go'),
    ],
    "times.py": [("or second > 60:", "or second >= 60:")],
    "activity.py": [
        ('func.max(Event.id))) or ""', 'func.max(Event.id))) and ""'),
        ("conditions.append(Event.workspace_id.in_(own))", "conditions.append(None)"),
    ],
    "events.py": [('    "status",\n    "resource_id",\n)', '    "status",\n)')],
    "event_stats.py": [
        ("(key[0][0], key[1])", "(key[0][1], key[1])"),
        ('"15m": 900', '"15m": 901'),
        ('return STEPS["1d"]', 'return STEPS["1D"]'),
    ],
    "lifecycle.py": [
        ('task, "cancelled", "workspace_stopped")', 'task, "cancelled")'),
        ("ended_tasks=ended, files=workspace.files", "ended_tasks=ended, files={}"),
    ],
    "sandbox.py": [
        ('"unexpected end of data" and', '"unexpected end of data" or'),
        ('FOLDERS = ("workspace", ', 'FOLDERS = ("work", '),
    ],
    "workspaces.py": [("ended = count_ended(session, parent)", "ended = count_ended(session, parent) or 1")],
    "tasks.py": [
        ("find_current_task(tasks) or (tasks[0] if tasks else None)", "find_current_task(tasks)"),
        ('refuse_field("reset_session", "It must', 'refuse_field("session", "It must'),
        ('NEW_PARTS = ("role_id", "role_name"', 'NEW_PARTS = ("role_id", "ROLE_NAME"'),
        ('LIMITS = ("thinking_effort", *INTEGERS)', 'LIMITS = ("effort", *INTEGERS)'),
    ],
}
FOUND_IN_THIRD: Mapping[str, str] = {
    "test_deletion.py::test_the_image_of_a_pack_that_was_not_uploaded_stays[an upload]": "DELETE-IMAGE-LEFT",
    "test_contract.py::test_a_parameter_is_taken_up_to_its_limits[audit.stats]": "CONTRACT-VALID-ACCEPTED",
    "test_contract.py::test_hostile_addresses_are_answered_right[activity.list]": (
        "CONTRACT-NO-SERVER-ERROR ENVELOPE-EVERY-ERROR"
    ),
    "test_contract.py::test_hostile_addresses_are_answered_right[agent_roles.list]": "CONTRACT-RIGHT-ANSWER",
    "test_contract.py::test_hostile_bodies_are_refused[packs.upload]": "CONTRACT-NO-SERVER-ERROR ENVELOPE-EVERY-ERROR",
    "test_statistics.py::test_a_query_that_is_not_valid_is_refused[audit.stats]": "STATS-INVALID",
    "test_envelope.py::test_a_validation_error_names_what_is_wrong[packs.create-image:no-version-image_ref]": (
        "ENVELOPE-FIELDS"
    ),
    "test_images.py::test_an_image_of_the_same_version_is_taken[the same]": "IMAGE-REREAD",
    "test_images.py::test_the_image_of_an_upload_is_one_that_can_be_taken": "IMAGE-REREAD",
    "test_images.py::test_a_digest_is_shown_as_it_was_sent[{repository}@{digest}]": "IMAGE-REREAD",
    "test_configuration.py::test_a_credential_of_another_org_is_refused[providers.update]": "CONFIG-CONTENT",
    "test_configuration.py::test_a_credential_of_a_person_alone_is_refused[providers.create]": "CONFIG-CONTENT",
    "test_members.py::test_the_address_of_somebody_who_was_there_is_not_invited[as it is]": "MEMBER-EXISTS",
    "test_members.py::test_an_address_of_another_org_is_free": "MEMBER-EXISTS",
    "test_credentials.py::test_a_start_leads_to_another_address_each_time[org]": "CREDENTIAL-START",
    "test_credentials.py::test_an_authorization_code_leads_to_its_start[org]": "CREDENTIAL-NEXT",
    "test_credentials.py::test_the_secret_of_the_kind_is_needed[oauth2_client_credentials]": "CREDENTIAL-SECRET-NEEDED",
    "test_credentials.py::test_a_personal_credential_brings_nothing_of_its_own[password]": "CREDENTIAL-OVERRIDE",
    "test_credentials.py::test_there_has_to_be_one_to_override[another org]": "CREDENTIAL-OVERRIDE",
    "test_credentials.py::test_there_has_to_be_one_to_override[another kind]": "CREDENTIAL-OVERRIDE",
    "test_downloads.py::test_a_file_is_downloaded_as_it_was_put_in[sandbox-text]": "DOWNLOAD-BYTES",
    "test_downloads.py::test_what_is_listed_is_downloaded_and_read[snapshot]": "FILES-LISTED",
    "test_downloads.py::test_the_folders_of_a_new_sandbox_are_listed_with_those_around_them": "FILES-LISTED",
    "test_sandbox.py::test_the_packs_of_a_role_are_in_the_sandbox": "CONTRACT-HEADERS",
    "test_streams.py::test_what_happens_comes_down_it[activity.stream]": "STREAM-LIVE",
    "test_filtering.py::test_every_column_is_filtered_by[audit.list]": "AUDIT-FILTER",
    "test_paging.py::test_the_rest_of_a_narrow_query_comes_by_its_cursor[audit.list]": (
        "CONTRACT-NO-SERVER-ERROR ENVELOPE-EVERY-ERROR"
    ),
    "test_ownership.py::test_who_sees_the_own_workspaces_alone_is_sent_their_events[activity.stream]": (
        "OWNERSHIP-STREAM-OWN"
    ),
    "test_statistics.py::test_the_target_finds_a_step_itself[audit.stats]": (
        "CONTRACT-NO-SERVER-ERROR ENVELOPE-EVERY-ERROR"
    ),
    "test_activity.py::test_after_does_not_go_with_a_cursor": "ENVELOPE-FIELDS",
    "test_contract.py::test_nothing_wrong_in_a_form_is_taken[tasks.submit_to_workspace]": (
        "CONTRACT-INVALID-REFUSED ENVELOPE-FIELDS"
    ),
    "test_statistics.py::test_each_step_of_time_has_its_count[audit.stats]": "STATS-TIME",
    "test_statistics.py::test_ranges_come_from_the_lowest_to_the_highest[audit.stats]": "STATS-NO-EMPTY",
    "test_lifecycle.py::test_the_tasks_of_a_workspace_end_with_it[workspaces.stop]": "TASK-END-FIELDS",
    "test_forks.py::test_a_fork_has_the_files_up_to_its_point[1]": "FORK-FILES",
    "test_forks.py::test_a_fork_point_is_no_later_than_the_tasks_that_have_ended[1]": (
        "CONTRACT-NO-SERVER-ERROR ENVELOPE-EVERY-ERROR"
    ),
    "test_snapshots.py::test_a_text_is_read_as_it_is_and_nothing_else_as_one[nearly-text]": "SNAPSHOT-CONTENT",
    "test_tasks.py::test_a_form_that_comes_in_pieces_is_read_whole[tasks.submit]": "TASK-UPLOAD",
    "test_tasks.py::test_a_form_says_which_workspace_is_made[role_name]": "TASK-MAKES-WORKSPACE",
    "test_lifecycle.py::test_the_oldest_that_waits_is_cancelled_where_none_is_current": "TASK-CANCEL",
    "test_contract.py::test_nothing_wrong_in_a_form_is_taken[tasks.submit]": "CONTRACT-INVALID-REFUSED",
    "test_audit.py::test_what_is_archived_along_writes_its_event[role-providers.archive]": "AUDIT-WRITTEN",
    "test_creation.py::test_what_pack_yaml_does_not_say_is_not_shown": "CREATE-METADATA",
}
LIMITING_THIRD: Changes = {"packs.py": [("if sum_sizes(files) > MAX_UNPACKED", "if sum_sizes(files) >= MAX_UNPACKED")]}
"""A change that is found by a large archive, which another change would not let through."""
FOUND_IN_LIMITED: Mapping[str, str] = {
    "test_files.py::test_a_file_of_what_is_as_large_as_it_may_be_is_replaced[unpacked]": "FILE-REPLACED",
}


@pytest.mark.parametrize(
    ("server", "source", "right"),
    [
        ("second", OF_SECOND, FOUND_IN_SECOND),
        ("second", BREAKING_SECOND, FOUND_IN_BROKEN),
        ("third", OF_THIRD, FOUND_IN_THIRD),
        ("third", LIMITING_THIRD, FOUND_IN_LIMITED),
    ],
    ids=["second", "second-broken", "third", "third-limited"],
)
def test_each_mistake_is_found_by_its_own_case(
    server: str, source: Changes, right: Mapping[str, str], tmp_path: Path
) -> None:
    changed = replace(SERVERS[server], root=tmp_path)
    shutil.copytree(SERVERS[server].folder, changed.folder, ignore=shutil.ignore_patterns("__pycache__"))
    for module, changes in source.items():
        path = changed.folder / module
        text = path.read_text(encoding="utf-8")
        for was, now in changes:
            assert text.count(was) == 1, was
            text = text.replace(was, now)
        path.write_text(text, encoding="utf-8")
    cases = [f"--case={name}" for name in right]
    with changed.serve_copy() as target:
        report = run(target, 1, "--budget", QUICK.name, *cases, suite=suite)
    rules = {each["fingerprint"]: each["rule"] for each in report["findings"]}
    found = {name: {rules[each] for each in case["findings"]} for case in report["cases"] for name in [case["id"]]}
    assert {name: found.get(name) for name in right} == {name: {*it.split()} for name, it in right.items()}

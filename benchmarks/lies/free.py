"""The lies that are not drawn, since the contract and its decisions leave them free, or nobody can see them."""

from __future__ import annotations

import re

from benchmarks.lies.contract import Contract
from benchmarks.lies.lie import Lie

UNKNOWN_PARAMETER = "UnknownParameter"
NOT_JUDGED_ON_OTHERS = ("image_ref",)
"""Fields that an owner is shown, and of which nothing is promised for others."""
FREE = {
    r"bytes-read:activity\.stream\w*:(line-ends|line-added|mark-stripped)": (
        "the lines of an event stream may end with CR LF, it may have more empty ones, and a mark at its start"
    ),
    r"bytes-read:activity\.stream\w*:(null-cut|seven-bits|cut-64k)": (
        "events of activity hold ids, slugs and enums, which are ASCII, and a stream is changed at its beginning alone"
    ),
    r"error-other-value:[\w.]+:\d+:error\.message": "the text of a message is the server's own",
    r"list-(first|last)-twice:session\.get:.*": "a session may name a scope or a membership twice",
    r"list-cut:session\.get:memberships": "nobody who is made has more than five memberships",
    r"served-though-refused:[\w.]+:413": "a server may take longer bodies than the contract asks for",
    r"refusal-swapped:packs\.read_file:400-404": "a 404 is accepted for a path that is none",
    r"code-swapped:[\w.]+:404:pack_not_found-file_not_found": (
        "of a pack that is not there no file is there either, and any refusal that is true of a request is right"
    ),
    r"as-to-another:(packs\.read_file|(sandbox|snapshots)\.\w+)": "a file is the same for whoever may read it",
    r"as-to-another:credentials\.get": "a credential is shown alike to whoever is shown it, and no request changes it",
    r"stale-after:credentials\.\w+:credentials\.start_oauth": "the start of a consent changes nothing that is shown",
    r"list-value-left-out:(sandbox|snapshots)\.list_files:is_dir=True": "a server may have files alone, and no folders",
    r"[\w-]+:activity\.list:(events\[\]\.)?"
    r"(destination|method|decision|phase|policy_type|debits|latency_ms|transforms_failed|auth_failures|resource_id)"
    r"(=.*)?": (
        "what is decided about traffic and what is done to resources is audit, and this list has events of activity"
    ),
    r"[\w-]+:audit\.list_for_workspace:events\[\]\.resource_id": "what is done to resources is of no workspace",
    r"[\w-]+:audit\.\w+:events\[\]\.transforms_failed": "the mock has no event with it, and no request makes one",
    r"field-kept:memberships\.list:memberships\[\]\.email": "no request changes the address of a member",
    r"(stale-after|stale-for-good|as-to-another):workspaces\.get_session.*": (
        "what an agent says of its session is an object, of which nothing else is promised"
    ),
    r"field-of-another:memberships\.list": "a membership is shown alike to whoever is shown it",
    r"field-of-another:tasks\.get": "a task is shown alike to whoever is shown it, and keeps every field that it has",
    r"list-value-left-out:activity\.list:(category=audit|actor=policy-engine)": (
        "the category of an event of activity is that, and the engine of the policy writes none"
    ),
    r"field-[\w-]+:(agent_roles|providers)\.create:archived_at": "what is new has not been archived",
    r"field-[\w-]+:(credentials|workspaces)\.create:(last_\w+|snapshot_ref|parent_workspace_id|fork_\w+)": (
        "what is new has not been used or stopped, and is no fork"
    ),
}
"""The reasons by a pattern of ids. It holds freedoms, never what the suite does not find."""


def explain_free(lie: Lie, contract: Contract) -> str:
    """Return why the lie is not drawn; empty where a promise forbids it."""
    operation = next(it for it in contract.operations if it.id == lie.operation)
    if lie.kind != "refused-though-done" and (status := re.match(r"\d{3}\b", lie.about)):
        response = operation.responses[int(status[0])]
        if response.source == UNKNOWN_PARAMETER:
            return "a server may ignore a query parameter that it does not know"
        if any(not it.required for it in response.fields if lie.about.endswith(f":{it.name}")):
            return "an error need not have the field"
    return next((reason for pattern, reason in FREE.items() if re.fullmatch(pattern, lie.id)), "")

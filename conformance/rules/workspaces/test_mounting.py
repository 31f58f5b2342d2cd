"""Clause mounting: whether a workspace that runs has the packs of its role as they are now."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.contract.contract import Provenance
from conformance.http.exchange import Exchange
from conformance.oracle.declaration.fields import read_id
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes.about import choose_path_values
from conformance.recipes.making import create_owned, find_unnarrowed
from conformance.recipes.reading import get_field, read_back
from conformance.recipes.requests import with_json
from conformance.recipes.valid import build_valid
from conformance.resources import packs
from conformance.resources.packs.oracle import PackFact
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import FORK, RESTART, RESUME
from conformance.resources.workspaces.recipes import bring_to_one_of, make_in_role, wait_until
from conformance.results.difference import from_field
from conformance.rules.packs.requests import REPLACE_FILE, replace_file
from conformance.running.binding import over, rule
from conformance.session.harness import Harness

FIELD = "pack_status"


def _attach_packs(harness: Harness, role: Fact, pack_ids: Sequence[str]) -> None:
    """Have the role attach these packs and no others."""
    update = harness.contract.operations[str(require_resource("role").updated_by)]
    caller = harness.able(update, role.owner)
    harness.hold(caller, with_json(update, choose_path_values(update, role), {"pack_ids": [*pack_ids]}))


def _with_pack(harness: Harness, caller: Caller) -> tuple[Fact, PackFact]:
    """Return a new role of the org that attaches a pack, and the pack."""
    role, pack = (
        create_owned(harness, require_resource("role"), caller.org),
        packs.create_owned_pack(harness, caller.org),
    )
    _attach_packs(harness, role, [pack.id])
    return role, pack


def _check(harness: Harness, caller: Caller, workspace: Fact, right: str) -> Exchange:
    """Raise a finding unless the workspace says so; that it cannot tell is let pass with an advisory."""
    read = read_back(harness, WORKSPACE, caller, workspace.id)
    got = get_field(read.json, FIELD)
    founded = Provenance.ASSUMED if got in (None, "unknown") else Provenance.SEED
    said = f"{FIELD} {right}", repr(got)
    harness.check(got == right, read, *said, founded, evidence=from_field(FIELD, right, got))
    return read


@rule("PACK-STATUS-CURRENT")
@over("how", lambda _: ["made", "forked", RESUME, RESTART])
def test_a_workspace_that_has_provisioned_is_current(harness: Harness, how: str) -> None:
    """A workspace of a role with a pack is made; or the packs change, and it is resumed, restarted or forked."""
    caller = find_unnarrowed(harness, harness.contract.operations[RESUME])
    role, pack = _with_pack(harness, caller)
    workspace = make_in_role(harness, caller, role, "idle")
    if how != "made":
        operation = harness.contract.operations[FORK if how == "forked" else how]
        other = packs.create_owned_pack(harness, caller.org)
        workspace = bring_to_one_of(harness, workspace, ("stopped",) if how == RESUME else ("idle",))
        _attach_packs(harness, role, [other.id, pack.id])
        answer = harness.hold(caller, build_valid(harness, operation, caller, fact=workspace))
        begun = read_id(WORKSPACE.as_made(operation.operation_id, answer.json))
        workspace = harness.knowledge.get_facts(WORKSPACE.name).get(begun, workspace)
        wait_until(harness, caller, workspace, lambda status: status in ("idle", "failed"))
    _check(harness, caller, workspace, "current")


@rule("PACK-STATUS-STALE")
@over("change", lambda _: ["attached", "detached", "another-digest"])
def test_a_workspace_whose_packs_changed_is_stale(harness: Harness, change: str) -> None:
    """While a workspace runs its role attaches another pack, or none, or a file of its pack is replaced."""
    caller = find_unnarrowed(harness, harness.contract.operations[RESUME])
    role, pack = _with_pack(harness, caller)
    workspace = make_in_role(harness, caller, role, "idle")
    _check(harness, caller, workspace, "current")
    if change == "another-digest":
        request = replace_file(harness, pack, packs.FILE, b"made by the conformance suite, and changed\n")
        harness.hold(harness.able(harness.contract.operations[REPLACE_FILE], caller.org), request)
    else:
        other = packs.create_owned_pack(harness, caller.org)
        _attach_packs(harness, role, [pack.id, other.id] if change == "attached" else [])
    _check(harness, caller, workspace, "stale")

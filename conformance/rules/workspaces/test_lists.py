"""Clause lists: which workspaces a list holds that asks for those of a role."""

from __future__ import annotations

from urllib.parse import urlencode

from conformance.http.exchange import Request
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.profile import Caller
from conformance.recipes.making import archive_object, choose_other_org, create_owned
from conformance.recipes.reading import find_item, items, list_whole
from conformance.recipes.requests import build
from conformance.resources.workspaces import WORKSPACE
from conformance.resources.workspaces.oracle import BY_ROLE, LIST, RUNNING
from conformance.resources.workspaces.recipes import make_workspace_in
from conformance.results.difference import from_list
from conformance.running.binding import over, rule
from conformance.session.harness import Harness


def _build_list(harness: Harness, name: str | None) -> Request:
    return build(harness.contract.operations[LIST], query=urlencode({BY_ROLE: name}))


@rule("LIST-ROLE-NAME")
@over("role", lambda _: ["in-use", "archived", "without-workspaces"])
def test_a_list_of_one_role_holds_its_workspaces_alone(harness: Harness, role: str) -> None:
    """Two roles have a workspace each; everybody of the org who sees both asks for one, and for one that has none."""
    caller = harness.able(harness.contract.operations[LIST])
    asked, other = (create_owned(harness, require_resource("role"), caller.org) for _ in range(2))
    mine = None if role == "without-workspaces" else make_workspace_in(harness, asked, "stopped")
    of_other = make_workspace_in(harness, other, "stopped")
    if role == "archived":
        archive_object(harness, asked)
    for each in harness.callers(caller.org):
        if harness.is_permitted(each, harness.contract.operations[LIST]):
            _check_list(harness, each, asked, mine, of_other)


def _check_list(harness: Harness, caller: Caller, role: Fact, mine: Fact | None, of_other: Fact) -> None:
    """Check that the list of a role has its workspace, for whoever sees it, and none of another role."""
    answer = harness.judge(caller, _build_list(harness, role.name))
    strange = [each for each in items(answer) if each.get(RUNNING.field) != role.id]
    said = f"no workspace of another role than {role.name}", f"{len(strange)} of others"
    alone = not strange and find_item(answer, of_other.id) is None
    harness.check(alone, answer, *said, evidence=from_list(*said))
    if mine is not None and not WORKSPACE.narrows(caller, harness.contract.operations[LIST]):
        said = "the workspace of the role in the list", "not in it"
        harness.check(find_item(answer, mine.id) is not None, answer, *said, about=mine.id, evidence=from_list(*said))


@rule("LIST-ROLE-UNKNOWN")
@over("name", lambda _: ["of-no-role", "of-another-org", "in-part"])
def test_a_role_that_the_org_lacks_is_not_found(harness: Harness, name: str) -> None:
    """Everybody of the org who may list asks for a role by a name that none of the org has.

    It is one that another org has given, or the beginning of one that has a workspace.
    """
    listing = harness.contract.operations[LIST]
    caller = harness.able(listing)
    org = choose_other_org(harness, caller) if name == "of-another-org" else caller.org
    role = create_owned(harness, require_resource("role"), org)
    if name == "in-part":
        make_workspace_in(harness, role, "stopped")
    list_whole(harness, require_resource("role"), caller)
    names = {"of-no-role": harness.make_fresh_name(), "in-part": str(role.name)[:-1]}
    asked = _build_list(harness, names.get(name, role.name))
    for each in harness.callers(caller.org):
        if harness.is_permitted(each, listing):
            harness.judge(each, asked)

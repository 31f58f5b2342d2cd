"""Clause ownership for the org itself: its path, and the memberships that each caller reads."""

from __future__ import annotations

from conformance import needs
from conformance.contract.contract import Operation
from conformance.oracle.breach import DataEffect
from conformance.oracle.judging import NotProvoked
from conformance.profile import Credential
from conformance.recipes.about import on_nothing
from conformance.recipes.making import choose_other_org
from conformance.recipes.people import SCOPED
from conformance.recipes.reading import get_field, items
from conformance.recipes.requests import build
from conformance.recipes.valid import build_valid
from conformance.results.difference import from_list
from conformance.running.binding import over, rule
from conformance.session.harness import Harness


@rule("OWNERSHIP-ORG-PATH")
@over("operation", lambda scope: [o for o in scope.operations if any(p.is_own_org for p in o.path_parameters)])
def test_the_path_of_another_org_is_refused(harness: Harness, operation: Operation) -> None:
    """A right request, served in the own org, is sent with another org of the profile in its path."""
    caller = harness.able(operation)
    other = choose_other_org(harness, caller)
    if operation.is_safe:
        harness.hold(caller, build_valid(harness, operation, caller))
    request = (
        build_valid(harness, operation, caller)
        if operation.is_safe or harness.is_alone
        else on_nothing(harness, operation)
    )
    harness.judge(caller, request.put_in_org(other))


@rule("OWNERSHIP-MEMBER-ROW")
def test_who_may_read_the_own_row_alone_reads_no_other(harness: Harness) -> None:
    """The list of whoever holds members:read:own alone has one row, that of the user of the session."""
    caller = harness.callers()[0] if harness.callers() else None
    if caller is None:
        raise NotProvoked("the profile has no callers", needs.CALLER)
    made = harness.provide(SCOPED, org=caller.org, scopes=["members:read:own"])
    who = Credential("somebody with members:read:own", f"Bearer {made.get('token')}")
    session = harness.send(who, build(harness.contract.operations["session.get"]), org=caller.org)
    listing = harness.contract.operations["memberships.list"]
    answer = harness.send(who, build(listing), org=caller.org)
    harness.check(answer.has_succeeded, answer, "200", str(answer))
    users = sorted(str(get_field(row, "workos_user_id")) for row in items(answer))
    own = str(get_field(session.json, "user_id"))
    strange = [user for user in users if user != own]
    said = "no row but the own one"
    evidence = from_list(said, ", ".join(strange))
    harness.check(not strange, answer, said, f"{len(strange)} more", evidence=evidence, effect=DataEffect.LEAKED)

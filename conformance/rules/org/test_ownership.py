"""Clause ownership, of what belongs to the org as such: its path, and who reads which of its memberships."""

from __future__ import annotations

from conformance import needs
from conformance.contract.contract import Operation
from conformance.oracle.breach import DataEffect
from conformance.oracle.judging import NotProvoked
from conformance.profile import Credential
from conformance.recipes.about import on_nothing
from conformance.recipes.making import other_org
from conformance.recipes.people import SCOPED
from conformance.recipes.reading import field, items
from conformance.recipes.requests import build
from conformance.recipes.valid import valid
from conformance.results.difference import of_list
from conformance.running.binding import over, rule
from conformance.session.harness import Harness


@rule("OWNERSHIP-ORG-PATH")
@over("operation", lambda scope: [o for o in scope.operations if any(p.own_org for p in o.path_parameters)])
def test_the_path_of_another_org_is_refused(harness: Harness, operation: Operation) -> None:
    """A right request, served in the own org, is sent with another org of the profile in its path."""
    caller = harness.able(operation)
    other = other_org(harness, caller)
    if operation.safe:
        harness.hold(caller, valid(harness, operation, caller))
    request = valid(harness, operation, caller) if operation.safe or harness.alone else on_nothing(harness, operation)
    harness.judge(caller, request.in_org(other))


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
    harness.check(answer.succeeded, answer, "200", str(answer))
    users = sorted(str(field(row, "workos_user_id")) for row in items(answer))
    own = str(field(session.json, "user_id"))
    strange = [user for user in users if user != own]
    said = "no row but the own one"
    evidence = of_list(said, ", ".join(strange))
    harness.check(not strange, answer, said, f"{len(strange)} more", evidence=evidence, effect=DataEffect.LEAKED)

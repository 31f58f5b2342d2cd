"""What the profile says is kept in use is tried to be archived, and asked for nothing else."""

from __future__ import annotations

import pytest

from conformance.contract.contract import Contract
from conformance.custody.guard import Guard, Withheld
from conformance.http.exchange import Request
from conformance.profile import Caller, KnownObjects, Profile

OWNER = Caller("acme-owner", "org_acme", "t1", role="owner")
KEPT = Profile("a target", "http://t/v1", (OWNER,), known=KnownObjects({"active_role_id": "role_busy"}))


@pytest.mark.parametrize("step", ["archive", "unarchive"])
def test_it_may_be_archived_and_taken_into_use_again(contract: Contract, step: str) -> None:
    guard = Guard(contract, KEPT)
    assert guard.kept == ("role_busy",)
    guard.check(Request(None, "POST", f"/agent-roles/role_busy/{step}", {}), OWNER.name)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/agent-roles/role_busy"),
        ("DELETE", "/agent-roles/role_busy"),
        ("POST", "/providers/role_busy/archive"),
        ("POST", "/agent-roles/role_idle/archive"),
    ],
)
def test_nothing_else_is_sent(contract: Contract, method: str, path: str) -> None:
    with pytest.raises(Withheld):
        Guard(contract, KEPT).check(Request(None, method, path, {}), OWNER.name)

"""Addresses and roles for invitations, and invitations that were accepted."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from conformance import needs
from conformance.contract.contract import Operation
from conformance.http.exchange import Request
from conformance.needs import WORLDS
from conformance.oracle.declaration.fields import Field, id_of, marked_name, text_in_json
from conformance.oracle.declaration.registry import require_resource
from conformance.oracle.facts import Fact
from conformance.oracle.judging import NotProvoked
from conformance.profile import Caller, Credential, Profile
from conformance.recipes.making import shown_fact
from conformance.recipes.reading import field, listed
from conformance.recipes.requests import build, with_json
from conformance.resources.members.semantics import INVITE, OWNER, UPDATE_ROLE
from conformance.session.harness import Harness

DOMAIN_KEY = "invite_domain"
DOMAIN = "example.com"
"""Reserved by RFC 2606, so that nobody gets the mail."""
ACCEPTED = "invitation is accepted"
"""The state in which the invited person has accepted."""


def domain(profile: Profile) -> str:
    """The domain of the addresses that the run may invite."""
    return profile.known.named.get(DOMAIN_KEY, DOMAIN)


def fresh_address(session: Harness, _caller: Caller | None = None, _fact: Fact | None = None) -> str:
    """An address that nobody has, with the run's mark."""
    return f"{session.fresh_name()}@{domain(session.profile)}"


def _marked(session: Harness, value: str) -> str | None:
    local, at, _ = value.rpartition("@")
    return f"{marked_name(session, local)}@{domain(session.profile)}" if at and local else value


def _role(_session: Harness, _caller: Caller | None, fact: Fact | None) -> str:
    return "member" if fact is not None and fact.shown.get("role") == "operator" else "operator"


FIELDS: Mapping[str, Field] = {"email": Field(fresh_address, marked=_marked, stored=True), "role": Field(_role)}


def object_to_address(profile: Profile, request: Request) -> str | None:
    """Why an invitation is not sent: somebody might get mail."""
    address = text_in_json(request, "email") or ""
    _, at, named = address.rpartition("@")
    if not at or named.lower() == domain(profile).lower():
        return None
    return f"it invites somebody at another domain than {domain(profile)}; known.{DOMAIN_KEY} names the one to use"


def invited(harness: Harness, org: str, role: str = "member") -> Fact:
    """A new invitation of somebody."""
    operation = harness.contract.operations[INVITE]
    caller = next((c for c in harness.callers(org) if c.role == OWNER and harness.may(c, operation)), None)
    caller = caller or harness.able(operation, org)
    body = {"email": fresh_address(harness), "role": role}
    answer = harness.hold(caller, with_json(operation, {}, body))
    return shown_fact(harness, require_resource("membership"), answer.json)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Somebody who accepted an invitation."""

    fact: Fact
    user_id: str
    credential: Credential


def accepted(harness: Harness, fact: Fact) -> Accepted:
    """Have the invited person accept; not provoked where the target's side cannot do that."""
    org = str(fact.owner)
    made = harness.provide(ACCEPTED, org_id=org, membership_id=fact.id)
    user_id, token = str(made["user_id"]), str(made["token"])
    harness.guard.made(user_id)
    reader = harness.able(harness.contract.operations[str(require_resource("membership").listed_by)], org)
    listed(harness, require_resource("membership"), reader)
    now = harness.state.facts("membership").get(fact.id, fact)
    return Accepted(now, user_id, Credential("the invited person", f"Bearer {token}"))


def make_own(harness: Harness, org: str, operation: Operation | None) -> Fact:
    """A new invitation of the org; one that is accepted where a role is to be changed, if that can be had."""
    fact = invited(harness, org)
    if operation is not None and operation.operation_id == UPDATE_ROLE:
        with suppress(NotProvoked):
            return accepted(harness, fact).fact
    return fact


def of_a_pending_one(harness: Harness, operation: Operation) -> tuple[Caller, Request]:
    """The operation on an invitation that nobody has accepted."""
    caller = harness.able(operation)
    fact = invited(harness, caller.org)
    return caller, with_json(operation, {"user_id": fact.id}, {"role": "operator"})


def of_the_last_owner(harness: Harness, operation: Operation) -> tuple[Caller, Request]:
    """An owner on itself, in a world where it is the only one: a wrong answer would leave nobody to mend it."""
    if not harness.alone:
        raise NotProvoked("an org of others could be left without an owner", WORLDS)
    caller = next((c for c in harness.callers() if c.role == OWNER and harness.may(c, operation)), None)
    if caller is None:
        raise NotProvoked("no caller of the profile is an owner", needs.ROLE)
    session = harness.hold(caller, build(harness.contract.operations["session.get"]))
    values = {"user_id": str(field(session.json, "user_id"))}
    request = build(operation, values) if operation.body is None else with_json(operation, values, {"role": "member"})
    if (count := len(owners(harness, caller))) != 1:
        raise NotProvoked(f"the org has {count} owners in place of one")
    return caller, request


def owners(harness: Harness, caller: Caller) -> list[Any]:
    """The memberships of owners that the caller is shown, without those who are only invited."""
    return [row for row in rows(harness, caller) if row.get("role") == OWNER and row.get("workos_user_id")]


def rows(harness: Harness, caller: Caller) -> list[Any]:
    """The memberships that the caller is shown."""
    found = field(listed(harness, require_resource("membership"), caller).json, "memberships")
    return [row for row in found if id_of(row)] if isinstance(found, list) else []
